package relay

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// What a client knows, and does, once the link was away.

func TestConnectThatWasGivenUpStillEnds(t *testing.T) {
	s, c, call := away(t)
	req := wanted()
	req.To = "sip:silent@test"
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(within(t), req); errc <- err }() // ends with the grace period; received below
	ringing(t, c, call)
	s.Last().Drop()
	if err := <-errc; !errors.Is(err, ErrLinkLost) {
		t.Fatal(err)
	}
	due := call.Info().Attempt.Deadline
	c.alarms.mu.Lock()
	defer c.alarms.mu.Unlock()
	for _, al := range c.alarms.queue {
		if !al.at.Before(due) && al.at.Sub(due) < time.Second {
			return
		}
	}
	t.Fatal("nothing will ever end the attempt")
}

// away is acting with a link that does not come back by itself, and waits that
// soon give up.
func away(t *testing.T) (*relaytest.Server, *Client, *Call) {
	t.Helper()
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	cfg := config(s)
	cfg.BackoffMin, cfg.BackoffMax, cfg.Grace = time.Hour, time.Hour, 30*time.Millisecond
	c := opened(t, cfg)
	return s, c, answered(t, c, w)
}

func TestLegOfADialThatWasGivenUpIsHungUp(t *testing.T) {
	s, c, _ := away(t)
	errc := make(chan error, 1)
	go func() { // ends with the grace period; received below
		_, err := c.DialSIP(within(t), model.Dial{From: "sip:desk@test", To: "sip:silent@test", Tag: "the-dial"})
		errc <- err
	}()
	if _, err := s.Wait(within(t), relaytest.Request(wire.MethodDial, 1)); err != nil {
		t.Fatal(err)
	}
	s.Last().Drop()
	if err := <-errc; !errors.Is(err, ErrLinkLost) {
		t.Fatal(err)
	}
	c.Reconnect()
	takeUntil(t, c, linkIs(model.LinkUp))
	winner := &wire.CallParams{CallRef: wire.CallRef{CallID: "late", NodeID: "n"}, CallState: wire.CallAnswered, Tag: "the-dial"}
	s.Last().Event(wire.EventCallDial, wire.DialEvent{Tag: "the-dial", DialState: wire.DialAnswered, Call: winner})
	if _, err := s.Wait(within(t), func(f relaytest.Frame) bool {
		return !f.Out && f.Method == wire.MethodEnd && strings.Contains(string(f.Params), `"late"`)
	}); err != nil {
		t.Fatal("somebody picked up and nobody talks to them:", err)
	}
}

func TestOtherLegIsKnownAfterTheEnd(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	for _, first := range []string{"caller", "peer"} {
		t.Run(first, func(t *testing.T) {
			call := answered(t, c, w)
			peer, err := call.ConnectSIP(within(t), wanted())
			if err != nil {
				t.Fatal(err)
			}
			if first == "peer" {
				w.Leave(string(peer.ID()))
			}
			w.Leave(string(call.ID()))
			for _, leg := range []*Call{call, peer} {
				if _, err := leg.WaitFor(within(t), model.Ended); err != nil {
					t.Fatal(err)
				}
			}
			if call.Peer() != peer || peer.Peer() != call {
				t.Fatal("the legs forgot each other")
			}
			if call.Peer().EndReason() == "" || peer.Peer().Times().Ended.IsZero() {
				t.Fatalf("%+v %+v", call.Peer().Info(), peer.Peer().Info())
			}
		})
	}
	if n := len(c.handles); n != 0 {
		t.Fatalf("%d calls are kept", n)
	}
	c.mu.Lock()
	stray := c.handle("00000001-leg")
	c.mu.Unlock()
	if st, err := stray.WaitFor(within(t), model.Ended); err != nil || st != model.Ended {
		t.Fatal("the wait for the end of an ended call:", st, err)
	}
}

func TestCallOfAForgottenSessionIsBelievedWhenItSpeaks(t *testing.T) {
	s, c, call := acting(t)
	takeUntil(t, c, linkIs(model.LinkUp))
	s.ForgetSessions()
	s.Last().Drop()
	if _, err := call.WaitFor(within(t), model.Ended); !errors.Is(err, ErrLinkLost) {
		t.Fatal(err)
	}
	takeUntil(t, c, linkIs(model.LinkUp))
	s.Last().Event(wire.EventCallState, wire.CallParams{CallRef: wire.CallRef{CallID: string(call.ID())}, CallState: wire.CallAnswered})
	if err := c.until(within(t), "test", "", func() (bool, error) { return c.book.Call(call.ID()) != nil, nil },
		watchKey{keyCall, string(call.ID())}); err != nil {
		t.Fatal("the call is up and nobody knows:", err)
	}
}

func TestReadyWaitsForTheListAcrossADrop(t *testing.T) {
	s := relaytest.New(t)
	s.Offer = &wire.CordpairOffer{Version: 1}
	var asked atomic.Int32
	s.Handle(wire.MethodCordpairCalls, func(c *relaytest.Conn, f wire.Frame) {
		if asked.Add(1) == 1 {
			c.Drop()
			return
		}
		c.Reply(f.ID, wire.CallsResult{Code: wire.CodeOK, Calls: []wire.CallSnapshot{{CallParams: wire.CallParams{
			CallRef: wire.CallRef{CallID: "kept"}, CallState: wire.CallAnswered}}}})
	})
	cfg := config(s)
	cfg.Details = true
	c := opened(t, cfg)
	if _, ok := c.Call("kept"); !ok {
		t.Fatal("ready before the calls were read")
	}
}

