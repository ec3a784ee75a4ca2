package ui

import (
	"time"

	"cordpair/model"
	"cordpair/model/journal"
	"cordpair/theme"
)

// wall is the screen to look at from afar. Nothing on it can be touched.
type wall struct{}

func (wall) move(*App, int)     {}
func (wall) rows(*App) int      { return 0 }
func (wall) page(*App) int      { return 1 }
func (wall) moving(a *App) bool { return a.live > 0 }

// tile is one number of the wall.
type tile struct {
	name    string
	value   string
	caption string
	role    theme.Role
}

// draw gives six numbers equal room: three beside each other, or two.
func (wall) draw(a *App, w, h int) []string {
	tiles := a.wallTiles()
	across := 3
	if w < 72 && h >= 18 {
		across = 2
	}
	down := len(tiles) / across
	var out []string
	for y := range down {
		top, bottom := h*y/down, h*(y+1)/down
		var row [][]string
		for x := range across {
			left, right := w*x/across, w*(x+1)/across
			row = append(row, a.drawTile(tiles[y*across+x], right-left, bottom-top, h/down))
		}
		out = append(out, beside(row...)...)
	}
	return out
}

// drawTile draws a tile of w by h; the number is as large as it can be in the
// lowest of all tiles.
func (a *App) drawTile(t tile, w, h, lowest int) []string {
	f := frame{title: []span{{a.st.Of(theme.Title), t.name}}, warn: t.role == theme.Bad, focused: t.role == theme.Warn}
	inner := max(1, h-2)
	caption := 0
	if inner >= 3 && t.caption != "" {
		caption = 1
	}
	if t.role == theme.Text && t.value == "0" {
		t.role = theme.Muted
	}
	lines := a.big(t.value, a.st.Of(t.role), w-4, max(1, lowest-2)-caption)
	lines = append(lines, a.blank(inner-caption-len(lines), w-4)...)
	if caption > 0 {
		lines = append(lines, a.line(w-4, theme.Paint{}).gap((w-4-cells(t.caption))/2).put(a.st.Of(theme.Muted), t.caption).String())
	}
	return a.box(f, w, h, lines)
}

func (a *App) wallTiles() []tile {
	var waiting, oldest *model.Call
	waits := 0
	for _, c := range a.legs {
		if !c.Live() {
			continue
		}
		if oldest == nil || c.Began().Before(oldest.Began()) {
			oldest = c
		}
		if c.State < model.Answered && c.Direction == model.Inbound {
			waits++
			if waiting == nil || c.Began().Before(waiting.Began()) {
				waiting = c
			}
		}
	}
	failed, missed, last := a.lastHour()
	tiles := []tile{
		{name: "Waiting", value: string(appendInt(nil, waits)), caption: "nobody waits", role: theme.Good},
		{name: "Longest wait", value: "0:00", caption: "nobody waits", role: theme.Muted},
		{name: "Talking", value: string(appendInt(nil, a.counts.Talking)), caption: "of " + plural(a.counts.Calls, "call"), role: theme.Text},
		{name: "Connecting", value: string(appendInt(nil, a.counts.Connecting)), caption: "to a peer", role: theme.Text},
		{name: "Failed, 1 hour", value: string(appendInt(nil, failed)), caption: plural(missed, "call") + " missed", role: theme.Text},
		{name: "Oldest call", value: "0:00", caption: "no calls", role: theme.Muted},
	}
	if waiting != nil {
		tiles[0].role, tiles[0].caption = theme.Warn, "next: "+label(waiting)
		tiles[1].role, tiles[1].value, tiles[1].caption = theme.Warn, brief(waiting.Age(a.now)), label(waiting)
		if waiting.Context != "" {
			tiles[1].caption += " on " + waiting.Context
		}
	}
	if a.counts.Talking > 0 {
		tiles[2].role = theme.Good
	}
	if a.counts.Connecting > 0 {
		tiles[3].role = theme.Info
	}
	if failed > 0 {
		short, _ := a.result(&last)
		tiles[4].role, tiles[4].caption = theme.Bad, "last: "+last.To.Brief()+" "+short
	}
	if oldest != nil {
		tiles[5].role, tiles[5].value, tiles[5].caption = theme.Text, brief(oldest.Age(a.now)), a.numbered(oldest)
	}
	if a.counts.Stale > 0 {
		tiles[2].caption = plural(a.counts.Stale, "call") + " not confirmed"
	}
	return tiles
}

// lastHour counts connects and dials that came to nothing and calls that nobody
// answered; last is the newest failure.
func (a *App) lastHour() (failed, missed int, last journal.Entry) {
	list := a.history.book.Entries()
	for i := len(list) - 1; i >= 0; i-- {
		e := &list[i]
		if a.now.Sub(e.Began) > 24*time.Hour {
			break
		}
		if !e.Over() || a.now.Sub(e.Ended) > time.Hour {
			continue
		}
		switch _, role := a.result(e); role {
		case theme.Bad:
			failed++
			if failed == 1 || e.Ended.After(last.Ended) {
				last = *e
			}
		case theme.Warn:
			missed++
		}
	}
	return failed, missed, last
}
