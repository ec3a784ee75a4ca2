package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// stepDiff shows the message of a step beside that of the marked one, over
// everything.
type stepDiff struct {
	inspector
	marked, now said
	one, two    []string // the lines of both
	rows        []pair
}

// newStepDiff compares a step with the marked one; turn and other go to the
// next step and the next call.
func (a *App) newStepDiff(r *rung, turn, other func(n int)) *stepDiff {
	d := &stepDiff{marked: *a.ladder.marked}
	d.title = "Compare two steps"
	again := func(f func(int)) func(int) {
		return func(n int) {
			f(n)
			r, _, ok := a.ladder.rung(a)
			d.show(a, &r, ok)
		}
	}
	d.turn, d.other = again(turn), again(other)
	d.show(a, r, true)
	return d
}

// show compares another step; ok is false where there is none.
func (d *stepDiff) show(a *App, r *rung, ok bool) {
	d.scroll.top()
	d.one, d.two, d.rows = nil, nil, nil
	if d.now = (said{}); !ok {
		d.now.name, d.head = "no step", capital(errNoSteps.Error())+"."
		return
	}
	d.now = a.messageOf(r)
	if err := a.whyNoMessage(&d.now.step); err != nil {
		d.head = capital(err.Error()) + "."
		return
	}
	d.one, d.two = textLines(d.marked.text), textLines(d.now.text)
	d.rows = diffLines(d.one, d.two)
	d.head = d.count()
	if a.ladder.isMarked(r) {
		d.head = "It is the marked step itself."
	}
}

// count says how much the messages differ.
func (d *stepDiff) count() string {
	gone, came := 0, 0
	for _, p := range d.rows {
		if d.same(p) {
			continue
		}
		if p.one != none {
			gone++
		}
		if p.two != none {
			came++
		}
	}
	if gone+came == 0 {
		return "The two messages are the same, line by line."
	}
	return plural(gone, "line") + " only in the marked one, " + plural(came, "line") + " only in the selected one."
}

func (d *stepDiff) same(p pair) bool {
	return p.one != none && p.two != none && d.one[p.one] == d.two[p.two]
}

func (d *stepDiff) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q", "enter", "x":
		a.close(d)
		return nil
	}
	return d.inspector.key(a, k)
}

// sideBySide is how wide the window is for the messages to stand beside each
// other.
const sideBySide = 120

func (d *stepDiff) draw(a *App, canvas []string) {
	w := min(a.w-2, 200)
	inner := w - 4
	left, right := a.diffName("-", theme.Bad, "marked  ", &d.marked), a.diffName("+", theme.Good, "selected", &d.now)
	var head, lines []string
	if a.w >= sideBySide {
		head = a.twoColumns([]string{a.diffHead(left, halfOf(inner))}, []string{a.diffHead(right, inner-3-halfOf(inner))}, inner)
		lines = d.columns(a, inner)
	} else {
		head = []string{a.diffHead(left, inner), a.diffHead(right, inner)}
		lines = d.unified(a, inner)
	}
	for _, part := range wrap(d.head, inner) {
		head = append(head, a.line(inner, theme.Paint{}).put(a.st.Of(theme.Strong), part).String())
	}
	d.place(a, canvas, w, append(head, a.blank(1, inner)...), lines)
}

// diffName says which of the two a step is.
func (a *App) diffName(sign string, role theme.Role, word string, s *said) []span {
	list := []span{{a.st.Of(role), sign + " " + word}}
	if !s.at.IsZero() {
		list = append(list, span{a.st.Of(theme.Muted), "  " + s.at.In(a.now.Location()).Format("15:04:05.000")})
	}
	return append(list, span{a.st.Of(theme.Text), "  " + s.name})
}

func (a *App) diffHead(name []span, w int) string {
	return a.line(w, theme.Paint{}).spans(name...).String()
}

