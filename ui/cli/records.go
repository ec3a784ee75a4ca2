package cli

import (
	"encoding/json"
	"io"
	"time"

	"cordpair/model"
)

// What scripts read is in these types: the tag doc says what a member is, and
// enum all that it can be; see outputs.

// connectRecord is one line of "connect --json": a state of the attempt.
type connectRecord struct {
	Event   string `json:"event" enum:"connect"`
	State   string `json:"state" enum:"dialing|ringing|connected|disconnected|failed"`
	CallID  string `json:"call_id" doc:"the caller's leg"`
	PeerID  string `json:"peer_id" doc:"the peer's leg, empty until it is known"`
	Reason  string `json:"reason" doc:"why it is over: RELAY's word, or refused, timeout, expired, unreachable"`
	SIPCode int    `json:"sip_code" doc:"of the peer's answer, 0 when unknown"`
	By      string `json:"by" doc:"who ended it: peer, caller, operator, network or exchange"`
	Text    string `json:"text" doc:"one plain sentence"`
	At      string `json:"at" doc:"RFC 3339"`
}

// legRecord is one line of "connect --dial --json" on the first leg.
type legRecord struct {
	Event   string `json:"event" enum:"call"`
	State   string `json:"state" enum:"created|ringing|answered|ending|ended"`
	CallID  string `json:"call_id"`
	Reason  string `json:"reason" doc:"why it is over: RELAY's word, or refused, timeout, expired, unreachable"`
	SIPCode int    `json:"sip_code" doc:"0 when unknown"`
	By      string `json:"by" doc:"who ended it: peer, caller, operator, network or exchange"`
	Text    string `json:"text" doc:"one plain sentence"`
	At      string `json:"at" doc:"RFC 3339"`
}

// callRecord is one call of "calls --json".
type callRecord struct {
	ID           string `json:"id"`
	NodeID       string `json:"node_id" doc:"where the server keeps the call"`
	State        string `json:"state" enum:"unknown|created|ringing|answered|ending|ended"`
	Direction    string `json:"direction" enum:"|inbound|outbound"`
	Type         string `json:"type" doc:"of the leg: sip, phone"`
	From         string `json:"from"`
	To           string `json:"to"`
	Context      string `json:"context" doc:"that it was offered in, empty for a leg that was dialled"`
	PeerID       string `json:"peer_id" doc:"the leg that it is joined to, or empty"`
	ConnectState string `json:"connect_state" enum:"|connecting|connected|disconnected|failed"`
	CreatedAt    string `json:"created_at" doc:"RFC 3339"`
	AnsweredAt   string `json:"answered_at" doc:"RFC 3339, empty until then"`
}

func connectRecordOf(a *model.Attempt, now time.Time) connectRecord {
	to := model.LooseAddress(a.Request.To).Brief()
	r := connectRecord{Event: "connect", State: a.State.String(), CallID: string(a.Call), PeerID: string(a.Peer), At: stamp(now)}
	if a.State.Over() {
		r.Reason, r.SIPCode, r.By, r.Text = a.Cause.Word, a.Cause.Code, a.Cause.By.String(), a.Cause.Sentence(to)
		return r
	}
	r.Text = map[model.AttemptState]string{
		model.Dialing:     "Calling " + to + ".",
		model.RingingPeer: "Ringing at " + to + ".",
		model.Connected:   "Connected to " + to + ".",
	}[a.State]
	return r
}

func legRecordOf(c *model.Call, now time.Time) legRecord {
	who := c.Remote().Brief()
	r := legRecord{Event: "call", State: c.State.String(), CallID: string(c.ID), At: stamp(now)}
	if c.State >= model.Ending {
		r.Reason, r.SIPCode, r.By, r.Text = c.End.Word, c.End.Code, c.End.By.String(), c.EndSentence(who)
		return r
	}
	r.Text = map[model.CallState]string{
		model.Created:  "Calling " + who + ".",
		model.Ringing:  "Ringing: " + who + ".",
		model.Answered: "Answered: " + who + ".",
	}[c.State]
	return r
}

func callRecordOf(b *model.Book, c *model.Call) callRecord {
	peer := c.PeerID
	connect := wireConnectState(c.ConnectState())
	if c.Attempt != nil {
		peer = ""
		if c.Attempt.State.Active() {
			peer = c.Attempt.Peer
		}
	} else if parent := b.Call(c.Parent); parent != nil && parent.Attempt != nil && parent.Attempt.Peer == c.ID {
		connect = wireConnectState(parent.Attempt.State)
	}
	return callRecord{
		ID: string(c.ID), NodeID: string(c.Node), State: c.State.String(), Direction: c.Direction.String(), Type: c.Type,
		From: c.From.String(), To: c.To.String(), Context: c.Context, PeerID: string(peer), ConnectState: connect,
		CreatedAt: stamp(c.Created), AnsweredAt: stamp(c.Answered),
	}
}

// wireConnectState is RELAY's word for the state of an attempt.
func wireConnectState(s model.AttemptState) string {
	switch s {
	case model.Dialing, model.RingingPeer:
		return "connecting"
	case model.Idle:
		return ""
	}
	return s.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// printJSON writes one object on one line.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
