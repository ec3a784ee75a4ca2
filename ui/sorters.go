package ui

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
	"cordpair/theme"
)

// order is what the rows of a list are sorted by: a column, 0 being the list's
// own order.
type order struct {
	by      int
	reverse bool
}

// column sorts by a column, or turns the order around.
func (o *order) column(n int) {
	if o.by == n {
		o.reverse = !o.reverse
	} else {
		*o = order{by: n}
	}
}

// next goes on to the next of n columns.
func (o *order) next(n int) { *o = order{by: (o.by + 1) % n} }

// sortedBy sorts rows by a comparison, in the order's direction; equal rows keep
// their order.
func sortedBy[T any](list []T, o order, compare func(x, y *T) int) {
	if compare == nil {
		if o.reverse {
			slices.Reverse(list)
		}
		return
	}
	slices.SortStableFunc(list, func(x, y T) int {
		if o.reverse {
			return compare(&y, &x)
		}
		return compare(&x, &y)
	})
}

// ordered is a list with an order of its own.
type ordered interface {
	order() *order
	columns() []string
}

func (h *history) order() *order { return &h.sort }
func (p *phones) order() *order  { return &p.sort }

func (h *history) columns() []string {
	return []string{"newest first", "what", "from", "to", "result", "who ended it", "waiting time", "talk time"}
}
func (p *phones) columns() []string {
	return []string{"kind", "name", "address", "state", "what it does"}
}

func (h *history) sortColumn(a *App, n int) { a.sortRows(h, func(o *order) { o.column(n) }) }
func (p *phones) sortColumn(a *App, n int)  { a.sortRows(p, func(o *order) { o.column(n) }) }

// sortRows changes the order of a list and says what it is now.
func (a *App) sortRows(list ordered, change func(o *order)) {
	o := list.order()
	change(o)
	text := "Sorted by " + list.columns()[o.by]
	if o.reverse {
		text += ", reversed"
	}
	a.say(levelInfo, text+".")
}

// sortActions are s and S of a list.
func sortActions(prefix, group string, where place, list func(a *App) ordered) []action {
	return []action{
		{name: prefix + ".sort", keys: []string{"s"}, group: group, where: where, help: "sort by the next column", do: func(a *App) tea.Cmd {
			a.sortRows(list(a), func(o *order) { o.next(len(list(a).columns())) })
			return nil
		}},
		{name: prefix + ".sort.reverse", keys: []string{"S"}, group: group, where: where, help: "turn the order around", do: func(a *App) tea.Cmd {
			a.sortRows(list(a), func(o *order) { o.reverse = !o.reverse })
			return nil
		}},
	}
}

// head is the head of a column that a click sorts by, with the arrow of the
// order.
func (a *App) head(o *order, n int, text string) span {
	switch {
	case o.by != n || n == 0 && !o.reverse || text == "":
	case o.reverse:
		text += " " + a.st.Up
	default:
		text += " " + a.st.Down
	}
	return span{a.hotPaint(spot{kind: spotHead, n: n}, a.st.Of(theme.Muted)), text}
}

func fold(x, y string) int { return strings.Compare(strings.ToLower(x), strings.ToLower(y)) }

// sortEntries orders the history; it comes newest first.
func (a *App) sortEntries(list []journal.Entry, o order) {
	var compare func(x, y *journal.Entry) int
	switch o.by {
	case 1:
		what := func(e *journal.Entry) string { _, word := a.entrySign(e); return word }
		compare = func(x, y *journal.Entry) int { return fold(what(x), what(y)) }
	case 2:
		compare = func(x, y *journal.Entry) int { return fold(x.From.Brief(), y.From.Brief()) }
	case 3:
		compare = func(x, y *journal.Entry) int { return fold(x.To.Brief(), y.To.Brief()) }
	case 4:
		result := func(e *journal.Entry) string { word, _ := a.result(e); return word }
		compare = func(x, y *journal.Entry) int { return fold(result(x), result(y)) }
	case 5:
		compare = func(x, y *journal.Entry) int { return fold(x.End.By.String(), y.End.By.String()) }
	case 6:
		compare = func(x, y *journal.Entry) int { return cmp.Compare(y.Waited(), x.Waited()) }
	case 7:
		compare = func(x, y *journal.Entry) int { return cmp.Compare(y.Talk(), x.Talk()) }
	}
	sortedBy(list, o, compare)
}

// sortContacts orders the phones within their sections.
func (a *App) sortContacts(list []model.Contact, o order) {
	var compare func(x, y *model.Contact) int
	switch o.by {
	case 1:
		compare = func(x, y *model.Contact) int { return fold(contactName(x), contactName(y)) }
	case 2:
		compare = func(x, y *model.Contact) int { return fold(x.Address.URI, y.Address.URI) }
	case 3:
		state := func(c *model.Contact) string { word, _ := a.presence(*c); return strings.SplitN(word, " ", 2)[0] }
		compare = func(x, y *model.Contact) int { return fold(state(x), state(y)) }
	case 4:
		compare = func(x, y *model.Contact) int { return fold(x.About, y.About) }
	}
	sortedBy(list, o, compare)
}

// contactName is what stands in the first column.
func contactName(c *model.Contact) string {
	if c.Address.Name != "" {
		return c.Address.Name
	}
	return c.Address.User()
}
