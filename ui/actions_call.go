package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// Reasons why an action cannot be done on the selected call.
var (
	errNoSelection = errors.New("no call is selected: C dials one")
	errNotRinging  = errors.New("it does not ring")
	errNotOurs     = errors.New("we placed this call, the other side answers it")
	errNoPeerLeg   = errors.New("there is no peer leg")
	errNoRepeat    = errors.New("nothing was connected here yet: c connects")
	errLinkUp      = errors.New("the link is up")
)

func (a *App) whyAnswer() error {
	c := a.current()
	switch {
	case c == nil:
		return errNoSelection
	case !c.Live():
		return model.ErrOver
	case c.Direction == model.Outbound:
		return errNotOurs
	case c.State >= model.Answered:
		return errNotRinging
	}
	return nil
}

func (a *App) doAnswer() tea.Cmd {
	a.order(model.Answer{Call: a.selected})
	a.say(levelInfo, "Answering "+label(a.current())+"."+a.delayed())
	return nil
}

func (a *App) whyConnect() error {
	switch {
	case a.current() == nil:
		return errNoSelection
	case a.leaving.mode != staying:
		return errLeaving
	}
	return a.book.CanConnect(a.selected)
}

func (a *App) doConnect() tea.Cmd {
	a.open(newForm(a, a.current()))
	return nil
}

// delayed says that an order waits for the link, when it does.
func (a *App) delayed() string {
	if a.book.Link().State == model.LinkUp {
		return ""
	}
	return " The link is down: it goes out when it is back within " + brief(model.DefaultCommandDeadline) + "."
}

// connect begins an attempt: the one way in, for the form and for repeat.
func (a *App) connect(id model.CallID, req model.ConnectRequest) error {
	required, err := a.book.Connect(id, a.opt.NewTag(), req, a.now)
	if err != nil {
		return err
	}
	a.give(required)
	a.remember(req.To)
	a.lastFrom = req.From
	a.show(atCalls)
	a.changed()
	a.say(levelInfo, "Connecting "+label(a.book.Call(id))+" to "+model.LooseAddress(req.To).Brief()+"."+a.delayed(),
		hint{key: "esc", text: "cancel"})
	return nil
}

func (a *App) whyRepeat() error {
	if err := a.whyConnect(); err != nil {
		return err
	}
	if at := a.current().Attempt; at == nil || at.Request.To == "" || at.Request.From == "" {
		return errNoRepeat
	}
	return nil
}

func (a *App) doRepeat() tea.Cmd {
	if err := a.connect(a.selected, a.current().Attempt.Request); err != nil {
		a.say(levelBad, "Repeat: "+err.Error()+".", hint{key: "c", text: "edit and retry"})
	}
	return nil
}

func (a *App) whyRelease() error {
	c := a.current()
	if c == nil {
		return errNoSelection
	}
	if parent := a.book.Call(c.Parent); parent != nil && parent.Attempt != nil && parent.Attempt.Peer == c.ID {
		c = parent // a peer leg with a row of its own
	}
	switch {
	case c.Attempt == nil || !c.Attempt.State.Active():
		return model.ErrNoPeer
	case c.Attempt.Cancelling():
		return errors.New("it is under way already")
	}
	return nil
}

func (a *App) doRelease() tea.Cmd {
	c := a.current()
	if parent := a.book.Call(c.Parent); parent != nil && parent.Attempt != nil && parent.Attempt.Peer == c.ID {
		c = parent
	}
	peer, joined := a.peerName(c), c.Attempt.State == model.Connected
	required, err := a.book.Release(c.ID, a.now)
	if err != nil {
		a.refuse("Disconnect", err)
		return nil
	}
	a.give(required)
	a.changed()
	if joined {
		a.say(levelInfo, "Disconnecting "+peer+". "+label(c)+" stays on the line.")
	} else {
		a.say(levelInfo, "Cancelling the call to "+peer+".")
	}
	return nil
}

func (a *App) whyHangup() error {
	c := a.target()
	switch {
	case c == nil && a.focus == paneB && a.current() != nil:
		return errNoPeerLeg
	case c == nil:
		return errNoSelection
	case c.State == model.Ended:
		return model.ErrOver
	}
	return nil
}

func (a *App) doHangup() tea.Cmd {
	a.open(newConfirm(a.target()))
	return nil
}

// hangup orders the end of a leg with the word that fits its state.
func (a *App) hangup(c *model.Call) {
	reason := model.WordHangup
	if c.State < model.Answered {
		reason = model.WordDecline
		if c.Direction == model.Outbound {
			reason = model.WordCancel
		}
	}
	a.order(model.Hangup{Call: c.ID, Reason: reason})
	a.changed()
}

func (a *App) whyDial() error {
	if a.leaving.mode != staying {
		return errLeaving
	}
	return nil
}

func (a *App) doDial() tea.Cmd {
	a.open(newDial(a))
	return nil
}

// doBack cancels a connect under way, gives up waiting for the end, and else
// clears the message.
func (a *App) doBack() tea.Cmd {
	switch c := a.current(); {
	case a.leaving.mode != staying:
		a.stay()
	case a.escape():
	case c != nil && c.Attempt != nil && connecting(c.Attempt) && !c.Attempt.Cancelling():
		return a.act(a.named("call.disconnect"))
	case a.focus != paneList:
		a.focus = paneList
	default:
		a.toast = toast{}
	}
	return nil
}

// connecting reports whether an attempt is under way and not connected.
func connecting(at *model.Attempt) bool {
	return at.State == model.Dialing || at.State == model.RingingPeer
}

func (a *App) doLegs() tea.Cmd {
	a.allLegs = !a.allLegs
	a.list()
	if a.allLegs {
		a.say(levelInfo, "All legs have rows.", hint{key: "L", text: "peers on their callers' rows"})
	} else {
		a.say(levelInfo, "Peers stand on their callers' rows.", hint{key: "L", text: "all legs"})
	}
	return nil
}

func (a *App) whyReconnect() error {
	if a.book.Link().State == model.LinkUp {
		return errLinkUp
	}
	return nil
}

func (a *App) doReconnect() tea.Cmd {
	a.opt.Desk.Reconnect()
	a.say(levelInfo, "Trying the link now.")
	return nil
}

// turn moves the focus to another pane.
func (a *App) turn(n int) {
	a.focus = pane((int(a.focus) + n + int(paneCount)) % int(paneCount))
}

// remember keeps a target for suggestions, newest first.
func (a *App) remember(to string) {
	const most = 50
	out := []string{to}
	for _, s := range a.past {
		if !strings.EqualFold(s, to) && len(out) < most {
			out = append(out, s)
		}
	}
	a.past = out
}
