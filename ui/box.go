package ui

import (
	"github.com/charmbracelet/x/ansi"

	"cordpair/theme"
)

// frame is a box around lines.
type frame struct {
	title   []span
	right   []span
	foot    []span
	focused bool
	warn    bool
	spot    spot // what the box is for the mouse
}

// box draws lines, each w-4 cells wide, in a box of exactly w by h cells.
func (a *App) box(f frame, w, h int, lines []string) []string {
	if w < 4 || h < 2 {
		return a.blank(h, w)
	}
	edge := a.st.Of(theme.Faint)
	switch {
	case f.warn:
		edge = a.st.Of(theme.Bad)
	case f.focused:
		edge = a.st.Of(theme.Accent)
	}
	out := make([]string, 0, h)
	out = append(out, a.edge(edge, a.st.TopLeft, a.st.TopRight, f.title, f.right, w))
	for i := range h - 2 {
		l := a.line(w, theme.Paint{}).put(edge, a.st.Vertical).gap(1)
		if i < len(lines) {
			l.ready(lines[i], w-4)
		}
		out = append(out, l.to(w-1).put(edge, a.st.Vertical).String())
	}
	out = append(out, a.edge(edge, a.st.BottomLeft, a.st.BottomRight, nil, f.foot, w))
	if f.spot.kind != 0 {
		return a.hotLines(f.spot, out)
	}
	return out
}

// leastTitle is how much of a title is kept beside a text at the right.
const leastTitle = 12

// edge draws a horizontal side with a text at its left and one at its right.
func (a *App) edge(p theme.Paint, left, right string, title, note []span, w int) string {
	l := a.line(w-1, theme.Paint{}).put(p, left).put(p, a.st.Horizontal)
	if len(title) > 0 {
		room := w - 5
		switch n := width(note); {
		case n == 0:
		case width(title)+n+5 <= room, room-n-5 >= leastTitle:
			room -= n + 5
		default:
			note = nil
		}
		l.gap(1)
		t := a.line(min(width(title), room), theme.Paint{}).spans(title...)
		l.ready(t.String(), t.w).gap(1)
	}
	if n := width(note); n > 0 {
		l.rule(p, a.st.Horizontal, l.left()-n-3).gap(1).spans(note...).gap(1)
	}
	l.rule(p, a.st.Horizontal, l.left())
	return l.String() + p.Render(right)
}

// beside joins panes of the same height from left to right.
func beside(panes ...[]string) []string {
	if len(panes) == 0 {
		return nil
	}
	out := make([]string, len(panes[0]))
	for i := range out {
		for _, p := range panes {
			out[i] += p[i]
		}
	}
	return out
}

// paste lays a block over the lines of a canvas, its top left corner at x, y.
func (a *App) paste(canvas, block []string, x, y int) {
	for i, s := range block {
		row := y + i
		if row < 0 || row >= len(canvas) {
			continue
		}
		bw := ansi.StringWidth(s)
		total := ansi.StringWidth(canvas[row])
		l := a.line(total, theme.Paint{})
		head := ansi.Truncate(canvas[row], x, "")
		l.ready(head, ansi.StringWidth(head)).to(x).ready(s, bw)
		tail, tw := tailFrom(canvas[row], x+bw, total)
		canvas[row] = l.to(total-tw).ready(tail, tw).String()
	}
}

// tailFrom is what a line of so many cells shows from a cell on, and its cells:
// fewer than are left where a wide character is cut in two, or where one would
// join the border before it.
func tailFrom(line string, cell, total int) (tail string, w int) {
	for ; cell < total; cell++ {
		tail = ansi.TruncateLeft(line, cell, "")
		w = ansi.StringWidth(tail)
		if w <= total-cell && ansi.StringWidth("|"+ansi.Strip(tail)) == 1+w {
			return tail, w
		}
	}
	return "", 0
}

// dim repaints a canvas as a quiet background for what lies over it.
func (a *App) dim(canvas []string) {
	p := a.st.Of(theme.Faint)
	for i, s := range canvas {
		canvas[i] = p.Render(ansi.Strip(s))
	}
}
