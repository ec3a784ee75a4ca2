package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// targets are the calls that an action is about: those that are marked, else
// the leg that has the focus.
func (a *App) targets() []*model.Call {
	if list := a.markedCalls(); len(list) > 0 {
		return list
	}
	if c := a.target(); c != nil {
		return []*model.Call{c}
	}
	return nil
}

// markedCalls lists the marked calls that live, in the order of the rows.
func (a *App) markedCalls() []*model.Call {
	if len(a.marked) == 0 {
		return nil
	}
	var list []*model.Call
	for _, c := range a.rows {
		if a.marked[c.ID] && c.Live() {
			list = append(list, c)
		}
	}
	return list
}

func (a *App) whyMark() error {
	if a.current() == nil {
		return errNoSelection
	}
	return nil
}

// doMark marks the selected call, or takes its mark, and goes on to the next.
func (a *App) doMark() tea.Cmd {
	a.toggleMark()
	a.move(1)
	return nil
}

// toggleMark marks the selected call, or takes its mark.
func (a *App) toggleMark() {
	a.mark(a.selected, !a.marked[a.selected])
	a.anchor = a.selected
	a.tellMarks()
}

// doMarkRange marks from the last mark to the selected call.
func (a *App) doMarkRange() tea.Cmd {
	from := a.index
	for i, c := range a.rows {
		if c.ID == a.anchor {
			from = i
		}
	}
	for i := min(from, a.index); i <= max(from, a.index); i++ {
		a.mark(a.rows[i].ID, true)
	}
	a.anchor = a.selected
	a.tellMarks()
	return nil
}

func (a *App) mark(id model.CallID, on bool) {
	if a.marked == nil {
		a.marked = make(map[model.CallID]bool)
	}
	if on {
		a.marked[id] = true
	} else {
		delete(a.marked, id)
	}
	a.cache.clear()
}

func (a *App) tellMarks() {
	if n := len(a.marked); n > 0 {
		a.say(levelInfo, plural(n, "call")+" marked.", hint{key: a.keyOf("call.hangup"), text: "hangs them up"},
			hint{key: a.keyOf("call.connect"), text: "connects them"}, hint{key: "esc", text: "clears"})
	} else {
		a.say(levelInfo, "No call is marked.")
	}
}

func (a *App) whyOnlyMarked() error {
	if len(a.marked) == 0 && !a.onlyMarked {
		return errNoMarks
	}
	return nil
}

// doOnlyMarked shows the marked calls only, or all again.
func (a *App) doOnlyMarked() tea.Cmd {
	a.onlyMarked = !a.onlyMarked
	a.list()
	return nil
}

// unmark clears all marks; it reports whether there were any.
func (a *App) unmark() bool {
	had := len(a.marked) > 0 || a.onlyMarked
	a.marked, a.onlyMarked, a.anchor = nil, false, ""
	if had {
		a.cache.clear()
		a.list()
	}
	return had
}

// pruneMarks forgets marks of calls that the book has forgotten.
func (a *App) pruneMarks() {
	for id := range a.marked {
		if a.book.Call(id) == nil {
			delete(a.marked, id)
		}
	}
	if len(a.marked) == 0 {
		a.onlyMarked = false
	}
}
