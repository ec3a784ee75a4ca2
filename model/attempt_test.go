package model

import (
	"strings"
	"testing"
	"time"
)

// matrix is the machine as the architecture page draws it: a row a state, a
// column an input, "+x" an effect, "–" alone an input that has no place or
// changes nothing.
const matrix = `
| | submit | accepted | rejected | ringing | connected | failed | gone | session lost | hang up | timed out |
| idle | dialing +dial | – | – | – | – | – | – | – | – | – |
| dialing | – | – | failed | ringing | connected | failed | failed | failed | – +cancel | failed +cancel |
| ringing | – | – | – | – | connected | failed | failed | failed | – +hangup | failed +cancel |
| connected | – | – | – | – | – | disconnected | disconnected | disconnected | – +hangup | – |
| disconnected | – | – | – | – | – +hangup | – | – | – | – | – |
| failed | – | – | – | – | – +hangup | – | – | – | – | – |
`

var effectNames = map[string]Effect{"+dial": SendDial, "+cancel": SendCancel, "+hangup": SendHangup}

func TestAttemptMatrix(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(matrix), "\n")[1:]
	if len(rows) != len(transitions) {
		t.Fatalf("%d rows, %d states", len(rows), len(transitions))
	}
	for s, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), "|")
		if name := strings.TrimSpace(cells[0]); name != AttemptState(s).String() {
			t.Fatalf("row %d is %q, want %s", s, name, AttemptState(s))
		}
		for in, text := range cells[1:] {
			checkCell(t, AttemptState(s), Input(in), strings.Fields(text))
		}
	}
}

func checkCell(t *testing.T, s AttemptState, in Input, words []string) {
	t.Helper()
	want, effect := s, NoEffect
	for _, w := range words {
		if e, ok := effectNames[w]; ok {
			effect = e
		} else if w != "–" {
			want = stateNamed(t, w)
		}
	}
	a := Attempt{State: s, Wanted: true}
	got, _ := a.Step(in, time.Unix(1, 0))
	if a.State != want || got != effect {
		t.Errorf("%s on input %d: %s with effect %d, want %s with %d", s, in, a.State, got, want, effect)
	}
}

func stateNamed(t *testing.T, name string) AttemptState {
	t.Helper()
	for i, n := range attemptStateNames {
		if n == name {
			return AttemptState(i)
		}
	}
	t.Fatalf("no state %q", name)
	return Idle
}

func TestAttemptAnswerCrossesCancel(t *testing.T) {
	at := time.Unix(100, 0)
	a := Attempt{}
	for _, step := range []struct {
		in     Input
		effect Effect
		state  AttemptState
	}{
		{Submit, SendDial, Dialing},
		{Accepted, NoEffect, Dialing},
		{PeerRings, NoEffect, RingingPeer},
		{HangUp, SendHangup, RingingPeer},
		{PeerJoined, SendHangup, Connected}, // the answer was faster: hang up again
		{PeerLeft, NoEffect, Disconnected},
		{PeerJoined, SendHangup, Disconnected},
	} {
		effect, legal := a.Step(step.in, at)
		if !legal || effect != step.effect || a.State != step.state {
			t.Fatalf("input %d: legal %v effect %d state %s, want effect %d state %s",
				step.in, legal, effect, a.State, step.effect, step.state)
		}
	}
	if a.Cancelling() {
		t.Error("an attempt that is over is not cancelling")
	}
}

func TestForeignAttemptHasNoEffects(t *testing.T) {
	a := Attempt{Foreign: true}
	for in := Submit; in < inputCount; in++ {
		if effect, _ := a.Step(in, time.Unix(1, 0)); effect != NoEffect {
			t.Errorf("input %d: effect %d", in, effect)
		}
	}
}

func TestStepIsTotal(t *testing.T) {
	for s := range 256 {
		for in := range 256 {
			a := Attempt{State: AttemptState(s)}
			a.Step(Input(in), time.Time{})
		}
	}
}
