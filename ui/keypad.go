package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// keypad sends digits to a leg as they are typed.
type keypad struct {
	call model.CallID
	sent string
}

func (a *App) whyUp() error {
	c := a.target()
	switch {
	case c == nil && a.focus == paneB && a.current() != nil:
		return errNoPeerLeg
	case c == nil:
		return errNoSelection
	case !c.Live():
		return model.ErrOver
	case c.State < model.Answered:
		return a.notAnswered(c)
	}
	return nil
}

// notAnswered says what a call that is not up waits for, with the key that
// helps.
func (a *App) notAnswered(c *model.Call) error {
	if key := a.keyOf("call.answer"); c.Direction != model.Outbound && key != "" {
		return fmt.Errorf("%w: answer it first (%s)", errNotAnswered, key)
	}
	return errNotAnswered
}

var errNotAnswered = errors.New("it is not answered")

func (a *App) doKeypad() tea.Cmd {
	a.open(&keypad{call: a.target().ID})
	return nil
}

func (f *keypad) about() []model.CallID { return []model.CallID{f.call} }

func (f *keypad) key(a *App, k tea.KeyMsg) tea.Cmd {
	name := k.String()
	if name == "esc" || name == "enter" {
		a.close(f)
		return nil
	}
	if k.Type != tea.KeyRunes {
		return nil
	}
	digits := strings.Map(digit, string(k.Runes)) // a pasted number is typed at once
	if digits == "" || len(f.sent)+len(digits) > longestDigits {
		return nil
	}
	if a.small() {
		a.refuse("Keypad", errSmall)
		return nil
	}
	f.sent += digits
	a.order(model.SendDigits{Call: f.call, Digits: digits})
	return nil
}

// longestDigits is what one opening of the keypad sends.
const longestDigits = 100

// digit keeps what a telephone has.
func digit(r rune) rune {
	switch {
	case r >= '0' && r <= '9', r == '*', r == '#', r >= 'A' && r <= 'D':
		return r
	case r >= 'a' && r <= 'd':
		return r - 'a' + 'A'
	}
	return -1
}

func (f *keypad) draw(a *App, canvas []string) {
	c := a.book.Call(f.call)
	lines := [][]span{
		{{a.st.Of(theme.Text), "To "}, {a.st.Of(theme.Strong), label(c)}, {a.st.Of(theme.Text), " (" + a.leg(c) + ")"}},
		{{a.st.Of(theme.Muted), " "}},
	}
	for _, row := range []string{"1   2   3", "4   5   6", "7   8   9", "*   0   #"} {
		lines = append(lines, []span{{a.st.Of(theme.Title), "        " + row}})
	}
	tail := f.sent
	if len(tail) > 24 {
		tail = tail[len(tail)-24:]
	}
	lines = append(lines, []span{{a.st.Of(theme.Muted), " "}},
		[]span{{a.st.Of(theme.Muted), "sent  "}, {a.st.Of(theme.Strong), tail}, {a.st.Cursor(), " "}})
	a.modal(canvas, dialog{title: "Keypad", lines: lines, keys: []hint{{key: "esc", text: "ends"}}})
}

func (f *keypad) hints(*App) []hint {
	return []hint{{key: "0-9 * #", text: "send"}, {key: "a-d", text: "send too"}, {key: "esc", text: "end"}}
}
