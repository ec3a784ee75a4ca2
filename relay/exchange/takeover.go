package exchange

import (
	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// phones is what the SIP stack hands calls to.
type phones struct{ x *Exchange }

// Invite is a new call.
func (p phones) Invite(l *sip.Leg) {
	<-p.x.ready // the stack listens before the exchange is complete
	p.x.incoming(l)
}

// Replace is a phone that takes a call over from another (RFC 3891): the call
// goes on, with the new phone at its end.
func (p phones) Replace(old, fresh *sip.Leg) {
	<-p.x.ready
	m := msgReplace{old, fresh}
	if c := p.x.reg.ofLeg(old); c != nil {
		c.post(m)
		return
	}
	m.undelivered()
}

// msgReplace is a SIP leg in the place of another.
type msgReplace struct{ old, fresh *sip.Leg }

func (m msgReplace) undelivered() {
	m.fresh.End(sip.EndReason{Code: 481, Phrase: "Call/Transaction Does Not Exist"})
}

// takenOver answers the new phone in the codec that the call has.
func (c *call) takenOver(m msgReplace) {
	if c.over != nil || c.answered.IsZero() || !c.sound.started || len(c.legs) != 1 || c.legs[0] != m.old {
		m.undelivered()
		return
	}
	before, format := c.sound.remote, c.sound.format
	d, err := media.ParseSDP(m.fresh.RemoteSDP())
	var body []byte
	if err == nil {
		body, err = c.sound.reanswer(d)
	}
	if err != nil {
		c.log.Debug("takeover refused", "err", err)
		m.fresh.End(sip.EndReason{Code: 488, Phrase: "Not Acceptable Here"})
		return
	}
	c.legs = []*sip.Leg{m.fresh} // the old one's end is not the call's
	if err := m.fresh.Answer(body); err != nil {
		c.legs = []*sip.Leg{m.old}
		_ = c.sound.begin(before, format) // it was accepted before
		return
	}
	c.acknowledged = false
	if n := c.asking; n != nil {
		c.asking = nil
		n.settled(sip.ErrWrongState)
	}
	if c.held { // the new phone knows nothing of it
		c.setHeld(false)
		c.tellHold(false, nil)
	}
	c.noteLeg(m.fresh)
	c.noteResponse(200, "OK", nil)
	c.noteSound()
	m.fresh.Notify(func(e sip.Event) { c.post(msgSIP{m.fresh, e}) })
}
