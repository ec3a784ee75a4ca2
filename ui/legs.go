package ui

import (
	"slices"
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// legLine is one line of a leg's pane. When there are more than fit, those
// with the lowest rank go first; their order stays.
type legLine struct {
	rank  int
	label string
	text  []span
}

// split draws the two legs of the selected call, side by side where there is
// room, else the one that has the focus.
func (a *App) split(w, h int) []string {
	c := a.current()
	switch {
	case a.panes.split == splitStacked && !a.panes.zoom && h >= 10:
		return append(a.legA(c, w, h/2, false), a.legB(c, w, h-h/2, false)...)
	case (a.panes.zoom || w < 80 || h < 6) && a.focus == paneB:
		return a.legB(c, w, h, true)
	case a.panes.zoom || w < 80 || h < 6:
		return a.legA(c, w, h, true)
	}
	left := w / 2
	return beside(a.legA(c, left, h, false), a.legB(c, w-left, h, false))
}

func (a *App) legA(c *model.Call, w, h int, tabbed bool) []string {
	f := frame{focused: a.focus == paneA, spot: spot{kind: spotPane, n: int(paneA)}, title: []span{{a.st.Of(theme.Title), "A"}}}
	if tabbed {
		f.foot = a.legTabs()
		f.focused = a.focus != paneList
	}
	if c == nil {
		return a.box(f, w, h, a.centered(w-4, h-2, "no call selected"))
	}
	f.title = append(f.title, span{a.st.Of(theme.Muted), "  #" + string(appendInt(nil, c.Number)) + " "},
		span{a.st.Of(theme.Strong), label(c)})
	f.title = append(f.title, a.zoomed()...)
	f.right = []span{{a.st.Of(stateRole(c)), stateWord(c) + " " + brief(c.Age(a.now))}}
	if c.Stale {
		f.right = append(f.right, span{a.st.Of(theme.Warn), " stale"})
	}
	lines := a.legPane(paneA, &f, a.aboutLeg(c, w-4-legLabel(w-4)), w-4, h-2)
	return a.box(f, w, h, lines)
}

func (a *App) legB(c *model.Call, w, h int, tabbed bool) []string {
	f := frame{focused: a.focus == paneB, spot: spot{kind: spotPane, n: int(paneB)}, title: []span{{a.st.Of(theme.Title), "B"}}}
	if tabbed {
		f.foot = a.legTabs()
	}
	if c == nil || c.Attempt == nil {
		return a.box(f, w, h, a.noPeer(c, w-4, h-2))
	}
	f.title = append(f.title, span{a.st.Of(theme.Muted), "  "}, span{a.st.Of(theme.Strong), a.peerName(c)})
	f.title = append(f.title, a.zoomed()...)
	text, role := a.connectText(c)
	f.right = []span{{a.st.Of(role), strings.ToUpper(text)}}
	lines := a.legPane(paneB, &f, a.aboutPeer(c, w-4-legLabel(w-4)), w-4, h-2)
	return a.box(f, w, h, lines)
}

// legTabs says which leg is shown where there is room for one.
func (a *App) legTabs() []span {
	on, off := a.st.Of(theme.Title), a.st.Of(theme.Muted)
	if a.focus == paneB {
		on, off = off, on
	}
	out := a.hotSpans(spot{kind: spotPane, n: int(paneA)}, span{on, "A"})
	out = append(out, span{a.st.Of(theme.Muted), " tab "})
	return append(out, a.hotSpans(spot{kind: spotPane, n: int(paneB)}, span{off, "B"})...)
}

func (a *App) centered(w, h int, text string) []string {
	lines := a.blank(max(0, (h-1)/2), w)
	return append(lines, a.line(w, theme.Paint{}).gap((w-cells(text))/2).put(a.st.Of(theme.Muted), text).String())
}

// noPeer is the B pane before anything was connected.
func (a *App) noPeer(c *model.Call, w, h int) []string {
	if c == nil {
		return nil
	}
	text := []span{{a.st.Of(theme.Muted), "no peer"}}
	if other := a.bridgedWith(c); other != nil {
		text = []span{{a.st.Of(theme.Muted), "bridged with "}, {a.st.Of(theme.Text), numbered(other)}}
	} else if err := a.book.CanConnect(c.ID); err == nil {
		text = append(text, span{a.st.Of(theme.Muted), ": "}, span{a.st.Of(theme.Title), "c"}, span{a.st.Of(theme.Text), " connects"})
	} else if c.Live() && c.State < model.Answered && c.Direction == model.Inbound {
		text = append(text, span{a.st.Of(theme.Muted), ": "}, span{a.st.Of(theme.Title), "a"}, span{a.st.Of(theme.Text), " answers first"})
	}
	lines := a.blank(max(0, (h-1)/2), w)
	return append(lines, a.line(w, theme.Paint{}).gap((w-width(text))/2).spans(text...).String())
}

// legLines draws what fits of a leg.
func (a *App) legLines(list []legLine, w, h int) []string {
	for len(list) > h {
		least := 0
		for i, l := range list {
			if l.rank < list[least].rank {
				least = i
			}
		}
		list = slices.Delete(list, least, least+1)
	}
	lines := make([]string, 0, len(list))
	for _, l := range list {
		out := a.line(w, theme.Paint{})
		out.cell(a.st.Of(theme.Muted), l.label, legLabel(w))
		lines = append(lines, out.spans(l.text...).String())
	}
	return lines
}

// legLabel is the column of the labels in a pane.
func legLabel(w int) int {
	if w < 44 {
		return 6
	}
	return 8
}
