package ui

import tea "github.com/charmbracelet/bubbletea"

// What a click chooses on each screen: a row by its key, which the next draw
// finds wherever it is by then.

func (callsView) choose(a *App, key string) {
	for i, c := range a.rows {
		if string(c.ID) == key {
			a.index, a.selected = i, c.ID
		}
	}
}

func (p *phones) choose(_ *App, key string)  { p.pick.key = key }
func (h *history) choose(_ *App, key string) { h.pick.key = key }

func (s *logScreen) choose(a *App, key string) {
	s.pick.key, s.still = key, true
	s.move(a, 0)
}

func (v *ladder) choose(a *App, key string) {
	v.pick.key, v.still = key, true
	v.move(a, 0)
}

func (callsView) sortColumn(a *App, n int) {
	if s := sortColumn(n); s != a.sort {
		a.sortBy(s, false)
	} else {
		a.sortBy(s, !a.reverse)
	}
}

// A field that is typed into, and the filter, leave the screen in sight.
func (*searching) seeThrough()  {}
func (*filterLine) seeThrough() {}

// keeps: what was filled in is not lost to a click beside it.
func (s *sheet) keeps() bool  { return true }
func (f *prompt) keeps() bool { return f.field.text() != "" }

// clickedLine is the line of an overlay under a click, -1 when it is none.
func clickedLine(under []found) int {
	for i := len(under) - 1; i >= 0; i-- {
		if under[i].kind == spotLine {
			return under[i].n
		}
	}
	return -1
}

// click does what a line of the menu says, as its letter does.
func (f *chooser) click(a *App, under []found, _ bool) tea.Cmd {
	list := f.list(a)
	i := clickedLine(under)
	if i < 0 || i >= len(list) {
		return nil
	}
	f.at = i
	return f.choose(a, list[i])
}

// click does an entry, as enter does.
func (f *finder) click(a *App, under []found, _ bool) tea.Cmd {
	i := clickedLine(under)
	if i < 0 {
		return nil
	}
	f.at = i
	return a.press("enter")
}

// click turns a setting.
func (s *settings) click(a *App, under []found, _ bool) tea.Cmd {
	i := clickedLine(under)
	if i < 0 || i >= len(settingRows()) {
		return nil
	}
	s.at = i
	return a.press("space")
}
