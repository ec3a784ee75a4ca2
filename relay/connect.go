package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// ConnectSIP connects the call to a new outbound SIP leg (calling.connect) and
// returns that leg once it has picked up; the two hear each other. The call
// must be answered (otherwise ErrInvalid with model.ErrNotUp) and have no peer
// and no connect under way (model.ErrAlreadyJoined, model.ErrConnecting). req.To
// may name several peers, see model.ParseHunt.
//
// It always settles: on connected; on failed, with an Error of kind
// ErrConnectFailed whose Cause says who and why (busy, noAnswer, decline, …);
// on the server's refusal (ErrRefused, ErrGone); when the call ends; when the
// link stays lost beyond Config.Grace (ErrLinkLost); when the ring timeout and
// a margin of ten seconds have passed (ErrTimeout). In the last two cases the
// attempt is given up: a peer that answers late is hung up.
//
// The end of ctx ends the waiting and nothing else: the error is
// ErrStillConnecting, the peer may still answer, Disconnect cancels it and
// Peer names it.
func (k *Call) ConnectSIP(ctx context.Context, req model.ConnectRequest) (peer *Call, err error) {
	cmd := model.Connect{Call: k.id, Tag: newTag(), Request: req}
	whom := req.To
	if req.Several() {
		whom = ""
	}
	return k.connect(ctx, cmd.Tag, whom, func(c *Client, now time.Time, settle func(answer)) (*request, error) {
		if _, err := c.book.Connect(k.id, cmd.Tag, req, now); err != nil {
			return nil, err
		}
		r, _, err := c.order(cmd, settle)
		return r, err
	}, req.RingTime())
}

// ConnectPhone is ConnectSIP for a telephone number (calling.connect). Members
// of the device that are for SIP only are refused.
func (k *Call) ConnectPhone(ctx context.Context, d Device, o ConnectOptions) (peer *Call, err error) {
	if !d.phone() {
		return nil, &Error{Op: "connect", Call: k.id, Kind: ErrInvalid, Err: errors.New("to: not a telephone number, type +15550100")}
	}
	return k.Connect(ctx, Plan{{d}}, o)
}

// ConnectOptions are what a connect takes beside its devices.
type ConnectOptions struct {
	Ringback          model.Playlist // heard by the caller while peers ring; default the server's tone
	MaxPricePerMinute model.Price    // USD, the call is not made above it; 0: no limit
}

