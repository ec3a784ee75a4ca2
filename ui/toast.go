package ui

import (
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// level is how much a message matters.
type level uint8

const (
	levelInfo level = iota
	levelGood
	levelWarn
	levelBad
)

// hint is a key and what it does.
type hint struct {
	key, text string
	off       bool
}

// toast is the message line: what happened and the keys that follow from it.
type toast struct {
	level level
	text  string
	next  []hint
	at    time.Time
	stays model.CallID // the call that it says is still up
}

// toastLife is how long a message stays; a failure stays longer.
func (t toast) life() time.Duration {
	if t.level >= levelWarn {
		return 30 * time.Second
	}
	return 8 * time.Second
}

func (t toast) old(now time.Time) bool { return !t.at.IsZero() && now.Sub(t.at) >= t.life() }

// say shows a message. A passing remark does not push away a failure that the
// operator has had no time to read.
func (a *App) say(l level, text string, next ...hint) {
	if l < levelWarn && a.toast.level == levelBad && a.now.Sub(a.toast.at) < 3*time.Second {
		return
	}
	a.toast = toast{level: l, text: text, next: next, at: a.now}
	a.said++
	a.dirty = true
}

// refuse says why an action cannot be done.
func (a *App) refuse(name string, why error) {
	a.say(levelWarn, name+": "+why.Error()+".")
}

// message draws the message line.
func (a *App) message() string {
	l := a.line(a.w, theme.Paint{}).gap(1)
	t := a.toast
	if t.text == "" {
		return l.String()
	}
	sign, role := a.st.Dot, theme.Info
	switch t.level {
	case levelGood:
		sign, role = a.st.Check, theme.Good
	case levelWarn:
		role = theme.Warn
	case levelBad:
		sign, role = a.st.Cross, theme.Bad
	}
	if a.at != atCalls { // they are keys of the calls
		t.next = nil
	}
	next := a.keySpans(theme.Page, t.next, true)
	room := l.left() - 2
	if n := width(next); n > 0 && cells(t.text)+n+2 > room {
		// The sentence matters more than the keys, which the bar shows too.
		next = a.keySpans(theme.Page, shortened(t.next), true)
		if cells(t.text)+width(next)+2 > room {
			next = nil
		}
	}
	l.put(a.st.Of(role), sign).gap(1).put(a.st.Of(theme.Text), t.text)
	if len(next) > 0 {
		l.gap(2).spans(next...)
	}
	return l.String()
}

// shortened keeps the first word of each hint.
func shortened(list []hint) []hint {
	out := make([]hint, len(list))
	for i, h := range list {
		out[i] = h
		for j := range len(h.text) {
			if h.text[j] == ' ' {
				out[i].text = h.text[:j]
				break
			}
		}
	}
	return out
}

// report tells what a person should know of an event.
func (a *App) report(ev model.Event, before witness) {
	switch ev := ev.(type) {
	case model.CallSeen:
		a.reportAttempt(before)
		a.reportCall(ev, before)
	case model.ConnectChanged, model.LegReported:
		a.reportAttempt(before)
	case model.LinkChanged:
		a.reportLink(before)
	case model.OrderSettled:
		a.reportOrder(ev, before)
	case model.DialChanged:
		if ev.State == model.DialFailed {
			cause := model.Cause{By: model.Network, Word: ev.Reason, At: ev.At}
			if ev.Reason == "" {
				cause.Word = model.WordError
			}
			a.say(levelBad, "Dial failed. "+cause.Sentence(""), hint{key: "C", text: "dial"})
		}
	case model.Notice:
		a.say(levelWarn, model.Clean(ev.Text))
	}
}

// reportCall tells that the selected call, one that was hung up here, or one
// that was just said to be up, has ended. Others say so on their rows.
func (a *App) reportCall(ev model.CallSeen, before witness) {
	c := a.book.Call(ev.Call.ID)
	if c != nil && !before.known && c.Direction == model.Inbound && c.State < model.Answered {
		a.alert.ring(label(c) + " calls " + c.To.Brief())
	}
	if c == nil || c.State != model.Ended || before.state == model.Ended || !before.known || a.leg(c) == "B" {
		return
	}
	if c.ID == a.selected || c.EndWanted || c.ID == a.toast.stays {
		text := label(c) + ": " + endOf(c)
		if talk := c.Talk(ev.At); talk > 0 {
			text += " It was up for " + brief(talk) + "."
		}
		a.say(levelInfo, text)
	}
}

// endOf says how a call ended, for a line that begins with its name.
func endOf(c *model.Call) string {
	if c.Direction == model.Inbound {
		return c.EndSentence("")
	}
	return c.EndSentence(label(c))
}

// reportAttempt tells the outcome of a connect.
func (a *App) reportAttempt(before witness) {
	c := a.book.Call(before.id)
	if c == nil {
		return
	}
	if parent := a.book.Call(c.Parent); parent != nil {
		c = parent
	}
	at := c.Attempt
	if at == nil || at.State == before.attempt && at.Tag == before.tag {
		return
	}
	a.outcome(c)
}

// outcome tells how the connect on a call stands.
func (a *App) outcome(c *model.Call) {
	at := c.Attempt
	peer := a.peerName(c)
	switch at.State {
	case model.Connected:
		if !at.Foreign {
			a.say(levelGood, label(c)+" is connected to "+peer+".")
		}
	case model.Disconnected:
		text := at.Cause.Sentence(peer)
		if !c.Up() {
			a.say(levelInfo, text, a.nextKeys(c)...)
			return
		}
		text += " " + label(c) + " is still on the line."
		a.say(levelInfo, text, a.nextKeys(c)...)
		if a.toast.text == text {
			a.toast.stays = c.ID
		}
	case model.Failed:
		l := levelBad
		if at.Cause.By == model.Operator {
			l = levelInfo
		}
		a.say(l, at.Cause.Sentence(peer), a.nextKeys(c)...)
	}
}

// pending lists the attempts under way, to tell which of them a deadline ended.
func (a *App) pending() map[model.CallID]model.Tag {
	if a.counts.Connecting == 0 {
		return nil
	}
	out := make(map[model.CallID]model.Tag)
	for _, c := range a.legs {
		if at := c.Attempt; at != nil && (at.State == model.Dialing || at.State == model.RingingPeer) {
			out[c.ID] = at.Tag
		}
	}
	return out
}

func (a *App) reportDeadlines(before map[model.CallID]model.Tag) {
	for id, tag := range before {
		if c := a.book.Call(id); c != nil && c.Attempt.Tag == tag && c.Attempt.State.Over() {
			a.outcome(c)
		}
	}
}

func (a *App) reportLink(before witness) {
	a.cache.clear() // the server's domain shortens addresses
	link := a.book.Link()
	if link.State != model.LinkUp || before.link == model.LinkUp {
		return
	}
	a.feedErr = nil
	switch {
	case link.Gap > 0 && link.Resumed:
		a.say(levelGood, "The link is back after "+brief(link.Gap)+", the session was resumed.")
	case link.Gap > 0:
		a.say(levelWarn, "The link is back after "+brief(link.Gap)+" with a new session: calls were read again.")
	}
}

// reportOrder tells that an order failed. A refused connect is told by its
// attempt.
func (a *App) reportOrder(ev model.OrderSettled, before witness) {
	if before.order.Command == nil {
		return
	}
	if _, connect := before.order.Command.(model.Connect); connect {
		a.reportAttempt(before)
		return
	}
	if ev.Fault == nil {
		if d, ok := before.order.Command.(model.Dial); ok {
			a.say(levelInfo, "Dialing "+model.LooseAddress(d.To).Brief()+".")
		}
		return
	}
	verb := model.Verb(before.order.Command)
	if c := a.book.Call(before.id); c != nil {
		verb += " " + label(c)
	}
	a.say(levelBad, "Could not "+verb+": "+faultText(ev.Fault)+".")
}
