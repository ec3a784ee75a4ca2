package ui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// screenID is one of the numbered screens.
type screenID uint8

const (
	atCalls screenID = iota
	atPhones
	atLadder
	atHistory
	atLog
	atWall
	screenCount
)

// screenNames are the words of the tabs: in full, and where room is short.
var screenNames = [screenCount][2]string{
	{"Calls", "Calls"}, {"Phones", "Phones"}, {"Ladder", "Ladder"},
	{"History", "Hist"}, {"Log", "Log"}, {"Wall", "Wall"},
}

// screen is what lies between the tabs and the message line. The movement keys
// drive it through move; keys of its own are rows of the action table.
type screen interface {
	// draw returns exactly h lines of w cells.
	draw(a *App, w, h int) []string
	// move goes n rows further down.
	move(a *App, n int)
	// rows is how many there are, page how many are seen at once.
	rows(a *App) int
	page(a *App) int
}

// escaper is a screen with something of its own to leave before Esc leaves it.
type escaper interface{ escape(a *App) bool }

// ticker is a screen that shows time passing although no call lives.
type ticker interface{ moving(a *App) bool }

// callsView is the Calls screen: the list, the legs, the events.
type callsView struct{}

func (callsView) draw(a *App, w, h int) []string {
	return a.callsScreen(a.areas(h), h)
}

// here is the screen that is shown.
func (a *App) here() screen { return a.screens[a.at] }

// place is where keys are looked up when no overlay has them.
func (a *App) place() place { return inCalls + place(a.at) }

// doScreen shows a screen; the one it was asked from is where Esc goes.
func doScreen(id screenID) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd {
		a.show(id)
		if id == atLadder {
			a.ladder.bygone = nil
		}
		return nil
	}
}

func (a *App) show(id screenID) {
	if id == a.at {
		return
	}
	a.cameFrom, a.at = a.at, id
	if id == atCalls {
		a.cameFrom = atCalls
	}
	a.dirty = true
}

// goBack leaves a screen for the one it was asked from; it reports whether
// there was one.
func (a *App) goBack() bool {
	if a.at == atCalls {
		return false
	}
	a.at, a.cameFrom = a.cameFrom, atCalls
	a.dirty = true
	return true
}

// escape leaves what a screen has open, and then the screen; it reports whether
// there was something to leave.
func (a *App) escape() bool {
	if e, can := a.here().(escaper); can && e.escape(a) {
		return true
	}
	return a.goBack()
}

// doQuit goes back, and leaves from the calls.
func (a *App) doQuit() tea.Cmd {
	if a.escape() {
		return nil
	}
	return a.askToLeave()
}

// screenActions switch screens.
func screenActions() []action {
	names := [screenCount]string{"the calls", "phones, people and trunks that can be called", "the ladder of the selected call",
		"calls and connects of the past", "what the program did and heard", "big numbers for a wall"}
	var out []action
	for id := range screenCount {
		out = append(out, action{name: "screen." + lower(screenNames[id][0]), keys: []string{string(rune('1' + id))},
			help: names[id], group: groupAll, where: everywhere, do: doScreen(id)})
	}
	return out
}

func lower(s string) string { return string(s[0]|0x20) + s[1:] }

var errNoRow = errors.New("nothing is selected")

// picker is the selection in a list: its key is what counts, so that rows that
// come and go do not move it.
type picker struct {
	key     string
	at, top int
	visible int
}

// settle finds the selected row among n rows; one that is gone hands the
// selection to the row that took its place.
func (p *picker) settle(n int, key func(i int) string) {
	if n == 0 {
		*p = picker{visible: p.visible}
		return
	}
	if p.at < n && p.key == key(p.at) {
		return
	}
	for i := range n {
		if key(i) == p.key {
			p.at = i
			return
		}
	}
	p.at = max(0, min(p.at, n-1))
	p.key = key(p.at)
}

// move goes n rows further down.
func (p *picker) move(n, count int, key func(i int) string) {
	if count == 0 {
		return
	}
	p.settle(count, key)
	p.at = max(0, min(p.at+n, count-1))
	p.key = key(p.at)
}

// window is which rows are seen of count, the selected one among them.
func (p *picker) window(count, visible int) (from, to int) {
	p.visible = max(1, visible)
	p.top = max(0, min(p.top, count-p.visible))
	p.top = max(min(p.top, p.at), p.at-p.visible+1)
	return p.top, min(p.top+p.visible, count)
}

// span of rows for the corner of a box, when not all are seen.
func (a *App) rowsSeen(from, to, n int) []span {
	if from == 0 && to >= n {
		return nil
	}
	return []span{{a.st.Of(theme.Muted), string(appendInt(nil, from+1)) + "-" + string(appendInt(nil, to)) + " of " + string(appendInt(nil, n))}}
}

// says draws sentences in the middle of w by h cells.
func (a *App) says(w, h int, text ...[]span) []string {
	lines := a.blank(max(0, (h-len(text))/2), w)
	for _, t := range text {
		lines = append(lines, a.line(w, theme.Paint{}).gap((w-width(t))/2).spans(t...).String())
	}
	return lines
}