// unified draws the messages as one: what is only in the marked one stands
// before what takes its place.
func (d *stepDiff) unified(a *App, w int) []string {
	var out []string
	for _, p := range d.rows {
		if d.same(p) {
			out = append(out, a.diffCell(" ", theme.Muted, d.one[p.one], w)...)
			continue
		}
		if p.one != none {
			out = append(out, a.diffCell("-", theme.Bad, d.one[p.one], w)...)
		}
		if p.two != none {
			out = append(out, a.diffCell("+", theme.Good, d.two[p.two], w)...)
		}
	}
	return out
}

// columns draws the messages side by side, the marked one at the left.
func (d *stepDiff) columns(a *App, w int) []string {
	var out []string
	for _, p := range d.rows {
		gone, came := "-", "+"
		bad, good := theme.Bad, theme.Good
		if d.same(p) {
			gone, came, bad, good = " ", " ", theme.Muted, theme.Muted
		}
		var left, right []string
		if p.one != none {
			left = a.diffCell(gone, bad, d.one[p.one], halfOf(w))
		}
		if p.two != none {
			right = a.diffCell(came, good, d.two[p.two], w-3-halfOf(w))
		}
		out = append(out, a.twoColumns(left, right, w)...)
	}
	return out
}

// halfOf is how wide the left one of two columns is in w cells.
func halfOf(w int) int { return (w - 3) / 2 }

// twoColumns joins lines that are as wide as their columns in w cells.
func (a *App) twoColumns(left, right []string, w int) []string {
	half := halfOf(w)
	out := make([]string, 0, max(len(left), len(right)))
	for i := range max(len(left), len(right)) {
		l := a.line(w, theme.Paint{})
		if i < len(left) {
			l.ready(left[i], half)
		}
		l.to(half+1).put(a.st.Of(theme.Faint), a.st.Vertical).gap(1)
		if i < len(right) {
			l.ready(right[i], w-3-half)
		}
		out = append(out, l.String())
	}
	return out
}

// diffCell draws a line of a message under its sign, on as many lines of w
// cells as it needs.
func (a *App) diffCell(sign string, role theme.Role, text string, w int) []string {
	p := a.st.Of(role)
	var out []string
	for n, part := range wrap(text, w-4) {
		l := a.line(w, theme.Paint{}).put(p, sign).gap(1)
		if n > 0 {
			l.gap(2)
		}
		out = append(out, l.put(p, part).String())
	}
	return out
}

// diffLength is how many lines of a message are compared.
const diffLength = 1000

// textLines are the lines of a message; of a longer one it says how many more
// there are.
func textLines(text string) []string {
	list := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
	if more := len(list) - diffLength; more > 0 {
		list = append(list[:diffLength:diffLength], "and "+plural(more, "more line"))
	}
	return list
}

// diffLines lines two messages up. Between what they have in common, a header
// stands beside the one of the same name.
func diffLines(one, two []string) []pair {
	var out, left, right []pair
	flush := func() {
		for _, p := range align(len(left), len(right), func(i, j int) bool {
			return left[i].one == 0 && right[j].two == 0 || sameName(one[left[i].one], two[right[j].two])
		}) {
			both := pair{none, none}
			if p.one != none {
				both.one = left[p.one].one
			}
			if p.two != none {
				both.two = right[p.two].two
			}
			out = append(out, both)
		}
		left, right = nil, nil
	}
	for _, p := range align(len(one), len(two), func(i, j int) bool { return one[i] == two[j] }) {
		switch {
		case p.two == none:
			left = append(left, p)
		case p.one == none:
			right = append(right, p)
		default:
			flush()
			out = append(out, p)
		}
	}
	flush()
	return out
}

// sameName reports whether two lines are the same header, line of an SDP or
// member of an object with other values.
func sameName(x, y string) bool {
	name := func(s string) string {
		s = strings.TrimSpace(s)
		if attribute, is := strings.CutPrefix(s, "a="); is {
			attribute, _, _ = strings.Cut(attribute, ":")
			return "a=" + attribute
		}
		if i := strings.IndexAny(s, ":="); i >= 0 {
			return s[:i]
		}
		return ""
	}
	n := name(x)
	return n != "" && strings.EqualFold(n, name(y))
}
