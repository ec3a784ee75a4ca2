package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// Reasons why an action cannot be done on the selected call.
var (
	errNoSelection  = errors.New("no call is selected: C dials one")
	errNotRinging   = errors.New("it does not ring")
	errNotOurs      = errors.New("we placed this call, the other side answers it")
	errNoPeerLeg    = errors.New("there is no peer leg")
	errNoRepeat     = errors.New("nothing was connected here yet: c connects")
	errNoJobControl = errors.New("no shell here could wake it again")
	errLinkUp       = errors.New("the link is up, and this server has no lists to read")
	errHeld         = errors.New("it is about to be done: u keeps the call")
	errNothingHeld  = errors.New("nothing waits that could be taken back")
	errNoMarks      = errors.New("no call is marked: space marks one")
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
	if err := a.answer(a.current(), a.opt.Greeting); err != nil {
		a.refuse("Answer", err)
	}
	return nil
}

func (a *App) whyConnect() error {
	marked := a.markedCalls()
	switch {
	case a.leaving.mode == staying && len(marked) > 0:
		if len(a.connectable(marked)) == 0 {
			return errors.New("none of the marked calls can be connected")
		}
		return nil
	case a.current() == nil:
		return errNoSelection
	case a.leaving.mode != staying:
		return errLeaving
	}
	err := a.book.CanConnect(a.selected)
	if errors.Is(err, model.ErrNotUp) {
		return a.notAnswered(a.current())
	}
	return err
}

// connectable are those of the calls that can be connected now.
func (a *App) connectable(list []*model.Call) []*model.Call {
	var out []*model.Call
	for _, c := range list {
		if a.book.CanConnect(c.ID) == nil {
			out = append(out, c)
		}
	}
	return out
}

// doConnect opens the form of the selected call, or one for all marked calls.
func (a *App) doConnect() tea.Cmd {
	marked := a.connectable(a.markedCalls())
	if len(marked) == 0 {
		a.open(newForm(a, a.current()))
		return nil
	}
	f := newForm(a, marked[0])
	for _, c := range marked[1:] {
		f.others = append(f.others, c.ID)
	}
	a.open(f)
	return nil
}

// connectTo opens the form of a call for a target.
func (a *App) connectTo(c *model.Call, to string) tea.Cmd {
	f := newForm(a, c)
	r := f.request()
	r.To = to
	f.load(r)
	a.open(f)
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
	a.chronicleCall(a.book.Call(id))
	a.changed()
	a.say(levelInfo, "Connecting "+label(a.book.Call(id))+" to "+targetName(req)+"."+a.delayed(),
		hint{key: "esc", text: "cancel"})
	return nil
}

func (a *App) whyRepeat() error {
	switch {
	case a.current() == nil:
		return errNoSelection
	case a.leaving.mode != staying:
		return errLeaving
	}
	if err := a.book.CanConnect(a.selected); err != nil {
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

// doBack gives up waiting for the end, leaves a screen, clears the filter, then
// the marks, cancels a connect under way, and else clears the message.
func (a *App) doBack() tea.Cmd {
	switch c := a.current(); {
	case a.leaving.mode != staying:
		a.stay()
	case a.escape():
	case a.filter != "":
		a.filterBy("")
	case a.unmark():
	case c != nil && c.Attempt != nil && connecting(c.Attempt) && !c.Attempt.Cancelling():
		return a.act(a.named("call.disconnect"))
	case a.unzoom():
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

func whySuspend(*App) error {
	if !canSuspend() {
		return errNoJobControl
	}
	return nil
}

func (a *App) whyReconnect() error {
	if link := a.book.Link(); link.State == model.LinkUp && !link.Server.Cordpair {
		return errLinkUp
	}
	return nil
}

// doReconnect reads again what can be read; a link that is away is tried now.
func (a *App) doReconnect() tea.Cmd {
	if a.book.Link().State == model.LinkUp {
		a.opt.Desk.Reread()
		a.say(levelInfo, "Reading calls, phones and trunks again.")
		return nil
	}
	a.opt.Desk.Reconnect()
	a.say(levelInfo, "Trying the link now.")
	return nil
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
