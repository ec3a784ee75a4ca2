package people

import (
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
}

// events that a script has not read yet; more than a call ever has.
const eventRoom = 256

func (p *People) visit(l *sip.Leg, who string) *visit {
	v := &visit{p: p, leg: l, person: who, events: make(chan sip.Event, eventRoom)}
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
		body, format, err = media.Answer(stream.LocalAddr(), offer, codecs, media.SDPOptions{})
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

// note reports whether the event is the call's end.
func (v *visit) note(e sip.Event) bool {
	_, ended := e.(sip.Ended)
	v.over = v.over || ended
	return ended
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
