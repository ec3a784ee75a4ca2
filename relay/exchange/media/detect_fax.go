package media

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// FaxDetector finds the tone of a fax machine (ITU-T T.30 §4): CED, 2100 Hz,
// of one that was called, or CNG, 1100 Hz for half a second every 3.5 s, of
// one that calls. The search ends when it is found.
type FaxDetector struct {
	// Tone is CED or CNG; empty means RELAY's default, CED.
	Tone string
}

const (
	cedHz, cedWithin = 2100, 25.0 // T.30 allows 15; the rest is our reading
	cngHz, cngWithin = 1100, 45.0 // T.30 allows 38
	// cedLeast is how much CED is enough: T.30 sends 2.6 s at least. Its phase
	// reversals (V.25) cost a frame now and then.
	cedLeast = 600 * time.Millisecond
	// A CNG burst is 0.5 s long within 15 %, and then there is silence.
	cngShort, cngLong, cngPause = 400 * time.Millisecond, 620 * time.Millisecond, 200 * time.Millisecond
	faxLevel                    = 1e-5 // -50 dB
)

func (o FaxDetector) begin() (detector, error) {
	switch strings.ToUpper(o.Tone) {
	case "", "CED":
		return &faxSearch{event: "CED", hz: cedHz, within: cedWithin}, nil
	case "CNG":
		return &faxSearch{event: "CNG", hz: cngHz, within: cngWithin}, nil
	}
	return nil, fmt.Errorf("%w: fax tone %q, there is CED and CNG", ErrBadDetector, o.Tone)
}

type faxSearch struct {
	event      string
	hz, within float64
	on, off    time.Duration // of the tone, and behind it
}

func (s *faxSearch) step(f *frame, found func(Detection)) bool {
	hz := pureTone(f.speak[:], faxLevel)
	if tone := hz != 0 && math.Abs(hz-s.hz) <= s.within; tone {
		if s.off > Frame { // one bad frame does not end a tone
			s.on = 0
		}
		s.on, s.off = s.on+Frame, 0
	} else {
		s.off += Frame
	}
	ok := s.on >= cedLeast
	if s.event == "CNG" {
		ok = s.on >= cngShort && s.on <= cngLong && s.off >= cngPause
	}
	if ok {
		found(Detection{Event: s.event})
	}
	return ok
}
