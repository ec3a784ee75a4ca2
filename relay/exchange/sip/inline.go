package sip

import (
	"fmt"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// inLine is a request that must not overtake another one: its CSeq is checked by
// the peer, and transactions run at the same time.
type inLine struct {
	method sip.RequestMethod
	fill   func(*sip.Request, flow)
	done   func(*sip.Response, error) // with no lock held
}

// maxLine bounds the requests that wait for a peer that does not answer.
const maxLine = 64

// sendInLine sends after those before it were answered. What still waits when
// the leg ends is dropped unheard. l.mu is held.
func (l *Leg) sendInLine(q inLine) error {
	if len(l.line) >= maxLine {
		return fmt.Errorf("%w: %d requests wait for the peer", ErrTooMany, len(l.line))
	}
	l.line = append(l.line, q)
	if len(l.line) == 1 {
		l.sendFirst()
	}
	return nil
}

func (l *Leg) sendFirst() {
	q := l.line[0]
	over := func(res *sip.Response, err error) {
		q.done(res, err)
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.line) == 0 {
			return // the leg ended
		}
		if l.line = l.line[1:]; len(l.line) > 0 {
			l.sendFirst()
		}
	}
	l.send(q.method, q.fill, func(res *sip.Response) { over(res, nil) }, func(err error) { over(nil, err) })
}

// SendInfoDigit sends one DTMF digit (0-9 * # A-D) of a duration (rounded to
// ms; 0: 160 ms) by INFO, as application/dtmf-relay, or application/dtmf where
// the peer takes no other. It returns at once; digits keep their order;
// [DigitSent] tells the outcome. Errors: ErrWrongState (not established), ErrTooMany, or a
// digit or duration that is none.
func (l *Leg) SendInfoDigit(digit byte, d time.Duration) error {
	c, ok := digitOf(string(rune(digit)))
	if !ok || d < 0 || d > maxDigit {
		return fmt.Errorf("sip: no DTMF digit: %q for %v", digit, d)
	}
	if d == 0 {
		d = 160 * time.Millisecond
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != phaseUp {
		return wrongState("INFO", l.phase)
	}
	return l.sendInLine(l.digitLine(c, d, dtmfRelay))
}

func (l *Leg) digitLine(c byte, d time.Duration, kind string) inLine {
	body := "Signal=" + string(rune(c)) + "\r\nDuration=" + strconv.Itoa(int(d/time.Millisecond)) + "\r\n"
	if kind == dtmfPlain {
		body = string(rune(c))
	}
	return inLine{method: sip.INFO, fill: func(req *sip.Request, _ flow) {
		setBody(req, kind, []byte(body))
	}, done: func(res *sip.Response, err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if res != nil && res.StatusCode == 415 && kind == dtmfRelay && len(l.line) > 0 {
			// Before the digits behind this one; the first place is ours still.
			l.line = append(l.line[:1:1], append([]inLine{l.digitLine(c, d, dtmfPlain)}, l.line[1:]...)...)
			return
		}
		ev := DigitSent{Digit: c, Err: err}
		if res != nil {
			ev.Code = res.StatusCode
		}
		l.events.emit(l.s, ev)
	}}
}
