package ui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// consult is an attended transfer: the caller waits on hold while its peer talks
// to the target; then caller and target are bridged, or caller and peer again.
// Each step waits for the server's word on the one before.
type consult struct {
	caller, peer, target model.CallID
	request              model.ConnectRequest
	step                 consultStep
}

type consultStep uint8

const (
	parting    consultStep = iota // caller and peer are taken apart
	calling                       // the target is called for the peer
	talking                       // peer and target talk: the operator decides
	completing                    // peer and target are taken apart, for the caller
	returning                     // the same, back to the caller
)

func (s consultStep) String() string {
	return [...]string{"being parted", "is called", "talks to the peer", "being completed", "going back"}[min(s, returning)]
}

// whyConsult says why a call cannot be transferred with a talk before.
func (a *App) whyConsult(c *model.Call) error {
	switch {
	case a.consult != nil:
		return errors.New("one attended transfer at a time")
	case a.leg(c) == "B":
		return errors.New("the caller is transferred, not the peer: choose leg A")
	case c.ConnectState() != model.Connected:
		return errors.New("it has no peer who could talk to the target first")
	}
	return nil
}

// attended asks for the target.
func (a *App) attended(c *model.Call) *prompt {
	peer := a.peerName(c)
	return &prompt{title: "Attended transfer", verb: "calls", call: c.ID, ghost: "sip:user@host", suggest: true,
		hint: "The caller waits on hold while " + peer + " talks to the target.",
		done: func(a *App, c *model.Call, text string) (tea.Cmd, error) {
			to, err := model.ParseSIPAddress(text)
			if err != nil {
				return nil, plainError(plainReason(err.Error()))
			}
			if err := a.whyConsult(c); err != nil {
				return nil, err
			}
			a.consult = &consult{caller: c.ID, peer: c.Attempt.Peer, request: model.ConnectRequest{From: c.Attempt.Request.From, To: to.URI}}
			if a.consult.request.From == "" {
				a.consult.request.From = ownSide(c).URI
			}
			a.remember(to.URI)
			a.change(c.ID).referred = referral{}
			a.order(model.Disconnect{Call: c.ID}) // both legs stay up
			a.order(model.Hold{Call: c.ID})
			a.say(levelInfo, label(c)+" waits while "+peer+" calls "+to.Brief()+"."+a.delayed())
			return nil, nil
		}}
}

// advance takes an attended transfer one step further when the server's word
// has come.
func (a *App) advance() {
	t := a.consult
	if t == nil {
		return
	}
	caller, peer := a.book.Call(t.caller), a.book.Call(t.peer)
	if caller == nil || !caller.Live() || peer == nil || !peer.Live() {
		a.abandon(caller)
		return
	}
	apart := peer.Attempt == nil || !peer.Attempt.State.Active()
	switch t.step {
	case parting:
		if !caller.ConnectState().Active() {
			t.step = calling
			if err := a.connect(t.peer, t.request); err != nil {
				a.say(levelBad, "Transfer: "+err.Error()+".")
				a.rejoin(t.peer)
			}
		}
	case calling:
		switch {
		case peer.ConnectState() == model.Connected:
			t.step, t.target = talking, peer.Attempt.Peer
			a.say(levelGood, label(peer)+" talks to "+a.peerName(peer)+".", hint{key: a.keyOf("call.transfer"), text: "complete, or back to " + label(caller)})
		case apart:
			a.say(levelBad, "The target cannot be had: back to "+label(caller)+".")
			a.rejoin(t.peer)
		}
	case talking:
		if apart { // the target has left
			a.rejoin(t.peer)
		}
	case completing:
		if apart {
			a.rejoin(t.target)
			a.order(model.Hangup{Call: t.peer, Reason: model.WordHangup})
		}
	case returning:
		if apart {
			a.rejoin(t.peer)
		}
	}
}

// rejoin bridges the caller with a leg and ends the transfer.
func (a *App) rejoin(with model.CallID) {
	caller := a.consult.caller
	a.consult = nil
	room := "bridge-" + string(a.opt.NewTag())
	a.order(model.Unhold{Call: caller})
	a.order(model.Join{Call: caller, Conference: room})
	a.order(model.Join{Call: with, Conference: room})
	a.say(levelInfo, "Bridging "+label(a.book.Call(caller))+" and "+label(a.book.Call(with))+".")
}

// abandon ends a transfer one of whose legs is gone; a caller left alone is
// taken off hold.
func (a *App) abandon(caller *model.Call) {
	t := a.consult
	a.consult = nil
	if caller == nil || !caller.Live() {
		a.say(levelWarn, "The caller has left before the transfer was complete.")
		return
	}
	if target := a.book.Call(t.target); target != nil && target.Live() { // the peer left the two to each other
		a.consult = t
		a.rejoin(t.target)
		return
	}
	a.order(model.Unhold{Call: t.caller})
	a.say(levelWarn, label(caller)+" is alone: the peer has left.", hint{key: a.keyOf("call.connect"), text: "connect"})
}

// consultChoices are the ways out of an attended transfer under way.
func (a *App) consultChoices() []choice {
	t := a.consult
	var early error
	if t.step != talking {
		early = errors.New("the target is not there yet")
	}
	caller, peer, target := label(a.book.Call(t.caller)), label(a.book.Call(t.peer)), model.LooseAddress(t.request.To).Brief()
	return []choice{
		{key: "c", text: "complete", note: caller + " with " + target + ", " + peer + " leaves", why: early,
			do: func(a *App) tea.Cmd { a.finish(completing); return nil }},
		{key: "b", text: "back", note: caller + " with " + peer + " again, " + target + " leaves",
			do: func(a *App) tea.Cmd { a.finish(returning); return nil }},
	}
}

// finish parts peer and target; advance does the rest when they are apart.
func (a *App) finish(step consultStep) {
	t := a.consult
	if t == nil {
		return
	}
	t.step = step
	if step == completing {
		a.order(model.Disconnect{Call: t.peer}) // the target stays up
		return
	}
	if required, err := a.book.Release(t.peer, a.now); err == nil {
		a.give(required)
	}
	a.changed()
	a.advance()
}
