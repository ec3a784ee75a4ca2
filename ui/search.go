package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// searcher is a screen whose rows can be searched. It draws the field itself.
type searcher interface {
	screen
	search() *edit
	// enter is what Enter does while the field has the keyboard.
	enter(a *App) tea.Cmd
}

// searching has the keyboard while a screen's search field is typed into:
// letters are text, the arrows still move. Nothing of it lies over the screen.
type searching struct{ on searcher }

func (a *App) doSearch() tea.Cmd {
	if s, can := a.here().(searcher); can {
		a.open(&searching{s})
	}
	return nil
}

func (f *searching) typing() bool { return true }

func (f *searching) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		if f.on.search().text() == "" {
			a.close(f)
		}
		f.on.search().set("")
		f.on.move(a, -f.on.rows(a))
	case "tab":
		a.close(f)
	case "enter":
		a.close(f)
		return f.on.enter(a)
	case "down", "ctrl+n":
		f.on.move(a, 1)
	case "up", "ctrl+p":
		f.on.move(a, -1)
	case "pgdown":
		f.on.move(a, f.on.page(a))
	case "pgup":
		f.on.move(a, -f.on.page(a))
	default:
		if f.on.search().key(k) {
			f.on.move(a, -f.on.rows(a))
		}
	}
	return nil
}

func (f *searching) draw(*App, []string) {}

func (f *searching) hints(*App) []hint {
	return []hint{{key: "enter", text: "take"}, {key: "tab", text: "back to the list"}, {key: "esc", text: "clear"}}
}

// searchLine draws the field of a screen: a ghost while it is empty.
func (a *App) searchLine(e *edit, w int, ghost string) string {
	f, open := a.overlay().(*searching)
	open = open && f.on.search() == e
	l := a.line(w, theme.Paint{}).cell(a.st.Of(theme.Title), "/", 2)
	if !open && e.text() == "" {
		return l.put(a.st.Of(theme.Muted), ghost).String()
	}
	n := min(l.left(), 48)
	return l.ready(e.draw(a, n, open, ""), n).String()
}

// hasAll reports whether a text has all the words that were searched for.
func hasAll(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// unsearch clears the search of a screen; it reports whether there was one.
func unsearch(e *edit) bool {
	had := e.text() != ""
	e.set("")
	return had
}
