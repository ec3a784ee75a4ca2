package ui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// pane is what the movement keys and D are about.
type pane uint8

const (
	paneList pane = iota
	paneA
	paneB
	paneEvents
	paneCount
)

// splitMode is how the two legs lie.
type splitMode uint8

const (
	splitBeside splitMode = iota
	splitStacked
	splitOff
	splitModes
)

var splitNames = [...]string{"side by side", "one above the other", "off"}

func (s splitMode) String() string { return splitNames[min(s, splitModes-1)] }

// panes is how the Calls screen is laid out and how far its texts are scrolled.
type panes struct {
	split splitMode
	zoom  bool // the pane with the focus alone
	of    model.CallID
	// back is how far a pane is scrolled. Of a leg: 0 is a summary of what fits,
	// from 1 on all lines from that one. Of the events: how many of the newest
	// are below.
	back   [paneCount]int
	page   [paneCount]int // lines seen at once
	events int            // how many there were when they were drawn
}

// areas gives out the rows of the Calls screen, with regard to what the operator
// wants to see of it.
func (a *App) areas(body int) areas {
	rows := len(a.rows)
	if a.look.airy {
		rows *= 2
	}
	r := layout(body+4, false, rows)
	p := &a.panes
	boxed := r.events > 0 && !r.loose
	switch {
	case p.zoom && a.focus == paneList:
		return areas{list: body}
	case p.zoom && a.focus == paneEvents:
		return areas{events: body}
	case p.zoom:
		return areas{legs: body}
	case p.split == splitOff && a.focus == paneEvents && !boxed:
		return areas{list: body - body/2, events: body / 2}
	case p.split == splitOff:
		return areas{list: r.list + r.legs, events: r.events, loose: r.loose}
	case a.focus == paneEvents && !boxed: // they take the legs' place
		return areas{list: r.list, events: r.legs + r.events}
	case p.split == splitStacked:
		return r.stacked(body)
	}
	return r
}

// stacked gives the legs room for two boxes.
func (r areas) stacked(body int) areas {
	if r.loose {
		r.events, r.loose = 0, false
	}
	r.legs = max(r.legs, min(2*r.legs, body*3/5))
	rest := body - r.legs
	r.events = min(r.events, rest/2)
	r.list = rest - r.events
	return r
}

// turn moves the focus to the next pane that there is, or the one before.
func (a *App) turn(n int) {
	for range paneCount {
		a.focus = pane((int(a.focus) + n + int(paneCount)) % int(paneCount))
		if a.there(a.focus) {
			return
		}
	}
}

// there reports whether the focus can be on a pane.
func (a *App) there(p pane) bool {
	switch p {
	case paneA, paneB:
		return a.panes.split != splitOff
	}
	return true
}

// focusOn gives a pane the focus.
func (a *App) focusOn(p pane) {
	if p < paneCount && a.there(p) {
		a.focus = p
	}
}

// scrolled is how far a pane is scrolled; another call begins anew.
func (a *App) scrolled(p pane) *int {
	if a.panes.of != a.selected {
		a.panes.of, a.panes.back, a.panes.events = a.selected, [paneCount]int{}, 0
	}
	return &a.panes.back[p]
}

// scrollPane moves the text of a pane n lines further down.
func (a *App) scrollPane(p pane, n int) {
	at := a.scrolled(p)
	if p == paneEvents {
		n = -n
	}
	*at = max(0, *at+n)
}

// legPane draws the lines of a leg, as far as it is scrolled, and says in the
// frame's foot what else there is.
func (a *App) legPane(p pane, f *frame, list []legLine, w, h int) []string {
	at := a.scrolled(p)
	a.panes.page[p] = max(1, h)
	if len(list) <= h || h < 1 {
		*at = 0
		return a.legLines(list, w, h)
	}
	*at = min(*at, len(list)-h+1)
	switch {
	case *at > 0:
		f.foot = append(f.foot, a.footGap(f), a.scrollMark(*at, *at+h-1, len(list)))
		list = list[*at-1 : *at-1+h]
	case a.focus == p:
		f.foot = append(f.foot, a.footGap(f), span{a.st.Of(theme.Muted), a.st.Down + " " + string(appendInt(nil, len(list)-h)) + " more"})
	}
	return a.legLines(list, w, h)
}

