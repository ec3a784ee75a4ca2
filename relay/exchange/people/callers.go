package people

import (
	"math/rand/v2"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// maxRinging is how many of the people's calls ring at the same time.
const maxRinging = 3

// caller is somebody who calls in, again and again.
type caller struct {
	user    string
	from    string // display name and address
	context string
	first   time.Duration // until the first call
	ring    time.Duration // until giving up
	talk    time.Duration // until hanging up
	rest    time.Duration // between two calls
	headers []sip.Header
}

// callers call the first context; one of them calls the second, where a desk
// of the demo may answer.
func callers(contexts []string) []caller {
	first := contexts[0]
	all := []caller{
		{user: "erin", from: `"Erin Vale"`, context: first, first: 400 * time.Millisecond,
			ring: 75 * time.Second, talk: 4 * time.Minute, rest: 25 * time.Second,
			headers: []sip.Header{{Name: "X-Account", Value: "4711"}, {Name: "X-Language", Value: "en"}}},
		{user: "frank", from: `"Frank Osei +1 555 0142"`, context: first, first: 1500 * time.Millisecond,
			ring: 60 * time.Second, talk: 3 * time.Minute, rest: 40 * time.Second,
			headers: []sip.Header{{Name: "X-Account", Value: "1308"}, {Name: "X-Queue", Value: "billing"}}},
		{user: "grace", from: `"Grace Lindqvist +1 555 0117"`, context: first, first: 12 * time.Second,
			ring: 90 * time.Second, talk: 6 * time.Minute, rest: 70 * time.Second,
			headers: []sip.Header{{Name: "X-Account", Value: "2290"}}},
		{user: "hugo", from: `"+1 555 0168"`, context: first, first: 35 * time.Second,
			ring: 45 * time.Second, talk: 2 * time.Minute, rest: 90 * time.Second},
	}
	if len(contexts) > 1 {
		all = append(all, caller{user: "dave", from: `"Dave Arun"`, context: contexts[1], first: 300 * time.Millisecond,
			ring: 60 * time.Second, talk: 10 * time.Minute, rest: 15 * time.Second,
			headers: []sip.Header{{Name: "X-Account", Value: "5150"}}})
	}
	return all
}

// callFor is a caller's life. It ends with p.ctx.
func (p *People) callFor(c caller) {
	wait := c.first
	for p.pause(p.scaled(wait)) {
		select {
		case p.ring <- struct{}{}:
		case <-p.ctx.Done():
			return
		}
		p.callOnce(c)
		wait = c.rest + time.Duration(rand.Int64N(int64(c.rest/2)))
	}
}

// callOnce makes one call and holds a token of p.ring while it rings.
func (p *People) callOnce(c caller) {
	rung := false
	stopRinging := func() {
		if !rung {
			rung = true
			<-p.ring
		}
	}
	defer stopRinging()
	stream, err := p.engine.Open(p.stack.Addr().Addr())
	if err != nil {
		p.log.Warn("people: no RTP port", "err", err)
		return
	}
	defer stream.Close()
	told := newSession()
	offer, err := media.Offer(stream.LocalAddr(), codecs, told)
	if err != nil {
		p.log.Error("people: offer", "err", err)
		return
	}
	leg, err := p.stack.Invite(sip.OutboundInvite{
		From: c.from + " <" + p.address(c.user) + ">", To: p.address(c.context),
		Targets: []string{"sip:" + c.context + "@" + p.cfg.Registrar},
		Headers: c.headers, SDP: offer, Timeout: p.scaled(c.ring),
		Username: c.user, Password: p.cfg.Password,
	})
	if err != nil {
		p.log.Warn("people: cannot call", "caller", c.user, "err", err)
		return
	}
	v := p.visit(leg, c.user)
	defer leg.End(sip.EndReason{})
	v.stream, v.told = stream, told
	if !v.untilAnswered() {
		return
	}
	stopRinging()
	stream.SetSource(newVoice(c.user))
	v.wait(p.scaled(c.talk))
}

// untilAnswered waits for the callee; false when the call failed.
func (v *visit) untilAnswered() bool {
	for {
		select {
		case <-v.p.ctx.Done():
			return false
		case e := <-v.events:
			if v.note(e) {
				return false
			}
			if a, ok := e.(sip.Answered); ok {
				far, err := media.ParseSDP(a.SDP)
				if err != nil {
					return false
				}
				f, err := media.Accepted(far, codecs)
				return err == nil && v.start(far, f)
			}
		}
	}
}
