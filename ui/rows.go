package ui

import (
	"slices"

	"cordpair/model"
)

// list derives the rows from the book and keeps the selection on its call.
func (a *App) list() {
	a.count()
	a.legs = a.book.AppendRows(a.legs[:0], a.allLegs)
	a.rows, a.unfiltered = a.rows[:0], len(a.legs)
	a.take(true)
	a.live = len(a.rows)
	a.sorted(a.rows)
	a.take(false)
	a.sorted(a.rows[a.live:])
	a.reselect()
}

// count counts the calls; those of a bridge talk, though none is the other's peer.
func (a *App) count() {
	a.counts = a.book.Counts()
	a.counts.Talking += a.talkingByBridge()
}

// take lists the legs that live, or those that have ended, and fit the filter.
func (a *App) take(live bool) {
	for _, c := range slices.Backward(a.legs) {
		if c.Live() == live && a.wanted(c) {
			a.rows = append(a.rows, c)
		}
	}
}

// wanted reports whether filter and marks let a call be listed.
func (a *App) wanted(c *model.Call) bool {
	return (!a.onlyMarked || a.marked[c.ID]) && (len(a.query) == 0 || a.query.fits(a, c))
}

// reselect finds the selected call among the rows. One that is gone hands the
// selection to the row that took its place.
func (a *App) reselect() {
	if len(a.rows) == 0 {
		a.selected, a.index = "", 0
		return
	}
	if c := a.waitingLongest(); c != nil && !a.touched {
		a.selected = c.ID
	}
	for i, c := range a.rows {
		if c.ID == a.selected {
			a.index = i
			return
		}
	}
	// A peer leg that went back to its caller's row.
	if c := a.book.Call(a.selected); c != nil && c.Parent != "" {
		for i, row := range a.rows {
			if row.ID == c.Parent {
				a.index, a.selected = i, row.ID
				return
			}
		}
	}
	a.index = min(a.index, len(a.rows)-1)
	a.selected = a.rows[a.index].ID
}

// waitingLongest is the call that has rung here for the longest time, nil when
// none rings. It is what the first key is most likely about.
func (a *App) waitingLongest() *model.Call {
	var first *model.Call
	for _, c := range a.rows {
		if c.Direction == model.Inbound && c.Live() && c.State < model.Answered && (first == nil || c.Number < first.Number) {
			first = c
		}
	}
	return first
}

// move selects the row n further down.
func (a *App) move(n int) {
	if len(a.rows) == 0 {
		return
	}
	a.index = max(0, min(a.index+n, len(a.rows)-1))
	a.selected = a.rows[a.index].ID
}

// current is the selected call, nil when there is none.
func (a *App) current() *model.Call { return a.book.Call(a.selected) }

// target is the leg that D is about: the selected call, or its peer when the B
// pane has the focus.
func (a *App) target() *model.Call {
	c := a.current()
	if a.focus == paneB && c != nil {
		return a.book.Peer(c)
	}
	return c
}

// label names a leg's far party for people.
func label(c *model.Call) string {
	if c == nil {
		return "nobody"
	}
	if s := c.Remote().Brief(); s != "" {
		return s
	}
	return model.Short(c.ID)
}

// leg is A for a call that came first and B for a peer.
func (a *App) leg(c *model.Call) string {
	if c.Parent != "" && a.book.Call(c.Parent) != nil {
		return "B"
	}
	return "A"
}
