package ui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// longestText is how many runes a field takes.
const longestText = 2000

// edit is a text field of one line: a textinput that moves by characters as a
// person sees them and by the words of an address, and that is drawn by our own
// lines, for a textinput counts runes. The zero edit is empty.
type edit struct {
	in     textinput.Model
	made   bool
	hidden int // runes left of what was drawn last
}

// fieldKeys are the textinput's own keys. Those that paste from a clipboard of
// the machine or complete are not: the terminal pastes, menus complete. ctrl+d
// removes a row.
var fieldKeys = func() textinput.KeyMap {
	k := textinput.DefaultKeyMap
	for _, off := range []*key.Binding{&k.Paste, &k.AcceptSuggestion, &k.NextSuggestion, &k.PrevSuggestion} {
		off.Unbind()
	}
	k.DeleteCharacterForward.SetKeys("delete")
	return k
}()

func (e *edit) input() *textinput.Model {
	if !e.made {
		e.in, e.made = textinput.New(), true
		e.in.Prompt, e.in.CharLimit, e.in.KeyMap = "", longestText, fieldKeys
		e.in.Focus()
	}
	return &e.in
}

// text is what stands in the field.
func (e *edit) text() string { return e.in.Value() }

// at is the place of the cursor in runes.
func (e *edit) at() int { return e.in.Position() }

func (e *edit) set(s string) {
	in := e.input()
	in.SetValue(model.Clean(s))
	in.CursorEnd()
}

// key edits; it reports whether it knew the key.
func (e *edit) key(k tea.KeyMsg) bool {
	in := e.input()
	m := in.KeyMap
	switch {
	case key.Matches(k, m.WordBackward):
		in.SetCursor(e.wordBefore())
	case key.Matches(k, m.WordForward):
		in.SetCursor(e.wordAfter())
	case key.Matches(k, m.DeleteWordBackward):
		e.cut(e.wordBefore(), e.at())
	case key.Matches(k, m.DeleteWordForward):
		e.cut(e.at(), e.wordAfter())
	case key.Matches(k, m.DeleteCharacterBackward):
		e.cut(e.before(), e.at())
	case key.Matches(k, m.DeleteCharacterForward):
		e.cut(e.at(), e.after())
	case key.Matches(k, m.CharacterBackward):
		in.SetCursor(e.before())
	case key.Matches(k, m.CharacterForward):
		in.SetCursor(e.after())
	case key.Matches(k, m.LineStart, m.LineEnd, m.DeleteAfterCursor, m.DeleteBeforeCursor):
		*in, _ = in.Update(k)
	case k.Type == tea.KeySpace:
		e.insert(" ")
	case k.Type == tea.KeyRunes && !k.Alt:
		e.insert(string(k.Runes))
	default:
		return false
	}
	return true
}

func (e *edit) insert(s string) {
	in := e.input()
	s = strings.TrimRight(model.Clean(strings.ReplaceAll(s, "\t", " ")), "\n")
	*in, _ = in.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)})
	in.SetCursor(e.boundary(e.at())) // what was typed may have joined its neighbours
}

// cut takes runes out.
func (e *edit) cut(from, to int) {
	in, all := e.input(), []rune(e.text())
	in.SetValue(string(append(all[:from:from], all[to:]...)))
	in.SetCursor(e.boundary(from))
}

// boundary is the first place between two characters at or after a rune.
func (e *edit) boundary(n int) int {
	at := 0
	for rest := e.text(); rest != "" && at < n; {
		char, _ := cluster(rest)
		rest = rest[len(char):]
		at += len([]rune(char))
	}
	return at
}

func (e *edit) before() int {
	last, at := 0, 0
	for rest := e.text(); rest != "" && at < e.at(); {
		last = at
		char, _ := cluster(rest)
		rest = rest[len(char):]
		at += len([]rune(char))
	}
	return last
}

func (e *edit) after() int { return e.boundary(e.at() + 1) }

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// head and tail are the texts before and after the cursor.
func (e *edit) head() string { return string([]rune(e.text())[:e.at()]) }
func (e *edit) tail() string { return string([]rune(e.text())[e.at():]) }

// wordBefore is where the word before the cursor begins. A word ends at any
// sign, so that a key takes the host off an address and not all of it.
func (e *edit) wordBefore() int {
	head := strings.TrimRightFunc(e.head(), func(r rune) bool { return !wordRune(r) })
	return len([]rune(strings.TrimRightFunc(head, wordRune)))
}

func (e *edit) wordAfter() int {
	tail := strings.TrimLeftFunc(e.tail(), func(r rune) bool { return !wordRune(r) })
	tail = strings.TrimLeftFunc(tail, wordRune)
	return e.boundary(len([]rune(e.text())) - len([]rune(tail)))
}

// place puts the cursor at a cell of the field as it was drawn last.
func (e *edit) place(x int) {
	at, col := min(e.hidden, len([]rune(e.text()))), 1 // a field begins with a gap
	for rest := string([]rune(e.text())[at:]); rest != ""; {
		char, w := cluster(rest)
		if char == "" || x < col+max(1, w) {
			break
		}
		rest, col = rest[len(char):], col+w
		at += len([]rune(char))
	}
	e.input().SetCursor(at)
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
	if e.text() == "" && !focused {
		return l.put(a.st.On(g, theme.Muted), ghost).String()
	}
	e.hidden = 0
	if !focused {
		return l.put(text, e.text()).String()
	}
	head, tail := e.head(), e.tail()
	for head != "" && cells(head) > w-3 {
		char, _ := cluster(head)
		head = head[max(1, len(char)):]
		e.hidden += len([]rune(char))
	}
	under := " "
	if tail != "" {
		under, _ = cluster(tail)
		tail = tail[len(under):]
	}
	l.put(text, head).put(a.st.Cursor(), under)
	if e.text() == "" {
		return l.put(a.st.On(g, theme.Muted), ghost).String()
	}
	return l.put(text, tail).String()
}
