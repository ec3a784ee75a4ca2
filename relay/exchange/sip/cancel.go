package sip

import (
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"
)

// ringExpired is the ring timeout: CANCEL, or if nothing answered, the end at
// once (a late answer is then still acknowledged and ended).
func (l *Leg) ringExpired() {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.out
	if l.phase != phaseEarly || l.s.ctx.Err() != nil {
		return
	}
	silent := !o.provisional
	asked := o.cancel != nil // by End, and still waiting for a provisional
	l.cancelInvite(cancelling{timedOut: true})
	switch {
	case !silent || l.phase == phaseDown:
	case asked || o.heard:
		l.finish(l.cancelVerdict(487, "Request Terminated", nil))
	default:
		l.finish(Ended{By: Network, Code: 408, Phrase: "Request Timeout", TimedOut: true, Err: ErrUnreachable,
			Text: fmt.Sprintf("%s did not answer at all within %v", o.current.HostPort(), o.req.Timeout)})
	}
}

// cancelInvite gives an outbound call up. l.mu is held.
func (l *Leg) cancelInvite(c cancelling) {
	o := l.out
	if o.cancel != nil {
		return
	}
	o.cancel, o.targets = &c, nil
	switch {
	case o.sent == nil: // still looking the name up or connecting: nothing to cancel
		o.tx.stop()
		if c.timedOut {
			return // ringExpired tells the verdict
		}
		l.finish(l.cancelVerdict(487, "Request Terminated", nil))
	case o.provisional:
		l.sendCANCEL()
	}
}

// sendCANCEL sends the CANCEL, once. If no final response follows in 64·T1 the
// INVITE is given up (§9.1). l.mu is held.
func (l *Leg) sendCANCEL() {
	o := l.out
	if o.cancelSent || o.sent == nil {
		return
	}
	o.cancelSent = true
	l.s.requestOn(l.flow, cancelFor(o.sent, o.cancel.reason.header()), func(*sip.Response) {}, func(error) {})
	o.giveUp = time.AfterFunc(l.s.timers.life(), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if o.tx != nil {
			o.tx.stop() // onFailure tells the verdict
		}
	})
}

// cancelVerdict is how a cancelled leg ended; res is the final response, if any.
func (l *Leg) cancelVerdict(code int, phrase string, res *sip.Response) Ended {
	c := l.out.cancel
	if c == nil { // the stack was closed
		return Ended{By: Local, Code: code, Phrase: phrase, Err: ErrClosed}
	}
	v := Ended{By: Local, Code: code, Phrase: phrase, TimedOut: c.timedOut, Word: c.reason.Word}
	if res != nil {
		v.Headers = headersOf(res)
		v.Reason = value(res, "Reason")
		v.Q850 = causeOf(v.Reason, "Q.850")
	}
	switch {
	case c.timedOut:
		v.Text = fmt.Sprintf("not answered within %v", l.out.req.Timeout)
	default:
		v.Text = "cancelled before it was answered"
	}
	return v
}
