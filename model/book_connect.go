package model

import (
	"slices"
	"time"
)

// connectChanged folds a connect event: the truth about an attempt.
func (b *Book) connectChanged(ev ConnectChanged) {
	c := b.calls[ev.Call]
	if c == nil {
		if ev.Call == "" || ev.State == ConnectFailed || ev.State == ConnectDisconnected {
			b.misplaced++
			return
		}
		c = &Call{ID: ev.Call}
		b.add(c)
		b.number(c)
	}
	a := b.attemptFor(c, ev)
	if a == nil {
		b.misplaced++
		return
	}
	b.takePeer(c, a, ev)
	switch ev.State {
	case ConnectConnecting:
		if p := b.calls[a.Peer]; p != nil && p.State == Ringing && a.State == Dialing {
			b.step(c, PeerRings, ev.At, Cause{})
		}
	case ConnectConnected:
		b.step(c, PeerJoined, ev.At, Cause{})
	case ConnectFailed, ConnectDisconnected:
		b.step(c, PeerLeft, ev.At, b.verdict(c, ev.Reason, ev.At))
	}
	if p := b.calls[a.Peer]; a.State.Active() && (c.State == Ended || p != nil && p.State == Ended && !a.mayGoOn()) {
		b.step(c, LegGone, ev.At, b.verdict(c, "", ev.At)) // the end of a leg came first
	}
	b.touch(c)
}

// attemptFor finds the attempt that the event is about, begins a foreign one,
// or returns nil for an event of an attempt that is past.
func (b *Book) attemptFor(c *Call, ev ConnectChanged) *Attempt {
	a := c.Attempt
	begins := ev.State == ConnectConnecting || ev.State == ConnectConnected
	switch {
	case a == nil:
	case ev.Tag == a.Tag || ev.Tag == "" && (ev.Peer.ID == "" || a.Peer == "" || ev.Peer.ID == a.Peer):
		// One client of the field reuses its tag for every connect on a call.
		again := a.Foreign && a.State.Over() && begins && ev.Peer.ID != "" && ev.Peer.ID != a.Peer
		if !again {
			return a
		}
	case a.Tag == "" && a.Peer != "" && ev.Peer.ID == a.Peer: // its end, which names no tag, came first
		a.Tag = ev.Tag
		b.byTag[a.Tag] = c.ID
		return a
	case a.State.Active():
		return nil
	case slices.Contains(c.pastTags, ev.Tag) && !begins:
		return nil
	}
	a = &Attempt{Tag: ev.Tag, Call: c.ID, Foreign: true}
	b.replaceAttempt(c, a)
	a.Step(Submit, ev.At)
	return a
}

// maxPastTags is of how many attempts on one call a late event is known: a leg
// that is up for days may be connected a hundred thousand times.
const maxPastTags = 32

// replaceAttempt makes a the call's attempt.
func (b *Book) replaceAttempt(c *Call, a *Attempt) {
	if old := c.Attempt; old != nil {
		delete(b.byTag, old.Tag)
		if c.pastTags = append(c.pastTags, old.Tag); len(c.pastTags) > maxPastTags {
			c.pastTags = slices.Delete(c.pastTags, 0, len(c.pastTags)-maxPastTags)
		}
		if p := b.calls[old.Peer]; p != nil && p.State == Ended {
			b.remove(p.ID)
		}
	}
	c.Attempt = a
	if a.Tag != "" {
		b.byTag[a.Tag] = c.ID
	}
}

// takePeer learns the B leg from the event; ids come from here, never from the
// order of state events.
func (b *Book) takePeer(c *Call, a *Attempt, ev ConnectChanged) {
	if ev.Peer.ID == "" || ev.Peer.ID == c.ID {
		return
	}
	if a.Peer == "" || ev.State == ConnectConnected {
		a.Peer = ev.Peer.ID // of several legs that rang, the one connected
	}
	p := b.calls[ev.Peer.ID]
	if p == nil {
		p = &Call{ID: ev.Peer.ID, Direction: Outbound}
		b.add(p)
	}
	fill(p, ev.Peer)
	set(&p.Parent, c.ID)
	if a.Foreign && a.Request.To == "" {
		a.Request = ConnectRequest{From: p.From.URI, To: p.To.URI, Codecs: p.Codecs, Headers: p.Headers}
	}
	b.touch(p)
}

// step feeds the machine of a call's attempt and collects its effect.
func (b *Book) step(c *Call, in Input, at time.Time, why Cause) {
	a := c.Attempt
	was := a.State
	effect, legal := a.Step(in, at)
	if !legal {
		b.misplaced++
		return
	}
	if a.State.Over() && !was.Over() {
		a.Cause = why
		a.Cause.At = at
	}
	c.Version++
	b.require(c, effect)
}

// require turns an effect into the command that carries it out.
func (b *Book) require(c *Call, effect Effect) {
	a := c.Attempt
	var cmd Command
	switch effect {
	case NoEffect:
		return
	case SendDial:
		cmd = Connect{Call: c.ID, Tag: a.Tag, Request: a.Request}
	case SendCancel:
		cmd = Disconnect{Call: c.ID}
	case SendHangup:
		reason := WordHangup
		if a.State == RingingPeer {
			reason = WordCancel
		}
		cmd = Hangup{Call: a.Peer, Reason: reason}
		if a.Peer == "" {
			cmd = Disconnect{Call: c.ID}
		}
	}
	b.effects = append(b.effects, Required{Effect: effect, Attempt: a.Tag, Command: cmd})
}
