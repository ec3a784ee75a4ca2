package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// doNote writes a note on the call.
func (a *App) doNote() tea.Cmd {
	a.open(a.notePrompt(a.current().ID))
	return nil
}

func (a *App) whyNote() error {
	if a.current() == nil {
		return errNoSelection
	}
	return nil
}

// doPlay plays to the leg that has the focus: words are spoken, the short forms
// of the form's ringback are played.
func (a *App) doPlay() tea.Cmd {
	a.open(a.playPrompt(a.target()))
	return nil
}

// playPrompt asks for what to play or speak to a leg.
func (a *App) playPrompt(c *model.Call) *prompt {
	return &prompt{title: "Play or speak", verb: "plays it", call: c.ID, ghost: "Please hold the line, or https://..., ringtone:us, silence:2",
		hint: "Words are spoken to the " + a.leg(c) + " leg; a URL, ringtone:us and silence:2 are played.",
		done: func(a *App, c *model.Call, text string) (tea.Cmd, error) {
			m, err := spoken(text)
			if err != nil {
				return nil, err
			}
			id := string(a.opt.NewTag())
			a.order(model.Play{Call: c.ID, Control: id, Playlist: model.Playlist{m}})
			a.playing(c.ID, id)
			a.say(levelInfo, "Playing to "+label(c)+"."+a.delayed(), hint{key: a.keyOf("call.play.stop"), text: "stop"})
			return nil, nil
		}}
}

var errNoWords = errors.New("type what to say")

// spoken reads what to play; what is none of the short forms is spoken.
func spoken(text string) (model.Media, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return model.Media{}, errNoWords
	}
	head, _, colon := strings.Cut(text, ":")
	switch head {
	case "http", "https", "audio", "ringtone", "silence", "say":
		if colon {
			m, err := model.ParseMedia(text)
			if err != nil {
				err = errors.New(plainReason(err.Error()))
			}
			return m, err
		}
	}
	return model.Media{Kind: model.Speech, Text: text}, nil
}

// playing remembers the last playback on a leg, to stop it.
func (a *App) playing(id model.CallID, control string) {
	if a.plays == nil {
		a.plays = make(map[model.CallID]string)
	}
	a.plays[id] = control
}

func (a *App) whyStopPlay() error {
	if c := a.target(); c == nil || a.plays[c.ID] == "" {
		return errors.New("nothing plays to it from here")
	}
	return nil
}

func (a *App) doStopPlay() tea.Cmd {
	c := a.target()
	a.order(model.StopPlay{Call: c.ID, Control: a.plays[c.ID]})
	delete(a.plays, c.ID)
	a.say(levelInfo, "Stopping what plays to "+label(c)+".")
	return nil
}
