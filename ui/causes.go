package ui

import (
	"strings"

	"cordpair/model"
)

// remedy is what an operator can do about an end, by its word.
type remedy struct {
	short string // for the CONNECT column
	next  []counsel
}

// counsel names an action of the table and what it means here.
type counsel struct{ action, text string }

var (
	retry     = counsel{"call.repeat", "retry"}
	editIt    = counsel{"call.connect", "edit and retry"}
	other     = counsel{"call.connect", "connect to somebody else"}
	again     = counsel{"call.connect", "connect again"}
	hangupToo = counsel{"call.hangup", "hang up"}
)

// remedies is the table of ends: the short word for the list and what helps.
// A word that is not here is shown as it came, with retry and edit.
var remedies = map[string]remedy{
	model.WordHangup:      {"hung up", []counsel{again, hangupToo}},
	model.WordCancel:      {"cancelled", []counsel{retry, editIt}},
	model.WordBusy:        {"busy", []counsel{editIt, retry}},
	model.WordNoAnswer:    {"no answer", []counsel{editIt, retry}},
	model.WordDecline:     {"declined", []counsel{other}},
	model.WordError:       {"failed", []counsel{editIt, retry}},
	model.WordNotFound:    {"not found", []counsel{editIt}},
	model.WordMaxDuration: {"too long", []counsel{again, hangupToo}},
	model.WordAbandoned:   {"abandoned", []counsel{retry, editIt}},
	model.WordDisconnect:  {"disconnected", []counsel{again, hangupToo}},
	model.WordRefused:     {"refused", []counsel{editIt}},
	model.WordTimeout:     {"timed out", []counsel{editIt, retry}},
	model.WordExpired:     {"not sent", []counsel{retry}},
	model.WordSessionLost: {"link lost", []counsel{retry}},
	model.WordUnreachable: {"unreachable", []counsel{editIt, retry}},
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
			out = append(out, hint{key: act.keys[0], text: s.text})
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
	if p := a.book.Peer(c); p != nil && !p.To.IsZero() {
		return label(p)
	}
	if c.Attempt != nil && c.Attempt.Request.To != "" {
		return model.LooseAddress(c.Attempt.Request.To).Brief()
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
