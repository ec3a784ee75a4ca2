package exchange

import (
	"slices"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// offer is the search of an inbound call for somebody to take it.
type offer struct {
	told  []*session // have been sent calling.call.receive
	tried map[*session]bool
	to    *session    // who has it now
	timer *time.Timer // while nobody has it
	again bool        // the call is answered, and being transferred
	sdp   *media.Description
}

// incoming makes a call of an INVITE. It runs on a goroutine of the SIP stack.
func (x *Exchange) incoming(l *sip.Leg) {
	context, ok := x.contextOf(l.RequestURI())
	if !ok {
		l.End(sip.EndReason{Code: 404, Phrase: "Not Found"})
		return
	}
	c := newCall(x, wire.Inbound, "receive")
	if body := l.RemoteSDP(); len(body) > 0 {
		d, err := media.ParseSDP(body)
		if err != nil {
			c.log.Debug("INVITE refused", "err", err)
			l.End(sip.EndReason{Code: 488, Phrase: "Not Acceptable Here"})
			return
		}
		c.offer.sdp = &d
	}
	c.context, c.device = context, deviceOf(l)
	c.legs = []*sip.Leg{l}
	c.offer.tried = map[*session]bool{}
	if !c.start(func() {}, func() { c.arrive(l) }) {
		l.End(sip.EndReason{Code: 503, Phrase: "Service Unavailable"})
	}
}

// contextOf finds the context for a Request-URI: by the first route that
// matches its user part, else the user part itself, in the spelling of the
// configuration.
func (x *Exchange) contextOf(uri string) (string, bool) {
	user, _ := splitURI(uri)
	for _, r := range x.cfg.Routes {
		if r.matches(user) {
			return r.Context, true
		}
	}
	for _, name := range x.cfg.Contexts {
		if strings.EqualFold(name, user) {
			return name, true
		}
	}
	return user, user != "" && x.reg.isContext(user)
}

// arrive tells those who watch, and looks for a consumer.
func (c *call) arrive(l *sip.Leg) {
	c.noteLeg(l)
	c.publish()
	c.offer.told = slices.Clone(*c.x.reg.watchers.Load())
	if len(c.offer.told) > 0 {
		b := c.x.event(wire.EventCallReceive, c.context, c.params())
		for _, s := range c.offer.told {
			s.event(b)
		}
	}
	c.tellLeg()
	l.Notify(func(e sip.Event) { c.post(msgSIP{l, e}) })
	c.tryOffer()
}

func (c *call) waiting() bool {
	ringing := c.direction == wire.Inbound && c.answered.IsZero()
	return (ringing || c.offer.again) && c.over == nil && c.offer.to == nil
}

// tryOffer offers the call to the next consumer. With none there at first, it
// waits for one; with none left, the caller is told 480.
func (c *call) tryOffer() {
	if !c.waiting() {
		return
	}
	s, spelled := c.x.reg.consumer(c.context, c.offer.tried)
	switch {
	case s != nil:
		c.offerTo(s, spelled)
	case len(c.offer.tried) > 0:
		c.nobody("nobody took the call")
	case c.offer.timer == nil:
		// Posts one message; stopped by stopOffer.
		c.offer.timer = time.AfterFunc(c.x.cfg.Limits.OfferWait, func() { c.post(msgOfferTimeout{}) })
	}
}

func (c *call) offerTo(s *session, spelled string) {
	c.stopOffer()
	c.offer.to, c.offer.tried[s] = s, true
	c.context = spelled
	c.follow(s)
	if !slices.Contains(c.offer.told, s) {
		c.offer.told = append(c.offer.told, s)
		p := c.params()
		if c.offer.again {
			p.CallState, p.AnswerTime = wire.CallCreated, 0 // new to its new owner
		}
		s.event(c.x.event(wire.EventCallReceive, c.context, p))
	}
	if c.state != wire.CallCreated {
		return
	}
	if err := c.legs[0].Ring(); err != nil {
		return // the caller is gone; its Ended comes next
	}
	c.noteResponse(180, "Ringing", nil)
	c.tellLeg()
	c.setState(wire.CallRinging)
}

func (c *call) offerTimedOut() {
	if c.waiting() {
		c.nobody("nobody receives the context " + c.context)
	}
}

func (c *call) nobody(text string) {
	c.hangUp(byExchange(wire.ReasonNoAnswer, "%s", text), sip.EndReason{Code: 480, Phrase: "Temporarily Unavailable"})
}

// sessionGone goes on to the next consumer if the call was with the one lost.
func (c *call) sessionGone(s *session) {
	c.unfollow(s)
	if c.offer.to == s {
		c.offer.to = nil
		c.tryOffer()
	}
	c.abandon()
}

// passCmd is calling.pass.
type passCmd struct{ wire.AnswerParams }

func (passCmd) check(*Exchange) *failure { return nil }

func (passCmd) do(c *call, req *request) {
	if !c.offer.again && (c.direction != wire.Inbound || !c.answered.IsZero()) {
		req.fail(conflict("only a call that is ringing here can be passed on"))
		return
	}
	req.ok("Passing call", c.id, "")
	if c.offer.to != nil {
		c.unfollow(c.offer.to)
	}
	c.offer.to = nil
	c.tryOffer()
}
