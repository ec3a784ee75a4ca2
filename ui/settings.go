package ui

import (
	"maps"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// Choice is what the operator chose for a view setting, and what held before.
// When that has changed since, by a flag or in the configuration, the choice no
// longer counts.
type Choice struct {
	Value string `json:"value"`
	Over  string `json:"over"`
}

// settings is the view menu: what is changed is seen at once, and kept or taken
// back as a whole.
type settings struct {
	at, top int
	was     map[string]string
}

func (a *App) doSettings() tea.Cmd {
	a.open(&settings{was: a.settingValues()})
	return nil
}

func (a *App) settingValues() map[string]string {
	out := make(map[string]string)
	for _, s := range settingRows() {
		out[s.name] = s.value(a)
	}
	return out
}

// setAll gives settings values by their names; a value that a setting does not
// have is left out.
func (a *App) setAll(values map[string]string) {
	for _, s := range settingRows() {
		if v, given := values[s.name]; given && v != s.value(a) && (s.words == nil || slices.Contains(s.words(a), v)) {
			s.set(a, v)
			a.dirty = true
		}
	}
}

// restore applies what was chosen in earlier runs and still counts.
func (a *App) restore() {
	a.base = a.settingValues()
	a.chosen = maps.Clone(a.opt.View)
	values := make(map[string]string)
	for name, c := range a.chosen {
		if c.Over == a.base[name] {
			values[name] = c.Value
		}
	}
	a.setAll(values)
}

// viewKeptMsg is how keeping the choices went.
type viewKeptMsg struct{ err error }

// keep closes the menu and keeps what was chosen, off the loop.
func (s *settings) keep(a *App) tea.Cmd {
	a.close(s)
	changed := false
	for name, v := range a.settingValues() {
		switch {
		case v == s.was[name]:
			continue
		case v == a.base[name]:
			delete(a.chosen, name)
		default:
			if a.chosen == nil {
				a.chosen = make(map[string]Choice)
			}
			a.chosen[name] = Choice{Value: v, Over: a.base[name]}
		}
		changed = true
	}
	if !changed || a.opt.KeepView == nil {
		return nil
	}
	choices, keep := maps.Clone(a.chosen), a.opt.KeepView
	return func() tea.Msg { return viewKeptMsg{keep(choices)} }
}

func (a *App) viewKept(msg viewKeptMsg) {
	if msg.err != nil {
		a.say(levelWarn, "The view settings hold for this run only: "+msg.err.Error()+".")
	}
}

// takeBack makes everything as it was when the menu was opened.
func (s *settings) takeBack(a *App) {
	a.close(s)
	if !maps.Equal(a.settingValues(), s.was) {
		a.setAll(s.was)
		a.say(levelInfo, "The view is as it was.")
	}
}

func (s *settings) key(a *App, k tea.KeyMsg) tea.Cmd {
	rows := settingRows()
	switch k.String() {
	case "j", "down", "tab":
		s.at = (s.at + 1) % len(rows)
	case "k", "up", "shift+tab":
		s.at = (s.at + len(rows) - 1) % len(rows)
	case "g", "home":
		s.at = 0
	case "G", "end":
		s.at = len(rows) - 1
	case "l", "right", " ":
		rows[s.at].turn(a, 1)
	case "h", "left":
		rows[s.at].turn(a, -1)
	case "enter", "q", ",", "f10":
		return s.keep(a)
	case "esc":
		s.takeBack(a)
	}
	return nil
}

// turn goes to the next value, or to the one before.
func (s *setting) turn(a *App, n int) {
	if s.open != nil {
		s.open(a)
		return
	}
	words := s.words(a)
	at := slices.Index(words, s.value(a))
	if at < 0 && n < 0 {
		at = 0
	}
	s.set(a, words[(at+n+len(words))%len(words)])
}

// settingsWidth is the box of the menu.
const settingsWidth = 58

func (s *settings) draw(a *App, canvas []string) {
	w := min(settingsWidth, a.w-2)
	rows := settingRows()
	room := min(len(rows), a.h-8)
	s.top = max(0, min(s.top, len(rows)-room))
	s.top = max(min(s.top, s.at), s.at-room+1)
	lines := a.blank(1, w-4)
	for i := s.top; i < s.top+room; i++ {
		lines = append(lines, a.hot(spot{kind: spotLine, n: i}, a.settingRow(&rows[i], i == s.at, w-4)))
	}
	lines = append(lines, a.blank(1, w-4)...)
	lines = append(lines, a.line(w-4, theme.Paint{}).gap(1).put(a.st.Of(theme.Muted), rows[s.at].about).String())
	lines = append(lines, a.line(w-4, theme.Paint{}).gap(1).spans(a.keySpans(theme.Page, s.hints(a), true)...).String())
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "View"}}}
	f.right = a.rowsSeen(s.top, s.top+room, len(rows))
	a.center(canvas, f, w, len(lines)+2, lines)
}

func (a *App) settingRow(s *setting, chosen bool, w int) string {
	g := theme.Page
	if chosen {
		g = theme.Selected
	}
	value := s.value(a)
	if s.shown != nil {
		value = s.shown(a)
	}
	role := theme.Text
	if s.value(a) != a.base[s.name] {
		role = theme.Strong
	}
	l := a.line(w, a.st.On(g, theme.Text)).gap(1).cell(a.st.On(g, theme.Muted), s.title, 18)
	if chosen && s.open == nil {
		return l.put(a.st.On(g, theme.Title), "< ").put(a.st.On(g, role), value).put(a.st.On(g, theme.Title), " >").String()
	}
	return l.gap(2).put(a.st.On(g, role), value).String()
}

func (s *settings) hints(*App) []hint {
	return []hint{{key: "space", text: "change"}, {key: "j k", text: "move"}, {key: "enter", text: "keep"}, {key: "esc", text: "undo"}}
}
