package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// listID is a list whose columns can be chosen.
type listID uint8

const (
	listCalls listID = iota
	listPhones
	listHistory
	listCount
)

// The columns that a list can do without, in their order. What is missing here
// always shows: without it a row could not be understood.
var optional = [listCount][]string{
	listCalls:   {"number", "direction", "to", "peer", "age"},
	listPhones:  {"address", "about"},
	listHistory: {"what", "ended by", "wait", "talk"},
}

var listNames = [listCount]string{"calls", "phones", "history"}

// shows reports whether a list has a column.
func (a *App) shows(l listID, column string) bool { return !a.look.hidden[l][column] }

// wide is the width of a column, nothing when the list does without it.
func (a *App) wide(l listID, column string, w int) int {
	if a.shows(l, column) {
		return w
	}
	return 0
}

// columnsShown are the words of a list's setting.
func (a *App) columnsShown(l listID) string {
	var out []string
	for _, c := range optional[l] {
		if a.shows(l, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, ", ")
}

func (a *App) setColumns(l listID, words string) {
	hidden := make(map[string]bool)
	shown := strings.Split(words, ", ")
	for _, c := range optional[l] {
		if !slices.Contains(shown, c) {
			hidden[c] = true
		}
	}
	a.look.hidden[l] = hidden
	a.cache.clear()
}

// columnRows are the columns of each list.
func columnRows() []setting {
	var out []setting
	for l := range listCount {
		out = append(out, setting{name: "columns." + listNames[l], title: capital(listNames[l]) + " columns", about: "which columns the list has",
			value: func(a *App) string { return a.columnsShown(l) },
			set:   func(a *App, v string) { a.setColumns(l, v) },
			shown: func(a *App) string {
				n := 0
				for _, c := range optional[l] {
					n += b2i(!a.shows(l, c))
				}
				if n == 0 {
					return "all"
				}
				return "all but " + string(appendInt(nil, n))
			},
			open: func(a *App) { a.open(&columnMenu{list: l}) }})
	}
	return out
}

// columnMenu chooses the columns of a list; the list is seen to change.
type columnMenu struct {
	list listID
	at   int
}

func (m *columnMenu) key(a *App, k tea.KeyMsg) tea.Cmd {
	n := len(optional[m.list])
	switch k.String() {
	case "j", "down", "tab":
		m.at = (m.at + 1) % n
	case "k", "up", "shift+tab":
		m.at = (m.at + n - 1) % n
	case " ", "x":
		m.toggle(a)
	case "enter", "esc", "q":
		a.close(m)
	}
	return nil
}

func (m *columnMenu) toggle(a *App) {
	hidden, c := a.look.hidden[m.list], optional[m.list][m.at]
	shown := slices.DeleteFunc(slices.Clone(optional[m.list]), func(s string) bool { return hidden[s] != (s == c) })
	a.setColumns(m.list, strings.Join(shown, ", "))
}

func (m *columnMenu) click(a *App, under []found, _ bool) tea.Cmd {
	if i := clickedLine(under); i >= 0 {
		m.at = i
		m.toggle(a)
	}
	return nil
}

func (m *columnMenu) draw(a *App, canvas []string) {
	const w = 44
	lines := a.blank(1, w-4)
	for i, c := range optional[m.list] {
		g := theme.Page
		if i == m.at {
			g = theme.Selected
		}
		mark := "[ ] "
		if a.shows(m.list, c) {
			mark = "[x] "
		}
		l := a.line(w-4, a.st.On(g, theme.Text)).gap(1).put(a.st.On(g, theme.Title), mark).put(a.st.On(g, theme.Text), c)
		lines = append(lines, a.hot(spot{kind: spotLine, n: i}, l.String()))
	}
	lines = append(lines, a.blank(1, w-4)...)
	lines = append(lines, a.line(w-4, theme.Paint{}).gap(1).spans(a.keySpans(theme.Page, m.hints(a), true)...).String())
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), "Columns of " + capital(listNames[m.list])}}}, w, len(lines)+2, lines)
}

func (m *columnMenu) hints(*App) []hint {
	return []hint{{key: "space", text: "show or hide"}, {key: "enter", text: "back"}}
}
