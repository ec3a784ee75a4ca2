package ui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// doTransfer offers the ways to give a call to somebody else.
func (a *App) doTransfer() tea.Cmd {
	c := a.target()
	if t := a.consult; t != nil && (c.ID == t.caller || c.ID == t.peer) {
		a.open(&chooser{title: "Attended transfer", name: "consult", calls: []model.CallID{t.caller}, list: func(a *App) []choice {
			if a.consult == nil {
				return []choice{{key: "0", text: "it is over", do: func(*App) tea.Cmd { return nil }}}
			}
			return a.consultChoices()
		}})
		return nil
	}
	a.open(&chooser{title: "Transfer", name: "transfer", calls: []model.CallID{c.ID},
		head: func(a *App) [][]span {
			text := []span{{a.st.Of(theme.Strong), label(c)}, {a.st.Of(theme.Text), " (" + a.leg(c) + ")"}}
			if c.ConnectState() == model.Connected {
				text = append(text, span{a.st.Of(theme.Muted), "  talks to " + a.peerName(c)})
			}
			return [][]span{text}
		},
		list: func(a *App) []choice {
			refer := choice{key: "b", text: "blind", note: "its phone calls the target (SIP REFER)", do: func(a *App) tea.Cmd { a.open(a.blind(c)); return nil }}
			refer.why = whyRefer(c)
			move := choice{key: "m", text: "move", note: "part it from its peer, connect it here", do: func(a *App) tea.Cmd { return a.moveTo(c) }}
			if a.leg(c) == "B" {
				move.why = errors.New("the caller is moved, not the peer: choose leg A")
			} else if c.ConnectState() != model.Connected {
				move.why = errors.New("it has no peer: c connects it")
			}
			attended := choice{key: "a", text: "attended", note: "its peer talks to the target first", why: a.whyConsult(c),
				do: func(a *App) tea.Cmd { a.open(a.attended(c)); return nil }}
			return []choice{refer, attended, move}
		}})
	return nil
}

// whyRefer says why the phone of a leg cannot be asked to call another.
func whyRefer(c *model.Call) error {
	if c.Type != "" && c.Type != "sip" {
		return errors.New("a " + c.Type + " leg cannot be referred")
	}
	return nil
}

// blind asks for the target of a REFER.
func (a *App) blind(c *model.Call) *prompt {
	return &prompt{title: "Blind transfer", verb: "transfers", call: c.ID, ghost: "sip:user@host", suggest: true,
		hint: "Its phone calls the target itself; this call ends when it does.",
		done: func(a *App, c *model.Call, text string) (tea.Cmd, error) {
			to, err := model.ParseSIPAddress(text)
			if err != nil {
				return nil, plainError(plainReason(err.Error()))
			}
			a.remember(to.URI)
			cmd := a.gate("transferring", model.Refer{Call: c.ID, To: to.URI})
			a.tellGate("Transferring", label(c)+" to "+to.Brief(), "")
			return cmd, nil
		}}
}

// moveTo parts a call from its peer and opens the form for another; the form
// says why it cannot connect until the two are apart.
func (a *App) moveTo(c *model.Call) tea.Cmd {
	cmd := a.part([]*model.Call{c})
	f := newForm(a, c)
	r := f.request()
	r.To = ""
	f.load(r)
	f.offer(a)
	a.open(f)
	return cmd
}

var errTwo = errors.New("mark two calls that are answered: space marks")

// pairToBridge are the two marked calls, nil when there are not two.
func (a *App) pairToBridge() []*model.Call {
	list := a.markedCalls()
	if len(list) != 2 || !list[0].Up() || !list[1].Up() {
		return nil
	}
	return list
}

func (a *App) whyBridge() error {
	list := a.pairToBridge()
	if list == nil && len(a.marked) > len(a.markedCalls()) {
		return errors.New("a marked call is not on the list: esc shows all")
	}
	if list == nil {
		return errTwo
	}
	return mayBridge(list)
}

// mayBridge says why two calls cannot be put into one conference.
func mayBridge(list []*model.Call) error {
	for _, c := range list {
		if c.Attempt != nil && c.Attempt.State.Active() {
			return errors.New(label(c) + " has a peer: disconnect it first")
		}
	}
	return nil
}

// doBridge puts two calls into one conference of two.
func (a *App) doBridge() tea.Cmd {
	cmd := a.bridgeCalls(a.pairToBridge())
	a.unmark()
	return cmd
}

func (a *App) bridgeCalls(list []*model.Call) tea.Cmd {
	room := "bridge-" + string(a.opt.NewTag())
	cmd := a.gate("bridging", model.Join{Call: list[0].ID, Conference: room}, model.Join{Call: list[1].ID, Conference: room})
	a.tellGate("Bridging", label(list[0])+" and "+label(list[1]), "")
	return cmd
}
