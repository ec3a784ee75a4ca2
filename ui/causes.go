package ui

import (
	"strings"

	"cordpair/model"
)

// remedy is what an operator can do about an end, by its word.
type remedy struct {
	short string // for the CONNECT column
	next  []advice
}

// advice names an action of the table and what it means here.
type advice struct{ action, text string }

var (
	retry     = advice{"call.repeat", "retry"}
	editIt    = advice{"call.connect", "edit and retry"}
	other     = advice{"call.connect", "connect to somebody else"}
	again     = advice{"call.connect", "connect again"}
	hangupToo = advice{"call.hangup", "hang up"}
)

// remedies is the table of ends: the short word for the list and what helps.
// A word that is not here is shown as it came, with retry and edit.
var remedies = map[string]remedy{
	model.WordHangup:      {"hung up", []advice{again, hangupToo}},
	model.WordCancel:      {"cancelled", []advice{retry, editIt}},
	model.WordBusy:        {"busy", []advice{editIt, retry}},
	model.WordNoAnswer:    {"no answer", []advice{editIt, retry}},
	model.WordDecline:     {"declined", []advice{other}},
	model.WordError:       {"failed", []advice{editIt, retry}},
	model.WordNotFound:    {"not found", []advice{editIt}},
	model.WordMaxDuration: {"too long", []advice{again, hangupToo}},
	model.WordAbandoned:   {"abandoned", []advice{retry, editIt}},
	model.WordDisconnect:  {"disconnected", []advice{again, hangupToo}},
	model.WordRefused:     {"refused", []advice{editIt}},
	model.WordTimeout:     {"timed out", []advice{editIt, retry}},
	model.WordExpired:     {"not sent", []advice{retry}},
	model.WordSessionLost: {"link lost", []advice{retry}},
	model.WordUnreachable: {"unreachable", []advice{editIt, retry}},
}

// nextKeys are the keys that help after the connect on a call has ended; none
// when the caller is gone.
func (a *App) nextKeys(c *model.Call) []hint {
	if !c.Up() || c.Attempt == nil {
		return nil
	}
	r, known := remedies[c.Attempt.Cause.Word]
	if !known {
		r = remedies[model.WordError]
	}
	out := make([]hint, 0, len(r.next))
	for _, s := range r.next {
		if act := a.named(s.action); act != nil {
			out = append(out, hint{key: act.shown(), text: s.text})
		}
	}
	return out
}

// ending is the short word of a connect's end, such as "486 busy".
func ending(at *model.Attempt) string {
	short := at.Cause.Word
	if r, known := remedies[short]; known {
		short = r.short
	}
	switch {
	case at.State == model.Disconnected:
		return "disconnected"
	case at.Cause.Code != 0 && len(short) <= 10:
		return string(appendInt(nil, at.Cause.Code)) + " " + short
	}
	return short
}

// peerName names the other party of a call's connect.
func (a *App) peerName(c *model.Call) string {
	if at := c.Attempt; at != nil && connecting(at) && at.Request.Several() {
		return targetName(at.Request) // who of them it will be is not known yet
	}
	if p := a.book.Peer(c); p != nil && !p.To.IsZero() {
		return label(p)
	}
	if c.Attempt != nil && c.Attempt.Request.To != "" {
		return targetName(c.Attempt.Request)
	}
	return "the peer"
}

// faultText says why an order failed.
func faultText(f *model.Fault) string {
	switch f.Kind {
	case model.FaultExpired:
		return "the link was down too long, it was never sent"
	case model.FaultUnknown:
		return "the link was lost before the answer came, look at the call"
	case model.FaultTimeout:
		return "no answer came in time, look at the call"
	}
	return strings.TrimRight(model.Clean(f.Text), ".")
}
