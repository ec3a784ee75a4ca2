package relay

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

func settledAs(id model.CommandID) func(model.Event) bool {
	return func(ev model.Event) bool {
		s, ok := ev.(model.OrderSettled)
		return ok && s.Order == id
	}
}

func linkIs(state model.LinkState) func(model.Event) bool {
	return func(ev model.Event) bool {
		l, ok := ev.(model.LinkChanged)
		return ok && l.Link.State == state
	}
}

func last(events []model.Event) model.Event { return events[len(events)-1] }

func TestOrdersSettleInTheStream(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	takeUntil(t, c, linkIs(model.LinkUp))
	id := model.CallID(w.Call("sip:caller@test", "office"))
	book := model.NewBook()
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool { _, ok := ev.(model.CallSeen); return ok }) {
		book.Apply(ev)
	}
	c.Do(book.Give(model.Answer{Call: id}, time.Now()))
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool {
		seen, ok := ev.(model.CallSeen)
		return ok && seen.Call.State == model.Answered
	}) {
		book.Apply(ev)
	}
	if len(book.Orders()) != 0 {
		t.Fatal("the answer must be accepted before the call is answered")
	}
	required, err := book.Connect(id, "tag-1", wanted(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c.Do(book.Give(required[0].Command, time.Now()))
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool {
		joined, ok := ev.(model.ConnectChanged)
		return ok && joined.State == model.ConnectConnected
	}) {
		book.Apply(ev)
	}
	call := book.Call(id)
	if call.ConnectState() != model.Connected || book.Peer(call) == nil || book.Misplaced() != 0 {
		t.Fatalf("%+v", call.Attempt)
	}
	// The client's own Book watches: the attempt is the order giver's.
	if k, ok := c.Call(id); !ok || k.ConnectState() != model.Connected || !k.Info().Attempt.Foreign {
		t.Fatal("the client must know of the connect, as one of another's")
	}
}

func TestOrderFaults(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		s := relaytest.New(t)
		c := opened(t, config(s))
		s.Handle(wire.MethodEnd, func(c *relaytest.Conn, f wire.Frame) { c.Refuse(f.ID, wire.CodeConflict, "not\x1b[2J yours") })
		c.Do(model.Order{ID: 7, Command: model.Hangup{Call: "x"}})
		fault := last(takeUntil(t, c, settledAs(7))).(model.OrderSettled).Fault
		if fault == nil || fault.Kind != model.FaultRefused || fault.Code != 409 || fault.Text != "not[2J yours" {
			t.Fatalf("%+v", fault)
		}
	})
	t.Run("invalid", func(t *testing.T) {
		s := relaytest.New(t)
		c := opened(t, config(s))
		c.Do(model.Order{ID: 1, Command: model.Connect{Call: "x"}})
		if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultInvalid {
			t.Fatalf("%+v", fault)
		}
	})
	t.Run("timeout", func(t *testing.T) {
		s := relaytest.New(t)
		s.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
			if f.Method == wire.MethodEnd {
				return relaytest.Ignore
			}
			return relaytest.Handle
		}
		c := opened(t, config(s))
		c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}, Deadline: time.Now().Add(200 * time.Millisecond)})
		if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultTimeout {
			t.Fatalf("%+v", fault)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		s := relaytest.New(t)
		s.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
			if f.Method == wire.MethodEnd {
				return relaytest.Drop
			}
			return relaytest.Handle
		}
		c := opened(t, config(s))
		c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}})
		if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultUnknown {
			t.Fatalf("%+v", fault)
		}
	})
}

func TestOrderGivenOfflineExpiresAndIsNeverSent(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.BackoffMin, cfg.BackoffMax = time.Hour, time.Hour
	c := opened(t, cfg)
	takeUntil(t, c, linkIs(model.LinkUp))
	s.Last().Drop()
	takeUntil(t, c, linkIs(model.LinkLost))
	c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "late"}, Deadline: time.Now().Add(50 * time.Millisecond)})
	c.Do(model.Order{ID: 2, Command: model.Hangup{Call: "intime"}, Deadline: time.Now().Add(patience)})
	if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultExpired {
		t.Fatalf("%+v", fault)
	}
	c.Reconnect()
	if fault := last(takeUntil(t, c, settledAs(2))).(model.OrderSettled).Fault; fault != nil {
		t.Fatalf("%+v", fault)
	}
	for _, f := range s.Journal() {
		if strings.Contains(string(f.Data), "late") {
			t.Fatalf("fired late: %s", f.Data)
		}
	}
}

