package media

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCollecting(t *testing.T) {
	const none = CollectGoing
	for _, c := range []struct {
		name   string
		o      CollectOptions
		script string // digits; '.' a second; 's' starts the timers
		want   CollectResult
	}{
		{"max", CollectOptions{Max: 3}, "1.2.3", CollectResult{CollectDigits, "123", ""}},
		{"nothing after max", CollectOptions{Max: 1}, "123", CollectResult{CollectDigits, "1", ""}},
		{"terminator", CollectOptions{Max: 9, Terminators: "#*"}, "12*", CollectResult{CollectDigits, "12", "*"}},
		{"only a terminator", CollectOptions{Max: 9, Terminators: "#"}, "#", CollectResult{CollectDigits, "", "#"}},
		{"letters", CollectOptions{Max: 9, Terminators: "d"}, "abD", CollectResult{CollectDigits, "AB", "D"}},
		{"no digits", CollectOptions{Max: 1}, "x?é", CollectResult{Kind: none}},
		{"digit timeout", CollectOptions{Max: 9, DigitTimeout: 2 * time.Second}, "1.2..", CollectResult{CollectDigits, "12", ""}},
		{"digits in time", CollectOptions{Max: 9, DigitTimeout: 2 * time.Second}, "1.2.3.", CollectResult{Kind: none}},
		{"5 s between digits", CollectOptions{Max: 9}, "1.....", CollectResult{CollectDigits, "1", ""}},
		{"no input", CollectOptions{Max: 9, InitialTimeout: 4 * time.Second}, "....", CollectResult{Kind: CollectNoInput}},
		{"input in time", CollectOptions{Max: 9, InitialTimeout: 4 * time.Second}, "...1..", CollectResult{Kind: none}},
		{"no initial timeout", CollectOptions{Max: 9}, strings.Repeat(".", 99), CollectResult{Kind: none}},
		{"held timers", CollectOptions{InitialTimeout: time.Second, HoldTimers: true}, ".....", CollectResult{Kind: none}},
		{"timers started", CollectOptions{InitialTimeout: 2 * time.Second, HoldTimers: true}, "...s..", CollectResult{Kind: CollectNoInput}},
		{"input before them", CollectOptions{InitialTimeout: time.Second, HoldTimers: true}, "1s.", CollectResult{Kind: none}},
		{"started twice", CollectOptions{InitialTimeout: 2 * time.Second}, ".s.", CollectResult{Kind: CollectNoInput}},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Unix(1000, 0)
			col, err := NewCollector(c.o, now)
			if err != nil {
				t.Fatal(err)
			}
			firsts := 0
			for _, r := range c.script {
				switch r {
				case '.':
					now = now.Add(time.Second)
					if at, ok := col.Deadline(); ok && !now.Before(at) {
						col.Tick(now)
					}
				case 's':
					col.StartTimers(now)
				default:
					if col.Digit(r, now) {
						firsts++
					}
				}
			}
			if col.Result() != c.want {
				t.Errorf("%+v, want %+v", col.Result(), c.want)
			}
			if _, ok := col.Deadline(); ok && c.want.Kind != none {
				t.Error("a deadline after the end")
			}
			if input := strings.ContainsAny(c.script, "123abcd#"); (firsts == 1) != input {
				t.Errorf("%d starts of input", firsts)
			}
		})
	}
}

func TestCollectorWithALateTimer(t *testing.T) {
	now := time.Unix(1000, 0)
	col, err := NewCollector(CollectOptions{Max: 9, DigitTimeout: time.Second}, now)
	if err != nil {
		t.Fatal(err)
	}
	col.Digit('1', now)
	col.Tick(now) // too early: nothing
	if col.Digit('2', now.Add(2*time.Second)); col.Digits() != "1" || col.Result().Kind != CollectDigits {
		t.Errorf("%+v", col.Result())
	}
}

func TestCollectorRefusals(t *testing.T) {
	for _, o := range []CollectOptions{{Max: -1}, {Max: 1000}, {Terminators: "x"}, {DigitTimeout: -1}, {InitialTimeout: -1}} {
		if _, err := NewCollector(o, time.Time{}); !errors.Is(err, ErrBadDigits) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
