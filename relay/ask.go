package relay

import (
	"context"
	"errors"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// able says why nothing can be asked of the call, before anything is sent. The
// lock is held.
func (k *Call) able(op string) error {
	switch {
	case k.id == "":
		return &Error{Op: op, Kind: ErrInvalid, Err: errors.New("the call has no id")}
	case k.now().State == model.Ended:
		return k.ended(op)
	}
	return nil
}

// ended is the error of what comes too late. The lock is held.
func (k *Call) ended(op string) *Error {
	call := k.now()
	return &Error{Op: op, Call: k.id, Kind: ErrEnded, Cause: call.End, told: call.EndSentence("")}
}

// unsent is the error of what is asked with a context that has ended, or nil:
// whoever does not wait any more does not want it done.
func unsent(ctx context.Context, op string, call model.CallID) error {
	if err := ctx.Err(); err != nil {
		return &Error{Op: op, Call: call, Kind: ErrExpired, Err: err}
	}
	return nil
}

// command is Client.command for a call that is there.
func (k *Call) command(ctx context.Context, op string, cmd model.Command) (answer, error) {
	k.c.mu.Lock()
	err := k.able(op)
	k.c.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	return k.c.command(ctx, op, cmd)
}

// ask is Client.ask for a call that is there.
func (k *Call) ask(ctx context.Context, op, method string, build func(wire.CallRef) any) (answer, error) {
	k.c.mu.Lock()
	err := k.able(op)
	k.c.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	return k.c.ask(ctx, op, k.id, method, build)
}

// command carries out a command of the SDK and waits for the server's word.
// The client's Book is told, so that it knows what was wanted here.
func (c *Client) command(ctx context.Context, op string, cmd model.Command) (answer, error) {
	target := model.Target(cmd)
	if err := unsent(ctx, op, target); err != nil {
		return answer{}, err
	}
	c.mu.Lock()
	r, out, err := c.order(cmd, nil)
	c.mu.Unlock()
	if err != nil {
		return answer{}, &Error{Op: op, Call: target, Kind: ErrInvalid, Err: err}
	}
	return c.await(ctx, op, target, r, out, true)
}

// order submits a command as an order of the client's own Book; then, which
// may be nil, is called under the lock once it is settled.
func (c *Client) order(cmd model.Command, then func(answer)) (*request, <-chan answer, error) {
	out := make(chan answer, 1)
	now := time.Now()
	r, err := c.requestFor(cmd, now.Add(c.cfg.RequestTimeout), nil)
	if err != nil {
		return nil, nil, err
	}
	c.submitOrder(r, cmd, now, func(a answer) {
		if then != nil {
			then(a)
		}
		out <- a
	})
	return r, out, nil
}

// submitOrder submits a request and lets the client's own Book follow it as
// the order for a command. The lock is held.
func (c *Client) submitOrder(r *request, cmd model.Command, now time.Time, then func(answer)) {
	id := c.book.Give(cmd, now).ID
	r.settle = func(a answer) {
		c.fold(model.OrderSettled{At: a.at, Order: id, Fault: a.fault})
		then(a)
	}
	c.submit(r)
}

// ask sends any request about a call and waits for the server's word. build
// gets the reference that the request must carry.
func (c *Client) ask(ctx context.Context, op string, call model.CallID, method string, build func(wire.CallRef) any) (answer, error) {
	return c.asking(ctx, op, call, method, build, true)
}

func (c *Client) asking(ctx context.Context, op string, call model.CallID, method string, build func(wire.CallRef) any, ofCall bool) (answer, error) {
	if err := unsent(ctx, op, call); err != nil {
		return answer{}, err
	}
	out := make(chan answer, 1)
	c.mu.Lock()
	params := build(wire.CallRef{NodeID: c.node(call), CallID: string(call)})
	r, err := newRequest(method, params, time.Now().Add(c.cfg.RequestTimeout), func(a answer) { out <- a })
	if err == nil {
		c.submit(r)
	}
	c.mu.Unlock()
	if err != nil {
		return answer{}, &Error{Op: op, Call: call, Kind: ErrInvalid, Err: err}
	}
	return c.await(ctx, op, call, r, out, ofCall)
}

// askAction is ask for a sub-command, where 404 means that the action is over,
// not the call.
func (c *Client) askAction(ctx context.Context, op string, call model.CallID, method string, build func(wire.CallRef) any) (answer, error) {
	return c.asking(ctx, op, call, method, build, false)
}

// await waits for the answer to a request. When ctx ends first a request that
// was never sent is withdrawn; of one that was sent the outcome is unknown.
func (c *Client) await(ctx context.Context, op string, call model.CallID, r *request, out <-chan answer, ofCall bool) (answer, error) {
	var a answer
	select {
	case a = <-out:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		e := &Error{Op: op, Call: call, Err: ctx.Err()}
		if r.on == nil {
			c.overdue(r)
			e.Kind = ErrExpired
		}
		return a, e
	}
	if a.fault == nil {
		return a, nil
	}
	return a, c.failure(op, call, a.fault, ofCall)
}

// failure turns a fault into an error.
func (c *Client) failure(op string, call model.CallID, f *model.Fault, ofCall bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.faultError(op, call, f)
	if e.Kind == ErrGone && ofCall {
		c.gone(call)
	}
	return e
}

// gone ends a call that the server does not know any more. Whoever reads the
// stream got the refusal itself. The lock is held.
func (c *Client) gone(id model.CallID) {
	if call := c.book.Call(id); call != nil && call.State != model.Ended {
		c.fold(model.CallSeen{At: time.Now(), Call: model.CallInfo{ID: id, State: model.Ended, EndReason: wordGone}})
	}
}

// wordGone is our word for a call that the server denies.
const wordGone = "gone"

func isGone(err error) bool { return errors.Is(err, ErrGone) }
