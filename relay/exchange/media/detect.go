package media

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Detection is one thing a detector found, in RELAY's words (RELAY.md 6):
// MACHINE, HUMAN, UNKNOWN, READY, NOT_READY; CED, CNG; or one digit.
type Detection struct {
	Event string
	// Beep marks a MACHINE that has just beeped.
	Beep bool
}

// Detector says what to look for: MachineDetector, FaxDetector or
// DigitDetector.
type Detector interface {
	begin() (detector, error)
}

// detector is one search, fed frame by frame.
type detector interface {
	// step takes a frame and tells what it found; over ends the search.
	step(f *frame, found func(Detection)) (over bool)
}

// Detecting is a search under way. All methods are safe for concurrent use.
type Detecting struct {
	ear  *overhearing
	done chan struct{}
	mu   sync.Mutex
	err  error
}

// detectBeat is how often a detector looks; detectLag how far it stays behind.
const detectBeat, detectLag = 40 * time.Millisecond, 80 * time.Millisecond

// Detect listens to what the far end of a leg of PCMU, PCMA or G722 says, for
// at most timeout (0 for no limit), and calls found with each thing found, in
// order, on a goroutine of its own. found may take its time: the call does not
// wait; it must not close the stream. Done is closed after the last one; a Detecting always ends, with Stop
// or the stream at the latest.
//
// Errors wrap ErrBadDetector, ErrNotStarted, ErrClosed or ErrCannotDecode.
func (s *Stream) Detect(what Detector, timeout time.Duration, found func(Detection)) (*Detecting, error) {
	if what == nil || timeout < 0 {
		return nil, fmt.Errorf("%w: nothing to detect, or timeout %v", ErrBadDetector, timeout)
	}
	d, err := what.begin()
	if err != nil {
		return nil, err
	}
	r := &Detecting{done: make(chan struct{})}
	frames, most := 0, int(timeout/Frame)
	r.ear, err = s.overhear(Speak, detectBeat, detectLag, func(f *frame) bool {
		if d.step(f, found) {
			return false
		}
		frames++
		return most == 0 || frames < most
	}, func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err = err
		close(r.done)
	})
	if err != nil {
		return nil, fmt.Errorf("detect: %w", err)
	}
	return r, nil
}

// Stop ends the search. Idempotent.
func (r *Detecting) Stop() { r.ear.stop() }

// Done is closed when the search is over.
func (r *Detecting) Done() <-chan struct{} { return r.done }

// Err is nil while the search runs and after it came to its own end or its
// timeout; otherwise it wraps ErrStopped, ErrClosed or ErrListener.
func (r *Detecting) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// DigitDetector finds keyed digits.
type DigitDetector struct {
	// Digits are those of interest; empty means RELAY's 0123456789#*.
	Digits string
}

func (o DigitDetector) begin() (detector, error) {
	o.Digits = strings.ToUpper(o.Digits)
	if o.Digits == "" {
		o.Digits = "0123456789#*"
	}
	if strings.Trim(o.Digits, eventDigits) != "" {
		return nil, fmt.Errorf("%w: digits %q", ErrBadDetector, o.Digits)
	}
	return o, nil
}

func (o DigitDetector) step(f *frame, found func(Detection)) bool {
	for _, d := range f.digits {
		if strings.ContainsRune(o.Digits, d) {
			found(Detection{Event: string(d)})
		}
	}
	return false
}
