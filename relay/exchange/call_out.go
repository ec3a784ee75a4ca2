package exchange

import (
	"errors"
	"fmt"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// startOut starts an outbound leg; announce is done before its first event.
func (c *call) startOut(announce func()) bool { return c.start(announce, c.callOut) }

// callOut sends the INVITE, or one to each contact of a registered address.
func (c *call) callOut() {
	c.setState(wire.CallCreated)
	r, f := c.x.route(c.device)
	switch {
	case f != nil: // allowed when it was asked for, and no longer
		c.finish(byExchange(wire.ReasonError, "%s", f.message))
		return
	case r.missing != nil:
		c.finish(*r.missing)
		return
	}
	if err := c.invite(r); err != nil {
		c.hangUp(byExchange(wire.ReasonError, "%v", err), sip.EndReason{})
		return
	}
	c.noteLeg(c.legs[0])
	c.details.HeadersSent = c.device.Params.Headers
	c.tellLeg()
}

func (c *call) invite(r route) error {
	if err := c.sound.open(c.x.engine, c.x.stack.Addr().Addr()); err != nil {
		return err
	}
	if own := c.device.Params.Codecs; len(own) > 0 {
		c.sound.codecs = own
	}
	offer, err := c.sound.propose(c.sound.codecs)
	if err != nil {
		return fmt.Errorf("writing the offer: %w", err)
	}
	p := c.device.Params
	req := sip.OutboundInvite{
		From: orText(r.from, p.From), To: r.to, SDP: offer,
		SessionExpires: orDuration(p.SessionTimeout, c.x.cfg.Limits.Session),
		Timeout:        orDuration(p.Timeout, c.x.cfg.Limits.Ring),
		Follow:         c.x.mayFollow(r),
	}
	for _, h := range p.Headers {
		req.Headers = append(req.Headers, sip.Header{Name: h.Name, Value: h.Value})
	}
	if c.attempt != nil {
		req.Headers = append(req.Headers, c.attempt.headers...)
		req.Replaces = c.attempt.replaces
	}
	targets := r.targets
	switch {
	case r.trunk != nil:
		req.Proxy, req.Username, req.Password = r.trunk.Proxy, r.trunk.Username, r.trunk.Password
		targets = []string{r.trunk.target(r.number)}
	case len(targets) == 0:
		targets = []string{r.to}
	}
	for _, target := range targets {
		req.Targets = []string{target}
		leg, err := c.x.stack.Invite(req)
		if err != nil {
			return err
		}
		c.legs = append(c.legs, leg)
		leg.Notify(func(e sip.Event) { c.post(msgSIP{leg, e}) })
	}
	return nil
}

// orDuration turns whole seconds into a duration, 0 into the default.
func orDuration(secs int, def time.Duration) time.Duration {
	if secs <= 0 {
		return def
	}
	return time.Duration(secs) * time.Second
}

// rings takes a provisional answer of the callee.
func (c *call) rings(l *sip.Leg, code int, phrase string, hs []sip.Header) {
	c.noteLeg(l)
	c.noteResponse(code, phrase, hs)
	c.tellLeg()
	if c.state != wire.CallCreated {
		return
	}
	c.setState(wire.CallRinging)
	if c.host != nil {
		c.host.post(msgLegRinging{c})
	}
}

// progress takes early media. A fork's early media are left aside: which of
// them to hear would be a guess.
func (c *call) progress(l *sip.Leg, e sip.Progress) {
	c.rings(l, e.Code, e.Phrase, e.Headers)
	if e.SDP == nil || len(c.legs) != 1 || c.host == nil {
		return
	}
	d, err := media.ParseSDP(e.SDP)
	if err == nil {
		err = c.sound.accept(d)
	}
	if err != nil {
		c.log.Debug("early media not usable", "err", err)
		return
	}
	c.host.post(msgLegEarly{c, c.sound.stream})
}

// pickedUp takes the callee's 200. The attempt decides whether it still
// counts; if not, the call is hung up at once.
func (c *call) pickedUp(l *sip.Leg, e sip.Answered) {
	c.endOthers(l)
	c.noteLeg(l)
	c.noteResponse(200, "OK", e.Headers)
	d, err := media.ParseSDP(e.SDP)
	if err == nil {
		err = c.sound.accept(d)
	}
	if err != nil {
		c.badAnswer(err)
		return
	}
	if c.attempt != nil && !c.attempt.claim(c) {
		c.hangUp(lostRace, sip.EndReason{})
		return
	}
	c.noteSound()
	c.setState(wire.CallAnswered)
	if c.host != nil {
		c.host.post(msgLegAnswered{c, c.sound.stream, c.sound.format.Name, c.sound.dtmf()})
	}
}

// badAnswer ends a call whose answer cannot be understood.
func (c *call) badAnswer(err error) {
	why := byExchange(wire.ReasonError, "the answer cannot be used: %v", err)
	if errors.Is(err, media.ErrNoCommonCodec) {
		why.text = "the peer answered with a codec that was not offered"
	}
	why.code, why.phrase = 488, "Not Acceptable Here"
	c.hangUp(why, sip.EndReason{Code: why.code, Phrase: why.phrase})
}

// endOthers ends the other branches of a fork; one that is answered as well is
// acknowledged and ended by the stack.
func (c *call) endOthers(winner *sip.Leg) {
	for _, l := range c.legs {
		if l != winner {
			l.End(sip.EndReason{})
		}
	}
	c.legs = []*sip.Leg{winner}
}
