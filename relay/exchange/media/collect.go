package media

import (
	"fmt"
	"strings"
	"time"
)

// CollectOptions are what a collection of digits waits for (RELAY.md 4.10).
type CollectOptions struct {
	// Max ends it with that many digits; 0 for no limit but maxDigits.
	Max int
	// Terminators are digits that end it and are not collected.
	Terminators string
	// DigitTimeout ends it so long after a digit; 0 means RELAY's 5 s.
	DigitTimeout time.Duration
	// InitialTimeout ends it without input; 0 for never. RELAY's default, 4 s,
	// is the caller's to give.
	InitialTimeout time.Duration
	// HoldTimers keeps InitialTimeout from running until StartTimers (RELAY's
	// start_input_timers false, with a prompt before it).
	HoldTimers bool
}

// CollectKind is how a collection stands: RELAY's result types.
type CollectKind string

const (
	CollectGoing   CollectKind = ""         // not over yet
	CollectDigits  CollectKind = "digit"    // Digits and Terminator hold
	CollectNoInput CollectKind = "no_input" // the initial timeout passed
)

// CollectResult is what a collection came to.
type CollectResult struct {
	Kind   CollectKind
	Digits string
	// Terminator is the digit that ended it, empty if it was a timeout or Max.
	Terminator string
}

const defaultDigitTimeout = 5 * time.Second

// Collector gathers digits from wherever they come (Stream.OnDigit, SIP INFO).
// It has no clock of its own: each method is told the time, and after each the
// caller asks Deadline when to call Tick. Not safe for concurrent use.
type Collector struct {
	o        CollectOptions
	digits   []rune
	deadline time.Time // zero for none
	result   CollectResult
}

// NewCollector begins to collect. Errors wrap ErrBadDigits.
func NewCollector(o CollectOptions, now time.Time) (*Collector, error) {
	o.Terminators = strings.ToUpper(o.Terminators)
	if strings.Trim(o.Terminators, eventDigits) != "" {
		return nil, fmt.Errorf("%w: terminators %q", ErrBadDigits, o.Terminators)
	}
	if o.Max < 0 || o.Max > maxDigits || o.DigitTimeout < 0 || o.InitialTimeout < 0 {
		return nil, fmt.Errorf("%w: collecting up to %d (0 to %d allowed), timeouts %v and %v", ErrBadDigits,
			o.Max, maxDigits, o.InitialTimeout, o.DigitTimeout)
	}
	if o.Max == 0 {
		o.Max = maxDigits
	}
	if o.DigitTimeout == 0 {
		o.DigitTimeout = defaultDigitTimeout
	}
	c := &Collector{o: o}
	if !o.HoldTimers {
		c.StartTimers(now)
	}
	return c, nil
}

// StartTimers begins the initial timeout, unless there has been input.
func (c *Collector) StartTimers(now time.Time) {
	if c.over() || len(c.digits) > 0 || c.o.InitialTimeout == 0 || !c.deadline.IsZero() {
		return
	}
	c.deadline = now.Add(c.o.InitialTimeout)
}

// Digit takes one digit; first reports that it is the first input (RELAY's
// start_of_input). What is no digit is ignored.
func (c *Collector) Digit(d rune, now time.Time) (first bool) {
	d = upperDigit(d)
	if c.over() || !strings.ContainsRune(eventDigits, d) {
		return false
	}
	if !c.deadline.IsZero() && now.After(c.deadline) { // the timer was late, not the digit early
		c.Tick(now)
		return false
	}
	first = len(c.digits) == 0
	if strings.ContainsRune(c.o.Terminators, d) {
		c.end(CollectDigits, string(d))
		return first
	}
	c.digits = append(c.digits, d)
	c.deadline = now.Add(c.o.DigitTimeout)
	if len(c.digits) >= c.o.Max {
		c.end(CollectDigits, "")
	}
	return first
}

// Tick ends the collection if its deadline has passed.
func (c *Collector) Tick(now time.Time) {
	if c.over() || c.deadline.IsZero() || now.Before(c.deadline) {
		return
	}
	if len(c.digits) == 0 {
		c.end(CollectNoInput, "")
	} else {
		c.end(CollectDigits, "")
	}
}

// Deadline is when to call Tick; false when nothing runs out.
func (c *Collector) Deadline() (time.Time, bool) {
	return c.deadline, !c.over() && !c.deadline.IsZero()
}

// Digits are what has been collected so far (RELAY's partial_results).
func (c *Collector) Digits() string { return string(c.digits) }

// Result is what the collection came to; Kind is CollectGoing until it is over.
func (c *Collector) Result() CollectResult { return c.result }

func (c *Collector) over() bool { return c.result.Kind != CollectGoing }

func (c *Collector) end(k CollectKind, terminator string) {
	c.result = CollectResult{Kind: k, Digits: string(c.digits), Terminator: terminator}
}

func upperDigit(d rune) rune {
	if d >= 'a' && d <= 'd' {
		d += 'A' - 'a'
	}
	return d
}
