package ui

import "cordpair/theme"

// events draws the last steps of the selected call, newest last.
func (a *App) events(w, h int, loose bool) []string {
	inner, rows := w-4, h-2
	if loose {
		inner, rows = w-2, h
	}
	steps := a.mainSteps(a.current())
	total := len(steps)
	from, to := a.eventsFrom(total, rows)
	steps = steps[from:to]
	lines := make([]string, 0, rows)
	for _, s := range steps {
		lines = append(lines, a.drawStep(s, inner))
	}
	on := spot{kind: spotPane, n: int(paneEvents)}
	if loose {
		for i := range lines {
			lines[i] = " " + lines[i] + " "
		}
		return a.hotLines(on, append(lines, a.blank(h-len(lines), w)...))
	}
	f := frame{focused: a.focus == paneEvents, spot: on, title: []span{{a.st.Of(theme.Title), "Events"}}}
	f.title = append(f.title, a.zoomed()...)
	switch {
	case to < total:
		f.right = []span{a.scrollMark(from+1, to, total)}
	case total > len(steps):
		f.right = []span{{a.st.Of(theme.Muted), "last " + string(appendInt(nil, len(steps))) + " of " + string(appendInt(nil, total))}}
	}
	return a.box(f, w, h, lines)
}

func (a *App) drawStep(s step, w int) string {
	muted, text := a.st.Of(theme.Muted), a.st.Of(theme.Text)
	l := a.line(w, theme.Paint{})
	l.cell(muted, a.moment(s.at, true), a.momentWidth(true)+2)
	l.cell(a.st.Of(theme.Title), string(s.leg), 3)
	sign := a.st.In
	if s.out {
		sign = a.st.Out
	}
	l.cell(muted, s.layer.String(), 6).cell(a.st.Of(theme.Info), sign, 3)
	if s.bad {
		text = a.st.Of(theme.Bad)
	}
	l.cell(text, s.word, max(20, cells(s.word)+2))
	return l.put(muted, s.detail).String()
}
