package model

import "time"

// linkChanged folds the state of the link. When it is lost every live call is
// stale until something confirms it; when it comes up with a new session,
// attempts that were under way are lost, unless the server's list will tell.
func (b *Book) linkChanged(ev LinkChanged) {
	was := b.link
	b.link = ev.Link
	switch {
	case ev.Link.State == LinkLost && was.State == LinkUp:
		for _, c := range b.calls {
			if c.State != Ended {
				c.Stale = true
				c.Version++
			}
		}
	case ev.Link.Server.Cordpair:
	case ev.Link.State == LinkUp && !ev.Link.Resumed && was.Generation > 0 && ev.Link.Generation != was.Generation:
		b.sessionLost(ev.At)
	}
}

// sessionLost ends what only the old session could have told us of.
func (b *Book) sessionLost(at time.Time) {
	for _, c := range b.calls {
		if c.Attempt != nil && c.Attempt.State.Active() {
			b.step(c, SessionLost, at, Cause{By: Network, Word: WordSessionLost})
		}
	}
}

// snapshot folds the server's full list: what it names is confirmed, what it
// does not name is over. What is only remembered is stale.
func (b *Book) snapshot(ev Snapshot) {
	seen := make(map[CallID]bool, len(ev.Calls))
	for _, s := range ev.Calls {
		seen[s.Call.ID] = true
		if !s.Leg.IsZero() {
			b.legReported(LegReported{At: ev.At, Call: s.Call.ID, Leg: s.Leg})
		}
		b.callSeen(s.Call, ev.At)
	}
	for _, s := range ev.Calls {
		if s.Connect == ConnectConnecting || s.Connect == ConnectConnected {
			b.connectChanged(ConnectChanged{At: ev.At, Call: s.Call.ID, State: s.Connect, Tag: s.ConnectTag,
				Peer: CallInfo{ID: s.Call.Peer, Node: s.Call.Node}})
		} else if !ev.Remembered {
			b.lostConnect(b.calls[s.Call.ID], ev.At)
		}
		if c := b.calls[s.Call.ID]; c != nil && !ev.Remembered {
			c.Monitor = s.Monitor
		}
	}
	for id, c := range b.calls {
		switch {
		case ev.Remembered:
			c.Stale = c.Stale || seen[id] && c.State != Ended
		case !seen[id] && c.State != Ended && c.State != CallUnknown:
			b.lostTrack(c, ev.At)
		}
	}
}

// lostConnect ends an attempt whose end we missed. One that only dials may be
// on its way to the server.
func (b *Book) lostConnect(c *Call, at time.Time) {
	if c == nil || c.Attempt == nil || c.Attempt.State != Connected && c.Attempt.State != RingingPeer {
		return
	}
	b.step(c, PeerLeft, at, Cause{By: Network, Word: WordHangup, Text: "it ended while the link was away"})
}

// lostTrack ends a call whose end we missed.
func (b *Book) lostTrack(c *Call, at time.Time) {
	c.Leg.EndedBy = ""
	c.State, c.Ended = Ended, at
	stamp(&c.Ending, time.Time{}, at)
	c.End = Cause{By: Network, Word: WordHangup, Text: "it ended while the link was away", At: at}
	b.touch(c)
	b.legMoved(c, at)
}

// LiveCounts counts live rows by what a status line shows.
type LiveCounts struct{ Calls, Ringing, Talking, Connecting, Stale int }

// Counts counts the live calls that have a row of their own.
func (b *Book) Counts() LiveCounts {
	var n LiveCounts
	for _, c := range b.sorted() {
		if !c.Live() || b.OnCallersRow(c) {
			continue
		}
		n.Calls++
		switch {
		case c.State < Answered:
			n.Ringing++
		case c.Attempt != nil && (c.Attempt.State == Dialing || c.Attempt.State == RingingPeer):
			n.Connecting++
		case c.ConnectState() == Connected:
			n.Talking++
		}
		if c.Stale {
			n.Stale++
		}
	}
	return n
}

// Deadlines steps attempts whose local deadline has passed and sweeps calls
// that ended long ago. Call it about once a second; the effects are valid
// until the next Apply.
func (b *Book) Deadlines(now time.Time) []Required {
	b.effects = b.effects[:0]
	for _, c := range b.calls {
		b.timeOut(c, now)
	}
	if b.Sweep(now) > 0 {
		b.version++
	}
	return b.effects
}

// Deadline is Deadlines for the attempt on one call, without a look at the
// others.
func (b *Book) Deadline(id CallID, now time.Time) []Required {
	b.effects = b.effects[:0]
	if c := b.calls[id]; c != nil {
		b.timeOut(c, now)
	}
	return b.effects
}

func (b *Book) timeOut(c *Call, now time.Time) {
	a := c.Attempt
	if a == nil || a.Foreign || a.Deadline.IsZero() || now.Before(a.Deadline) {
		return
	}
	if a.State == Dialing || a.State == RingingPeer {
		b.version++
		b.step(c, TimedOut, now, Cause{By: Network, Word: WordTimeout})
	}
}
