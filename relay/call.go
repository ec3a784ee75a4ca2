package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Call is one leg. There is one Call for each id, it may be used from any
// goroutine, and it keeps what was last known after the leg has ended.
//
// A context given to a method ends only the waiting: no call is ever hung up
// because a context ended.
type Call struct {
	c  *Client
	id model.CallID

	// Guarded by the client's lock.
	last  *model.Call    // set once the client has forgotten the call
	joint *model.Attempt // the connect that made this leg a peer
	mate  *Call          // the other leg, kept when this one is forgotten
	lost  bool           // the server forgot the session that knew it
}

const textForgotten = "the server forgot the session"

// handle returns the Call of an id. The lock is held.
func (c *Client) handle(id model.CallID) *Call {
	if h := c.handles[id]; h != nil {
		return h
	}
	h := &Call{c: c, id: id}
	switch call := c.book.Call(id); {
	case call != nil:
		c.handles[id] = h
		c.noteJoint(c.book.Call(call.Parent))
	case c.graves.has(id):
		h.last = &model.Call{ID: id, State: model.Ended}
	}
	return h
}

// Calls lists all calls that are known and have not ended, oldest first.
func (c *Client) Calls() []*Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*Call
	for _, call := range c.book.Rows(true) {
		if call.State != model.Ended {
			list = append(list, c.handle(call.ID))
		}
	}
	return list
}

// Call returns a call that is known; ok is false when it is not, or has ended.
func (c *Client) Call(id model.CallID) (call *Call, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if call := c.book.Call(id); call == nil || call.State == model.Ended {
		return nil, false
	}
	return c.handle(id), true
}

// Attach returns a call that is known from elsewhere, a webhook, another process
// or a session that the server forgot, and takes it to be answered; the server
// has the last word. A call that the client knows is returned as it is. Node may
// be empty where the server does not need it.
func (c *Client) Attach(id model.CallID, node model.NodeID) *Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.book.Call(id) == nil {
		c.graves.drop(id)
		c.emit(model.CallSeen{At: time.Now(), Call: model.CallInfo{ID: id, Node: node, State: model.Answered}})
	}
	return c.handle(id)
}

