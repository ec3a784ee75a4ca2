package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// monitorWords are how a monitor's modes are typed.
var monitorWords = []string{"listen", "whisper-a", "whisper-b", "barge", "leave"}

func (a *App) monitorEntries(words []string) []entry {
	if len(words) > 1 {
		return wordEntries(monitorWords, words)
	}
	return a.callWords(words, 1)
}

// typedMonitor is monitor [CALL] MODE [PHONE].
func (a *App) typedMonitor(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	a.choose(c.ID)
	if err := a.whyMonitor(); err != nil {
		return nil, err
	}
	if len(rest) == 0 || len(rest) > 2 {
		return nil, errors.New("say how: " + strings.Join(monitorWords, ", "))
	}
	mode, toPeer, known := monitorMode(rest[0])
	switch {
	case strings.EqualFold(rest[0], "leave") && c.Monitor == nil:
		return nil, errors.New("nobody monitors it")
	case strings.EqualFold(rest[0], "leave"):
		a.order(model.StopMonitor{Call: c.ID})
		return nil, nil
	case !known:
		return nil, fmt.Errorf("%q is none of %s", rest[0], strings.Join(monitorWords, ", "))
	}
	cmd, err := a.phoneArg(rest[1:])
	if err != nil {
		return nil, err
	}
	if a.mine == "" && c.Monitor == nil {
		return nil, errors.New("name your phone too, such as sip:me@demo")
	}
	return tea.Batch(cmd, a.monitor(c.ID, mode, toPeer)), nil
}

// monitorMode reads a mode as it is typed.
func monitorMode(word string) (mode model.MonitorMode, toPeer, known bool) {
	switch strings.ToLower(word) {
	case "listen":
		return model.Listening, false, true
	case "whisper-a":
		return model.Whispering, false, true
	case "whisper-b":
		return model.Whispering, true, true
	case "barge":
		return model.Barging, false, true
	}
	return 0, false, false
}

// phoneArg takes the operator's own phone, if it is named.
func (a *App) phoneArg(words []string) (tea.Cmd, error) {
	if len(words) == 0 {
		return nil, nil
	}
	who, err := model.ParseAddress(words[0])
	if err != nil {
		return nil, errors.New(plainReason(err.Error()))
	}
	a.mine = who.URI
	return a.keepPhone(), nil
}

// typedNote is note [CALL] TEXT: to the caller's phone.
func (a *App) typedNote(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	a.choose(c.ID)
	if err := a.whyText(); err != nil {
		return nil, err
	}
	return nil, a.sendText(a.target(), strings.Join(rest, " "))
}
