package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// confirm asks before a leg is hung up. It names the leg that it was opened
// for and acts on no other, whatever is selected meanwhile.
type confirm struct{ call model.CallID }

func newConfirm(c *model.Call) *confirm { return &confirm{call: c.ID} }

func (f *confirm) key(a *App, k tea.KeyMsg) tea.Cmd {
	if k.Paste {
		return nil
	}
	c := a.book.Call(f.call)
	switch name := k.String(); {
	case a.hits("call.hangup", k), name == "enter":
		a.close(f)
		switch {
		case c == nil || c.State == model.Ended:
			a.refuse("Hang up", model.ErrOver)
		case a.small():
			a.refuse("Hang up", errSmall)
		default:
			a.hangup(c)
			a.say(levelInfo, "Hanging up "+label(c)+"."+a.delayed())
		}
	case name == "esc", name == "n", name == "q":
		a.close(f)
	}
	return nil
}

func (f *confirm) draw(a *App, canvas []string) {
	c := a.book.Call(f.call)
	if c == nil {
		return
	}
	text := []span{{a.st.Of(theme.Text), "Hang up "}, {a.st.Of(theme.Strong), label(c)},
		{a.st.Of(theme.Text), " (" + a.leg(c) + ", " + brief(a.shownAge(c)) + ")?"}}
	more := ""
	switch {
	case c.State == model.Ended:
		more = c.End.Sentence(label(c))
	case c.State < model.Answered && c.Direction == model.Inbound:
		more = "It rings; the caller will hear that the call was declined."
	case a.leg(c) == "B":
		more = label(a.book.Call(c.Parent)) + " (A) stays on the line."
	case c.ConnectState() == model.Connected:
		more = "It is talking to " + a.peerName(c) + " (B)."
	case c.Attempt != nil && connecting(c.Attempt):
		more = a.peerName(c) + " is being called for it."
	}
	a.modal(canvas, dialog{title: "Hang up", warn: true, lines: [][]span{text, {{a.st.Of(theme.Muted), more}}},
		keys: []hint{{key: "D or enter", text: "hangs up"}, {key: "esc", text: "keeps"}}})
}

// shownAge is the time that the screen shows beside a leg.
func (a *App) shownAge(c *model.Call) time.Duration {
	if a.leg(c) == "B" && c.Up() {
		return c.Talk(a.now)
	}
	return c.Age(a.now)
}

func (f *confirm) hints(*App) []hint {
	return []hint{{key: "D", text: "hang up"}, {key: "enter", text: "hang up"}, {key: "esc", text: "keep"}}
}
