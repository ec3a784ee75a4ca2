package model

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// OutcomeMargin is what a connect may take beyond its ring timeout before we
// call it failed ourselves.
const OutcomeMargin = 10 * time.Second

// Reasons why something cannot be done now; the texts name the next step.
var (
	ErrNoCall        = errors.New("no such call")
	ErrNotUp         = errors.New("the call is not answered: answer it first")
	ErrOver          = errors.New("the call has ended")
	ErrAlreadyJoined = errors.New("the call has a peer: disconnect it first")
	ErrConnecting    = errors.New("a connect is under way: cancel it first")
	ErrNoPeer        = errors.New("the call has no peer")
)

// CanConnect says why a call cannot be connected now, or nil.
func (b *Book) CanConnect(id CallID) error {
	c := b.calls[id]
	switch {
	case c == nil:
		return ErrNoCall
	case !c.Live():
		return ErrOver
	case c.State < Answered:
		return ErrNotUp
	case c.Attempt != nil && c.Attempt.State == Connected:
		return ErrAlreadyJoined
	case c.Attempt != nil && c.Attempt.State.Active():
		return ErrConnecting
	}
	return nil
}

// Connect begins an attempt and returns the order to give: one effect,
// SendDial. It refuses what CanConnect or Validate refuses.
func (b *Book) Connect(id CallID, tag Tag, req ConnectRequest, now time.Time) ([]Required, error) {
	if err := b.CanConnect(id); err != nil {
		return nil, err
	}
	if err := req.Validate(); err != nil {
		return nil, fmt.Errorf("connect %s: %w", Short(id), err)
	}
	return b.begin(&Attempt{
		Tag: tag, Call: id, Request: req, Several: req.Several(),
		Deadline: now.Add(req.RingTime() + OutcomeMargin),
	}, now), nil
}

// ConnectPlan is Connect for a plan of several peers, which the caller sends in
// place of the effect's command: the end of one peer leg is not the end of the
// attempt, the wire tells that. Shown is what stands for the plan on a screen;
// ring is how long all of it may ring.
func (b *Book) ConnectPlan(id CallID, tag Tag, shown ConnectRequest, ring time.Duration, now time.Time) ([]Required, error) {
	if err := b.CanConnect(id); err != nil {
		return nil, err
	}
	return b.begin(&Attempt{
		Tag: tag, Call: id, Request: shown, Several: true,
		Deadline: now.Add(ring + OutcomeMargin),
	}, now), nil
}

func (b *Book) begin(a *Attempt, now time.Time) []Required {
	b.effects = b.effects[:0]
	b.version++
	c := b.calls[a.Call]
	b.replaceAttempt(c, a)
	b.step(c, Submit, now, Cause{})
	return b.effects
}

// Release gives up the peer of a call: it cancels a connect that is under way
// and hangs up a peer that is connected. The caller stays. It returns ErrNoPeer
// when there is nothing to give up.
func (b *Book) Release(id CallID, now time.Time) ([]Required, error) {
	c := b.calls[id]
	switch {
	case c == nil:
		return nil, ErrNoCall
	case c.Attempt == nil || !c.Attempt.State.Active():
		return nil, ErrNoPeer
	}
	b.effects = b.effects[:0]
	b.version++
	if c.Attempt.Foreign {
		b.releaseForeign(c)
		return b.effects, nil
	}
	b.step(c, HangUp, now, Cause{})
	return b.effects, nil
}

// releaseForeign gives up a peer that another client connected. The machine of
// a foreign attempt has no effects, so the command is made here.
func (b *Book) releaseForeign(c *Call) {
	effect := SendHangup
	if c.Attempt.State == Dialing {
		effect = SendCancel
	}
	if p := b.calls[c.Attempt.Peer]; p != nil {
		p.EndWanted = true
	}
	b.require(c, effect)
}

// Give numbers a command and awaits its outcome until the deadline; pass the
// Order on to the desk.
func (b *Book) Give(cmd Command, now time.Time) Order {
	b.orderIDs++
	b.version++
	o := Order{ID: b.orderIDs, Command: cmd, Given: now, Deadline: now.Add(DefaultCommandDeadline)}
	b.orders[o.ID] = o
	if h, ok := cmd.(Hangup); ok {
		if c := b.calls[h.Call]; c != nil {
			c.EndWanted = true
			c.Version++
		}
	}
	return o
}

// Order returns an order that waits for its outcome.
func (b *Book) Order(id CommandID) (Order, bool) {
	o, ok := b.orders[id]
	return o, ok
}

// Orders lists the orders that wait for their outcome, oldest first.
func (b *Book) Orders() []Order {
	list := make([]Order, 0, len(b.orders))
	for _, o := range b.orders {
		list = append(list, o)
	}
	slices.SortFunc(list, func(x, y Order) int { return int(x.ID) - int(y.ID) })
	return list
}

// orderSettled folds the outcome of an order. A refused connect fails its
// attempt; one whose answer was lost with the link stays open, for the wire may
// still tell.
func (b *Book) orderSettled(ev OrderSettled) {
	o, ok := b.orders[ev.Order]
	if !ok {
		b.misplaced++
		return
	}
	delete(b.orders, ev.Order)
	switch cmd := o.Command.(type) {
	case Connect:
		b.connectSettled(cmd, ev)
	case Hangup:
		if c := b.calls[cmd.Call]; c != nil && ev.Fault != nil {
			c.EndWanted = false
			c.Version++
		}
	case Disconnect:
		b.cancelDenied(cmd.Call, ev)
	}
}

// cancelDenied ends an attempt that we cancel and that the server says is not
// there, as when its request was lost with the link: nothing else would tell.
func (b *Book) cancelDenied(id CallID, ev OrderSettled) {
	c := b.calls[id]
	if c == nil || c.Attempt == nil || !c.Attempt.Cancelling() || c.Attempt.State == Connected || ev.Fault == nil {
		return
	}
	if code := ev.Fault.Code; code == 404 || code == 409 || code == 410 {
		b.step(c, PeerLeft, ev.At, b.verdict(c, "", ev.At))
	}
}

func (b *Book) connectSettled(cmd Connect, ev OrderSettled) {
	c := b.calls[cmd.Call]
	if c == nil || c.Attempt == nil || c.Attempt.Tag != cmd.Tag {
		b.misplaced++
		return
	}
	if ev.Fault == nil {
		b.step(c, Accepted, ev.At, Cause{})
		return
	}
	cause := Cause{By: Exchange, Word: WordRefused, Text: ev.Fault.Text}
	switch ev.Fault.Kind {
	case FaultUnknown, FaultTimeout:
		return // it may have been taken: the events or the deadline decide
	case FaultExpired:
		cause = Cause{By: Network, Word: WordExpired}
	case FaultRefused:
		if ev.Fault.Code == 404 || ev.Fault.Code == 410 {
			cause = Cause{By: Caller, Word: WordCancel, Text: "the call is gone"}
		}
	}
	b.step(c, Rejected, ev.At, cause)
}
