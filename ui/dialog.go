package ui

import "cordpair/theme"

// dialog is a small box in the middle of the screen.
type dialog struct {
	title string
	warn  bool
	lines [][]span
	keys  []hint
}

// modal draws a dialog over a dimmed screen.
func (a *App) modal(canvas []string, d dialog) {
	keys := a.keySpans(theme.Page, d.keys, true)
	inner := max(30, width(keys), len(d.title)+2)
	for _, l := range d.lines {
		inner = max(inner, width(l))
	}
	inner = min(inner, a.w-8)
	var lines []string
	lines = append(lines, a.blank(1, inner)...)
	for _, l := range d.lines {
		if width(l) > 0 {
			lines = append(lines, a.line(inner, theme.Paint{}).spans(l...).String())
		}
	}
	lines = append(lines, a.blank(1, inner)...)
	lines = append(lines, a.line(inner, theme.Paint{}).spans(keys...).String())
	a.center(canvas, frame{title: []span{{a.st.Of(theme.Title), d.title}}, warn: d.warn, focused: true}, inner+4, len(lines)+2, lines)
}

// center draws a box in the middle of a dimmed canvas.
func (a *App) center(canvas []string, f frame, w, h int, lines []string) {
	w, h = min(w, a.w), min(h, a.h)
	a.dim(canvas)
	f.spot = spot{kind: spotBox}
	a.paste(canvas, a.box(f, w, h, lines), (a.w-w)/2, max(0, (a.h-h)*2/5))
}
