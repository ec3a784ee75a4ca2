package model

import (
	"bytes"
	"encoding/json"
	"time"
)

// callDocument is a call as people take it elsewhere.
type callDocument struct {
	ID        CallID     `json:"call_id"`
	Node      NodeID     `json:"node_id,omitempty"`
	Number    int        `json:"number,omitempty"`
	State     string     `json:"state"`
	Direction string     `json:"direction,omitempty"`
	Type      string     `json:"type,omitempty"`
	From      string     `json:"from,omitempty"`
	To        string     `json:"to,omitempty"`
	Context   string     `json:"context,omitempty"`
	Parent    CallID     `json:"parent,omitempty"`
	Created   *time.Time `json:"created,omitempty"`
	Answered  *time.Time `json:"answered,omitempty"`
	Ended     *time.Time `json:"ended,omitempty"`
	End       *endDoc    `json:"end,omitempty"`
	Connect   *attempted `json:"connect,omitempty"`
	SIP       *sipDoc    `json:"sip,omitempty"`
}

type endDoc struct {
	By   string `json:"by"`
	Word string `json:"word"`
	SIP  string `json:"sip,omitempty"`
	Text string `json:"text"`
}

type attempted struct {
	To    string  `json:"to"`
	From  string  `json:"from"`
	State string  `json:"state"`
	Tag   Tag     `json:"tag"`
	Peer  CallID  `json:"peer,omitempty"`
	End   *endDoc `json:"end,omitempty"`
}

// sipDoc is what SIP and SDP say of the leg.
type sipDoc struct {
	CallID     string      `json:"call_id,omitempty"`
	Remote     string      `json:"remote,omitempty"`
	Transport  string      `json:"transport,omitempty"`
	RequestURI string      `json:"request_uri,omitempty"`
	Codec      string      `json:"codec,omitempty"`
	Sent       []headerDoc `json:"headers_sent,omitempty"`
	Received   []headerDoc `json:"headers_received,omitempty"`
	Code       int         `json:"code,omitempty"`
	Phrase     string      `json:"phrase,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	EndedBy    string      `json:"ended_by,omitempty"`
	Text       string      `json:"text,omitempty"`
}

// headerDoc is a header as RELAY writes it.
type headerDoc struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func headerDocs(list []Header) []headerDoc {
	var out []headerDoc
	for _, h := range list {
		out = append(out, headerDoc(h))
	}
	return out
}

// CallJSON is all that is known of a call as indented JSON.
func CallJSON(c *Call) string {
	d := callDocument{ID: c.ID, Node: c.Node, Number: c.Number, State: c.State.String(), Direction: c.Direction.String(), Type: c.Type,
		From: c.From.String(), To: c.To.String(), Context: c.Context, Parent: c.Parent,
		Created: moment(c.Created), Answered: moment(c.Answered), Ended: moment(c.Ended), End: endOfCause(c.End)}
	if !c.Leg.IsZero() {
		l := &c.Leg
		d.SIP = &sipDoc{CallID: l.SIPCallID, Remote: l.Remote, Transport: l.Transport, RequestURI: l.RequestURI, Codec: l.Codec,
			Sent: headerDocs(l.HeadersSent), Received: headerDocs(l.HeadersReceived), Code: l.Code, Phrase: l.Phrase, Reason: l.Reason, EndedBy: l.EndedBy, Text: l.Text}
	}
	if a := c.Attempt; a != nil {
		d.Connect = &attempted{To: a.Request.To, From: a.Request.From, State: a.State.String(), Tag: a.Tag, Peer: a.Peer, End: endOfCause(a.Cause)}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // it is read by people: <sip:bob@demo> stays as it is
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return err.Error() + "\n"
	}
	return out.String()
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func endOfCause(c Cause) *endDoc {
	if c.IsZero() {
		return nil
	}
	return &endDoc{By: c.By.String(), Word: c.Word, SIP: c.SIP(), Text: c.Sentence("")}
}
