package ui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// hangup orders the end of legs; without a reason each gets the word that fits
// its state.
func (a *App) hangup(calls []*model.Call, reason string) tea.Cmd {
	var cmds []model.Command
	var names []string
	for _, c := range calls {
		word := reason
		if word == "" {
			word = fittingReason(c)
		}
		cmds = append(cmds, model.Hangup{Call: c.ID, Reason: word})
		names = append(names, label(c))
	}
	cmd := a.gate("hanging up", cmds...)
	a.unmark()
	a.tellGate("Hanging up", listed(names), "")
	return cmd
}

// fittingReason is the word for the state of a leg.
func fittingReason(c *model.Call) string {
	switch {
	case c.State >= model.Answered:
		return model.WordHangup
	case c.Direction == model.Outbound:
		return model.WordCancel
	}
	return model.WordDecline
}

func (a *App) whyHangup() error {
	list := a.targets()
	switch {
	case len(list) == 0 && a.focus == paneB && a.current() != nil:
		return errNoPeerLeg
	case len(list) == 0:
		return errNoSelection
	case len(list) == 1 && list[0].State == model.Ended:
		return model.ErrOver
	case len(list) == 1 && a.heldOn(list[0].ID) != nil:
		return errHeld
	}
	return nil
}

func (a *App) doHangup() tea.Cmd {
	a.open(newConfirm(false, a.targets()))
	return nil
}

// bridge is the call whose connect an order on c is about: c, or the caller of
// a peer leg with a row of its own.
func (a *App) bridge(c *model.Call) *model.Call {
	if parent := a.book.Call(c.Parent); parent != nil && parent.Attempt != nil && parent.Attempt.Peer == c.ID {
		return parent
	}
	return c
}

// whyPart says why a call cannot be parted from its peer.
func (a *App) whyPart(c *model.Call) error {
	c = a.bridge(c)
	switch {
	case c.Attempt == nil || !c.Attempt.State.Active():
		return model.ErrNoPeer
	case c.Attempt.Cancelling():
		return errors.New("it is under way already")
	case a.heldOn(c.ID) != nil:
		return errHeld
	}
	return nil
}

func (a *App) whyRelease() error {
	marked := a.markedCalls()
	if len(marked) == 0 {
		if a.current() == nil {
			return errNoSelection
		}
		return a.whyPart(a.current())
	}
	if len(a.bridged(marked)) == 0 {
		return errors.New("none of the marked calls has a peer")
	}
	return nil
}

// bridged are those of the calls that have a peer to be parted from.
func (a *App) bridged(list []*model.Call) []*model.Call {
	var out []*model.Call
	for _, c := range list {
		if a.whyPart(c) == nil {
			out = append(out, a.bridge(c))
		}
	}
	return out
}

// doRelease parts the selected call from its peer, or cancels its connect; of
// several marked calls it asks first.
func (a *App) doRelease() tea.Cmd {
	if marked := a.bridged(a.markedCalls()); len(marked) > 0 {
		a.open(newConfirm(true, marked))
		return nil
	}
	return a.part([]*model.Call{a.bridge(a.current())})
}

// part takes calls and their peers apart. A connect that is not through yet is
// cancelled at once: nobody's talk ends by it.
func (a *App) part(calls []*model.Call) tea.Cmd {
	var cmds []model.Command
	var peers, callers []string
	for _, c := range calls {
		if c.Attempt == nil || c.Attempt.State != model.Connected {
			a.say(levelInfo, "Cancelling the call to "+a.peerName(c)+".")
			a.send(model.Disconnect{Call: c.ID})
			continue
		}
		cmds = append(cmds, model.Disconnect{Call: c.ID})
		peers, callers = append(peers, a.peerName(c)), append(callers, label(c))
	}
	a.unmark()
	if len(cmds) == 0 {
		return nil
	}
	cmd := a.gate("disconnecting", cmds...)
	stays := " " + listed(callers) + map[bool]string{true: " stays", false: " stay"}[len(callers) == 1] + " on the line."
	a.tellGate("Disconnecting", listed(peers), stays)
	return cmd
}