// scrollMark says which lines of how many are seen, and where there are more.
func (a *App) scrollMark(from, to, n int) span {
	sign := ""
	if from > 1 {
		sign += a.st.Up
	}
	if to < n {
		sign += a.st.Down
	}
	return span{a.st.Of(theme.Muted), sign + " " + string(appendInt(nil, from)) + "-" + string(appendInt(nil, to)) + " of " + string(appendInt(nil, n))}
}

// footGap parts what stands in the foot from what comes next.
func (a *App) footGap(f *frame) span {
	if len(f.foot) == 0 {
		return span{}
	}
	return span{a.st.Of(theme.Muted), "  "}
}

// zoomed says in a title how all panes come back.
func (a *App) zoomed() []span {
	if !a.panes.zoom {
		return nil
	}
	return append([]span{{a.st.Of(theme.Muted), "  "}}, a.keySpans(theme.Page, []hint{{key: a.keyOf("view.unzoom"), text: "all panes"}}, true)...)
}

// eventsFrom says which of n events are seen in h lines. Scrolled back they
// stand still while new ones come.
func (a *App) eventsFrom(n, h int) (from, to int) {
	at := a.scrolled(paneEvents)
	if *at > 0 {
		*at += max(0, n-a.panes.events)
	}
	a.panes.events, a.panes.page[paneEvents] = n, max(1, h)
	*at = min(*at, max(0, n-h))
	return max(0, n-*at-h), n - *at
}

// The movement keys move the pane that has the focus.
func (callsView) move(a *App, n int) {
	if a.focus == paneList {
		a.move(n)
		return
	}
	a.scrollPane(a.focus, n)
}

func (callsView) rows(a *App) int {
	if a.focus == paneList {
		return len(a.rows)
	}
	return trailLength + 100 // more than any pane has
}

func (callsView) page(a *App) int {
	if a.focus == paneList {
		return a.page()
	}
	return max(1, a.panes.page[a.focus])
}

// paneActions are the keys of the panes of the Calls screen.
func paneActions() []action {
	return []action{
		{name: "view.split", keys: []string{"v"}, group: groupLook,
			help: "legs side by side, one above the other, or off", do: (*App).doSplit},
		{name: "view.zoom", keys: []string{"+"}, group: groupLook,
			help: "only the pane with the focus", why: (*App).whyZoom, do: func(a *App) tea.Cmd { a.panes.zoom = true; return nil }},
		{name: "view.unzoom", keys: []string{"_"}, group: groupLook,
			help: "all panes again", why: (*App).whyUnzoom, do: func(a *App) tea.Cmd { a.unzoom(); return nil }},
		{name: "call.inspect", keys: []string{"i"}, group: groupLook,
			help: "inspect the leg: RELAY, SIP, SDP, headers, word for word", why: (*App).whyInspectCall, do: (*App).doInspectCall},
		{name: "call.previous", keys: []string{"["}, group: groupLook,
			help: "previous call, whatever pane has the focus", why: whyTurn(-1), do: func(a *App) tea.Cmd { a.move(-1); return nil }},
		{name: "call.next", keys: []string{"]"}, group: groupLook,
			help: "next call, whatever pane has the focus", why: whyTurn(1), do: func(a *App) tea.Cmd { a.move(1); return nil }},
	}
}

var (
	errZoomed   = errors.New("it is alone already")
	errUnzoomed = errors.New("all panes are shown")
)

func (a *App) whyZoom() error {
	switch {
	case len(a.rows) == 0:
		return errNoSelection
	case a.panes.zoom:
		return errZoomed
	}
	return nil
}

func (a *App) whyUnzoom() error {
	if !a.panes.zoom {
		return errUnzoomed
	}
	return nil
}

func (a *App) doSplit() tea.Cmd {
	a.splitLegs((a.panes.split + 1) % splitModes)
	a.say(levelInfo, "Legs "+a.panes.split.String()+".", hint{key: a.keyOf("view.split"), text: "next"})
	return nil
}

func (a *App) splitLegs(to splitMode) {
	a.panes.split = to
	if !a.there(a.focus) {
		a.focus = paneList
	}
}

// unzoom shows all panes; it reports whether there was only one.
func (a *App) unzoom() bool {
	was := a.panes.zoom
	a.panes.zoom = false
	return was
}
