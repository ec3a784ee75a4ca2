package ui

import (
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// longestText is how many bytes a field takes.
const longestText = 2000

// edit is a text field of one line with the usual editing keys. The cursor
// moves by characters as a person sees them.
type edit struct {
	text string
	at   int // byte offset of the cursor, always between two characters
}

func (e *edit) set(s string) {
	e.text = model.Clean(s)
	e.at = len(e.text)
}

// key edits; it reports whether it knew the key.
func (e *edit) key(k tea.KeyMsg) bool {
	switch k.Type {
	case tea.KeyRunes:
		if !k.Alt {
			e.insert(string(k.Runes))
			return true
		}
	case tea.KeySpace:
		e.insert(" ")
		return true
	}
	switch k.String() {
	case "left", "ctrl+b":
		e.at = e.before()
	case "right", "ctrl+f":
		e.at = e.after()
	case "home", "ctrl+a":
		e.at = 0
	case "end", "ctrl+e":
		e.at = len(e.text)
	case "alt+b", "ctrl+left", "alt+left":
		e.at = e.wordBefore()
	case "alt+f", "ctrl+right", "alt+right":
		e.at = e.wordAfter()
	case "backspace", "ctrl+h":
		e.cut(e.before(), e.at)
	case "delete":
		e.cut(e.at, e.after())
	case "ctrl+k":
		e.cut(e.at, len(e.text))
	case "ctrl+u":
		e.cut(0, e.at)
	case "ctrl+w", "alt+backspace":
		e.cut(e.wordBefore(), e.at)
	case "alt+d":
		e.cut(e.at, e.wordAfter())
	default:
		return false
	}
	return true
}

func (e *edit) insert(s string) {
	s = strings.TrimRight(model.Clean(strings.ReplaceAll(s, "\t", " ")), "\n")
	if len(e.text)+len(s) > longestText {
		return
	}
	e.text = e.text[:e.at] + s + e.text[e.at:]
	e.at = e.boundary(e.at + len(s))
}

// boundary is the first place between two characters at or after a byte: what
// was typed may have joined its neighbours.
func (e *edit) boundary(n int) int {
	at := 0
	for at < n && at < len(e.text) {
		char, _ := cluster(e.text[at:])
		at += max(1, len(char))
	}
	return min(at, len(e.text))
}

func (e *edit) cut(from, to int) {
	e.text = e.text[:from] + e.text[to:]
	e.at = e.boundary(from)
}

func (e *edit) before() int {
	last := 0
	for at := 0; at < e.at; {
		last = at
		char, _ := cluster(e.text[at:])
		at += max(1, len(char))
	}
	return last
}

func (e *edit) after() int {
	if e.at >= len(e.text) {
		return e.at
	}
	return e.boundary(e.at + 1)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (e *edit) wordBefore() int {
	head := strings.TrimRightFunc(e.text[:e.at], func(r rune) bool { return !wordRune(r) })
	head = strings.TrimRightFunc(head, wordRune)
	return len(head)
}

func (e *edit) wordAfter() int {
	tail := strings.TrimLeftFunc(e.text[e.at:], func(r rune) bool { return !wordRune(r) })
	tail = strings.TrimLeftFunc(tail, wordRune)
	return e.boundary(len(e.text) - len(tail))
}

// draw shows the field in exactly w cells, the cursor in sight when it has the
// keyboard.
func (e *edit) draw(a *App, w int, focused bool, ghost string) string {
	g := theme.Field
	if focused {
		g = theme.Focus
	}
	text := a.st.On(g, theme.Text)
	l := a.line(w, text).gap(1)
	if e.text == "" && !focused {
		return l.put(a.st.On(g, theme.Muted), ghost).String()
	}
	if !focused {
		return l.put(text, e.text).String()
	}
	head, tail := e.text[:e.at], e.text[e.at:]
	for head != "" && cells(head) > w-3 {
		char, _ := cluster(head)
		head = head[max(1, len(char)):]
	}
	under := " "
	if tail != "" {
		under, _ = cluster(tail)
		tail = tail[len(under):]
	}
	l.put(text, head).put(a.st.Cursor(), under)
	if e.text == "" {
		return l.put(a.st.On(g, theme.Muted), ghost).String()
	}
	return l.put(text, tail).String()
}
