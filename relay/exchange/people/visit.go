package people

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// codecs the people speak.
var codecs = []string{"PCMU", "PCMA"}

// visit is one call of one person while its script runs. It belongs to the
// script's goroutine.
type visit struct {
	p      *People
	leg    *sip.Leg
	person string
	events chan sip.Event
	over   bool
	stream *media.Stream
	told   media.SDPOptions // of our last description
}

// events that a script has not read yet; more than a call ever has.
const eventRoom = 256

func (p *People) visit(l *sip.Leg, who string) *visit {
	v := &visit{p: p, leg: l, person: who, events: make(chan sip.Event, eventRoom), told: newSession()}
	l.Notify(func(e sip.Event) {
		select {
		case v.events <- e:
		case <-p.ctx.Done():
		}
	})
	return v
}

// take runs the script of whoever is called. It runs on a goroutine of the SIP
// stack, which Close of the stack waits for.
func (p *People) take(l *sip.Leg) {
	who, ok := find(userOf(l.RequestURI()))
	if !ok {
		l.End(sip.EndReason{Code: 404, Phrase: "Not Found"})
		return
	}
	v := p.visit(l, who.user)
	defer v.done()
	who.take(p, v)
}

// done hangs up, if that is still to be done, and gives the ports back.
func (v *visit) done() {
	v.leg.End(sip.EndReason{})
	if v.stream != nil {
		v.stream.Close()
	}
}

// answer picks up; false when the caller is gone or cannot be understood.
func (p *People) answer(v *visit) bool {
	stream, err := p.engine.Open(p.stack.Addr().Addr())
	if err != nil {
		v.leg.End(sip.EndReason{Code: 500, Phrase: "Server Internal Error"})
		return false
	}
	v.stream = stream
	offer, err := media.ParseSDP(v.leg.RemoteSDP())
	var body []byte
	var format media.Format
	if err == nil {
		body, format, err = media.Answer(stream.LocalAddr(), offer, codecs, v.told)
	}
	if err != nil {
		v.leg.End(sip.EndReason{Code: 488, Phrase: "Not Acceptable Here"})
		return false
	}
	return v.leg.Answer(body) == nil && v.start(offer, format)
}

func (v *visit) start(far media.Description, f media.Format) bool {
	return v.stream.Start(far.Addr, f, far.EventType(f), far.Direction.Mirror()) == nil
}

// wait lets time pass; false when the call, or the people, ended meanwhile.
func (v *visit) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return !v.over
		case e := <-v.events:
			if v.note(e) {
				return false
			}
		case <-v.p.ctx.Done():
			return false
		}
	}
}

func (v *visit) untilEnded() {
	for {
		select {
		case e := <-v.events:
			if v.note(e) {
				return
			}
		case <-v.p.ctx.Done():
			return
		}
	}
}

// note reports whether the event is the call's end. An offer inside the call,
// such as hold, is answered.
func (v *visit) note(e sip.Event) bool {
	switch e := e.(type) {
	case sip.Ended:
		v.over = true
		return true
	case sip.Reoffer:
		v.reanswer(e.SDP)
	case sip.OfferWanted:
		_ = v.leg.AnswerReoffer(v.leg.LocalSDP()) // fails only if the call is over
	}
	return false
}

// reanswer agrees to whatever the far end asks for that can be had; with neither
// answer the call goes on as it was.
func (v *visit) reanswer(sdp []byte) {
	offer, err := media.ParseSDP(sdp)
	if err != nil || v.stream == nil {
		_ = v.leg.RefuseReoffer(488) // the end of the call may have been first
		return
	}
	v.told.Version++
	body, format, err := media.Answer(v.stream.LocalAddr(), offer, codecs, v.told)
	if err != nil {
		_ = v.leg.RefuseReoffer(488) // likewise
		return
	}
	if v.leg.AnswerReoffer(body) == nil {
		v.start(offer, format)
	}
}

// newSession are the options of a first description.
func newSession() media.SDPOptions {
	return media.SDPOptions{SessionID: rand.Uint64()>>2 | 1} // fits peers that read it as signed
}

// userOf is the user part of a SIP URI.
func userOf(uri string) string {
	_, rest, _ := strings.Cut(uri, ":")
	user, _, found := strings.Cut(rest, "@")
	if !found {
		return ""
	}
	user, _, _ = strings.Cut(user, ";")
	if plain, err := url.PathUnescape(user); err == nil {
		return plain
	}
	return user
}
