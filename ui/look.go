package ui

import (
	"time"

	"cordpair/theme"
)

// look is what the view menu changes about lists and times.
type look struct {
	airy   bool // a line between rows
	times  timeMode
	hidden [listCount]map[string]bool // columns that are not shown
}

// timeMode is how the moments of things are written.
type timeMode uint8

const (
	times24 timeMode = iota
	times12
	timesAgo
)

var timeWords = [...]string{"24 hours", "12 hours", "how long ago"}

// The widths of a moment, with and without its milliseconds.
func (a *App) momentWidth(ms bool) int {
	n := len("15:04:05")
	if a.look.times == times12 {
		n = len("03:04:05pm")
	}
	if ms && a.look.times != timesAgo {
		n += len(".000")
	}
	return n
}

// moment writes when something was, as the operator wants it.
func (a *App) moment(t time.Time, ms bool) string {
	t = t.In(a.now.Location())
	switch {
	case a.look.times == timesAgo:
		return elapsed(a.now.Sub(t))
	case a.look.times == times12 && ms:
		return t.Format("03:04:05.000pm")
	case a.look.times == times12:
		return t.Format("03:04:05pm")
	case ms:
		return t.Format("15:04:05.000")
	}
	return t.Format("15:04:05")
}

// elapsed writes how long ago something was, in eight cells or less.
func elapsed(d time.Duration) string {
	d = max(0, d)
	switch {
	case d < 10*time.Minute:
		return brief(d) + " ago"
	case d < time.Hour:
		return string(appendInt(nil, int(d/time.Minute))) + " m ago"
	case d < 48*time.Hour:
		return string(appendInt(nil, int(d/time.Hour))) + " h ago"
	}
	return string(appendInt(nil, int(d/(24*time.Hour)))) + " d ago"
}

// spaced puts an empty line after each row of a list where rows lie apart.
func (a *App) spaced(rows []string, per, w int) []string {
	if per < 2 {
		return rows
	}
	out := make([]string, 0, 2*len(rows))
	for _, s := range rows {
		out = append(out, s, a.line(w, theme.Paint{}).String())
	}
	return out
}

// perRow is how many lines a row takes in a list of n lines: rows lie apart only
// where there is room for a few.
func (a *App) perRow(n int) int {
	const few = 4
	if a.look.airy && n >= 2*few {
		return 2
	}
	return 1
}
