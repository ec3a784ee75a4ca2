package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// doubleClick is how soon a second click on the same thing makes the two one.
const doubleClick = 400 * time.Millisecond

// pointer is what the mouse did last and can do now.
type pointer struct {
	spots spots
	told  bool // the terminal reports the mouse to us
	last  struct {
		at   time.Time
		what spot
		over int // how many overlays there were before it
	}
}

// paneScreen is a whole screen, where it has no panes of its own.
const paneScreen = -1

// sortable is a screen whose rows a click on a head sorts; a second click turns
// the order around.
type sortable interface{ sortColumn(a *App, n int) }

// chooses is a screen whose rows can be pointed at.
type chooses interface{ choose(a *App, key string) }

// clickable is an overlay with lines or fields to click on. The last of under
// is the innermost.
type clickable interface {
	click(a *App, under []found, double bool) tea.Cmd
}

// seeThrough is an overlay that leaves the screen in sight: a click there ends
// it and counts.
type seeThrough interface{ seeThrough() }

// keeper is an overlay that a click beside it does not close, for it may hold
// what somebody has typed.
type keeper interface{ keeps() bool }

// aim tells the terminal whether we want the mouse, when that has changed.
func (a *App) aim() tea.Cmd {
	if a.pointer.told == !a.opt.NoMouse {
		return nil
	}
	a.pointer.told = !a.opt.NoMouse
	a.pointer.spots.hidden = a.opt.NoMouse
	a.dirty = true
	if a.opt.NoMouse {
		return tea.DisableMouse
	}
	return tea.EnableMouseCellMotion
}

// mouse turns what the mouse does into what keys do.
func (a *App) mouse(m tea.MouseMsg) tea.Cmd {
	if a.opt.NoMouse || a.small() || m.Action != tea.MouseActionPress {
		return nil
	}
	a.dirty = true
	switch m.Button {
	case tea.MouseButtonWheelUp:
		return a.wheel(m, -1)
	case tea.MouseButtonWheelDown:
		return a.wheel(m, 1)
	case tea.MouseButtonLeft:
		return a.click(m)
	}
	return nil
}

// click does what stands under the pointer. The second half of a double click
// never lands on what the first half opened.
func (a *App) click(m tea.MouseMsg) tea.Cmd {
	under := a.pointer.spots.at(m.X, m.Y)
	var what spot
	if n := len(under); n > 0 {
		what = under[n-1].spot
	}
	last, soon := &a.pointer.last, a.now.Sub(a.pointer.last.at) < doubleClick
	double := soon && what.kind != 0 && what == last.what
	if soon && !double && last.over != len(a.over) {
		return nil
	}
	last.at, last.what, last.over = a.now, what, len(a.over)
	if double { // a third click is a new one
		last.at = time.Time{}
	}
	o := a.overlay()
	if _, through := o.(seeThrough); through && what.kind != 0 && what.depth < len(a.over) {
		a.close(o)
		o = a.overlay()
	}
	if what.kind == 0 || what.depth != len(a.over) {
		return a.clickBeside(o)
	}
	if what.kind == spotKey {
		return a.press(what.id)
	}
	if o != nil {
		if c, can := o.(clickable); can {
			return c.click(a, under, double)
		}
		return nil
	}
	return a.clickScreen(under, double, m.Ctrl)
}

// clickBeside is a click on nothing: beside an overlay it closes that.
func (a *App) clickBeside(o overlay) tea.Cmd {
	if s, can := o.(*settings); can {
		return s.keep(a) // what was chosen can be seen
	}
	if k, can := o.(keeper); o == nil || can && k.keeps() {
		return nil
	}
	return a.key(tea.KeyMsg{Type: tea.KeyEsc})
}

// clickScreen is a click with nothing lying over the screen.
func (a *App) clickScreen(under []found, double, ctrl bool) tea.Cmd {
	for _, f := range under {
		if f.kind == spotPane && f.n != paneScreen {
			a.focusOn(pane(f.n))
		}
	}
	switch what := under[len(under)-1]; what.kind {
	case spotTab:
		a.show(screenID(what.n))
	case spotHead:
		if s, can := a.here().(sortable); can {
			s.sortColumn(a, what.n)
		}
	case spotRow:
		if s, can := a.here().(chooses); can {
			s.choose(a, what.id)
		}
		switch {
		case ctrl && a.at == atCalls:
			a.toggleMark()
		case double && !ctrl:
			return a.press("enter")
		}
	}
	return nil
}

// wheel moves what is under the pointer: a list by a row, a text by a few
// lines.
func (a *App) wheel(m tea.MouseMsg, n int) tea.Cmd {
	o := a.overlay()
	if _, through := o.(seeThrough); o != nil && !through {
		times := 1
		switch o.(type) {
		case *help, *inspector, *stepDiff:
			times = wheelLines
		}
		var cmds []tea.Cmd
		for range times {
			cmds = append(cmds, a.press(map[int]string{-1: "up", 1: "down"}[n]))
		}
		return tea.Batch(cmds...)
	}
	under := a.pointer.spots.at(m.X, m.Y)
	for i := len(under) - 1; i >= 0; i-- {
		if f := under[i]; f.kind == spotPane {
			if f.n == paneScreen || pane(f.n) == paneList {
				a.here().move(a, n)
			} else {
				a.scrollPane(pane(f.n), n*wheelLines)
			}
			return nil
		}
	}
	return nil
}

// wheelLines is how far one notch of the wheel moves a text.
const wheelLines = 3

// press does what a key does, by the name that the screen shows for it. Of
// several names it is the first.
func (a *App) press(name string) tea.Cmd {
	name, _, _ = strings.Cut(name, " ")
	if k, known := keyNamed(name); known {
		return a.key(k)
	}
	return nil
}

// keyNamed is the key that Bubble Tea gives a name to.
func keyNamed(name string) (tea.KeyMsg, bool) {
	if r := []rune(name); len(r) == 1 {
		return tea.KeyMsg{Type: tea.KeyRunes, Runes: r}, true
	}
	if name == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}, true
	}
	for t := tea.KeyType(-100); t <= 127; t++ {
		if t != tea.KeyRunes && t.String() == name && name != "" {
			return tea.KeyMsg{Type: t}, true
		}
	}
	return tea.KeyMsg{}, false
}
