package relay

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"cordpair/model"
	"cordpair/relay/wire"
)

// The states of an action that lost its call: that ended, or the server forgot
// the session that knew it.
const (
	stateCallEnded   = "call ended"
	stateSessionLost = "session lost"
)

// action is something that runs on a call under a control id: a play, a
// recording. The client's lock guards it.
type action struct {
	c       *Client
	call    model.CallID
	control string
	kind    string
	state   string
	over    bool
	body    wire.ActionEvent // of the event that ended it
	why     model.Cause      // how its call ended, when that ended it
	told    string           // the same as a sentence
	// ends tells by an event whether it ends the action.
	ends func(*actionNote) bool
}

// start registers an action and asks for it; it returns when the server took
// it.
func (k *Call) start(ctx context.Context, op, method string, a *action, build func(wire.CallRef, string) any) (answer, error) {
	c := k.c
	a.c, a.call = c, k.id
	if a.control == "" {
		a.control = uuid.NewString()
	}
	if err := unsent(ctx, op, k.id); err != nil {
		return answer{}, err
	}
	c.mu.Lock()
	if err := k.able(op); err != nil {
		c.mu.Unlock()
		return answer{}, err
	}
	if c.actions[a.control] != nil { // only a refer has no id of its own
		c.mu.Unlock()
		return answer{}, &Error{Op: op, Call: k.id, Kind: ErrInvalid, Err: errors.New("one is under way on the call")}
	}
	c.addAction(a)
	c.mu.Unlock()
	ans, err := c.ask(ctx, op, k.id, method, func(ref wire.CallRef) any { return build(ref, a.control) })
	if err != nil {
		c.mu.Lock()
		a.ended("error")
		c.dropAction(a)
		c.mu.Unlock()
		return ans, err
	}
	return ans, nil
}

// addAction lets the events of an action find it. The lock is held.
func (c *Client) addAction(a *action) {
	c.actions[a.control] = a
	if c.running[a.call] == nil {
		c.running[a.call] = make(map[*action]struct{})
	}
	c.running[a.call][a] = struct{}{}
}

// dropAction forgets an action. The lock is held.
func (c *Client) dropAction(a *action) {
	if c.actions[a.control] == a {
		delete(c.actions, a.control)
	}
	delete(c.running[a.call], a)
	if len(c.running[a.call]) == 0 {
		delete(c.running, a.call)
	}
}

// endActions ends what runs on a call, for the reason that state names. The lock
// is held.
func (c *Client) endActions(id model.CallID, state string) {
	for a := range c.running[id] {
		if call := c.book.Call(id); call != nil {
			a.why, a.told = call.End, call.EndSentence("")
		}
		a.ended(state)
		c.dropAction(a)
	}
}

// actionMoved folds an event of an action. The lock is held.
func (c *Client) actionMoved(n *actionNote) {
	control := n.body.ControlID
	if control == "" && n.kind == "refer" {
		control = referKey(clean[model.CallID](n.body.CallID))
	}
	a := c.actions[control]
	if a == nil {
		return
	}
	a.moved(n)
	if a.over {
		c.dropAction(a)
	}
}

func (a *action) moved(n *actionNote) {
	if a.over {
		return
	}
	if n.kind == a.kind && n.body.State != "" {
		a.state = model.Clean(n.body.State)
	}
	if a.ends(n) {
		a.body, a.over = n.body, true
	}
	a.c.check(watchKey{keyControl, a.control})
}

// ended ends the action from outside.
func (a *action) ended(state string) {
	if !a.over {
		a.over, a.state = true, state
		a.c.check(watchKey{keyControl, a.control})
	}
}

// wait waits for the end of the action.
func (a *action) wait(ctx context.Context, op string) error {
	return a.waitOr(ctx, op, func() bool { return false })
}

// waitOr waits for the end of the action or for what comes before it; enough is
// called under the client's lock.
func (a *action) waitOr(ctx context.Context, op string, enough func() bool) error {
	return a.c.until(ctx, op, a.call, func() (bool, error) {
		switch {
		case enough():
			return true, nil
		case !a.over:
			return false, nil
		case a.state == stateCallEnded:
			return false, &Error{Op: op, Call: a.call, Kind: ErrEnded, Cause: a.why, told: a.told}
		case a.state == stateSessionLost:
			return false, &Error{Op: op, Call: a.call, Kind: ErrLinkLost, Text: textForgotten}
		case a.state == wire.ActionErr:
			return false, &Error{Op: op, Call: a.call, Kind: ErrActionFailed}
		}
		return true, nil
	}, watchKey{keyControl, a.control})
}

// waitFor is wait with a limit; an action that passes it is forgotten.
func (a *action) waitFor(ctx context.Context, op string, limit time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := a.wait(limited, op)
	if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return err
	}
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.c.dropAction(a)
	if a.c.conn == nil {
		return &Error{Op: op, Call: a.call, Kind: ErrLinkLost, Text: "the server took it, the outcome is unknown"}
	}
	return &Error{Op: op, Call: a.call, Kind: ErrTimeout, Text: "the server took it and then said nothing"}
}

// command sends a sub-command of the action. An action that is over, here or
// by the server's word, needs none.
func (a *action) command(ctx context.Context, op, method string, fill func(*wire.ControlParams)) error {
	a.c.mu.Lock()
	over := a.over
	a.c.mu.Unlock()
	if over {
		return nil
	}
	_, err := a.c.askAction(ctx, op, a.call, method, func(ref wire.CallRef) any {
		p := wire.ControlParams{CallRef: ref, ControlID: a.control}
		if fill != nil {
			fill(&p)
		}
		return p
	})
	if isGone(err) {
		return nil
	}
	return err
}

// terminal ends an action on the states given.
func terminal(kind string, states ...string) func(*actionNote) bool {
	return func(n *actionNote) bool {
		if n.kind != kind {
			return false
		}
		for _, s := range states {
			if n.body.State == s {
				return true
			}
		}
		return false
	}
}
