package ui

import (
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// phones is the directory: who can be called, and who is there.
type phones struct {
	pick   picker
	find   edit
	sort   order
	busy   map[string]*model.Call // live legs by the far end's address
	busyAt uint64                 // the version of the book that busy is of
	last   struct {               // the last connect to the selected one
		uri     string
		version uint64 // of the history
		entry   *journal.Entry
	}
}

// The kinds of contact, in the order of their sections.
const (
	kindPhone  = "phone"
	kindPerson = "person"
	kindTrunk  = "trunk"
	kindPast   = "past"
	kindTyped  = "typed" // what the search says, when it is an address
)

var phoneSections = [...]struct{ kind, head, none string }{
	{kindPhone, "PHONES", "No phone has registered yet."},
	{kindPerson, "SCRIPTED PEOPLE", ""},
	{kindTrunk, "TRUNKS", ""},
	{kindPast, "CALLED BEFORE", ""},
	{kindTyped, "WHAT YOU TYPED", ""},
}

// section is where a kind stands; a kind that is new to us stands with the
// phones.
func section(kind string) int {
	for i := range phoneSections {
		if phoneSections[i].kind == kind {
			return i
		}
	}
	return 0
}

func (p *phones) search() *edit { return &p.find }

// contacts lists what fits the search: by section, or the best first.
func (p *phones) contacts(a *App) []model.Contact {
	text := strings.TrimSpace(p.find.text())
	list := a.suggest(text, nil)
	for _, t := range a.book.Trunks() {
		if c := trunkContact(t); match(strings.ToLower(text), c) > 0 {
			list = append(list, c)
		}
	}
	if text == "" {
		a.sortContacts(list, p.sort)
		slices.SortStableFunc(list, func(x, y model.Contact) int { return section(x.Kind) - section(y.Kind) })
		return list
	}
	for _, c := range a.book.Contacts() { // suggest leaves out what is typed in full
		if strings.EqualFold(c.Address.URI, text) {
			return slices.Insert(list, 0, c)
		}
	}
	if to, err := model.ParseAddress(text); err == nil {
		list = append(list, model.Contact{Address: to, Kind: kindTyped, About: "as typed"})
	}
	return list
}

// trunkContact is a trunk as a row of the directory.
func trunkContact(t model.Trunk) model.Contact {
	c := model.Contact{Kind: kindTrunk, Address: model.Address{Name: t.Name, URI: "trunk " + t.Name}, Online: t.Health == model.HealthUp, About: t.Problem}
	if t.Problem == "" && t.Registered {
		c.About = "registered"
	}
	if t.RoundTrip > 0 {
		c.About = strings.TrimLeft(c.About+"  "+rtt(t.RoundTrip), " ")
	}
	return c
}

// trunk finds the trunk of a row.
func (a *App) trunk(c model.Contact) model.Trunk {
	for _, t := range a.book.Trunks() {
		if c.Address.URI == "trunk "+t.Name {
			return t
		}
	}
	return model.Trunk{}
}

// trunkTurned warns of a trunk that has gone down, and tells when it is back.
func (a *App) trunkTurned(ev model.TrunksChanged, was []model.Trunk) {
	for _, t := range ev.Trunks {
		before := model.HealthUnknown
		for _, w := range was {
			if w.Name == t.Name {
				before = w.Health
			}
		}
		l := logLine{at: ev.At, level: logInfo, kind: "trunk", text: "trunk " + t.Name + " is " + t.Health.String()}
		switch {
		case t.Health == before:
			continue
		case t.Health == model.HealthDown:
			l.level = logError
			if t.Problem != "" {
				l.text += ": " + t.Problem
			}
			a.say(levelBad, capital(l.text)+".")
		case t.Health == model.HealthUp && before == model.HealthDown:
			a.say(levelGood, capital(l.text)+" again.")
		}
		a.log.note(l)
	}
}

func contactKey(list []model.Contact) func(int) string {
	return func(i int) string { return strings.ToLower(list[i].Address.URI) }
}

func (p *phones) rows(a *App) int { return len(p.contacts(a)) }
func (p *phones) page(*App) int   { return max(1, p.pick.visible) }

func (p *phones) move(a *App, n int) {
	list := p.contacts(a)
	p.pick.move(n, len(list), contactKey(list))
}

func (p *phones) escape(*App) bool { return unsearch(&p.find) }

// selected is the contact that Enter is about.
func (p *phones) selected(a *App) (model.Contact, bool) {
	list := p.contacts(a)
	p.pick.settle(len(list), contactKey(list))
	if len(list) == 0 {
		return model.Contact{}, false
	}
	return list[p.pick.at], true
}

// enter dials, from the list and from the search.
func (p *phones) enter(a *App) tea.Cmd { return a.act(a.named("phones.dial")) }

// phonesActions are the keys of the Phones screen.
func phonesActions() []action {
	return []action{
		{name: "phones.dial", keys: []string{"enter"}, label: "dial", rank: 10, group: groupPhones, where: inPhones, acts: true,
			help: "dial the phone or person as a first leg", why: (*App).whyDialPhone, do: (*App).doDialPhone},
		{name: "phones.connect", keys: []string{"c", "f4"}, label: "connect", rank: 9, group: groupPhones, where: inPhones, acts: true,
			help: "connect the selected call to it (form)", why: (*App).whyConnectPhone, do: (*App).doConnectPhone},
		{name: "phones.other", keys: []string{"C"}, label: "dial other", rank: 6, group: groupPhones, where: inPhones, acts: true,
			help: "dial an address that is not listed", why: (*App).whyDial, do: (*App).doDial},
		{name: "phones.add", keys: []string{"A"}, label: "add a phone", rank: 5, group: groupPhones, where: inPhones,
			help: "add a softphone: its settings and a QR code", why: (*App).whyAddPhone, do: (*App).doAddPhone},
		{name: "phones.search", keys: []string{"/", "f3"}, label: "search", rank: 8, group: groupPhones, where: inPhones,
			help: "search by name, address or what it does", do: (*App).doSearch},
	}
}

// phone is the contact under the bar of the Phones screen.
func (a *App) phone() (model.Contact, bool) { return a.phones.selected(a) }

func (a *App) whyDialPhone() error {
	c, ok := a.phone()
	switch {
	case a.leaving.mode != staying:
		return errLeaving
	case !ok:
		return errNoRow
	case c.Kind == kindTrunk:
		return errTrunk
	}
	return nil
}

var errTrunk = errors.New("a trunk carries calls, it cannot be called")

// doDialPhone dials at once: the address was chosen from a list. Who calls is
// asked only if it is not known.
func (a *App) doDialPhone() tea.Cmd {
	c, _ := a.phone()
	from, err := model.ParseAddress(firstWord(a.lastFrom, a.opt.From))
	if err != nil {
		d := newDial(a)
		d.load(model.ConnectRequest{To: c.Address.URI})
		a.open(d)
		return nil
	}
	a.dial(model.ConnectRequest{From: from.URI, To: c.Address.URI})
	return nil
}

func firstWord(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func (a *App) whyConnectPhone() error {
	if c, ok := a.phone(); !ok {
		return errNoRow
	} else if c.Kind == kindTrunk {
		return errTrunk
	}
	return a.whyConnect()
}

// doConnectPhone opens the form of the selected call with the address filled
// in: the form names the call before anything is sent.
func (a *App) doConnectPhone() tea.Cmd {
	c, _ := a.phone()
	f := newForm(a, a.current())
	req := f.request()
	req.To = c.Address.URI
	f.fill(req)
	a.open(f)
	return nil
}
