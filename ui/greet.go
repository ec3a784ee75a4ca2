package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// greeting is what is played to a call as soon as it has been answered from
// here: an answer alone gives the caller silence.
type greeting struct {
	media model.Media
	taken bool // the server has taken our answer
}

// answer answers a call and plays to it what the operator is set up with, or
// what was typed.
func (a *App) answer(c *model.Call, words string) error {
	text := "Answering " + label(c) + "."
	if words != "" {
		m, err := spoken(words)
		if err != nil {
			return err
		}
		if a.greetings == nil {
			a.greetings = make(map[model.CallID]greeting)
		}
		a.greetings[c.ID] = greeting{media: m}
		text = "Answering " + label(c) + ", then playing " + playedText(m) + "."
	}
	a.order(model.Answer{Call: c.ID})
	a.say(levelInfo, text+a.delayed())
	return nil
}

// playedText names what is played.
func playedText(m model.Media) string {
	if m.Kind == model.Speech {
		return "“" + m.Text + "”"
	}
	return m.String()
}

// doAnswerPlay asks what to play once the call is answered.
func (a *App) doAnswerPlay() tea.Cmd {
	f := &prompt{title: "Answer and play", verb: "answers", call: a.selected, ghost: "Welcome, one moment please; or https://..., silence:2",
		hint: "Words are spoken to the caller as soon as the call is up.",
		done: func(a *App, c *model.Call, text string) (tea.Cmd, error) {
			if err := a.whyAnswer(); err != nil {
				return nil, err
			}
			if text == "" {
				return nil, errNoWords
			}
			return nil, a.answer(c, text)
		}}
	f.field.set(a.opt.Greeting)
	a.open(f)
	return nil
}

// greet plays to a call that our answer has brought up; an answer that was
// refused plays nothing.
func (a *App) greet(ev model.Event, before witness) {
	id := before.id
	g, waits := a.greetings[id]
	if !waits {
		return
	}
	if settled, is := ev.(model.OrderSettled); is {
		if _, ours := before.order.Command.(model.Answer); !ours {
			return
		}
		if settled.Fault != nil {
			delete(a.greetings, id)
			return
		}
		g.taken = true
		a.greetings[id] = g
	}
	switch c := a.book.Call(id); {
	case c == nil || !c.Live():
		delete(a.greetings, id)
	case g.taken && c.Up():
		delete(a.greetings, id)
		control := string(a.opt.NewTag())
		a.order(model.Play{Call: id, Control: control, Playlist: model.Playlist{g.media}})
		a.playing(id, control)
	}
}
