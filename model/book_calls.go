package model

import "time"

// callSeen folds what a frame says of a leg.
func (b *Book) callSeen(in CallInfo, at time.Time) {
	if in.ID == "" {
		b.misplaced++
		return
	}
	c := b.calls[in.ID]
	if c == nil {
		c = &Call{ID: in.ID}
		b.add(c)
	}
	fill(c, in)
	b.adopt(c)
	was := c.State
	b.advance(c, in, at)
	b.touch(c)
	if c.Parent == "" && !c.IsMonitor() {
		b.number(c)
	}
	if c.State != was {
		b.legMoved(c, at)
	}
}

// fill copies what the frame knows and the call does not contradict: a later
// frame may add, never blank.
func fill(c *Call, in CallInfo) {
	set(&c.Node, in.Node)
	set(&c.Direction, in.Direction)
	set(&c.Type, in.Type)
	set(&c.From, in.From)
	set(&c.To, in.To)
	set(&c.Context, in.Context)
	set(&c.Tag, in.Tag)
	set(&c.CreatedBy, in.CreatedBy)
	if in.Parent != c.ID { // nonsense, and it would never be swept
		set(&c.Parent, in.Parent)
	}
	set(&c.PeerID, in.Peer)
	if len(in.Headers) > 0 {
		c.Headers = in.Headers
	}
	if len(in.Codecs) > 0 {
		c.Codecs = in.Codecs
	}
}

func set[T comparable](dst *T, v T) {
	var zero T
	if v != zero {
		*dst = v
	}
}

// adopt ties a leg to the attempt that made it, whichever event came first.
func (b *Book) adopt(c *Call) {
	if c.Tag == "" {
		return
	}
	id, known := b.byTag[c.Tag]
	if !known || id == c.ID {
		return
	}
	set(&c.Parent, id)
	a := b.calls[id].Attempt
	if a.Peer == "" && !a.State.Over() {
		a.Peer = c.ID
		b.calls[id].Version++
	}
}

// advance moves the state forward and stamps the times. Server times win over
// the time of arrival, so that a snapshot brings the true age.
func (b *Book) advance(c *Call, in CallInfo, at time.Time) {
	if in.State > c.State {
		c.State = in.State
	}
	stamp(&c.Created, in.Created, time.Time{})
	if c.State >= Created {
		stamp(&c.Created, in.Created, at)
	}
	if in.State == Ringing {
		stamp(&c.Rang, time.Time{}, at)
	}
	if in.State == Answered {
		stamp(&c.Answered, in.Answered, at)
	} else {
		stamp(&c.Answered, in.Answered, time.Time{})
	}
	if c.State >= Ending {
		stamp(&c.Ending, in.Ended, at)
		b.endOf(c, in, at)
	}
	if c.State == Ended {
		stamp(&c.Ended, in.Ended, at)
	}
}

// stamp sets a time once: to the server's if it gave one, else to ours.
func stamp(t *time.Time, server, arrival time.Time) {
	switch {
	case !t.IsZero():
	case !server.IsZero():
		*t = server
	default:
		*t = arrival
	}
}

// legMoved tells attempts that one of their legs changed state.
func (b *Book) legMoved(c *Call, at time.Time) {
	if parent := b.calls[c.Parent]; parent != nil && parent.Attempt != nil && parent.Attempt.Peer == c.ID {
		switch c.State {
		case Ringing:
			b.step(parent, PeerRings, at, Cause{})
		case Ended:
			if !parent.Attempt.mayGoOn() {
				b.step(parent, LegGone, at, b.verdict(parent, "", at))
			}
		}
	}
	if c.State == Ended && c.Attempt != nil {
		b.step(c, LegGone, at, b.verdict(c, "", at))
	}
}

// dialChanged folds the outcome of a dial.
func (b *Book) dialChanged(ev DialChanged) {
	if ev.State == DialAnswered && ev.Call.ID != "" {
		b.callSeen(ev.Call, ev.At)
	}
	if ev.State != DialFailed {
		return
	}
	for _, c := range b.calls {
		if c.Tag == ev.Tag && c.Parent == "" && c.End.IsZero() {
			b.endOf(c, CallInfo{EndReason: ev.Reason}, ev.At)
			c.Version++
		}
	}
}

func (b *Book) legReported(ev LegReported) {
	c := b.calls[ev.Call]
	if c == nil { // a leg whose first state is still to come
		c = &Call{ID: ev.Call}
		b.add(c)
	}
	c.Leg = ev.Leg
	if !c.End.IsZero() {
		b.endOf(c, CallInfo{EndReason: c.End.Word}, c.End.At)
	}
	b.touch(c)
}
