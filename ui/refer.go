package ui

import (
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// referral is a blind transfer: what a phone was asked to do and what became of
// it.
type referral struct {
	to    string
	asked time.Time
	state string // success, failed; empty while nothing is known
	code  int
}

// referSettled tells what the phone said of the call that it was asked to make.
func (a *App) referSettled(ev model.ActionChanged) {
	o := a.change(ev.Call)
	if o.referred.to == "" || ev.Target != "" {
		o.referred.to = ev.Target
	}
	o.referred.state, o.referred.code = ev.State, ev.Code
	who, to := label(a.book.Call(ev.Call)), model.LooseAddress(o.referred.to).Brief()
	text, role := o.referred.outcome()
	switch {
	case role == theme.Good:
		a.say(levelGood, who+" was transferred to "+to+": "+text+".")
	case ev.State == "failed":
		a.say(levelBad, who+" was not transferred to "+to+": "+text+". "+who+" is still here.", hint{key: a.keyOf("call.transfer"), text: "again"})
	}
}

// outcome says how a transfer stands.
func (r *referral) outcome() (string, theme.Role) {
	code := ""
	if r.code != 0 {
		code = " (" + string(appendInt(nil, r.code)) + ")"
	}
	switch r.state {
	case "success":
		return "done" + code, theme.Good
	case "failed":
		return "refused" + code, theme.Bad
	case "":
		return "asked, no word yet", theme.Info
	}
	return r.state + code, theme.Info
}

// referLost tells of a transfer whose call has ended before its phone said how
// it went: it may well have worked.
func (a *App) referLost(c *model.Call, o *operation) {
	if c != nil && o.referred.to != "" && o.referred.state == "" {
		a.say(levelWarn, "Whether "+label(c)+" reached "+model.LooseAddress(o.referred.to).Brief()+" is unknown: its phone left without a word.")
	}
}

// transferLines are what a leg's pane says of a transfer of it.
func (a *App) transferLines(c *model.Call) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	var list []legLine
	if r := a.op(c.ID).referred; r.to != "" {
		word, role := r.outcome()
		if r.state == "" {
			word += " " + brief(a.now.Sub(r.asked))
		}
		list = append(list, legLine{9, "xfer", []span{{text, model.LooseAddress(r.to).Brief()}, {a.st.Of(role), "  " + word}}})
	}
	if t := a.consult; t != nil && (c.ID == t.caller || c.ID == t.peer) {
		word := t.step.String()
		if t.step == talking {
			word = "talks to " + label(a.book.Call(t.peer))
		}
		list = append(list, legLine{9, "xfer", []span{{text, model.LooseAddress(t.request.To).Brief()}, {a.st.Of(theme.Warn), "  " + word},
			{muted, "  " + a.keyOf("call.transfer")}}})
	}
	return list
}
