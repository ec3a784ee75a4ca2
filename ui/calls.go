package ui

import (
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// columns are the widths of the list; zero leaves a column out.
type columns struct {
	long                                          bool // words instead of signs
	number, dir, state, from, to, peer, conn, age int
}

// callerShare is what the caller's column gets beside the 26 of To and the 32 of
// the peer: who calls is read first.
const callerShare = 44

// columnsFor gives out the cells inside a list w cells wide to the columns that
// are wanted.
func (a *App) columnsFor(w int) columns {
	c := columns{number: 4, dir: 2, state: 9, conn: 15, age: 7}
	if w >= 96 {
		c.long, c.dir, c.state, c.conn = true, 5, 10, 17
	}
	c.number, c.dir, c.age = a.wide(listCalls, "number", c.number), a.wide(listCalls, "direction", c.dir), a.wide(listCalls, "age", c.age)
	flex := w - 2 - c.number - 1 - c.dir - c.state - c.conn - c.age
	to, peer := a.wide(listCalls, "to", 26), a.wide(listCalls, "peer", 32)
	if w < 68 {
		to, peer = 0, 0
	}
	c.from, c.to = flex*callerShare/(callerShare+to+peer), flex*to/(callerShare+to+peer)
	switch rest := flex - c.from - c.to; {
	case peer > 0:
		c.peer = rest
	case to > 0:
		c.to += rest
	}
	// No name is longer than this; beyond, words would be far from each other.
	const widest = 46
	for _, col := range []*int{&c.from, &c.to, &c.peer} {
		if *col > widest {
			c.conn += *col - widest
			*col = widest
		}
	}
	return c
}

// rowKey is all that a row of the list shows.
type rowKey struct {
	id             model.CallID
	version, peerV uint64
	second         int64
	width          int
	selected       bool
	marked         bool
	held           string
	note           noteSign
}

// rowCache keeps rendered rows; it holds about what is visible.
type rowCache struct{ rows map[rowKey]string }

func (c *rowCache) clear() { c.rows = nil }

const cachedRows = 512

func (a *App) row(c *model.Call, w int, cols columns) string {
	k := rowKey{id: c.ID, version: c.Version, width: w, selected: c.ID == a.selected, marked: a.marked[c.ID], held: a.heldText(c), note: a.noteSign(c)}
	peer := a.book.Peer(c)
	if peer != nil {
		k.peerV = peer.Version
	}
	if c.Live() {
		k.second = a.now.Unix()
	}
	if s, ok := a.cache.rows[k]; ok {
		return s
	}
	s := a.drawRow(c, peer, w, cols, k.note)
	if a.cache.rows == nil || len(a.cache.rows) >= cachedRows {
		a.cache.rows = make(map[rowKey]string, cachedRows)
	}
	a.cache.rows[k] = s
	return s
}

// page is how many rows of the list are visible.
func (a *App) page() int {
	body := a.h - 4
	if a.banner() != "" {
		body--
	}
	n := a.areas(body).list - 3
	return max(1, n/a.perRow(n))
}

// calls draws the list in a box of w by h.
func (a *App) calls(w, h int) []string {
	f := frame{title: a.listTitle(), focused: a.focus == paneList, spot: spot{kind: spotPane, n: int(paneList)}}
	if len(a.rows) == 0 && a.unfiltered > 0 {
		return a.box(f, w, h, a.nothingListed(w-4, h-2))
	}
	if len(a.rows) == 0 {
		return a.box(f, w, h, a.noCalls(w-4, h-2))
	}
	per := a.perRow(h - 3)
	visible := max(1, (h-3)/per)
	a.top = min(a.top, max(0, len(a.rows)-visible))
	a.top = max(min(a.top, a.index), a.index-visible+1)
	if len(a.rows) > visible {
		f.right = []span{{a.st.Of(theme.Muted), string(appendInt(nil, a.top+1)) + "-" +
			string(appendInt(nil, min(a.top+visible, len(a.rows)))) + " of " + string(appendInt(nil, len(a.rows)))}}
	}
	cols := a.columnsFor(w - 4)
	lines := make([]string, 0, visible+1)
	lines = append(lines, a.listHead(w-4, cols))
	var rows []string
	for _, c := range a.rows[a.top:min(a.top+visible, len(a.rows))] {
		rows = append(rows, a.hot(spot{kind: spotRow, id: string(c.ID)}, a.row(c, w-4, cols)))
	}
	return a.box(f, w, h, append(lines, a.spaced(rows, per, w-4)...))
}

func (a *App) listHead(w int, cols columns) string {
	p := a.st.Of(theme.Muted)
	head := func(s sortColumn) theme.Paint { return a.hotPaint(spot{kind: spotHead, n: int(s)}, p) }
	number := a.headed("#", byNewest)
	if !a.reverse { // the usual order needs no arrow
		number = "#"
	}
	l := a.line(w, theme.Paint{}).gap(2).right(head(byNewest), number, cols.number).gap(1)
	dir := ""
	if cols.long {
		dir = "DIR"
	}
	l.cell(p, dir, cols.dir).cell(head(byState), a.headed("STATE", byState), cols.state).cell(head(byFrom), a.headed("FROM", byFrom), cols.from).cell(head(byTo), a.headed("TO", byTo), cols.to)
	if cols.peer > 0 {
		name := "PEER"
		if cols.long {
			name = "PEER LEG"
		}
		l.cell(head(byPeer), a.headed(name, byPeer), cols.peer)
	}
	return l.cell(head(byConnect), a.headed("CONNECT", byConnect), cols.conn).right(head(byAge), a.headed("AGE", byAge), cols.age).String()
}

func (a *App) drawRow(c, peer *model.Call, w int, cols columns, note noteSign) string {
	g := theme.Page
	if c.ID == a.selected {
		g = theme.Selected
	}
	text, muted := a.st.On(g, theme.Text), a.st.On(g, theme.Muted)
	quiet := !c.Live() || c.Stale
	if quiet {
		text = muted
	}
	l := a.line(w, text)
	mark := " "
	if g == theme.Selected {
		mark = a.st.Marker
	}
	l.put(a.st.On(g, theme.Accent), mark)
	switch {
	case c.Stale:
		l.put(a.st.On(g, theme.Warn), "~")
	default:
		a.putNote(l, note, g)
	}
	l.right(muted, string(appendInt(nil, c.Number)), cols.number)
	if a.marked[c.ID] {
		l.put(a.st.On(g, theme.Accent), a.st.Check)
	} else {
		l.gap(1)
	}
	l.cell(a.st.On(g, theme.Info), a.direction(c, cols.long), cols.dir)
	a.drawState(l, c, g, cols.state)
	a.party(l, c.From, g, quiet, cols.from)
	a.party(l, c.To, g, true, cols.to)
	if held := a.heldText(c); held != "" {
		return a.heldRow(l, held, g, cols.peer+cols.conn).right(text, brief(c.Age(a.now)), cols.age).String()
	}
	if cols.peer > 0 {
		a.drawPeer(l, c, peer, g, cols.peer)
	}
	connect, role := a.rowText(c)
	if quiet && role != theme.Bad {
		role = theme.Muted
	}
	l.cell(a.st.On(g, role), connect, cols.conn)
	return l.right(text, brief(c.Age(a.now)), cols.age).String()
}

// heldRow says in place of the connect what is about to happen and which key
// keeps it from happening.
func (a *App) heldRow(l *line, text string, g theme.Ground, w int) *line {
	if cells(text) >= w {
		if i := strings.LastIndex(text, " in "); i > 0 {
			text = text[i+1:]
		}
	}
	return l.cell(a.st.On(g, theme.Warn), text, w)
}

func (a *App) direction(c *model.Call, long bool) string {
	switch {
	case c.Direction == model.DirectionUnknown:
		return ""
	case long && c.Direction == model.Inbound:
		return "in"
	case long:
		return "out"
	case c.Direction == model.Inbound:
		return a.st.In
	}
	return a.st.Out
}

// drawState writes the state; a ringing call is a badge.
func (a *App) drawState(l *line, c *model.Call, g theme.Ground, w int) {
	word := stateWord(c)
	if c.State == model.Ringing && !c.Stale {
		l.put(a.st.On(theme.WarnFill, theme.OnFill), word).gap(w - cells(word))
		return
	}
	l.cell(a.st.On(g, stateRole(c)), word, w)
}

// party writes an address: its name and, where there is room, the rest.
func (a *App) party(l *line, who model.Address, g theme.Ground, quiet bool, w int) {
	if w <= 0 {
		return
	}
	role := theme.Text
	if quiet {
		role = theme.Muted
	}
	name, rest := who.Brief(), ""
	if who.Name != "" {
		rest = a.near(model.Address{URI: who.URI})
	} else {
		name = a.near(who)
	}
	if name == "" {
		name = "-"
	}
	room := w - 1 // a column never touches the next
	if n := cells(name); rest != "" && n+1+cells(rest) <= room {
		l.cell(a.st.On(g, role), name, n+1).cell(a.st.On(g, theme.Muted), rest, w-n-1)
		return
	}
	l.cell(a.st.On(g, role), name, room).gap(w - room)
}

// near is an address as short as can be: one of the exchange's own domain needs
// no domain.
func (a *App) near(who model.Address) string {
	h, d := who.Host(), a.book.Link().Server.Domain
	if d != "" && (strings.EqualFold(h, d) || strings.EqualFold(host(h), d)) {
		return who.User()
	}
	return who.Brief()
}

func (a *App) drawPeer(l *line, c, peer *model.Call, g theme.Ground, w int) {
	at := c.Attempt
	switch other := a.bridgedWith(c); {
	case other != nil && !c.ConnectState().Active():
		l.cell(a.st.On(g, theme.Text), numbered(other), w-1).gap(1)
	case at == nil && c.Parent != "" && a.book.Call(c.Parent) != nil:
		l.cell(a.st.On(g, theme.Muted), "of #"+string(appendInt(nil, a.book.Call(c.Parent).Number)), w)
	case at == nil:
		l.cell(a.st.On(g, theme.Muted), "-", w)
	case at.Request.Several() && (peer == nil || connecting(at)):
		l.cell(a.st.On(g, theme.Muted), targetName(at.Request), w-1).gap(1)
	case peer != nil && !peer.To.IsZero():
		a.party(l, peer.To, g, at.State.Over(), w)
	default:
		a.party(l, model.LooseAddress(at.Request.To), g, at.State.Over(), w)
	}
}
