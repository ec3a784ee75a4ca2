package ui

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// sortColumn is what the rows are ordered by. Calls that have ended stay below
// those that live.
type sortColumn uint8

const (
	byNewest sortColumn = iota
	byState
	byFrom
	byTo
	byPeer
	byConnect
	byAge
	sortColumns
)

func (s sortColumn) String() string {
	return [...]string{"newest first", "state", "from", "to", "peer", "connect", "age"}[min(s, sortColumns-1)]
}

// sorted orders rows; equal ones stay newest first.
func (a *App) sorted(rows []*model.Call) {
	if a.sort == byNewest {
		if a.reverse {
			slices.Reverse(rows)
		}
		return
	}
	compare := a.comparing()
	slices.SortStableFunc(rows, func(x, y *model.Call) int {
		if a.reverse {
			return compare(y, x)
		}
		return compare(x, y)
	})
}

func (a *App) comparing() func(x, y *model.Call) int {
	text := func(of func(*model.Call) string) func(x, y *model.Call) int {
		return func(x, y *model.Call) int { return strings.Compare(strings.ToLower(of(x)), strings.ToLower(of(y))) }
	}
	switch a.sort {
	case byState:
		return func(x, y *model.Call) int { return cmp.Compare(x.State, y.State) }
	case byFrom:
		return text(func(c *model.Call) string { return c.From.Brief() })
	case byTo:
		return text(func(c *model.Call) string { return c.To.Brief() })
	case byPeer:
		return text(func(c *model.Call) string {
			if c.Attempt == nil {
				return "~" // calls without a peer come last
			}
			return a.peerName(c)
		})
	case byConnect:
		return func(x, y *model.Call) int { return cmp.Compare(connectRank(x), connectRank(y)) }
	}
	return func(x, y *model.Call) int { return y.Began().Compare(x.Began()) } // the youngest age first
}

// connectRank puts what goes on before what is over, and that before nothing.
func connectRank(c *model.Call) int {
	return map[model.AttemptState]int{model.Connected: 0, model.RingingPeer: 1, model.Dialing: 2, model.Failed: 3,
		model.Disconnected: 4, model.Idle: 5}[c.ConnectState()]
}

func (a *App) sortBy(s sortColumn, reverse bool) {
	a.sort, a.reverse = s, reverse
	a.list()
	text := "Sorted by " + s.String()
	if s == byNewest {
		text = "Sorted: " + s.String()
		if reverse {
			text = "Sorted: oldest first"
		}
	} else if reverse {
		text += ", reversed"
	}
	a.say(levelInfo, text+".")
}

func (a *App) doSort() tea.Cmd {
	a.sortBy((a.sort+1)%sortColumns, false)
	return nil
}

func (a *App) doSortReverse() tea.Cmd {
	a.sortBy(a.sort, !a.reverse)
	return nil
}

// headed is a column's head with the arrow where the rows are sorted by it.
func (a *App) headed(head string, s sortColumn) string {
	if a.sort != s || head == "" {
		return head
	}
	if a.reverse {
		return head + " " + a.st.Up
	}
	return head + " " + a.st.Down
}