// Incoming waits for the next call that is offered to one of our contexts
// (calling.call.receive) and still rings, in the order of the offers. Each is
// returned once, to one of those who wait. Errors: ErrLinkLost when the link
// stays lost beyond Config.Grace (Ready waits until it is back), ErrAuth,
// ErrClosed, the error of ctx.
func (c *Client) Incoming(ctx context.Context) (*Call, error) {
	var found *Call
	err := c.until(ctx, "incoming", "", func() (bool, error) {
		for found == nil {
			id, ok := c.offers.take()
			if !ok {
				return false, nil
			}
			if call := c.book.Call(id); call != nil && call.State < model.Answered {
				found = c.handle(id)
			}
		}
		return true, nil
	}, watchKey{kind: keyOffers})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// now is the call as known. The lock is held; the result must not be kept.
func (k *Call) now() *model.Call {
	if call := k.c.book.Call(k.id); call != nil {
		return call
	}
	if k.last != nil {
		return k.last
	}
	return &model.Call{ID: k.id}
}

// Info is all that is known of the call.
func (k *Call) Info() model.Call {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	return *copyCall(k.now())
}

// ID is the call's id.
func (k *Call) ID() model.CallID { return k.id }

// Node is the server node that carries the call.
func (k *Call) Node() model.NodeID { return k.Info().Node }

// State is what the wire last said of the leg.
func (k *Call) State() model.CallState { return k.Info().State }

// Direction is inbound or outbound, seen from the server.
func (k *Call) Direction() model.Direction { return k.Info().Direction }

// Type is the kind of device: sip, phone.
func (k *Call) Type() string { return k.Info().Type }

// Device is the leg's end as the wire tells it: From, To, Codecs and Headers.
func (k *Call) Device() Device {
	i := k.Info()
	return Device{From: i.From.URI, To: i.To.URI, Codecs: slices.Clone(i.Codecs), Headers: slices.Clone(i.Headers)}
}

// From is the calling party.
func (k *Call) From() model.Address { return k.Info().From }

// To is the called party.
func (k *Call) To() model.Address { return k.Info().To }

// Headers are the SIP headers that came with the call or were asked for.
func (k *Call) Headers() []model.Header { return slices.Clone(k.Info().Headers) }

// Context is the context that the call was offered to.
func (k *Call) Context() string { return k.Info().Context }

// Tag ties the call to the dial or connect that made it.
func (k *Call) Tag() model.Tag { return k.Info().Tag }

// ConnectState is the state of the last connect issued on this call.
func (k *Call) ConnectState() model.AttemptState {
	info := k.Info()
	return info.ConnectState()
}

// End says who ended the leg and why. It is zero while the leg is up.
func (k *Call) End() model.Cause { return k.Info().End }

// EndReason is RELAY's word for why the leg ended, in one spelling: hangup,
// cancel, busy, noAnswer, decline, error, and whatever else a server says.
// Empty while the leg is up. End tells more.
func (k *Call) EndReason() string { return k.Info().End.Word }

// EndSource is RELAY's word for the side that ended the leg: inbound, outbound
// or none. Empty when the server did not tell.
func (k *Call) EndSource() string { return k.Info().EndSource }

// Times are the moments of a leg by our clock; what has not happened is zero.
type Times struct{ Created, Rang, Answered, Ending, Ended time.Time }

// Times returns the moments of the leg.
func (k *Call) Times() Times {
	i := k.Info()
	return Times{Created: i.Created, Rang: i.Rang, Answered: i.Answered, Ending: i.Ending, Ended: i.Ended}
}

// Peer is the other leg of the last connect, also after it has ended; nil when
// there was none or the server has not named it yet.
func (k *Call) Peer() *Call {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	id := otherLeg(k.now())
	switch {
	case id == "":
		return nil
	case k.mate != nil && k.mate.id == id:
		return k.mate
	}
	return k.c.handle(id)
}

// otherLeg is the peer of a call's last connect, or the call that a leg was
// made for.
func otherLeg(call *model.Call) model.CallID {
	if call.Attempt != nil && call.Attempt.Peer != "" {
		return call.Attempt.Peer
	}
	return call.Parent
}

// String names the call for people.
func (k *Call) String() string { return "call " + model.Short(k.id) }

// Answer answers an offered call (calling.answer) and waits until it is
// answered; one that is answered already is fine. It adds ErrEnded when the call
// ends first; ErrRefused with code 409 means that it was answered elsewhere.
func (k *Call) Answer(ctx context.Context) error {
	if k.State() == model.Answered {
		return nil
	}
	if _, err := k.command(ctx, "answer", model.Answer{Call: k.id}); err != nil {
		return err
	}
	return k.settles(ctx, "answer", func(call *model.Call) (bool, error) {
		if call.State >= model.Ending {
			return false, k.ended("answer")
		}
		return call.State == model.Answered, nil
	})
}

// Hangup ends the leg (calling.end) and waits until it has ended; one that has
// ended already, or that the server does not know any more, is fine. Reason is
// one of hangup, cancel, busy, noAnswer, decline, error; empty means hangup.
func (k *Call) Hangup(ctx context.Context, reason string) error {
	if reason != "" && !slices.Contains(wire.EndReasons, wire.Reason(reason)) {
		return &Error{Op: "hang up", Call: k.id, Kind: ErrInvalid,
			Err: fmt.Errorf("reason %q is none of %v", reason, wire.EndReasons)}
	}
	if k.State() == model.Ended {
		return nil
	}
	if _, err := k.command(ctx, "hang up", model.Hangup{Call: k.id, Reason: reason}); err != nil {
		if isGone(err) || errors.Is(err, ErrEnded) {
			return nil
		}
		return err
	}
	return k.settles(ctx, "hang up", func(call *model.Call) (bool, error) {
		return call.State == model.Ended, nil
	})
}

// Pass hands an offered call on to another consumer (calling.pass); the
// server's word is the end of it.
func (k *Call) Pass(ctx context.Context) error {
	_, err := k.command(ctx, "pass", model.Pass{Call: k.id})
	return err
}

// WaitFor waits until the call is in one of the states, by the word of
// calling.call.state, and returns it, at once when it is already. As soon as none
// of them can come any more it returns ErrEnded, or ErrPassed when the call is
// still up.
func (k *Call) WaitFor(ctx context.Context, states ...model.CallState) (model.CallState, error) {
	if len(states) == 0 {
		return k.State(), &Error{Op: "wait", Call: k.id, Kind: ErrInvalid, Text: "no state to wait for"}
	}
	last := slices.Max(states)
	var got model.CallState
	err := k.until(ctx, "wait", func(call *model.Call) (bool, error) {
		got = call.State
		switch {
		case slices.Contains(states, got):
			return true, nil
		case got > last && got == model.Ended:
			return false, k.ended("wait")
		case got > last:
			return false, &Error{Op: "wait", Call: k.id, Kind: ErrPassed, Text: "it is " + got.String() + " already"}
		}
		return false, nil
	})
	return got, err
}

// until waits for a condition on the call.
func (k *Call) until(ctx context.Context, op string, met func(*model.Call) (bool, error)) error {
	return k.c.until(ctx, op, k.id, func() (bool, error) {
		ok, err := met(k.now())
		if !ok && err == nil && k.lost {
			err = &Error{Op: op, Call: k.id, Kind: ErrLinkLost, Text: textForgotten}
		}
		return ok, err
	}, watchKey{keyCall, string(k.id)})
}

// settles is until with a deadline: the event that an accepted request
// promises must not be waited for without end.
func (k *Call) settles(ctx context.Context, op string, met func(*model.Call) (bool, error)) error {
	limited, cancel := context.WithTimeout(ctx, k.c.cfg.RequestTimeout)
	defer cancel()
	err := k.until(limited, op, met)
	if limited.Err() != nil && ctx.Err() == nil && err != nil {
		if k.c.Link().State != model.LinkUp {
			return &Error{Op: op, Call: k.id, Kind: ErrLinkLost, Text: "the server took it, the outcome is unknown"}
		}
		return &Error{Op: op, Call: k.id, Kind: ErrTimeout, Text: "the server took it and then said nothing"}
	}
	return err
}
