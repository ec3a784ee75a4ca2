package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// choice is one line of a chooser: its letter does it.
type choice struct {
	key, text, note string
	why             error // why it cannot be chosen now
	do              func(a *App) tea.Cmd
}

// chooser is a small menu of a few things, each with a letter. It closes when
// the last of the calls it is about has ended.
type chooser struct {
	title, name string
	warn        bool
	calls       []model.CallID
	head        func(a *App) [][]span
	list        func(a *App) []choice
	at          int
}

func (f *chooser) key(a *App, k tea.KeyMsg) tea.Cmd {
	if k.Paste {
		return nil
	}
	list := f.list(a)
	f.at = max(0, min(f.at, len(list)-1))
	name := k.String()
	if i := slices.IndexFunc(list, func(c choice) bool { return c.key == name }); i >= 0 {
		return f.choose(a, list[i])
	}
	switch name {
	case "down", "j", "tab":
		f.at = (f.at + 1) % len(list)
	case "up", "k", "shift+tab":
		f.at = (f.at + len(list) - 1) % len(list)
	case "enter":
		return f.choose(a, list[f.at])
	case "esc", "q":
		a.close(f)
	}
	return nil
}

func (f *chooser) choose(a *App, c choice) tea.Cmd {
	if c.why != nil {
		a.refuse(capital(c.text), c.why)
		return nil
	}
	a.close(f)
	return c.do(a)
}

// about are the calls of an overlay that ends with them.
func (f *chooser) about() []model.CallID { return f.calls }

func (f *chooser) draw(a *App, canvas []string) {
	list := f.list(a)
	f.at = max(0, min(f.at, len(list)-1))
	var head [][]span
	if f.head != nil {
		head = f.head(a)
	}
	keyW, textW, noteW := 1, 0, 0
	for _, c := range list {
		keyW, textW, noteW = max(keyW, cells(c.key)), max(textW, cells(c.text)), max(noteW, cells(c.note))
		if c.why != nil {
			noteW = max(noteW, cells(c.why.Error()))
		}
	}
	inner := max(len(f.title)+2, 1+keyW+2+textW+2+noteW+1)
	for _, s := range head {
		inner = max(inner, width(s))
	}
	inner = min(max(inner, 36), a.w-6)
	lines := a.blank(1, inner)
	for _, s := range head {
		lines = append(lines, a.line(inner, theme.Paint{}).spans(s...).String())
	}
	if len(head) > 0 {
		lines = append(lines, a.blank(1, inner)...)
	}
	for i, c := range list {
		lines = append(lines, a.hot(spot{kind: spotLine, n: i}, a.choice(c, i == f.at, inner, keyW, textW)))
	}
	lines = append(lines, a.blank(1, inner)...)
	a.center(canvas, frame{title: []span{{a.st.Of(theme.Title), f.title}}, focused: true, warn: f.warn}, inner+4, len(lines)+2, lines)
}

func (a *App) choice(c choice, chosen bool, w, keyW, textW int) string {
	g, role, note := theme.Page, theme.Text, c.note
	if chosen {
		g = theme.Selected
	}
	if c.why != nil {
		role, note = theme.Muted, c.why.Error()
	}
	l := a.line(w, a.st.On(g, theme.Text)).gap(1)
	l.cell(a.st.On(g, theme.Title), c.key, keyW).gap(2).cell(a.st.On(g, role), c.text, textW).gap(2)
	return l.put(a.st.On(g, theme.Muted), note).String()
}

func (f *chooser) hints(a *App) []hint {
	var list []hint
	for _, c := range f.list(a) {
		list = append(list, hint{key: c.key, text: c.text, off: c.why != nil})
	}
	return append(list, hint{key: "esc", text: "close"})
}
