package ui

import (
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// draw shows the list over what is known of the selected contact.
func (p *phones) draw(a *App, w, h int) []string {
	low := 0
	if h >= 16 {
		low = 7
	}
	out := p.drawList(a, w, h-low)
	switch {
	case low == 0:
	case len(p.contacts(a)) == 0:
		out = append(out, a.signUp(w, low)...)
	case w >= 80:
		half := w / 2
		out = append(out, beside(p.about(a, half, low), a.signUp(w-half, low))...)
	default:
		out = append(out, p.about(a, w, low)...)
	}
	return out
}

func (p *phones) drawList(a *App, w, h int) []string {
	list := p.contacts(a)
	p.pick.settle(len(list), contactKey(list))
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Phones"}}}
	if known := a.known(); known != "" {
		f.title = append(f.title, span{a.st.Of(theme.Muted), "  " + known})
	}
	head := []string{a.searchLine(&p.find, w-4, "search")}
	if len(list) == 0 {
		return a.box(f, w, h, append(head, p.nobody(a, w-4, h-3)...))
	}
	cols := a.phoneColumns(w - 4)
	if h >= 10 {
		head = append(head, a.phonesHead(w-4, cols))
	}
	room := h - 2 - len(head)
	lines, at := []string{}, 0
	last := -1
	for i, c := range list {
		if n := section(c.Kind); p.find.text() == "" && n != last {
			for last++; last <= n; last++ {
				lines = append(lines, a.phoneHead(last, n, w-4)...)
			}
			last = n
		}
		if i == p.pick.at {
			at = len(lines)
		}
		if i > 0 && c.Kind == list[i-1].Kind && a.look.airy {
			lines = append(lines, a.blank(1, w-4)...)
			if i == p.pick.at {
				at++
			}
		}
		lines = append(lines, a.hot(spot{kind: spotRow, id: contactKey(list)(i)}, a.phoneRow(c, i == p.pick.at, w-4, cols)))
	}
	if p.pick.at == 0 {
		at = 0 // the head of the first section too
	}
	view := picker{at: at, top: p.pick.top}
	from, to := view.window(len(lines), room)
	p.pick.top, p.pick.visible = view.top, view.visible
	if n := len(lines); n > room {
		f.right = []span{{a.st.Of(theme.Muted), string(appendInt(nil, p.pick.at+1)) + " of " + string(appendInt(nil, len(list)))}}
	}
	return a.box(f, w, h, append(head, lines[from:to]...))
}

// phoneHead is the title of a section; one that has nobody is left out unless
// it has something to say.
func (a *App) phoneHead(i, shown, w int) []string {
	s := phoneSections[i]
	if i < shown && (s.none == "" || !a.book.Link().Server.Cordpair) {
		return nil
	}
	head := a.line(w, theme.Paint{}).gap(2).put(a.st.Of(theme.Muted), s.head)
	if i < shown {
		head.gap(2).put(a.st.Of(theme.Muted), s.none)
	}
	return []string{head.String()}
}

// known counts the directory for the title.
func (a *App) known() string {
	n, online := len(a.book.Contacts()), 0
	for _, c := range a.book.Contacts() {
		if c.Online {
			online++
		}
	}
	if n == 0 {
		return ""
	}
	return string(appendInt(nil, n)) + " known " + a.st.Sep + " " + string(appendInt(nil, online)) + " online"
}

type phoneWidths struct{ name, address, state int }

func (a *App) phoneColumns(w int) phoneWidths {
	c := phoneWidths{name: 13, address: max(20, (w-30)/2), state: 12}
	if w >= 96 {
		c = phoneWidths{name: 20, address: 32, state: 18}
	}
	if !a.shows(listPhones, "address") {
		c.name, c.address = min(c.name+c.address, 34), 0
	}
	return c
}

// phonesHead names the columns.
func (a *App) phonesHead(w int, c phoneWidths) string {
	l := a.line(w, theme.Paint{}).gap(4)
	for n, col := range []struct {
		name string
		w    int
	}{{}, {"NAME", c.name}, {"ADDRESS", c.address}, {"STATE", c.state}} {
		s := a.head(&a.phones.sort, n, col.name)
		l.cell(s.p, s.s, col.w)
	}
	if a.shows(listPhones, "about") {
		s := a.head(&a.phones.sort, 4, "ABOUT")
		l.put(s.p, s.s)
	}
	return l.String()
}

func (a *App) phoneRow(c model.Contact, selected bool, w int, cols phoneWidths) string {
	g, mark := theme.Page, " "
	if selected {
		g, mark = theme.Selected, a.st.Marker
	}
	text, muted := a.st.On(g, theme.Text), a.st.On(g, theme.Muted)
	word, role := a.presence(c)
	dot := a.st.Hollow
	if c.Online {
		dot = a.st.Dot
	}
	if role == theme.Muted {
		text = muted
	}
	l := a.line(w, text).put(a.st.On(g, theme.Accent), mark).gap(1).put(a.st.On(g, role), dot).gap(1)
	column := func(s string, n int) {
		if n > 0 {
			l.cell(text, s, n-1).gap(1)
		}
	}
	column(contactName(&c), cols.name)
	if c.Kind == kindTrunk {
		column(a.trunk(c).Server, cols.address)
	} else {
		column(model.Address{URI: c.Address.URI}.Brief(), cols.address)
	}
	l.cell(a.st.On(g, role), word, cols.state-1).gap(1)
	if !a.shows(listPhones, "about") {
		return l.String()
	}
	return l.put(muted, c.About).String()
}

// presence says whether somebody is there: a call that lives tells more than a
// registration.
func (a *App) presence(c model.Contact) (word string, role theme.Role) {
	if call := a.callOf(c.Address); call != nil {
		if call.State < model.Answered {
			return "rings " + brief(call.Age(a.now)), theme.Warn
		}
		return "busy " + brief(call.Talk(a.now)), theme.Info
	}
	switch {
	case c.Kind == kindTrunk:
		health := a.trunk(c).Health
		return health.String(), [...]theme.Role{theme.Muted, theme.Good, theme.Warn, theme.Bad}[min(health, model.HealthDown)]
	case c.Online:
		return "online", theme.Good
	case c.Kind == kindPast || c.Kind == kindTyped:
		return "", theme.Text
	}
	return "offline", theme.Muted
}

// callOf is a live leg whose far end has the address.
func (a *App) callOf(who model.Address) *model.Call {
	p := a.phones
	if p.busy == nil || p.busyAt != a.book.Version() {
		p.busy, p.busyAt = make(map[string]*model.Call), a.book.Version()
		for _, c := range a.book.Rows(true) {
			if c.Live() {
				p.busy[strings.ToLower(c.Remote().URI)] = c
			}
		}
	}
	return p.busy[strings.ToLower(who.URI)]
}

// nobody says why the list is empty and what helps.
func (p *phones) nobody(a *App, w, h int) []string {
	muted, text, key := a.st.Of(theme.Muted), a.st.Of(theme.Text), a.st.Of(theme.Title)
	switch {
	case p.find.text() != "":
		return a.says(w, h, []span{{text, "Nobody fits."}},
			[]span{{key, "esc"}, {text, " clears the search"}, {muted, "   a whole address, such as sip:bob@host, can be dialled from here"}})
	case a.book.Link().State == model.LinkUp && !a.book.Link().Server.Cordpair:
		return a.says(w, h, []span{{text, "This server keeps no directory that we can read."}},
			[]span{{key, "C"}, {text, " dials any address or number"}})
	case a.book.Link().State != model.LinkUp:
		return a.says(w, h, []span{{text, "Nobody is known: the link is " + a.book.Link().State.String() + "."}})
	}
	_, sip := a.addresses()
	return a.says(w, h, []span{{text, "Nobody has registered yet."}},
		[]span{{muted, "A softphone that registers at "}, {text, sip}, {muted, " appears here."}}, []span{{key, "C"}, {text, " dials any address"}})
}

func (a *App) domain() string { return firstWord(a.book.Link().Server.Domain, "demo") }

// about is what is known of the selected contact.
func (p *phones) about(a *App, w, h int) []string {
	c, ok := p.selected(a)
	if !ok {
		return a.box(frame{}, w, h, nil)
	}
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	word, role := a.presence(c)
	f := frame{title: []span{{a.st.Of(theme.Strong), c.Address.Brief()}}, right: []span{{a.st.Of(role), word}}}
	if c.Kind == kindTrunk {
		return a.box(f, w, h, a.legLines(a.trunkLines(a.trunk(c), w-4-legLabel(w-4)), w-4, h-2))
	}
	list := []legLine{
		{9, "addr", []span{{text, c.Address.URI}}},
	}
	inner := w - 4 - legLabel(w-4)
	for i, part := range wrap(strings.TrimSpace(c.Kind+"  "+c.About), inner) {
		list = append(list, legLine{5 - min(i, 3), []string{"is", ""}[min(i, 1)], []span{{text, part}}})
	}
	if call := a.callOf(c.Address); call != nil {
		with := "alone"
		switch parent := a.book.Call(call.Parent); {
		case parent != nil && call.ConnectState() != model.Connected:
			with = "with " + label(parent)
		case call.ConnectState() == model.Connected:
			with = "with " + a.peerName(call)
		}
		list = append(list, legLine{8, "call", []span{{text, with}, {muted, "  " + stateWord(call)}}})
	}
	list = append(list, p.pastLine(a, c.Address)...)
	keys := []hint{{key: "enter", text: "dials"}, {key: "c", text: a.connectHint()}}
	if width(a.keySpans(theme.Page, keys, true)) > inner {
		keys[1].text = "connects"
	}
	list = append(list, legLine{7, "", a.keySpans(theme.Page, keys, true)})
	return a.box(f, w, h, a.legLines(list, w-4, h-2))
}

// trunkLines are what is known of a trunk.
func (a *App) trunkLines(t model.Trunk, w int) []legLine {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	list := []legLine{{9, "host", []span{{text, t.Server}}}}
	state := []span{{text, map[bool]string{true: "registered", false: "not registered"}[t.Registered]}}
	if t.RoundTrip > 0 {
		state = append(state, span{muted, "  rtt "}, span{text, rtt(t.RoundTrip)})
	}
	if !t.Since.IsZero() {
		state = append(state, span{muted, "  " + t.Health.String() + " for "}, span{text, brief(a.now.Sub(t.Since))})
	}
	list = append(list, legLine{8, "state", state})
	for i, part := range wrap(t.Problem, w) {
		if part != "" {
			list = append(list, legLine{7 - i, "", []span{{a.st.Of(theme.Bad), part}}})
		}
	}
	return list
}

// connectHint names the call that c would connect.
func (a *App) connectHint() string {
	if c := a.current(); c != nil && a.whyConnect() == nil {
		return "connects #" + string(appendInt(nil, c.Number)) + " " + label(c)
	}
	return "connects a call that is up"
}

// pastLine tells how the last connect to an address went. It is looked up when
// the history or the address has changed.
func (p *phones) pastLine(a *App, who model.Address) []legLine {
	if l := &p.last; l.uri != who.URI || l.version != a.history.version {
		l.uri, l.version = who.URI, a.history.version
		_, l.entry = a.answerTimes(who.URI)
	}
	if p.last.entry == nil {
		return nil
	}
	e := p.last.entry
	return []legLine{{6, "last", []span{{a.st.Of(theme.Text), outcomeWord(e)}, {a.st.Of(theme.Muted), "  " + elapsed(a.now.Sub(e.Began))}}}}
}

// signUp tells how to register a softphone.
func (a *App) signUp(w, h int) []string {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	f := frame{title: []span{{a.st.Of(theme.Title), "Add a softphone"}}}
	_, sip := a.addresses()
	if sip == "" {
		return a.box(f, w, h, a.legLines([]legLine{
			{9, "", []span{{muted, "Phones register with the server's own"}}},
			{9, "", []span{{muted, "accounts; this console is not told which."}}},
		}, w-4, h-2))
	}
	user := []span{{text, "sip:desk1@" + a.domain()}, {muted, "  or any name"}}
	if width(user) > w-4-legLabel(w-4) {
		user = user[:1]
	}
	return a.box(f, w, h, a.legLines([]legLine{
		{9, "host", []span{{text, sip}, {muted, "  UDP or TCP"}}},
		{9, "user", user},
		{8, "codec", []span{{text, phoneCodecs}}},
		{5, "", a.keySpans(theme.Page, []hint{{key: a.keyOf("phones.add"), text: "settings and a QR code"}}, true)},
	}, w-4, h-2))
}