func TestRestartedProcessTellsTheCallsItCannotConfirm(t *testing.T) {
	s := relaytest.New(t) // it cannot list its calls
	w := relaytest.NewWorld(s)
	cfg := config(s)
	cfg.SessionFile = filepath.Join(t.TempDir(), "session.json")
	c := opened(t, cfg)
	call, other := answered(t, c, w), answered(t, c, w)
	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil {
		t.Fatal(err)
	}
	savedAs(t, cfg.SessionFile, string(peer.ID()))
	c.Close()

	c = opened(t, cfg)
	book := model.NewBook()
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool { _, ok := ev.(model.Snapshot); return ok }) {
		book.Apply(ev)
	}
	got := book.Call(call.ID())
	if n := book.Counts(); n.Calls != 2 || n.Stale != 2 || got.ConnectState() != model.Connected || book.Peer(got).ID != peer.ID() {
		t.Fatalf("%+v %+v", n, got)
	}
	if !got.From.IsSIP() || got.Answered.IsZero() {
		t.Fatalf("%+v", got)
	}
	again, ok := c.Call(call.ID())
	if !ok || !again.Info().Stale {
		t.Fatal("the SDK must say the same")
	}
	w.Leave(string(other.ID()))
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool {
		seen, ok := ev.(model.CallSeen)
		return ok && seen.Call.State == model.Ended
	}) {
		book.Apply(ev)
	}
	if err := again.Disconnect(within(t)); err != nil { // a connect of the process before
		t.Fatal(err)
	}
	if cause, err := again.Disconnected(within(t)); err != nil || cause.Word != model.WordDisconnect {
		t.Fatalf("%+v %v", cause, err)
	}
	if again.Info().Stale {
		t.Fatal("the wire has spoken of it")
	}
}

func TestSessionFileBelongsToOneProcess(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.SessionFile = filepath.Join(t.TempDir(), "session.json")
	first := opened(t, cfg)
	savedAs(t, cfg.SessionFile, first.Session().Protocol)
	second := opened(t, cfg)
	if second.Link().Resumed || second.Session() == first.Session() {
		t.Fatal("two clients share a session")
	}
	takeUntil(t, second, func(ev model.Event) bool {
		n, ok := ev.(model.Notice)
		return ok && strings.Contains(n.Text, errKept.Error())
	})
	second.Close()
	savedAs(t, cfg.SessionFile, first.Session().Protocol)
	first.Close()
	if third := opened(t, cfg); !third.Link().Resumed || third.Session().Protocol != first.Session().Protocol {
		t.Fatal("the file was not free again")
	}
}

func TestCloseSavesWhatChangedLast(t *testing.T) {
	for range 10 {
		s := relaytest.New(t)
		cfg := config(s)
		cfg.SessionFile = filepath.Join(t.TempDir(), "session.json")
		c := opened(t, cfg)
		c.Close()
		data, err := os.ReadFile(cfg.SessionFile)
		if err != nil || !strings.Contains(string(data), c.Session().Protocol) {
			t.Fatalf("%s %v", data, err)
		}
	}
}

func TestStreamThatBeginsWhileTheLinkIsAwayTellsWhatIsStale(t *testing.T) {
	s, c, call := away(t)
	s.Last().Drop()
	if err := c.until(within(t), "test", "", func() (bool, error) { return c.link.State == model.LinkLost, nil },
		watchKey{kind: keyOffers}); err != nil && !errors.Is(err, ErrLinkLost) {
		t.Fatal(err)
	}
	book := model.NewBook()
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool { _, ok := ev.(model.Snapshot); return ok }) {
		book.Apply(ev)
	}
	if got := book.Call(call.ID()); got == nil || !got.Stale {
		t.Fatalf("%+v", got)
	}
}

func TestPropertiesThatSDKsLose(t *testing.T) {
	s, c, call := acting(t)
	s.Last().Event(wire.EventCallState, wire.CallParams{CallRef: wire.CallRef{CallID: string(call.ID()), NodeID: "node-2"},
		CallState: wire.CallEnded, EndReason: "no_answer", EndSource: "inbound", Direction: wire.Inbound,
		Device: wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:a@test", To: "sip:b@test",
			Codecs: []string{"PCMU"}, Headers: []wire.Header{{Name: "X-A", Value: "1"}}}}})
	if _, err := call.WaitFor(within(t), model.Ended); err != nil {
		t.Fatal(err)
	}
	d := call.Device()
	if call.EndReason() != model.WordNoAnswer || call.EndSource() != "inbound" || call.End().IsZero() || call.Node() != "node-2" ||
		call.Context() != "office" || call.Type() != "sip" || d.From != "sip:a@test" || d.To != "sip:b@test" ||
		len(d.Codecs) != 1 || len(d.Headers) != 1 || len(call.Headers()) != 1 || call.ConnectState() != model.Idle || call.Peer() != nil {
		t.Fatalf("%+v", call.Info())
	}
	times := call.Times()
	if times.Created.IsZero() || times.Answered.IsZero() || times.Ended.IsZero() || times.Ended.Before(times.Created) {
		t.Fatalf("%+v", times)
	}
	if _, ok := c.Call(call.ID()); ok {
		t.Fatal("an ended call is forgotten")
	}
}
