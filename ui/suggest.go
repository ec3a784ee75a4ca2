package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// menu is the list of suggestions under an address field.
type menu struct {
	open bool
	list []model.Contact
	at   int // -1: none
}

// menuRows is how many suggestions are seen at once.
const menuRows = 7

// suggest finds who a text may mean: first the given ones, then the directory
// and past targets; those that begin with the text lead.
func (a *App) suggest(text string, first []model.Contact) []model.Contact {
	_, text = model.LastTarget(text)
	text = strings.ToLower(strings.TrimSpace(text))
	type scored struct {
		model.Contact
		score int
	}
	var found []scored
	seen := make(map[string]bool)
	add := func(c model.Contact) {
		key := strings.ToLower(c.Address.URI)
		if seen[key] || key == text || key == "sip:"+text {
			return
		}
		if n := match(text, c); n > 0 {
			seen[key] = true
			found = append(found, scored{c, n})
		}
	}
	for _, c := range first {
		add(c)
	}
	for _, c := range a.book.Contacts() {
		add(c)
	}
	for _, s := range a.past {
		add(model.Contact{Address: model.LooseAddress(s), Kind: "past", About: "called before"})
	}
	slices.SortStableFunc(found, func(x, y scored) int { return y.score - x.score })
	out := make([]model.Contact, 0, len(found))
	for _, f := range found {
		out = append(out, f.Contact)
	}
	return out
}

// match scores how well a contact fits a text; 0 is not at all.
func match(text string, c model.Contact) int {
	uri := strings.ToLower(c.Address.URI)
	_, bare, _ := strings.Cut(uri, ":")
	name := strings.ToLower(c.Address.Name)
	n := 0
	switch {
	case text == "":
		n = 1
	case strings.HasPrefix(bare, text), strings.HasPrefix(uri, text), strings.HasPrefix(name, text):
		n = 8
	case strings.Contains(uri, text), strings.Contains(name, text), strings.Contains(strings.ToLower(c.About), text):
		n = 4
	case inOrder(text, uri):
		n = 2
	default:
		return 0
	}
	if c.Online {
		n++
	}
	return n
}

// inOrder reports whether the letters of a text come in that order.
func inOrder(text, in string) bool {
	for _, r := range text {
		i := strings.IndexRune(in, r)
		if i < 0 {
			return false
		}
		in = in[i+len(string(r)):]
	}
	return true
}

// menuKey handles the keys of the suggestions; it reports whether it took the
// key.
func (s *sheet) menuKey(a *App, k tea.KeyMsg) bool {
	t, ok := s.items[s.at].control.(*textControl)
	if !ok {
		return false
	}
	if !s.menu.open {
		if k.String() == "down" && t.text() == "" {
			s.offer(a)
			return s.menu.open
		}
		return false
	}
	switch k.String() {
	case "down", "ctrl+n":
		s.menu.at = min(s.menu.at+1, len(s.menu.list)-1)
	case "up", "ctrl+p":
		s.menu.at = max(s.menu.at-1, -1)
	case "enter":
		return s.take()
	default:
		return false
	}
	return true
}

// take fills the chosen suggestion in; it reports whether one was chosen.
func (s *sheet) take() bool {
	t, ok := s.items[s.at].control.(*textControl)
	if !ok || !s.menu.open || s.menu.at < 0 {
		return false
	}
	t.set(s.chosen(t.text(), s.menu.list[s.menu.at].Address.URI))
	s.items[s.at].touched = true
	s.menu = menu{}
	s.review()
	return true
}

// complete fills in the one suggestion whose user is what was typed, as a name is
// enough on a phone. It reports whether all is well then.
func (s *sheet) complete() bool {
	t, ok := s.items[s.at].control.(*textControl)
	if !ok || !s.menu.open {
		return false
	}
	_, typed := model.LastTarget(t.text())
	typed = strings.TrimSpace(typed)
	found := -1
	for i, c := range s.menu.list {
		if typed == "" || !strings.EqualFold(c.Address.User(), typed) {
			continue
		}
		if found >= 0 {
			return false // which of them?
		}
		found = i
	}
	s.menu.at = found
	return s.take() && s.review()
}

// narrow lists who fits what is typed. While that is no address the best one is
// chosen, so that enter takes it.
func (s *sheet) narrow(a *App, t *textControl) {
	s.menu = menu{open: true, list: a.suggest(t.text(), s.ownFor(s.at)), at: -1}
	if t.text() != "" && len(s.items[s.at].wrong) > 0 && len(s.menu.list) > 0 {
		s.menu.at = 0
	}
}

// chosen puts an address in the place of the one that was being typed.
func (s *sheet) chosen(text, uri string) string {
	before, _ := model.LastTarget(text)
	if before == "" {
		return uri
	}
	return before + " " + uri
}

// offer opens the suggestions of the field that has the keyboard.
func (s *sheet) offer(a *App) {
	t, ok := s.items[s.at].control.(*textControl)
	if ok && s.items[s.at].suggest {
		s.menu = menu{open: true, list: a.suggest(t.text(), s.ownFor(s.at)), at: -1}
		s.menu.open = len(s.menu.list) > 0
	}
}

// ownFor are the addresses to offer first in a field: one's own in From.
func (s *sheet) ownFor(i int) []model.Contact {
	if s.items[i].id == model.FieldFrom {
		return s.own
	}
	return nil
}

// draw shows the suggestions in a box of w cells.
func (m *menu) draw(a *App, w int) []string {
	if !m.open || len(m.list) == 0 {
		return nil
	}
	w = min(w, 64)
	addressW := 12
	for _, c := range m.list {
		addressW = max(addressW, cells(model.Address{URI: c.Address.URI}.Brief())+1)
	}
	addressW = min(addressW, 26, (w-4)/2)
	top := max(0, min(m.at-menuRows+2, len(m.list)-menuRows))
	f := frame{focused: true}
	if n := len(m.list); n > menuRows {
		f.foot = []span{{a.st.Of(theme.Muted), string(appendInt(nil, n)) + " " + a.st.Up + a.st.Down}}
	}
	var lines []string
	for i, c := range m.list {
		if i < top || i >= top+menuRows {
			continue
		}
		g := theme.Page
		if i == m.at {
			g = theme.Selected
		}
		l := a.line(w-4, a.st.On(g, theme.Text))
		dot, role := a.st.Hollow, theme.Muted
		if c.Online {
			dot, role = a.st.Dot, theme.Good
		}
		busy := ""
		if call := a.callOf(c.Address); call != nil {
			busy, role = a.presence(c)
		}
		l.put(a.st.On(g, role), dot).gap(1)
		l.cell(a.st.On(g, theme.Text), model.Address{URI: c.Address.URI}.Brief(), addressW).gap(1)
		about := c.Address.Name
		if c.About != "" {
			if strings.EqualFold(about, c.Address.User()) {
				about = ""
			}
			about = strings.TrimLeft(about+"  "+c.About, " ")
		}
		lines = append(lines, a.hot(spot{kind: spotOffer, n: i}, l.put(a.st.On(g, role), busy).gap(min(len(busy), 2)).put(a.st.On(g, theme.Muted), about).String()))
	}
	return a.box(f, w, len(lines)+2, lines)
}
