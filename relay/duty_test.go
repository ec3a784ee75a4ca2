package relay

import (
	"errors"
	"testing"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// The rest of section 12 of the protocol notes, one test an obligation.

func TestOneConnectAtATime(t *testing.T) {
	_, c, call := acting(t)
	req := wanted()
	req.To = "sip:silent@test"
	done := make(chan struct{})
	go func() { defer close(done); _, _ = call.ConnectSIP(within(t), req) }() // ends with Disconnect; waited for below
	ringing(t, c, call)
	if _, err := call.ConnectSIP(within(t), wanted()); !errors.Is(err, ErrInvalid) || !errors.Is(err, model.ErrConnecting) {
		t.Fatal(err)
	}
	if err := call.Disconnect(within(t)); err != nil {
		t.Fatal(err)
	}
	<-done
	first := call.Info().Attempt.Tag
	if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
		t.Fatal(err)
	}
	if first == call.Info().Attempt.Tag {
		t.Fatal("each connect needs a tag of its own")
	}
}

func TestConnectTimesOutHere(t *testing.T) {
	s, c, call := acting(t)
	req := wanted()
	req.To = "sip:silent@test"
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(within(t), req); errc <- err }() // ends with the deadline; received below
	ringing(t, c, call)
	c.mu.Lock()
	after := call.now().Attempt.Deadline
	for _, r := range append([]model.Required(nil), c.book.Deadlines(after)...) {
		c.carryOut(r)
	}
	c.checkAll()
	c.mu.Unlock()
	if err := <-errc; !errors.Is(err, ErrTimeout) || !errors.Is(err, ErrConnectFailed) {
		t.Fatal(err)
	}
	if _, err := s.Wait(within(t), relaytest.Request(wire.MethodCallDisconnect, 1)); err != nil {
		t.Fatal("the attempt must be cancelled:", err)
	}
}

func TestBothSpellingsOfAReason(t *testing.T) {
	for raw, want := range map[wire.Reason]string{
		"no_answer": model.WordNoAnswer, "noAnswer": model.WordNoAnswer, "declined": model.WordDecline,
		"not_found": model.WordNotFound, "max_duration": model.WordMaxDuration, "something_new": "something_new",
	} {
		if got := reason(raw); got != want {
			t.Errorf("%s gives %s", raw, got)
		}
	}
}

func TestPeerComesFromTheConnectEvent(t *testing.T) {
	s, _, call := acting(t)
	s.Handle(wire.MethodCallConnect, func(c *relaytest.Conn, f wire.Frame) {
		var p wire.CallConnectParams
		_ = wire.Decode(f.Params, &p)
		// No state event of the peer, and the event before the result.
		c.Event(wire.EventCallConnect, wire.ConnectEvent{CallRef: p.CallRef, ConnectState: wire.ConnectConnected, Tag: p.Tag,
			Peer: &wire.Peer{CallID: "the-peer", NodeID: "its-node"}})
		c.OK(f.ID, "Connecting")
	})
	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil || peer.ID() != "the-peer" || peer.Node() != "its-node" {
		t.Fatal(peer, err)
	}
}

func TestDisconnectedSettlesOnALegsEnd(t *testing.T) {
	for _, who := range []string{"caller", "peer"} {
		t.Run(who, func(t *testing.T) {
			s, _, call := acting(t)
			peer, err := call.ConnectSIP(within(t), wanted())
			if err != nil {
				t.Fatal(err)
			}
			gone := call
			if who == "peer" {
				gone = peer
			}
			// The leg's end alone, without a word on the connect.
			s.Last().Event(wire.EventCallState, wire.CallParams{CallRef: wire.CallRef{CallID: string(gone.ID())}, CallState: wire.CallEnded})
			for _, leg := range []*Call{call, peer} {
				if cause, err := leg.Disconnected(within(t)); err != nil || cause.IsZero() {
					t.Fatal(cause, err)
				}
			}
		})
	}
}

func TestGoneFinishesLocalActions(t *testing.T) {
	s, _, call := acting(t)
	p, err := call.RecordAudio(within(t), RecordOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.Handle(wire.MethodEnd, func(c *relaytest.Conn, f wire.Frame) { c.Refuse(f.ID, wire.CodeGone, "Call is gone") })
	if err := call.Hangup(within(t), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Ended(within(t)); !errors.Is(err, ErrEnded) {
		t.Fatal(err)
	}
	if call.State() != model.Ended {
		t.Fatal(call.State())
	}
}

// What the server says is not there is over, though no event tells so.
func TestCancelThatIsDeniedIsOver(t *testing.T) {
	for _, state := range []model.AttemptState{model.Dialing, model.RingingPeer} {
		t.Run(state.String(), func(t *testing.T) {
			s, c, call := acting(t)
			req := wanted()
			req.To = "sip:silent@test"
			if state == model.Dialing { // taken, and then not a word
				s.Handle(wire.MethodCallConnect, func(c *relaytest.Conn, f wire.Frame) { c.OK(f.ID, "Connecting") })
			}
			s.Handle(wire.MethodCallDisconnect, func(c *relaytest.Conn, f wire.Frame) { c.Refuse(f.ID, wire.CodeConflict, "not connected") })
			s.Handle(wire.MethodEnd, func(c *relaytest.Conn, f wire.Frame) { c.Refuse(f.ID, wire.CodeNotFound, "no such call") })
			errc := make(chan error, 1)
			go func() { _, err := call.ConnectSIP(within(t), req); errc <- err }() // ends with Disconnect; received below
			if err := c.until(within(t), "test", "", func() (bool, error) { return call.now().ConnectState() == state, nil },
				watchKey{keyCall, string(call.ID())}); err != nil {
				t.Fatal(err)
			}
			if err := call.Disconnect(within(t)); err != nil {
				t.Fatal(err)
			}
			if err := <-errc; !errors.Is(err, ErrConnectFailed) {
				t.Fatal(err)
			}
			if call.State() != model.Answered || c.Stats().InFlight != 0 {
				t.Fatalf("%v %+v", call.State(), c.Stats())
			}
		})
	}
}
