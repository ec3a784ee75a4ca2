package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cordpair/theme"
)

// line builds one line of a known width: what does not fit is cut, what is
// missing is filled, in cells.
type line struct {
	b        strings.Builder
	used, w  int
	base     theme.Paint // of gaps and of the rest of the line
	ellipsis string
}

func (a *App) line(w int, base theme.Paint) *line {
	return &line{w: max(0, w), base: base, ellipsis: a.st.Ellipsis}
}

// left is how many cells are free.
func (l *line) left() int { return l.w - l.used }

// put adds as much of a text as fits.
func (l *line) put(p theme.Paint, s string) *line {
	s, w := fit(s, l.left(), l.ellipsis)
	l.b.WriteString(p.Open)
	l.b.WriteString(s)
	l.b.WriteString(p.Close)
	l.used += w
	return l
}

// cell adds a text in a column of exactly w cells.
func (l *line) cell(p theme.Paint, s string, w int) *line {
	w = min(w, l.left())
	s, n := fit(s, w, l.ellipsis)
	l.b.WriteString(p.Open)
	l.b.WriteString(s)
	l.b.WriteString(p.Close)
	l.used += n
	return l.gap(w - n)
}

// right adds a text at the right end of a column of exactly w cells.
func (l *line) right(p theme.Paint, s string, w int) *line {
	w = min(w, l.left())
	s, n := fit(s, w, l.ellipsis)
	l.gap(w - n)
	l.b.WriteString(p.Open)
	l.b.WriteString(s)
	l.b.WriteString(p.Close)
	l.used += n
	return l
}

const blanks = "                                                                                                                                "

// gap adds n empty cells.
func (l *line) gap(n int) *line {
	n = min(n, l.left())
	if n <= 0 {
		return l
	}
	l.used += n
	l.b.WriteString(l.base.Open)
	for n > len(blanks) {
		l.b.WriteString(blanks)
		n -= len(blanks)
	}
	l.b.WriteString(blanks[:n])
	l.b.WriteString(l.base.Close)
	return l
}

// to fills up to a column.
func (l *line) to(col int) *line { return l.gap(col - l.used) }

// ready adds text that is painted already and w cells wide.
func (l *line) ready(s string, w int) *line {
	if w > l.left() {
		s = ansi.Truncate(s, l.left(), "")
		w = ansi.StringWidth(s)
	}
	l.b.WriteString(s)
	l.used += w
	return l
}

// rule fills n cells with a line.
func (l *line) rule(p theme.Paint, sign string, n int) *line {
	n = min(n, l.left())
	if n <= 0 {
		return l
	}
	l.b.WriteString(p.Open)
	for range n {
		l.b.WriteString(sign)
	}
	l.b.WriteString(p.Close)
	l.used += n
	return l
}

// String fills the rest of the line and returns it: exactly w cells.
func (l *line) String() string {
	l.gap(l.left())
	return l.b.String()
}

// span is a piece of painted text.
type span struct {
	p theme.Paint
	s string
}

// spans adds pieces one after the other.
func (l *line) spans(list ...span) *line {
	for _, s := range list {
		l.put(s.p, s.s)
	}
	return l
}

// width measures pieces.
func width(list []span) int {
	n := 0
	for _, s := range list {
		n += cells(s.s)
	}
	return n
}

// blank returns n empty lines of w cells.
func (a *App) blank(n, w int) []string {
	lines := make([]string, max(0, n))
	for i := range lines {
		lines[i] = a.line(w, theme.Paint{}).String()
	}
	return lines
}
