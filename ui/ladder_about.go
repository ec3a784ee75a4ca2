package ui

import (
	"strings"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

// aboutRung tells a step and how long things took.
func (a *App) aboutRung(r *rung, began time.Time, w, h int) []string {
	left := w
	if w >= 80 {
		left = w * 62 / 100
	}
	f := frame{title: []span{{a.st.Of(theme.Muted), a.stamp(r.at, began) + "  " + r.layer.String() + " "}, {a.st.Of(theme.Strong), r.word}}}
	f.foot = []span{{a.st.Of(theme.Title), "enter"}, {a.st.Of(theme.Muted), " in full"}}
	var lines []string
	for _, s := range a.rungLines(r, left-4, h-2) {
		lines = append(lines, a.line(left-4, theme.Paint{}).spans(s...).String())
	}
	out := a.box(f, left, h, lines)
	if left == w {
		return out
	}
	right := w - left
	return beside(out, a.box(frame{title: []span{{a.st.Of(theme.Title), "Timing"}}}, right, h, a.timing(right-4, h-2)))
}

// rungLines are the lines of a message that say most.
func (a *App) rungLines(r *rung, w, h int) [][]span {
	text, muted, name := a.st.Of(theme.Text), a.st.Of(theme.Muted), a.st.Of(theme.Info)
	var out [][]span
	for _, part := range wrap(a.stepHead(&r.step), w) {
		out = append(out, []span{{text, part}})
	}
	if r.raw != "" {
		for _, h := range []string{"From", "To", "Contact", "Reason", "Session-Expires"} {
			if v := sipHeader(r.raw, h); v != "" {
				out = append(out, []span{{name, h + ": "}, {text, v}})
			}
		}
		head, _, _ := strings.Cut(r.raw, "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if n, v, found := strings.Cut(line, ":"); found && len(n) > 2 && strings.EqualFold(n[:2], "x-") {
				out = append(out, []span{{name, n + ":"}, {text, v}})
			}
		}
	} else if c, can := r.cmd.(model.Connect); can {
		out = append(out, a.asked(&c.Request))
	}
	if len(out) < h && r.call != "" {
		out = append(out, []span{{muted, "leg " + string(r.leg) + "  "}, {text, string(r.call)}})
	}
	return out[:min(len(out), h)]
}

// timing tells how long the connect's steps took.
func (a *App) timing(w, h int) []string {
	c := a.ladderCall()
	var list []legLine
	add := func(name string, from, to time.Time) {
		if !from.IsZero() && !to.IsZero() && !to.Before(from) {
			unit := " s"
			if to.Sub(from) >= time.Minute {
				unit = ""
			}
			list = append(list, legLine{10 - len(list), name, []span{{a.st.Of(theme.Text), tenths(to.Sub(from))}, {a.st.Of(theme.Muted), unit}}})
		}
	}
	add("A answered in", c.Began(), c.Answered)
	if at := c.Attempt; at != nil {
		p := a.book.Peer(c)
		if p != nil {
			add("B rang after", p.Created, p.Rang)
			add("B answered in", p.Rang, p.Answered)
		}
		add("connect in all", at.Submitted, at.Joined)
		end := at.Cause.At
		if !at.State.Over() {
			end = a.now
		}
		if !at.Joined.IsZero() {
			list = append(list, legLine{9, "talked", []span{{a.st.Of(theme.Text), brief(end.Sub(at.Joined))}}})
		} else if at.State == model.Failed {
			add("failed after", at.Submitted, end)
		}
	}
	lines := make([]string, 0, len(list))
	for _, t := range list[:min(len(list), h)] {
		l := a.line(w, theme.Paint{}).cell(a.st.Of(theme.Muted), t.label, min(16, w/2+2))
		lines = append(lines, l.spans(t.text...).String())
	}
	return lines
}
