package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// leaveMode says how the console is being left.
type leaveMode uint8

const (
	staying   leaveMode = iota
	draining            // no new calls; leave when the last has ended
	hangingUp           // all calls were told to end; leave when they have, or soon
	gone
)

// farewell is how long hung up calls get to say so before we leave.
const farewell = 3 * time.Second

// leaving is the way out, once an operator has chosen one.
type leaving struct {
	mode  leaveMode
	since time.Time
	asked time.Time // last ctrl+c: a second one soon after forces
}

// question asks what becomes of the calls that run through this program.
type question struct{}

// interrupt is ctrl+c: it asks like q, and a second one within a second leaves
// whatever runs.
func (a *App) interrupt() tea.Cmd {
	if !a.leaving.asked.IsZero() && a.now.Sub(a.leaving.asked) < time.Second {
		return a.leave()
	}
	a.leaving.asked = a.now
	return a.askToLeave()
}

// askToLeave leaves, or asks first when that would end somebody's call.
func (a *App) askToLeave() tea.Cmd {
	if !a.opt.Carries || a.liveLegs() == 0 {
		return a.leave()
	}
	if _, asked := a.overlay().(*question); !asked {
		a.open(&question{})
	}
	return nil
}

// liveLegs counts the calls that leaving would end.
func (a *App) liveLegs() int { return a.counts.Calls }

func (a *App) leave() tea.Cmd {
	if a.leaving.mode != gone && a.opt.OnQuit != nil {
		a.opt.OnQuit()
	}
	a.flush(true) // what was ordered is done, even when nobody waits for it
	a.fileTrails(true)
	a.leaving.mode = gone
	return tea.Quit
}

func (a *App) stay() {
	a.leaving = leaving{}
	a.say(levelInfo, "Staying.")
}

// departure leaves once what it waits for has come.
func (a *App) departure() tea.Cmd {
	switch a.leaving.mode {
	case draining:
		if a.liveLegs() == 0 {
			return a.leave()
		}
	case hangingUp:
		if a.liveLegs() == 0 || a.now.Sub(a.leaving.since) >= farewell {
			return a.leave()
		}
	}
	return nil
}

func (q *question) key(a *App, k tea.KeyMsg) tea.Cmd {
	if k.Paste {
		return nil
	}
	switch k.String() {
	case "w":
		a.close(q)
		a.leaving.mode, a.leaving.since = draining, a.now
	case "h":
		a.close(q)
		if a.opt.ReadOnly {
			a.refuse("Hang up", errReadOnly)
			return nil
		}
		for _, c := range a.book.Rows(false) {
			if c.Live() {
				a.send(model.Hangup{Call: c.ID, Reason: fittingReason(c)})
			}
		}
		a.leaving.mode, a.leaving.since = hangingUp, a.now
	case "esc", "q", "n":
		a.close(q)
	}
	return nil
}

func (q *question) draw(a *App, canvas []string) {
	n := a.liveLegs()
	text := plural(n, "call") + " " + verb(n, "runs", "run") + " through this program."
	more := "Leaving now would cut " + verb(n, "it", "them") + " off."
	if n == 0 {
		text, more = "All calls have ended.", ""
	}
	a.modal(canvas, dialog{title: "Leave?", keys: q.hints(a),
		lines: [][]span{{{a.st.Of(theme.Strong), text}}, {{a.st.Of(theme.Muted), more}}}})
}

func (q *question) hints(a *App) []hint {
	if a.liveLegs() == 0 {
		return []hint{{key: "w", text: "leave"}, {key: "esc", text: "stay"}}
	}
	return []hint{{key: "w", text: "wait for them"}, {key: "h", text: "hang up and quit"}, {key: "esc", text: "stay"}}
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// draining reports calls that are waited for, for the banner.
func (a *App) leavingText() string {
	switch a.leaving.mode {
	case draining:
		return "Leaving when " + plural(a.liveLegs(), "call") + " " + verb(a.liveLegs(), "has", "have") + " ended. No new calls. esc stays."
	case hangingUp:
		return "Hanging up " + plural(a.liveLegs(), "call") + " before leaving."
	}
	return ""
}
