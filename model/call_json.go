package model

import (
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
	SIP       *LegReport `json:"sip,omitempty"`
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

// CallJSON is all that is known of a call as indented JSON.
func CallJSON(c *Call) string {
	d := callDocument{ID: c.ID, Node: c.Node, Number: c.Number, State: c.State.String(), Direction: c.Direction.String(), Type: c.Type,
		From: c.From.String(), To: c.To.String(), Context: c.Context, Parent: c.Parent,
		Created: moment(c.Created), Answered: moment(c.Answered), Ended: moment(c.Ended), End: endOfCause(c.End)}
	if !c.Leg.IsZero() {
		d.SIP = &c.Leg
	}
	if a := c.Attempt; a != nil {
		d.Connect = &attempted{To: a.Request.To, From: a.Request.From, State: a.State.String(), Tag: a.Tag, Peer: a.Peer, End: endOfCause(a.Cause)}
	}
	out, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(out) + "\n"
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
