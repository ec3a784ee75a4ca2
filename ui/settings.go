package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// settings is the view menu: what is changed is seen at once.
type settings struct{ at int }

// setting is one row of the view menu.
type setting struct {
	name  string
	value func(a *App) string
	turn  func(a *App, n int)
}

func settingRows() []setting {
	return []setting{
		{"Theme", func(a *App) string { return a.th.Name }, func(a *App, n int) {
			names := theme.Names()
			a.setTheme(a.th.With(names[(indexOf(names, a.th.Name)+n+len(names))%len(names)]))
		}},
		{"Borders", func(a *App) string { return verb(b2i(a.th.ASCII), "ASCII", "lines") }, func(a *App, _ int) {
			t := a.th
			t.ASCII = !t.ASCII
			a.setTheme(t)
		}},
		{"Clock", func(a *App) string { return a.clock.String() }, func(a *App, n int) {
			a.clock = clockMode((int(a.clock) + n + 3) % 3)
		}},
		{"Rows", func(a *App) string { return verb(b2i(a.allLegs), "every leg", "callers, with their peers") }, func(a *App, _ int) {
			a.allLegs = !a.allLegs
			a.list()
		}},
		{"Bell", func(a *App) string { return verb(b2i(a.opt.Bell), "when a call rings", "off") }, func(a *App, _ int) {
			a.opt.Bell = !a.opt.Bell
		}},
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *App) doSettings() tea.Cmd {
	a.open(&settings{})
	return nil
}

func (s *settings) key(a *App, k tea.KeyMsg) tea.Cmd {
	rows := settingRows()
	switch k.String() {
	case "j", "down", "tab":
		s.at = (s.at + 1) % len(rows)
	case "k", "up", "shift+tab":
		s.at = (s.at + len(rows) - 1) % len(rows)
	case "l", "right", " ", "enter":
		rows[s.at].turn(a, 1)
	case "h", "left":
		rows[s.at].turn(a, -1)
	case "esc", "q", ",", "f10":
		a.close(s)
	}
	return nil
}

func (s *settings) draw(a *App, canvas []string) {
	const w = 52
	lines := a.blank(1, w-4)
	for i, row := range settingRows() {
		on := spot{kind: spotLine, n: i}
		g := theme.Page
		if i == s.at {
			g = theme.Selected
		}
		l := a.line(w-4, a.st.On(g, theme.Text)).gap(1)
		l.cell(a.st.On(g, theme.Muted), row.name, 12).put(a.st.On(g, theme.Text), row.value(a))
		lines = append(lines, a.hot(on, l.String()))
	}
	lines = append(lines, a.blank(1, w-4)...)
	lines = append(lines, a.line(w-4, theme.Paint{}).spans(a.keySpans(theme.Page, s.hints(a), true)...).String())
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), "View"}}}, w, len(lines)+2, lines)
}

func (s *settings) hints(*App) []hint {
	return []hint{{key: "space", text: "change"}, {key: "j k", text: "move"}, {key: "esc", text: "close"}}
}
