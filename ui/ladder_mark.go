package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

var (
	errNoMarkedStep = errors.New("mark another step on the Ladder with space first")
	errMarkedItself = errors.New("it is the marked step itself: select another one, or take its mark with space")
	errNoWire       = errors.New("what is played, joined or lost carries no message")
	errNoSIPText    = errors.New("its SIP message has not been told")
	errNoFrame      = errors.New("its RELAY frame is not known here")
)

// said is a step with its message as it was when it was taken: it outlives its
// call and its frame.
type said struct {
	step
	name string // the step, its leg and its call
	text string
}

// messageOf takes a step with its message.
func (a *App) messageOf(r *rung) said {
	s := r.own()
	name := s.word
	c := a.ladderCall()
	if r.mark == '-' {
		c = a.book.Call(a.ladder.against)
	}
	if s.leg == 'A' || s.leg == 'B' {
		name += ", " + string(s.leg)
	}
	if c != nil {
		name += " of " + a.numbered(c)
	}
	return said{s, name, a.stepText(&s)}
}

// whyNoMessage says why a step has no message to compare.
func (a *App) whyNoMessage(s *step) error {
	switch {
	case s.layer == layerMedia || s.layer == layerLink:
		return errNoWire
	case strings.TrimSpace(a.stepText(s)) != "":
		return nil
	case s.layer == layerSIP:
		return errNoSIPText
	}
	return errNoFrame
}

// isMarked reports whether a step is the marked one. Its leg does not count: a
// peer's is known only later.
func (v *ladder) isMarked(r *rung) bool {
	m := v.marked
	return m != nil && m.at.Equal(r.at.Add(-r.shift)) && m.call == r.call && m.layer == r.layer && m.out == r.out && m.word == r.word && m.raw == r.raw
}

func (a *App) whyMarkStep() error {
	r, _, ok := a.ladder.rung(a)
	if !ok {
		return errNoSteps
	}
	if a.ladder.isMarked(&r) {
		return nil
	}
	s := r.own()
	return a.whyNoMessage(&s)
}

// doMarkStep marks the selected step in place of an earlier one, or takes its
// mark.
func (a *App) doMarkStep() tea.Cmd {
	r, _, _ := a.ladder.rung(a)
	if a.ladder.isMarked(&r) {
		a.ladder.marked = nil
		a.say(levelInfo, "No step is marked.")
		return nil
	}
	m := a.messageOf(&r)
	a.ladder.marked = &m
	text := "Marked: " + m.name
	if k := a.keyOf("ladder.diff"); k != "" {
		text += ": " + k + " compares another with it, esc clears"
	}
	a.say(levelInfo, text+".")
	return nil
}

// markedFoot says what the selected step would be compared with.
func (v *ladder) markedFoot(a *App) []span {
	if v.marked == nil {
		return nil
	}
	return []span{{a.st.Of(theme.Title), a.keyOf("ladder.diff")}, {a.st.Of(theme.Muted), " compares with "},
		{a.st.Of(theme.Accent), a.st.Check + " "}, {a.st.Of(theme.Strong), v.marked.name}}
}

// whyCompareStep says why a step cannot be compared with the marked one.
func (a *App) whyCompareStep(r *rung) error {
	switch {
	case a.ladder.marked == nil:
		return errNoMarkedStep
	case a.ladder.isMarked(r):
		return errMarkedItself
	}
	s := r.own()
	return a.whyNoMessage(&s)
}

func (a *App) doCompareStep() tea.Cmd {
	r, _, _ := a.ladder.rung(a)
	a.open(a.newStepDiff(&r, func(n int) { a.ladder.move(a, n) }, a.turnLadder))
	return nil
}
