package ui

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// A list that stands still keeps its rows and their order while calls come and
// go; what a row says stays true.

// listActions sort the lists of the past and of phones, and hold lists still.
func listActions() []action {
	return slices.Concat(
		[]action{{name: "list.follow", keys: []string{"f"}, group: groupLook,
			help: "follow what is new, or stand still", do: (*App).doStill}},
		[]action{{name: "history.follow", keys: []string{"f"}, group: groupHistory, where: inHistory,
			help: "follow what is new, or stand still", do: (*App).doHistoryStill}},
		sortActions("history", groupHistory, inHistory, func(a *App) ordered { return a.history }),
		sortActions("phones", groupPhones, inPhones, func(a *App) ordered { return a.phones }),
	)
}

func (a *App) doStill() tea.Cmd {
	a.still = !a.still
	a.list()
	a.news = 0
	return nil
}

// stand brings the rows of a list that stands still up to date: a call that is
// forgotten leaves its row, one that came waits. What was dialled from here is
// wanted, so the list follows again.
func (a *App) stand() {
	a.count()
	a.legs = a.book.AppendRows(a.legs[:0], a.allLegs)
	a.rows = slices.DeleteFunc(a.rows, func(c *model.Call) bool { return a.book.Call(c.ID) == nil })
	listed := make(map[model.CallID]bool, len(a.rows))
	for _, c := range a.rows {
		listed[c.ID] = true
	}
	a.live, a.news = 0, 0
	for _, c := range a.legs {
		switch {
		case !listed[c.ID] && c.ID == a.selected:
			a.still = false
			a.list()
			return
		case !listed[c.ID] && a.wanted(c):
			a.news++
		}
		if c.Live() {
			a.live++
		}
	}
	a.reselect()
}

func (a *App) doHistoryStill() tea.Cmd {
	h := a.history
	if h.hold.IsZero() {
		h.hold = a.now
	} else {
		h.hold = time.Time{}
	}
	return nil
}

// news is how many calls and connects began since the history stands still.
func (h *history) news() int {
	n := 0
	if h.hold.IsZero() {
		return n
	}
	for _, e := range slices.Backward(h.book.Entries()) {
		if !e.Began.After(h.hold) {
			break
		}
		n++
	}
	return n
}

// heldStill says in a title that a list stands still, and how much it keeps
// back.
func (a *App) heldStill(still bool, news int) []span {
	if !still {
		return nil
	}
	text := "  standing still"
	if news > 0 {
		text += ", " + string(appendInt(nil, news)) + " new"
	}
	return []span{{a.st.Of(theme.Warn), text}}
}
