package ui

import "cordpair/theme"

func (s *logScreen) draw(a *App, w, h int) []string {
	a.takeFrames()
	list := s.shown(a)
	s.settle(list)
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Log"}, {a.st.Of(theme.Muted), "  " + s.least.about() + "  "}}}
	if s.still {
		f.title = append(f.title, span{a.st.Of(theme.Warn), "standing still"})
	} else {
		f.title = append(f.title, span{a.st.Of(theme.Good), "following"})
	}
	lines := []string{a.searchLine(&s.find, w-4, "search")}
	if len(list) == 0 {
		return a.box(f, w, h, append(lines, s.silence(a, w-4, h-3)...))
	}
	from, to := s.pick.window(len(list), h-3)
	f.right = a.rowsSeen(from, to, len(list))
	for i := from; i < to; i++ {
		lines = append(lines, a.hot(spot{kind: spotRow, id: list[i].key}, a.logRow(&list[i], i == s.pick.at, w-4)))
	}
	return a.box(f, w, h, lines)
}

// about says what a level shows.
func (l logLevel) about() string {
	return [...]string{"everything, with RELAY frames", "info and above", "warnings and errors", "errors only"}[min(l, logError)]
}

func (s *logScreen) silence(a *App, w, h int) []string {
	text, key := a.st.Of(theme.Text), a.st.Of(theme.Title)
	if s.find.text() != "" {
		return a.says(w, h, []span{{text, "Nothing fits."}}, []span{{key, "esc"}, {text, " clears the search"}})
	}
	return a.says(w, h, []span{{text, "Nothing of this level has happened."}}, []span{{key, "l"}, {text, " shows more"}})
}

func (a *App) logRow(l *logLine, selected bool, w int) string {
	g, mark := theme.Page, " "
	if selected {
		g, mark = theme.Selected, a.st.Marker
	}
	muted := a.st.On(g, theme.Muted)
	role := [...]theme.Role{theme.Muted, theme.Text, theme.Warn, theme.Bad}[min(l.level, logError)]
	out := a.line(w, muted).put(a.st.On(g, theme.Accent), mark).gap(1)
	out.cell(muted, a.moment(l.at, true), a.momentWidth(true)+1)
	if w >= 60 {
		out.cell(a.st.On(g, role), l.level.String(), 6)
	}
	return out.cell(a.st.On(g, theme.Info), l.kind, 7).put(a.st.On(g, role), l.text).String()
}
