package ui

import (
	"strings"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// lanes are the columns of the four parties: us, the exchange, A, B.
type lanes [4]int

// laneStart is where the first lane stands: after the mark and the time.
const laneStart = 13

func lanesFor(w int) lanes {
	span := max(0, w-2-laneStart)
	return lanes{laneStart, laneStart + span*34/100, laneStart + span*67/100, laneStart + span}
}

func (v *ladder) draw(a *App, w, h int) []string {
	c := a.ladderCall()
	list := v.rungs(a)
	v.settle(a, list)
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Ladder"}}}
	if c != nil && len(list) == 0 && v.find.text() != "" {
		return a.box(f, w, h, v.noneFits(a, w-4, h-2))
	}
	if c == nil || len(list) == 0 {
		return a.box(f, w, h, a.noLadder(c, w-4, h-2))
	}
	low := 0
	switch {
	case h >= 28:
		low = 9
	case h >= 18:
		low = 7
	}
	f.title = append(f.title, span{a.st.Of(theme.Muted), "  #" + string(appendInt(nil, c.Number)) + " "}, span{a.st.Of(theme.Strong), label(c)})
	if c.Attempt != nil {
		f.title = append(f.title, span{a.st.Of(theme.Muted), " + "}, span{a.st.Of(theme.Strong), a.ladderPeer()})
	}
	f.right, f.foot = v.settings(a), v.markedFoot(a)
	if width(f.title)+width(f.right)+10 > w { // who it is matters more
		f.right = nil
	}
	if steps := "  " + plural(len(list), "step"); width(f.title)+len(steps)+width(f.right)+10 <= w {
		f.title = append(f.title, span{a.st.Of(theme.Muted), steps})
	}
	if v.bygone != nil {
		f.title = append(f.title, span{a.st.Of(theme.Warn), "  from the history"}, span{a.st.Of(theme.Muted), "  " + a.when(c.Created, true)})
	}
	x := lanesFor(w - 4)
	lines := append(v.searchLines(a, w-4), a.laneHead(c, x, w-4))
	from, to := v.pick.window(len(list), h-low-2-len(lines))
	began := v.first
	for i := from; i < to; i++ {
		list[i].marked = v.isMarked(&list[i])
		lines = append(lines, a.hot(spot{kind: spotRow, id: rungKey(list)(i)}, a.drawRung(&list[i], x, w-4, began, i == v.pick.at)))
	}
	for len(lines) < h-low-2 {
		lines = append(lines, a.emptyRung(x, w-4))
	}
	out := a.box(f, w, h-low, lines)
	if low > 0 {
		out = append(out, a.aboutRung(&list[v.pick.at], began, w, low)...)
	}
	return out
}

// settings says which layers are shown and by which clock.
func (v *ladder) settings(a *App) []span {
	var out []span
	for _, l := range []layer{layerRelay, layerSIP, layerMedia} {
		p := a.st.Of(theme.Good)
		if v.hide[l] {
			p = a.st.Of(theme.Faint)
		}
		sign := a.st.Dot
		if v.hide[l] {
			sign = a.st.Hollow
		}
		out = append(out, span{p, sign}, span{a.st.Of(theme.Muted), " " + l.String() + "  "})
	}
	word := "following"
	if v.still {
		word = "standing still"
	}
	return append(out, span{a.st.Of(theme.Muted), word})
}

func (a *App) noLadder(c *model.Call, w, h int) []string {
	text, muted, key := a.st.Of(theme.Text), a.st.Of(theme.Muted), a.st.Of(theme.Title)
	if c == nil {
		return a.says(w, h, []span{{text, "No call is selected."}}, []span{{key, "1"}, {text, " the calls: select one, then "}, {key, "e"}})
	}
	lines := [][]span{{{text, "Nothing is shown of " + a.numbered(c) + "."}}}
	if a.ladder.hide != [layerCount]bool{} {
		lines = append(lines, []span{{key, "s r m"}, {text, " show SIP, RELAY and media"}})
	} else {
		lines = append(lines, []span{{muted, "What is said about it appears here as it happens."}})
	}
	return a.says(w, h, lines...)
}

// laneHead names the lanes, each over its line.
func (a *App) laneHead(c *model.Call, x lanes, w int) string {
	clock := "t (s)"
	if a.ladder.clock {
		clock = "time"
	}
	l := a.line(w, theme.Paint{}).right(a.st.Of(theme.Muted), clock, laneStart-2)
	side := func(name, letter string, room int) string {
		name, _ = fit(name, max(3, room), a.st.Ellipsis)
		return name + " (" + letter + ")"
	}
	names := [4]string{"you", "exchange", side(label(c), "A", (x[3]-x[1])/2-6), side(a.ladderPeer(), "B", (x[3]-x[2])-8)}
	if !a.book.Link().Server.Cordpair {
		names[1] = "server"
	}
	for i, name := range names {
		left := x[i] - cells(name)/2
		room := w
		if i < 3 {
			room = x[i+1] - 1
		}
		left = max(l.used+1, min(left, room-cells(name)))
		p := a.st.Of(theme.Strong)
		if i == 3 && c.Attempt == nil {
			p, name = a.st.Of(theme.Faint), "B"
		}
		l.to(left).cell(p, name, min(cells(name), room-left))
	}
	return l.String()
}

func (a *App) emptyRung(x lanes, w int) string {
	l := a.line(w, theme.Paint{})
	for _, at := range x {
		l.to(at).put(a.st.Of(theme.Faint), a.st.Vertical)
	}
	return l.String()
}

// drawRung draws one step as an arrow between two lanes.
func (a *App) drawRung(r *rung, x lanes, w int, began time.Time, selected bool) string {
	g, mark := theme.Page, " "
	if selected {
		g, mark = theme.Selected, a.st.Marker
	}
	l := a.line(w, a.st.On(g, theme.Text)).put(a.st.On(g, theme.Accent), mark)
	diff, role := " ", theme.Muted
	switch r.mark {
	case '+':
		diff, role = "+", theme.Good
	case '-':
		diff, role = "-", theme.Bad
	}
	l.put(a.st.On(g, role), diff)
	l.right(a.st.On(g, theme.Muted), a.stamp(r.at, began), laneStart-4)
	if r.marked {
		l.put(a.st.On(g, theme.Accent), a.st.Check)
	}
	l.to(laneStart)
	if r.layer == layerLink {
		text := " " + strings.TrimSpace(r.word+"  "+r.detail) + " "
		p := a.st.On(g, map[bool]theme.Role{true: theme.Bad, false: theme.Good}[r.bad])
		return l.rule(p, "~", 4).put(p, text).rule(p, "~", l.left()).String()
	}
	from, to := r.ends()
	p := a.st.On(g, r.role())
	for i := 0; i < len(x); i++ {
		l.to(x[i]).put(a.st.On(g, theme.Faint), a.st.Vertical)
		if i == from {
			a.arrow(l, p, r, x[to]-x[from]-1)
			i = to - 1
		}
	}
	return l.String()
}

// stamp writes when a step was.
func (a *App) stamp(at, began time.Time) string {
	if a.ladder.clock {
		return at.In(a.now.Location()).Format("04:05.000")
	}
	ms := int(at.Truncate(time.Millisecond).Sub(began.Truncate(time.Millisecond)) / time.Millisecond)
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return sign + string(appendInt(nil, ms/1000)) + "." + string([]byte{byte('0' + ms/100%10), byte('0' + ms/10%10), byte('0' + ms%10)})
}

// ends are the lanes that a step runs between, the left one first.
func (s *step) ends() (from, to int) {
	switch {
	case s.layer == layerRelay:
		return 0, 1
	case s.layer == layerMedia && s.leg == 'B':
		return 2, 3
	case s.leg == 'B':
		return 1, 3
	}
	return 1, 2
}

func (s *step) role() theme.Role {
	switch {
	case s.bad:
		return theme.Bad
	case s.layer == layerRelay:
		return theme.Info
	case s.layer == layerMedia:
		return theme.Good
	}
	return theme.Text
}

// arrow fills n cells: a shaft with the words on it and a head.
func (a *App) arrow(l *line, p theme.Paint, r *rung, n int) {
	if n < 2 {
		l.gap(n)
		return
	}
	shaft := a.st.Horizontal
	if r.layer == layerMedia {
		shaft = a.st.Double
	}
	head, tail := r.out, !r.out // at the right, at the left
	if r.layer == layerMedia && r.leg == 'B' {
		head, tail = true, true
	}
	put := func(on bool, sign string) {
		if on {
			l.put(p, sign)
		} else {
			l.put(p, shaft)
		}
	}
	text, width := fit(r.label(n-4), max(n-3, 0), a.st.Ellipsis)
	if width > n-4 { // the words take the place of the other end
		if tail {
			l.put(p, a.st.In).gap(1).put(p, text).gap(n - 2 - width)
		} else {
			l.gap(n-2-width).put(p, text).gap(1).put(p, a.st.Out)
		}
		return
	}
	rest := n - 2 - width
	if width > 0 {
		rest -= 2
	}
	put(tail, a.st.In)
	l.rule(p, shaft, rest/2)
	if width > 0 {
		l.gap(1).put(p, text).gap(1)
	}
	l.rule(p, shaft, rest-rest/2)
	put(head, a.st.Out)
}

// label is what stands on the arrow in n cells: the words that matter most
// when there is no room for all.
func (r *rung) label(n int) string {
	full := strings.TrimSpace(r.word + " " + r.detail)
	if r.layer == layerRelay && r.leg == 'B' {
		full = "B " + full
	}
	if cells(full) <= n || r.layer != layerRelay {
		return full
	}
	word := r.word[strings.LastIndexByte(r.word, '.')+1:]
	detail, _, _ := strings.Cut(r.detail, "  ")
	short := strings.TrimSpace(word + " " + detail)
	if word == "state" || word == "connect" && !r.out {
		short = detail
	}
	if r.leg == 'B' {
		short = "B " + short
	}
	return short
}

// moving: talk time grows.
func (v *ladder) moving(a *App) bool { return a.live > 0 }
