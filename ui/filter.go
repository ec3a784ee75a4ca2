package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// filterLine is the filter while it is typed, on the message line; the list
// follows each letter.
type filterLine struct {
	find edit
	was  model.CallID // selected before, and again when all are shown
}

func (a *App) doFilter() tea.Cmd {
	f := &filterLine{was: a.selected}
	f.find.set(a.filter)
	a.open(f)
	return nil
}

// filterBy shows only calls that fit a query; empty shows all.
func (a *App) filterBy(text string) {
	a.filter, a.query = text, parseQuery(text)
	a.list()
	a.dirty = true
}

func (f *filterLine) typing() bool { return true }

func (f *filterLine) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		a.close(f)
	case "esc":
		a.close(f)
		a.filterBy("")
		a.choose(f.was)
	case "down":
		a.move(1)
		f.was = a.selected
	case "up":
		a.move(-1)
		f.was = a.selected
	default:
		if f.find.key(k) {
			a.filterBy(f.find.text())
			a.choose(f.was) // as soon as it fits again
		}
	}
	return nil
}

func (f *filterLine) draw(a *App, canvas []string) {
	l := a.line(a.w, theme.Paint{}).gap(1).put(a.st.Of(theme.Title), "/")
	note := string(appendInt(nil, len(a.rows))) + " of " + string(appendInt(nil, a.unfiltered))
	room := a.w - 6 - cells(note)
	l.ready(f.find.draw(a, room, true, "words; state: party: hdr: reason: look in one place, ! inverts"), room)
	canvas[len(canvas)-2] = l.gap(2).put(a.st.Of(theme.Muted), note).String()
}

func (f *filterLine) hints(*App) []hint {
	return []hint{{key: "enter", text: "keep"}, {key: "esc", text: "show all"}, {key: arrowKeys, text: "move"}}
}

// listTitle says what part of the calls is listed and why.
func (a *App) listTitle() []span {
	out := []span{{a.st.Of(theme.Title), "Calls"}}
	if a.filter != "" {
		out = append(out, span{a.st.Of(theme.Accent), " /" + a.filter})
	}
	if a.onlyMarked {
		out = append(out, span{a.st.Of(theme.Accent), " marked only"})
	} else if n := len(a.marked); n > 0 {
		out = append(out, span{a.st.Of(theme.Accent), " " + string(appendInt(nil, n)) + " marked"})
	}
	out = append(out, a.heldStill(a.still, a.news)...)
	return append(out, a.zoomed()...)
}

// nothingListed is the list when the filter leaves no call.
func (a *App) nothingListed(w, h int) []string {
	return a.says(w, h, []span{{a.st.Of(theme.Text), "None of " + plural(a.unfiltered, "call") + " fits."}},
		[]span{{a.st.Of(theme.Title), "esc"}, {a.st.Of(theme.Text), " shows all"}})
}
