package ui

import (
	"cordpair/model"
)

// aloud names a call for the ear: "Call 10, Alice".
func aloud(c *model.Call) string {
	if c.Number == 0 {
		return label(c)
	}
	return "Call " + string(appendInt(nil, c.Number)) + ", " + label(c)
}

// attemptWas is how the connect on a call stood.
type attemptWas struct {
	tag   model.Tag
	state model.AttemptState
}

// attemptOf is how the connect stands that a leg belongs to.
func (p *plain) attemptOf(id model.CallID) attemptWas {
	c := p.book.Call(id)
	if c == nil {
		return attemptWas{}
	}
	if parent := p.book.Call(c.Parent); parent != nil {
		c = parent
	}
	if c.Attempt == nil {
		return attemptWas{}
	}
	return attemptWas{c.Attempt.Tag, c.Attempt.State}
}

// speak says what an event changed, once.
func (p *plain) speak(ev model.Event, before witness, was attemptWas) {
	switch ev := ev.(type) {
	case model.CallSeen:
		p.speakCall(ev, before)
		p.speakChange(before.id, was)
	case model.ConnectChanged, model.LegReported:
		p.speakChange(before.id, was)
	case model.LinkChanged:
		if l, worth := p.linkLine(ev, before); worth {
			p.tell(capital(l.text) + ".")
		}
	case model.Snapshot:
		if n := p.book.Counts().Calls; n > 0 {
			p.tell(plural(n, "call") + " " + verb(n, "is", "are") + " up. Type calls to hear them.")
		}
	case model.OrderSettled:
		if ev.Fault != nil && before.order.Command != nil {
			p.tell("Could not do it: " + p.orderText(before.order.Command) + ": " + faultText(ev.Fault) + ".")
		}
		p.speakChange(before.id, was)
	case model.DialChanged:
		if ev.State == model.DialFailed {
			p.tell("The dial failed: " + firstWord(ev.Reason, "no reason was given") + ".")
		}
	case model.MediaSeen, model.TrunksChanged, model.MonitorChanged, model.MessageSettled, model.MessageReceived:
		p.sayToast() // one-way audio, a trunk that is down
	case model.Notice:
		p.tell(ev.Text)
	}
}

func (p *plain) speakCall(ev model.CallSeen, before witness) {
	c := p.book.Call(ev.Call.ID)
	if c == nil || before.known && c.State == before.state {
		return
	}
	if p.leg(c) == "B" || c.IsMonitor() {
		return
	}
	who := aloud(c)
	switch c.State {
	case model.Ringing:
		if c.Direction == model.Outbound {
			p.tell(who + ", is ringing.")
			return
		}
		if c.Context != "" {
			who += ", for " + c.Context
		}
		p.tell(who + ", rings.")
	case model.Answered:
		p.tell(who + ", is answered.")
	case model.Ended:
		text := who + ", has ended. " + endOf(c)
		if talk := c.Talk(ev.At); talk > 0 {
			text += " It was up for " + spokenTime(talk) + "."
		}
		p.tell(text)
	}
}

// speakChange says how the connect on a call stands, if that is new.
func (p *plain) speakChange(id model.CallID, was attemptWas) {
	c := p.book.Call(id)
	if c == nil {
		return
	}
	if parent := p.book.Call(c.Parent); parent != nil {
		c = parent
	}
	if c.Attempt != nil && (c.Attempt.Tag != was.tag || c.Attempt.State != was.state) {
		p.speakAttempt(c)
	}
}

func (p *plain) speakAttempt(c *model.Call) {
	at, peer := c.Attempt, p.peerName(c)
	switch at.State {
	case model.Dialing:
		p.tell(aloud(c) + ": calling " + peer + ".")
	case model.RingingPeer:
		p.tell(aloud(c) + ": " + peer + " is ringing.")
	case model.Connected:
		p.tell(aloud(c) + ", is connected to " + peer + ", after " + spokenTime(at.Joined.Sub(at.Submitted)) + ".")
	case model.Disconnected, model.Failed:
		text := aloud(c) + ": " + at.Cause.Sentence(peer)
		if c.Up() {
			text += " " + label(c) + " is still on the line."
		}
		p.tell(text)
	}
}
