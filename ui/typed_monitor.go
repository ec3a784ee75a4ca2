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
	var cmd tea.Cmd
	if len(rest) == 2 {
		who, err := model.ParseAddress(rest[1])
		if err != nil {
			return nil, errors.New(plainReason(err.Error()))
		}
		a.mine = who.URI
		cmd = a.keepPhone()
	}
	mode, toPeer := model.Listening, false
	switch strings.ToLower(rest[0]) {
	case "listen":
	case "whisper-a":
		mode = model.Whispering
	case "whisper-b":
		mode, toPeer = model.Whispering, true
	case "barge":
		mode = model.Barging
	case "leave":
		if c.Monitor == nil {
			return nil, errors.New("nobody monitors it")
		}
		a.order(model.StopMonitor{Call: c.ID})
		return cmd, nil
	default:
		return nil, fmt.Errorf("%q is none of %s", rest[0], strings.Join(monitorWords, ", "))
	}
	if a.mine == "" && c.Monitor == nil {
		return nil, errors.New("name your phone too, such as sip:me@demo")
	}
	return tea.Batch(cmd, a.monitor(c.ID, mode, toPeer)), nil
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