func TestPreviewIsWhatIsSent(t *testing.T) {
	s := relaytest.New(t)
	c := opened(t, config(s))
	cmd := model.Connect{Call: "call-1", Tag: "tag-1", Request: wanted()}
	preview, err := wire.DecodeFrame([]byte(c.Preview(cmd)))
	if err != nil {
		t.Fatal(err)
	}
	c.Do(model.Order{ID: 1, Command: cmd})
	sent, err := s.Wait(within(t), relaytest.Request(wire.MethodCallConnect, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := preview.Params.Compact(); err != nil {
		t.Fatal(err)
	}
	if string(preview.Params) != string(sent.Params) || preview.Method != sent.Method {
		t.Fatalf("preview %s\nsent %s", preview.Params, sent.Params)
	}
	if text := c.Preview(model.Connect{}); !strings.Contains(text, `"id": "<id>"`) || !strings.Contains(text, `"tag": "<tag>"`) {
		t.Fatal(text)
	}
}

func TestStreamBeginsWithTheStateSoFar(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
		t.Fatal(err)
	}
	book := model.NewBook()
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool { _, ok := ev.(model.ConnectChanged); return ok }) {
		book.Apply(ev)
	}
	got := book.Call(call.ID())
	if book.Link().State != model.LinkUp || got == nil || got.ConnectState() != model.Connected || book.Peer(got) == nil {
		t.Fatalf("%+v", got)
	}
}

func TestServerWithMoreIsReadAgainAfterEachConnect(t *testing.T) {
	s := relaytest.New(t)
	s.Offer = &wire.CordpairOffer{Version: 1, SIP: "127.0.0.1:5060", Domain: "demo", Contexts: []string{"support"}}
	s.Handle(wire.MethodCordpairCalls, func(c *relaytest.Conn, f wire.Frame) {
		snap := wire.CallSnapshot{CallParams: wire.CallParams{
			CallRef: wire.CallRef{NodeID: "n", CallID: "kept"}, CallState: wire.CallAnswered, Direction: wire.Inbound,
			Device: wire.Device{Type: "sip", Params: wire.DeviceParams{From: "sip:a@x", To: "sip:b@x"}},
		}}
		c.Reply(f.ID, wire.CallsResult{Code: wire.CodeOK, Calls: []wire.CallSnapshot{snap}})
	})
	s.Handle(wire.MethodCordpairDirectory, func(c *relaytest.Conn, f wire.Frame) {
		c.Reply(f.ID, wire.DirectoryEvent{Code: wire.CodeOK, Entries: []wire.DirectoryEntry{{Address: "sip:bob@demo", Kind: "person"}}})
	})
	cfg := config(s)
	cfg.Details = true
	c := opened(t, cfg)
	if _, ok := c.Call("kept"); !ok {
		t.Fatal("ready before the calls were read")
	}
	allRead := func() func(model.Event) bool {
		calls, contacts := false, false
		return func(ev model.Event) bool {
			switch ev.(type) {
			case model.Snapshot:
				calls = true
			case model.DirectoryChanged:
				contacts = true
			}
			return calls && contacts
		}
	}
	takeUntil(t, c, allRead())
	if l := c.Link(); !l.Server.Cordpair || l.Server.SIP != "127.0.0.1:5060" || l.Server.Domain != "demo" {
		t.Fatalf("%+v", l.Server)
	}
	s.Last().Drop()
	events := takeUntil(t, c, allRead())
	var order []string
	for _, ev := range events {
		switch ev := ev.(type) {
		case model.LinkChanged:
			order = append(order, ev.Link.State.String())
			if ev.Link.State == model.LinkUp && (!ev.Link.Resumed || ev.Link.Generation != 2) {
				t.Fatalf("%+v", ev.Link)
			}
		case model.Snapshot:
			order = append(order, "calls")
		}
	}
	if got := strings.Join(order, " "); got != "lost up calls" {
		t.Fatal(got)
	}
}

func TestCloseIsIdempotentAndEndsTheStream(t *testing.T) {
	s := relaytest.New(t)
	c := opened(t, config(s))
	takeUntil(t, c, linkIs(model.LinkUp))
	c.Close()
	c.Close()
	takeUntil(t, c, linkIs(model.LinkClosed))
	if _, err := c.Take(within(t)); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if _, err := c.Incoming(within(t)); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if err := c.Ready(within(t)); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

func TestTakeEndsWithItsContext(t *testing.T) {
	c := open(t, Config{URL: "ws://127.0.0.1:1", Project: "p", Token: "t"})
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := c.Take(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	for {
		if _, err := c.Take(ctx); err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			return
		}
	}
}