// reasonPicker chooses the word for a hang-up and says what SIP makes of it.
func reasonPicker(calls []model.CallID) *chooser {
	return &chooser{title: "Hang up with a reason", name: "reason", warn: true, calls: calls,
		head: func(a *App) [][]span {
			return [][]span{{{a.st.Of(theme.Text), "Hang up "}, {a.st.Of(theme.Strong), listed(a.labels(calls))}, {a.st.Of(theme.Text), " as"}}}
		},
		list: func(a *App) []choice {
			rings := a.rings(calls)
			var list []choice
			for _, r := range hangupReasons {
				note := r.up
				if rings {
					note = r.ringing
				}
				list = append(list, choice{key: r.key, text: r.word, note: note, do: func(a *App) tea.Cmd {
					return a.hangup((&confirm{calls: calls}).living(a), r.word)
				}})
			}
			return list
		}}
}

// hangupReasons are RELAY's words for calling.end and what they become in SIP:
// while the leg rings here, and once it is answered.
var hangupReasons = []struct{ key, word, ringing, up string }{
	{"h", model.WordHangup, "603 Decline", "BYE"},
	{"b", model.WordBusy, "486 Busy Here", "BYE, the word is told to other clients"},
	{"d", model.WordDecline, "603 Decline", "BYE, the word is told to other clients"},
	{"n", model.WordNoAnswer, "480 Temporarily Unavailable", "BYE, the word is told to other clients"},
	{"c", model.WordCancel, "487 Request Terminated", "BYE, the word is told to other clients"},
	{"e", model.WordError, "500 Server Internal Error", "BYE, the word is told to other clients"},
}

// rings reports whether all of the calls ring here.
func (a *App) rings(calls []model.CallID) bool {
	for _, id := range calls {
		if c := a.book.Call(id); c != nil && (c.State >= model.Answered || c.Direction == model.Outbound) {
			return false
		}
	}
	return true
}

func (a *App) labels(calls []model.CallID) []string {
	var names []string
	for _, id := range calls {
		names = append(names, label(a.book.Call(id)))
	}
	return names
}

// ringingTargets are the calls that can be rejected now.
func (a *App) ringingTargets() []*model.Call {
	var list []*model.Call
	for _, c := range a.targets() {
		if c.Live() && c.State < model.Answered && c.Direction != model.Outbound {
			list = append(list, c)
		}
	}
	return list
}

func (a *App) whyReject() error {
	list := a.ringingTargets()
	switch {
	case len(list) > 0 && a.heldOn(list[0].ID) != nil:
		return errHeld
	case len(list) > 0:
		return nil
	case len(a.markedCalls()) > 0:
		return errors.New("none of the marked calls rings")
	}
	return a.whyAnswer()
}

// doReject refuses ringing calls: busy, declined, or handed to somebody else.
func (a *App) doReject() tea.Cmd {
	var calls []model.CallID
	for _, c := range a.ringingTargets() {
		calls = append(calls, c.ID)
	}
	a.open(&chooser{title: "Reject", name: "reject", warn: true, calls: calls,
		head: func(a *App) [][]span {
			return [][]span{{{a.st.Of(theme.Text), "The call of "}, {a.st.Of(theme.Strong), listed(a.labels(calls))}}}
		},
		list: func(*App) []choice {
			end := func(word string) func(*App) tea.Cmd {
				return func(a *App) tea.Cmd { return a.reject(calls, "rejecting", word) }
			}
			return []choice{
				{key: "b", text: "busy", note: "the caller hears busy: 486", do: end(model.WordBusy)},
				{key: "d", text: "decline", note: "the caller is declined: 603", do: end(model.WordDecline)},
				{key: "p", text: "pass on", note: "it goes on ringing for other consumers", do: func(a *App) tea.Cmd { return a.reject(calls, "passing on", "") }},
			}
		}})
	return nil
}

// reject refuses ringing calls with a word; without one they are passed on.
func (a *App) reject(calls []model.CallID, doing, word string) tea.Cmd {
	var cmds []model.Command
	for _, c := range (&confirm{calls: calls}).living(a) {
		if c.State >= model.Answered {
			continue // somebody else was faster
		}
		if word == "" {
			cmds = append(cmds, model.Pass{Call: c.ID})
		} else {
			cmds = append(cmds, model.Hangup{Call: c.ID, Reason: word})
		}
	}
	if len(cmds) == 0 {
		a.refuse("Reject", errNotRinging)
		return nil
	}
	cmd := a.gate(doing, cmds...)
	a.unmark()
	a.tellGate(capital(doing), listed(a.labels(calls)), "")
	return cmd
}
