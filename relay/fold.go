package relay

import (
	"math"
	"slices"
	"time"

	"cordpair/model"
)

// forever keeps the Book from sweeping on its own.
const forever = time.Duration(math.MaxInt64)

// emit puts one event into the stream and folds it. The lock is held, so the
// stream and the state that calls show agree.
func (c *Client) emit(ev model.Event) {
	if c.feeding {
		c.box.put(ev)
	}
	c.fold(ev)
}

// fold folds one event and wakes who waits for it. The lock is held.
func (c *Client) fold(ev model.Event) {
	if c.late(ev) {
		return
	}
	// The Book's slice is valid until the next Apply, which a command that
	// cannot be sent would cause.
	for _, req := range slices.Clone(c.book.Apply(ev)) {
		c.carryOut(req)
	}
	switch ev := ev.(type) {
	case model.CallSeen:
		c.callsChanged()
		c.dialLegMoved(ev.Call.ID)
		c.callMoved(ev.Call.ID)
		c.orphaned(ev.Call.ID)
		if ev.Offered && c.book.Call(ev.Call.ID) != nil {
			c.offers.add(ev.Call.ID)
			c.check(watchKey{kind: keyOffers})
		}
		if ev.Call.Tag != "" {
			c.check(watchKey{keyTag, string(ev.Call.Tag)})
		}
	case model.ConnectChanged:
		c.callsChanged()
		c.callMoved(ev.Call)
		c.callMoved(ev.Peer.ID)
	case model.DialChanged:
		c.callsChanged()
		if ev.Call.ID != "" {
			c.callMoved(ev.Call.ID)
			c.orphaned(ev.Call.ID)
		}
		c.dialMoved(ev)
	case model.LegReported:
		c.callMoved(ev.Call)
	case model.Snapshot:
		if ev.Remembered {
			return
		}
		for _, s := range ev.Calls {
			c.graves.drop(s.Call.ID) // alive after all
			c.dialLegMoved(s.Call.ID)
			c.orphaned(s.Call.ID)
		}
		for _, call := range c.book.Rows(true) {
			c.callMoved(call.ID)
		}
		c.checkAll()
	case model.LinkChanged:
		c.checkAll()
	}
}

// late reports whether the event is an echo of a call that has ended and was
// forgotten: folding it would raise the dead.
func (c *Client) late(ev model.Event) bool {
	switch ev := ev.(type) {
	case model.CallSeen:
		return c.graves.has(ev.Call.ID)
	case model.ConnectChanged:
		return c.graves.has(ev.Call)
	case model.LegReported:
		return c.graves.has(ev.Call)
	case model.MonitorChanged:
		return c.graves.has(ev.Call)
	}
	return false
}

// carryOut sends what an attempt of ours calls for. The server's denial (404,
// 409, 410) means that it is over already; when the wire has not told so, as
// after a gap, nothing else would.
func (c *Client) carryOut(req model.Required) {
	method, params, err := encode(req.Command, c.node)
	if err != nil {
		return
	}
	c.internal(method, params, func(a answer) {
		if a.fault != nil && (a.fault.Code == 404 || a.fault.Code == 409 || a.fault.Code == 410) {
			c.denied(req, a)
		}
	})
}

// denied settles what the server says is not there. The lock is held.
func (c *Client) denied(req model.Required, a answer) {
	switch cmd := req.Command.(type) {
	case model.Hangup:
		c.gone(cmd.Call)
	case model.Disconnect:
		c.fold(model.ConnectChanged{
			At: a.at, Call: cmd.Call, State: model.ConnectFailed, Tag: req.Attempt, Reason: model.WordCancel,
		})
		if a.fault.Code != 409 {
			c.gone(cmd.Call)
		}
	}
}

// node names the server node of a call.
func (c *Client) node(id model.CallID) string {
	if call := c.book.Call(id); call != nil {
		return string(call.Node)
	}
	return ""
}

// callMoved wakes those who wait for a call or its other leg and forgets calls
// that are over.
func (c *Client) callMoved(id model.CallID) {
	call := c.book.Call(id)
	if call == nil {
		return
	}
	c.check(watchKey{keyCall, string(id)})
	if call.Parent != "" {
		c.noteJoint(c.book.Call(call.Parent))
		c.check(watchKey{keyCall, string(call.Parent)})
	}
	if call.Attempt != nil && call.Attempt.Peer != "" {
		c.noteJoint(call)
		c.check(watchKey{keyCall, string(call.Attempt.Peer)})
	}
	if call.State == model.Ended {
		c.endActions(call.ID, stateCallEnded)
		c.reap(call)
	}
}

// noteJoint keeps the end of a connect for the handle of the peer leg, which
// outlives the attempt.
func (c *Client) noteJoint(a *model.Call) {
	if a == nil || a.Attempt == nil || a.Attempt.Peer == "" {
		return
	}
	if h := c.handles[a.Attempt.Peer]; h != nil {
		joint := *a.Attempt
		h.joint = &joint
	}
}

// reap forgets an ended call: at once, unless it is the peer that stands on
// its caller's row.
func (c *Client) reap(call *model.Call) {
	if parent := c.book.Call(call.Parent); parent != nil && parent.Attempt != nil && parent.Attempt.Peer == call.ID {
		return
	}
	c.bury(call)
	if p := c.book.Peer(call); p != nil && p.State == model.Ended {
		c.bury(p)
	}
	c.book.Forget(call.ID)
}

// bury lets the handle of a call keep what was last known.
func (c *Client) bury(call *model.Call) {
	c.graves.add(call.ID)
	c.offers.drop(call.ID)
	h := c.handles[call.ID]
	if h == nil {
		return
	}
	h.last = copyCall(call)
	delete(c.handles, call.ID)
	if id := otherLeg(call); c.book.Call(id) != nil && !c.graves.has(id) {
		h.mate = c.handle(id)
		h.mate.mate = h
	}
}

// forgetStale drops the calls of a session that the server forgot.
func (c *Client) forgetStale() {
	for _, call := range c.book.Rows(true) {
		if !call.Stale {
			continue
		}
		if h := c.handles[call.ID]; h != nil {
			h.lost = true
		}
		c.check(watchKey{keyCall, string(call.ID)})
		c.endActions(call.ID, stateSessionLost)
		c.bury(call)
		c.graves.drop(call.ID) // it may be up; who speaks of it is believed
		c.book.Forget(call.ID)
	}
}

func copyCall(call *model.Call) *model.Call {
	last := *call
	if call.Attempt != nil {
		attempt := *call.Attempt
		last.Attempt = &attempt
	}
	return &last
}