// Connect is ConnectSIP for any plan of devices (calling.connect), one after
// another and at the same time: the first that answers becomes the peer, the
// others are hung up. The local deadline is that of the whole plan.
func (k *Call) Connect(ctx context.Context, plan Plan, o ConnectOptions) (peer *Call, err error) {
	err = plan.check()
	for i, m := range o.Ringback {
		if merr := m.Check(); err == nil && merr != nil {
			err = fmt.Errorf("ringback %d: %w", i+1, merr)
		}
	}
	if err == nil && o.MaxPricePerMinute < 0 {
		err = errors.New("a price cannot be negative")
	}
	if err != nil {
		return nil, &Error{Op: "connect", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	tag, shown, whom := newTag(), plan[0][0].request(), ""
	if len(plan) == 1 && len(plan[0]) == 1 {
		whom = shown.To
	}
	return k.connect(ctx, tag, whom, func(c *Client, now time.Time, settle func(answer)) (*request, error) {
		if _, err := c.book.ConnectPlan(k.id, tag, shown, plan.ringTime(), now); err != nil {
			return nil, err
		}
		r, err := newRequest(wire.MethodCallConnect, wire.CallConnectParams{
			CallRef: wire.CallRef{NodeID: c.node(k.id), CallID: string(k.id)}, Tag: string(tag), Devices: plan.wire(),
			Ringback: mediaList(o.Ringback), MaxPricePerMinute: o.MaxPricePerMinute.USD(),
		}, now.Add(c.cfg.RequestTimeout), nil)
		if err == nil {
			c.submitOrder(r, model.Connect{Call: k.id, Tag: tag, Request: shown}, now, settle)
		}
		return r, err
	}, plan.ringTime())
}

// connect begins an attempt, on the wire by send, and waits for its outcome. Whom
// names the peer; empty when there are several.
func (k *Call) connect(ctx context.Context, tag model.Tag, whom string, send func(*Client, time.Time, func(answer)) (*request, error), ring time.Duration) (peer *Call, err error) {
	c := k.c
	if err := unsent(ctx, "connect", k.id); err != nil {
		return nil, err
	}
	c.mu.Lock()
	now := time.Now()
	at := &attempt{call: k, tag: tag, whom: model.LooseAddress(whom).Brief()}
	if at.req, err = send(c, now, at.settled); err != nil {
		defer c.mu.Unlock()
		return nil, k.cannot("connect", err)
	}
	bell := c.alarms.set(now.Add(ring+model.OutcomeMargin), func() { c.deadline(k.id) })
	w := c.watchFor(func() bool {
		peer, err = at.outcome()
		return peer != nil || err != nil
	}, watchKey{keyCall, string(k.id)})
	c.mu.Unlock()
	if ended := c.wait(ctx, w); ended != nil {
		return nil, at.abandon(ended) // the attempt goes on, and so does its deadline
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := k.now().Attempt; a == nil || a.Tag != tag || a.State.Over() || peer != nil {
		c.alarms.stop(bell) // one that was given up still has to end
	}
	return peer, err
}

// attempt is a connect of the SDK while somebody waits for it.
type attempt struct {
	call  *Call
	tag   model.Tag
	whom  string // the peer, for people
	req   *request
	fault *model.Fault
}

// settled takes the server's word on the request. The lock is held.
func (at *attempt) settled(a answer) {
	c := at.call.c
	at.fault = a.fault
	if a.fault != nil && (a.fault.Code == 404 || a.fault.Code == 410) {
		c.gone(at.call.id)
	}
	c.check(watchKey{keyCall, string(at.call.id)})
}

// cannot turns the Book's reason why something is impossible into an error.
func (k *Call) cannot(op string, err error) error {
	var invalid *model.InvalidRequest
	switch {
	case k.lost:
		return &Error{Op: op, Call: k.id, Kind: ErrLinkLost, Text: textForgotten}
	case errors.Is(err, model.ErrOver), k.now().State == model.Ended:
		return k.ended(op)
	case errors.As(err, &invalid):
		err = invalid // without a second name of the call
	}
	return &Error{Op: op, Call: k.id, Kind: ErrInvalid, Err: err}
}

// deadline lets the attempt on a call time out if it had no outcome.
func (c *Client) deadline(id model.CallID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, req := range append([]model.Required(nil), c.book.Deadline(id, time.Now())...) {
		c.carryOut(req)
	}
	c.callMoved(id)
	c.check(watchKey{keyCall, string(id)}) // also of a call that is not known any more
}

// outcome is the peer or the failure, once there is either. The lock is held.
func (at *attempt) outcome() (*Call, error) {
	k, c := at.call, at.call.c
	call := k.now()
	a := call.Attempt
	if a == nil || a.Tag != at.tag {
		return nil, at.failed(ErrLinkLost, model.Cause{Word: model.WordSessionLost})
	}
	switch {
	case a.State == model.Connected && a.Wanted && a.Peer != "":
		return c.handle(a.Peer), nil
	case a.State == model.Connected && a.Wanted && !time.Now().Before(a.Deadline):
		e := at.failed(ErrTimeout, model.Cause{})
		e.Text = "the server connected a peer and never named it"
		return nil, e
	case a.State.Over() && at.fault != nil && at.fault.Kind != model.FaultUnknown && at.fault.Kind != model.FaultTimeout:
		e := c.faultError("connect", k.id, at.fault)
		e.Tag = at.tag
		return nil, e
	case a.State.Over():
		e := at.failed(ErrConnectFailed, a.Cause)
		e.told = a.Cause.Sentence(at.whom)
		switch {
		case a.Cause.Word == model.WordTimeout:
			e.Err = ErrTimeout
		case a.Cause.Word == model.WordSessionLost:
			e.Err = ErrLinkLost
		case call.State >= model.Ending:
			e.Err = ErrEnded
		}
		return nil, e
	case k.lost:
		return nil, at.failed(ErrLinkLost, model.Cause{Word: model.WordSessionLost})
	}
	if kind := c.stopped(); kind != nil {
		at.giveUp()
		return nil, at.failed(kind, model.Cause{})
	}
	return nil, nil
}

func (at *attempt) failed(kind error, cause model.Cause) *Error {
	return &Error{Op: "connect", Call: at.call.id, Tag: at.tag, Kind: kind, Cause: cause}
}

// giveUp makes sure that a peer which answers late is hung up.
func (at *attempt) giveUp() {
	c := at.call.c
	required, err := c.book.Release(at.call.id, time.Now())
	if err != nil {
		return
	}
	for _, req := range append([]model.Required(nil), required...) {
		c.carryOut(req)
	}
}

// abandon ends the waiting for an attempt that goes on, unless it was never
// sent: then it is withdrawn.
func (at *attempt) abandon(why error) error {
	c := at.call.c
	c.mu.Lock()
	defer c.mu.Unlock()
	e := at.failed(ErrStillConnecting, model.Cause{})
	e.Err = why
	if at.req.on == nil {
		c.overdue(at.req)
		e.Kind = ErrExpired
	}
	return e
}
