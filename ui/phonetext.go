package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// longestNote is what a phone takes in one message, in bytes.
const longestNote = 900

var errNoTexts = errors.New("this server sends no notes to phones; cordpair's own exchange does")

func (a *App) whyText() error {
	if err := a.whyUp(); err != nil {
		return err
	}
	if !a.book.Link().Server.Cordpair {
		return errNoTexts
	}
	return nil
}

// doText writes a note that goes to the phone of the leg that has the focus.
// What was noted on the call is offered.
func (a *App) doText() tea.Cmd {
	c := a.target()
	f := &prompt{title: "Note to the phone", verb: "sends it", call: c.ID, ghost: "Erin Vale, order 8841, asks for a refund",
		hint: "A text (SIP MESSAGE) to the phone of " + label(c) + ".",
		done: func(a *App, c *model.Call, text string) (tea.Cmd, error) { return nil, a.sendText(c, text) }}
	f.field.set(a.noteOf(a.current().ID))
	a.open(f)
	return nil
}

func (a *App) sendText(c *model.Call, text string) error {
	switch text = strings.TrimSpace(text); {
	case text == "":
		return errors.New("type what the phone shall show")
	case len(text) > longestNote:
		return errors.New("it is too long for one message: 900 bytes at most")
	}
	a.order(model.Message{Call: c.ID, Control: string(a.opt.NewTag()), Text: text})
	a.say(levelInfo, "Sending the note to the phone of "+label(c)+"."+a.delayed())
	return nil
}

// textSettled tells what the phone said to a note.
func (a *App) textSettled(ev model.MessageSettled) {
	c := a.book.Call(ev.Call)
	if c == nil {
		return
	}
	l, level, text := levelGood, logInfo, "The phone of "+label(c)+" took the note."
	if !ev.Delivered {
		l, level, text = levelBad, logWarn, "The phone of "+label(c)+" did not take the note"
		if answer := (model.Cause{Code: ev.Code, Phrase: ev.Phrase}).SIP(); answer != "" {
			text += ": " + answer
		} else {
			text += ": it did not answer"
		}
		text += "."
	}
	a.say(l, text)
	a.log.note(logLine{at: ev.At, level: level, kind: "note", text: a.numbered(c) + ": " + text})
}

// textCame shows what a phone wrote.
func (a *App) textCame(ev model.MessageReceived) {
	c := a.book.Call(ev.Call)
	if c == nil {
		return
	}
	text := label(c) + " writes: " + model.Clean(ev.Text)
	a.say(levelWarn, text, hint{key: a.keyOf("call.text"), text: "answer"})
	a.log.note(logLine{at: ev.At, level: logInfo, kind: "note", text: a.numbered(c) + ": " + text})
}
