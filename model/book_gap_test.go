package model

import (
	"testing"
	"time"
)

// joinedBook is a Book with a call that a connect of our own joined to a peer,
// after which the link was lost and came back with a new session.
func joinedBook(t *testing.T, now time.Time) *Book {
	t.Helper()
	b := NewBook()
	b.Apply(LinkChanged{At: now, Link: Link{State: LinkUp, Generation: 1, Server: Server{Cordpair: true}}})
	b.Apply(CallSeen{At: now, Call: CallInfo{ID: "a", State: Answered}})
	if _, err := b.Connect("a", "tag", ConnectRequest{From: "sip:x@y", To: "sip:b@y"}, now); err != nil {
		t.Fatal(err)
	}
	b.Apply(ConnectChanged{At: now, Call: "a", State: ConnectConnected, Tag: "tag", Peer: CallInfo{ID: "b", State: Answered}})
	b.Apply(CallSeen{At: now, Call: CallInfo{ID: "b", State: Answered, Parent: "a"}})
	b.Apply(LinkChanged{At: now, Link: Link{State: LinkLost, Generation: 1, Server: Server{Cordpair: true}}})
	if req := b.Apply(LinkChanged{At: now, Link: Link{State: LinkUp, Generation: 2, Gap: time.Hour, Server: Server{Cordpair: true}}}); len(req) != 0 {
		t.Fatalf("%+v", req)
	}
	return b
}

// The server forgot the session, not the talk: nobody may be hung up for it.
func TestTalkOutlivesItsSession(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := joinedBook(t, now)
	if c := b.Call("a"); !c.Stale {
		t.Fatal("nothing has confirmed it yet")
	}
	req := b.Apply(Snapshot{At: now, Calls: []SnapshotCall{
		{Call: CallInfo{ID: "a", State: Answered, Peer: "b"}, Connect: ConnectConnected, ConnectTag: "tag"},
		{Call: CallInfo{ID: "b", State: Answered, Parent: "a"}},
	}})
	c := b.Call("a")
	if len(req) != 0 || c.Stale || c.ConnectState() != Connected || b.Peer(c).ID != "b" {
		t.Fatalf("%+v %+v", req, c)
	}
}

func TestTalkThatEndedInTheGap(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, calls := range map[string][]SnapshotCall{
		"both are up, apart": {{Call: CallInfo{ID: "a", State: Answered}, Connect: ConnectDisconnected, ConnectTag: "tag"}, {Call: CallInfo{ID: "b", State: Answered}}},
		"the peer is gone":   {{Call: CallInfo{ID: "a", State: Answered}, Connect: ConnectDisconnected, ConnectTag: "tag"}},
		"both are gone":      {},
	} {
		b := joinedBook(t, now)
		req := b.Apply(Snapshot{At: now, Calls: calls})
		c := b.Call("a")
		if len(req) != 0 || c.ConnectState() != Disconnected || c.Attempt.Cause.IsZero() {
			t.Errorf("%s: %+v %+v", name, req, c.Attempt)
		}
	}
}
