package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// What has a dialog on the screen is typed in full where there is none.

// typedSay is say [CALL] TEXT.
func (a *App) typedSay(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	if err := a.mayOn(c, "call.play"); err != nil {
		return nil, err
	}
	return a.playPrompt(c).done(a, c, strings.Join(rest, " "))
}

// typedDigits is digits CALL DIGITS.
func (a *App) typedDigits(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	if err := a.mayOn(c, "call.keypad"); err != nil {
		return nil, err
	}
	text := strings.Join(rest, "")
	digits := strings.Map(digit, text)
	switch {
	case digits == "" || len(digits) != len(text):
		return nil, errors.New("digits are 0 to 9, *, # and A to D, after the number of the call")
	case len(digits) > longestDigits:
		return nil, fmt.Errorf("at most %d digits are sent at once", longestDigits)
	}
	a.order(model.SendDigits{Call: c.ID, Digits: digits})
	a.say(levelInfo, "Sending digits to "+label(c)+"."+a.delayed())
	return nil, nil
}

// typedTransfer is transfer [CALL] ADDRESS: a blind one.
func (a *App) typedTransfer(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	if err := a.mayOn(c, "call.transfer"); err != nil {
		return nil, err
	}
	if err := whyRefer(c); err != nil {
		return nil, err
	}
	return a.blind(c).done(a, c, strings.Join(rest, " "))
}

// targetWords are a call, then an address.
func (a *App) targetWords(words []string) []entry {
	if n := len(words); n > 2 || n == 2 && strings.Contains(words[0], "@") {
		return nil
	}
	return a.connectWords(words)
}

// typedBridge is bridge CALL CALL.
func (a *App) typedBridge(words []string) (tea.Cmd, error) {
	if len(words) != 2 {
		return nil, errors.New("name two calls, such as bridge 1 2")
	}
	var list []*model.Call
	for _, w := range words {
		c := a.callNamed(w)
		switch {
		case c == nil:
			return nil, fmt.Errorf("there is no call %s", w)
		case !c.Up():
			return nil, fmt.Errorf("%s is not up", label(c))
		}
		list = append(list, c)
	}
	if list[0] == list[1] {
		return nil, errors.New("a call cannot talk with itself")
	}
	if err := mayBridge(list); err != nil {
		return nil, err
	}
	return a.bridgeCalls(list), nil
}

// typedMemo is memo [CALL] TEXT: a note on the call, for oneself.
func (a *App) typedMemo(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	a.write(c.ID, strings.Join(rest, " "))
	if a.noteOf(c.ID) == "" {
		a.say(levelGood, "The note on "+label(c)+" is taken away.")
	} else {
		a.say(levelGood, "Noted on "+label(c)+".")
	}
	return nil, nil
}
