package ui

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// Ladders keeps the ladders of calls beyond the program. Its methods are called
// from different goroutines.
type Ladders interface {
	// Keep files a trail in place of an earlier one of the same call. It returns
	// at once.
	Keep(journal.Trail)
	// Has reports whether the trail of a call is kept. It returns at once.
	Has(model.CallID) bool
	// Load reads a trail. It is called off the program's loop.
	Load(model.CallID) (journal.Trail, error)
}

// trailsAtOnce is how many ladders are filed in a second: many calls that end
// together are spread over a few.
const trailsAtOnce = 20

// filed is how much of a call's trail has been filed.
type filed struct {
	steps int
	last  time.Time
}

// fileTrails files the ladders that have grown since: of calls that have ended,
// or whose connect has; with all, of every call.
func (a *App) fileTrails(all bool) {
	if a.opt.Ladders == nil || len(a.trails) == 0 {
		return
	}
	if a.filed == nil {
		a.filed = make(map[model.CallID]filed)
	}
	n := 0
	for id, steps := range a.trails {
		c := a.book.Call(id)
		if len(steps) == 0 || c == nil || a.book.Call(c.Parent) != nil {
			continue
		}
		over := c.State == model.Ended || c.Attempt != nil && c.Attempt.State.Over()
		now := filed{len(steps), steps[len(steps)-1].at}
		if !over && !all || a.filed[id] == now {
			continue
		}
		if n++; n > trailsAtOnce && !all {
			return
		}
		a.filed[id] = now
		a.opt.Ladders.Keep(a.trailOf(c))
	}
	for id := range a.filed {
		if a.book.Call(id) == nil {
			delete(a.filed, id)
		}
	}
}

// trailOf is the ladder of a call as it is kept: every message in full.
func (a *App) trailOf(c *model.Call) journal.Trail {
	t := journal.Trail{Call: a.callEntry(c)}
	if c.Attempt != nil && c.Attempt.State != model.Idle {
		e := a.connectEntry(c)
		t.Connect = &e
	}
	for _, s := range a.stepsOf(c) {
		t.Steps = append(t.Steps, journal.Step{At: s.at, Call: s.call, Leg: string(s.leg), Layer: s.layer.String(), Out: s.out, Bad: s.bad,
			Minor: s.minor, Word: s.word, Detail: s.detail, Text: a.stepText(&s), Remote: s.remote})
	}
	return t
}

// bygone is a ladder of the history: a call that the book has forgotten.
type bygone struct {
	call  *model.Call
	peer  string
	steps []step
}

func newBygone(t journal.Trail) *bygone {
	e := &t.Call // the call is over, or was left to itself
	c := &model.Call{ID: e.Call, Number: e.Number, State: model.Ended, Direction: e.Direction, Type: e.Type, Context: e.Context,
		From: e.From, To: e.To, Created: e.Began, Answered: e.Answered, Ended: e.Ended, End: e.End}
	if t.Connect != nil {
		c.Attempt = &model.Attempt{Call: c.ID, Request: t.Connect.Request, State: model.Disconnected, Submitted: t.Connect.Began,
			Joined: t.Connect.Answered, Cause: t.Connect.End}
		if t.Connect.Answered.IsZero() {
			c.Attempt.State = model.Failed
		}
	}
	b := &bygone{call: c}
	if t.Connect != nil {
		b.peer = t.Connect.To.Brief()
	}
	for _, s := range t.Steps {
		out := step{at: s.At, call: s.Call, leg: ' ', out: s.Out, bad: s.Bad, minor: s.Minor, remote: s.Remote,
			word: model.Clean(s.Word), detail: model.Clean(s.Detail)}
		if s.Leg != "" {
			out.leg = s.Leg[0]
		}
		for l := range layerCount {
			if l.String() == s.Layer {
				out.layer = l
			}
		}
		if out.layer == layerSIP {
			out.raw = s.Text
		} else {
			out.text = s.Text
		}
		b.steps = append(b.steps, out)
	}
	return b
}

// bygoneMsg is a ladder that was read.
type bygoneMsg struct {
	trail journal.Trail
	err   error
}

// turnLadder shows the ladder of another call among the listed ones; from one
// of the history, that of the selected call.
func (a *App) turnLadder(n int) {
	if a.ladder.bygone != nil {
		a.ladder.bygone = nil
		return
	}
	a.move(n)
}

// whyTurn says that there is no further call on the list in a direction.
func whyTurn(n int) func(*App) error {
	return func(a *App) error {
		if to := a.index + n; a.ladder.bygone == nil && (to < 0 || to >= len(a.rows)) {
			return errors.New("it is the " + map[bool]string{true: "first", false: "last"}[n < 0] + " call of the list")
		}
		return nil
	}
}

func (a *App) whyHistoryLadder() error {
	e, ok := a.pastEntry()
	switch {
	case !ok:
		return errNoEntry
	case a.book.Call(e.Call) == nil && (a.opt.Ladders == nil || !a.opt.Ladders.Has(e.Call)):
		return errNoLadder
	}
	return nil
}

// doHistoryLadder shows the ladder of an entry's call: as it is while the call
// is known, else as it was kept.
func (a *App) doHistoryLadder() tea.Cmd {
	e, _ := a.pastEntry()
	if a.book.Call(e.Call) != nil {
		a.doOpenEntry()
		return doScreen(atLadder)(a)
	}
	read := a.opt.Ladders
	return func() tea.Msg {
		t, err := read.Load(e.Call)
		return bygoneMsg{t, err}
	}
}

// bygoneCame shows the ladder that was read.
func (a *App) bygoneCame(msg bygoneMsg) {
	a.dirty = true
	if msg.err != nil {
		a.say(levelBad, "The ladder could not be read: "+model.Clean(msg.err.Error())+".")
		return
	}
	a.show(atLadder)
	a.ladder.bygone, a.ladder.of = newBygone(msg.trail), ""
}
