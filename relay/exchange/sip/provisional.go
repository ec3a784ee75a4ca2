package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// Ring sends 180 Ringing, again as often as called. Errors: ErrWrongState,
// ErrBadHeader.
func (l *Leg) Ring(headers ...Header) error {
	return l.provisional(180, "Ringing", nil, headers)
}

// Progress sends 183 Session Progress with early media. Errors: ErrWrongState,
// ErrBadHeader.
func (l *Leg) Progress(sdp []byte, headers ...Header) error {
	return l.provisional(183, "Session Progress", sdp, headers)
}

func (l *Leg) provisional(code int, phrase string, sdp []byte, headers []Header) error {
	if err := validateHeaders(headers); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dir != Inbound || l.phase != phaseEarly || l.in.rel.closing() {
		return wrongState(phrase, l.phase)
	}
	res := l.answer(l.in.invite, code, phrase, headers)
	if l.in.rel != nil {
		if err := l.in.rel.number(res); err != nil {
			return err
		}
	}
	setBody(res, sdpType, sdp)
	if l.in.rel != nil {
		l.queueReliable(res)
	} else if !l.sendProvisional(res) {
		return wrongState(phrase, l.phase)
	}
	if sdp != nil {
		l.localSDP = sdp
	}
	if l.times.Ringing.IsZero() {
		l.times.Ringing = time.Now()
	}
	return nil
}

// sendProvisional sends it, and again every minute. l.mu is held.
func (l *Leg) sendProvisional(res *sip.Response) bool {
	if !l.in.tx.respond(res) {
		return false
	}
	l.in.last = res
	l.repeatProvisional()
	return true
}

// repeatProvisional sends the last provisional answer every minute, lest a
// proxy gives the call up (§13.3.1.1). l.mu is held.
func (l *Leg) repeatProvisional() {
	if l.in.repeat != nil {
		l.in.repeat.Stop()
	}
	l.in.repeat = time.AfterFunc(time.Minute, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.phase == phaseEarly && l.in.tx.respond(l.in.last) {
			l.repeatProvisional()
		}
	})
}
