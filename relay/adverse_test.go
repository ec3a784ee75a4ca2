package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// What a server, a network or a clock may do to a client.

func TestRefusalThatComesWithTheCloseIsNotMissed(t *testing.T) {
	s := relaytest.New(t)
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
		c.ReplyError(f.ID, wire.RPCAuth, "no")
		c.Drop()
	})
	c := open(t, config(s))
	if err := c.Ready(within(t)); !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
	if n := s.Last().Number; n != 1 {
		t.Fatalf("%d connections", n)
	}
	closed := make(chan struct{})
	close(closed)
	for range 100 { // which of the two is seen first is up to chance
		verdict := make(chan error, 1)
		verdict <- ErrAuth
		if err := verdictBefore(verdict, closed); !errors.Is(err, ErrAuth) {
			t.Fatal("the refusal was missed")
		}
	}
}

func TestRepliesThatAreRepeatedLateOrNotRepliesSettleNothing(t *testing.T) {
	s := relaytest.New(t)
	c := opened(t, config(s))
	held := make(chan wire.ID, 1)
	s.Handle(wire.MethodEnd, func(_ *relaytest.Conn, f wire.Frame) { held <- f.ID })
	s.Handle(wire.MethodPass, func(c *relaytest.Conn, f wire.Frame) {
		// Requests of the server's under our id are no answer to ours.
		c.Raw(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%q,"method":"unknown.method","result":{"code":"500"}}`, f.ID))
		c.Raw(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%q,"method":"signalwire.event","params":{"event_type":"x"}}`, f.ID))
		c.OK(f.ID, "once")
		c.Refuse(f.ID, wire.CodeConflict, "twice")
	})
	c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}, Deadline: time.Now().Add(300 * time.Millisecond)})
	var settled []model.OrderSettled
	for _, ev := range takeUntil(t, c, settledAs(1)) {
		if ev, ok := ev.(model.OrderSettled); ok {
			settled = append(settled, ev)
		}
	}
	s.Last().OK(<-held, "late")
	c.Do(model.Order{ID: 2, Command: model.Pass{Call: "x"}})
	c.Do(model.Order{ID: 3, Command: model.Answer{Call: "x"}})
	for _, ev := range takeUntil(t, c, settledAs(3)) {
		if ev, ok := ev.(model.OrderSettled); ok {
			settled = append(settled, ev)
		}
	}
	if len(settled) != 3 || settled[0].Fault.Kind != model.FaultTimeout || settled[1].Fault != nil || settled[2].Fault != nil {
		t.Fatalf("%+v", settled)
	}
	if n := c.Stats().Stray; n != 2 {
		t.Fatalf("%d stray replies", n)
	}
}

func TestSlowConsumerHoldsUpNothingAndLosesNothing(t *testing.T) {
	total := 1_000_000
	if testing.Short() || raceDetector {
		total = 20_000
	}
	c := offline(t)
	if _, err := c.Take(within(t)); err != nil {
		t.Fatal(err)
	}
	for i := range total { // nobody takes meanwhile
		c.emitOrder(model.OrderSettled{Order: model.CommandID(i)})
	}
	if n := c.Depth(); n < total {
		t.Fatalf("%d of %d wait", n, total)
	}
	next := model.CommandID(0)
	for int(next) < total {
		events, err := c.Take(within(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if ev, ok := ev.(model.OrderSettled); ok {
				if ev.Order != next {
					t.Fatalf("%d came, not %d", ev.Order, next)
				}
				next++
			}
		}
	}
	if n := c.Depth(); n > 1 {
		t.Fatalf("%d are left", n)
	}
}

func TestCloseAtAnyMomentOfAReconnect(t *testing.T) {
	for round := range 20 {
		s := relaytest.New(t)
		var admitted atomic.Int32
		s.Connected = func(c *relaytest.Conn) {
			if admitted.Add(1); round%2 == 0 {
				c.Drop()
			}
		}
		c := open(t, config(s))
		if err := c.until(within(t), "test", "", func() (bool, error) {
			return c.link.Generation > uint64(round/4) || round%2 == 1 && c.link.Generation > 0, nil
		}, watchKey{kind: keyOffers}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Add(1)
			go func() { // ends at once; waited for below
				defer all.Done()
				switch i {
				case 0:
					c.Reconnect()
				case 1:
					c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}})
				}
				c.Close()
			}()
		}
		all.Wait()
		if l := c.Link(); l.State != model.LinkClosed {
			t.Fatalf("%+v", l)
		}
		s.Close()
	}
}

func TestDeadlineByEitherClock(t *testing.T) {
	now := time.Now()
	r, err := newRequest(wire.MethodPing, struct{}{}, now.Add(time.Minute), nil)
	if err != nil || r.late(now) || !r.late(now.Add(time.Minute)) {
		t.Fatal(err)
	}
	r.wall = r.wall.Add(-time.Hour) // as after an hour's sleep
	if !r.late(now) {
		t.Fatal("a command from before the machine slept would fire")
	}
}

func TestSilenceIsToldByBytesAndByTheSteadyClock(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	c := &conn{opened: time.Now()}
	c.wrap(near)
	before := c.lastHeard()
	go func() { _, _ = far.Write([]byte("a part of a frame")); far.Close() }() // ends with the read below
	if _, err := c.cork.Read(make([]byte, 99)); err != nil {
		t.Fatal(err)
	}
	if !c.lastHeard().After(before) {
		t.Fatal("part of a large frame must count")
	}
	if !strings.Contains(c.lastHeard().String(), "m=+") {
		t.Fatal("whoever sets the clock would cut the link")
	}
}

func TestSilenceCountsAsPartOfTheGap(t *testing.T) {
	s := relaytest.New(t)
	c := opened(t, config(s))
	for range 2 {
		id := s.Last().Ping()
		if _, err := s.Wait(within(t), func(f relaytest.Frame) bool { return !f.Out && f.ID == id }); err != nil {
			t.Fatal(err)
		}
	}
	s.Last().Mute()
	takeUntil(t, c, linkIs(model.LinkLost))
	up := last(takeUntil(t, c, linkIs(model.LinkUp))).(model.LinkChanged).Link
	if up.Gap < minSilence {
		t.Fatalf("nothing came for %v at least, and the gap is %v", minSilence, up.Gap)
	}
}

func TestDefectsOfOursCostOneThingEach(t *testing.T) {
	t.Run("a deadline", func(t *testing.T) {
		c := offline(t)
		ran := make(chan struct{})
		past := time.Now().Add(-time.Second)
		c.alarms.set(past, func() { panic("defect") })
		c.alarms.set(past.Add(time.Millisecond), func() { close(ran) })
		select {
		case <-ran:
		case <-within(t).Done():
			t.Fatal("the deadline behind it is lost")
		}
	})
	t.Run("the dialler", func(t *testing.T) {
		s := relaytest.New(t)
		cfg := config(s)
		var tries atomic.Int32
		cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if tries.Add(1) == 1 {
				panic("defect")
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
		opened(t, cfg)
	})
	t.Run("the tap", func(t *testing.T) {
		s := relaytest.New(t)
		cfg := config(s)
		var frames atomic.Int32
		cfg.Tap = func(out bool, _ []byte) {
			if frames.Add(1) == 2 {
				panic("defect")
			}
		}
		opened(t, cfg)
	})
}

func TestPeerThatIsNeverNamed(t *testing.T) {
	s, c, call := acting(t)
	s.Handle(wire.MethodCallConnect, func(c *relaytest.Conn, f wire.Frame) {
		var p wire.CallConnectParams
		_ = wire.Decode(f.Params, &p)
		c.OK(f.ID, "Connecting")
		c.Event(wire.EventCallConnect, wire.ConnectEvent{CallRef: p.CallRef, ConnectState: wire.ConnectConnected, Tag: p.Tag,
			Peer: &wire.Peer{CallID: p.CallID}}) // itself
	})
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(within(t), wanted()); errc <- err }() // ends with the deadline; received below
	if err := c.until(within(t), "test", call.ID(), func() (bool, error) {
		return call.now().ConnectState() == model.Connected, nil
	}, watchKey{keyCall, string(call.ID())}); err != nil {
		t.Fatal(err)
	}
	if call.Peer() != nil {
		t.Fatal("a call cannot be its own peer")
	}
	c.mu.Lock()
	call.now().Attempt.Deadline = time.Now()
	c.mu.Unlock()
	c.deadline(call.ID())
	if err := <-errc; !errors.Is(err, ErrTimeout) {
		t.Fatal(err)
	}
}

func TestTwoRefersAtOnce(t *testing.T) {
	s, _, call := acting(t)
	s.Handle(wire.MethodRefer, func(*relaytest.Conn, wire.Frame) {}) // no answer yet
	ctx, cancel := context.WithCancel(within(t))
	first := make(chan error, 1)
	go func() { _, err := call.Refer(ctx, "x@y", "", ""); first <- err }() // ends with ctx; received below
	if _, err := s.Wait(ctx, relaytest.Request(wire.MethodRefer, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := call.Refer(ctx, "x@z", "", ""); !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestActionThatTheServerForgets(t *testing.T) {
	_, c, call := acting(t)
	a := &action{c: c, call: call.ID(), control: "x", kind: "send_digits", ends: terminal("send_digits", wire.Finished)}
	c.mu.Lock()
	c.addAction(a)
	c.mu.Unlock()
	if err := a.waitFor(within(t), "send digits", time.Millisecond); !errors.Is(err, ErrTimeout) {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.actions) != 0 {
		t.Fatal("it is kept")
	}
}

func TestFrameAboveTheLimitIsToldAndCostsItselfOnly(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.MaxFrame = 10 << 10
	c := opened(t, cfg)
	takeUntil(t, c, linkIs(model.LinkUp))
	cn := s.Last()
	huge := wire.CallParams{CallRef: wire.CallRef{CallID: "huge"}, CallState: wire.CallCreated, Context: strings.Repeat("x", 5<<20)}
	cn.Event(wire.EventCallState, huge)
	cn.Event(wire.EventCallState, wire.CallParams{CallRef: wire.CallRef{CallID: "next"}, CallState: wire.CallCreated})
	told := false
	for _, ev := range takeUntil(t, c, func(ev model.Event) bool { _, ok := ev.(model.CallSeen); return ok }) {
		switch ev := ev.(type) {
		case model.Notice:
			told = strings.Contains(ev.Text, "above 10240 bytes")
		case model.CallSeen:
			if ev.Call.ID != "next" {
				t.Fatal("it was taken")
			}
		}
	}
	if !told || s.Last() != cn {
		t.Fatalf("told %v, link kept %v", told, s.Last() == cn)
	}
}

func TestDefectInAFrameCostsThatFrame(t *testing.T) {
	s := relaytest.New(t)
	c := opened(t, config(s))
	takeUntil(t, c, linkIs(model.LinkUp))
	cn := s.Last()
	r, err := newRequest(wire.MethodPing, struct{}{}, time.Now().Add(patience), func(answer) { panic("defect") })
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.submit(r)
	c.mu.Unlock()
	takeUntil(t, c, func(ev model.Event) bool {
		n, ok := ev.(model.Notice)
		return ok && strings.Contains(n.Text, "defect")
	})
	c.Do(model.Order{ID: 1, Command: model.Pass{Call: "x"}})
	if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault != nil || s.Last() != cn {
		t.Fatalf("%+v, link kept %v", fault, s.Last() == cn)
	}
}

func TestWhatIsLateWhenTheLinkComesIsNotSent(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.BackoffMin, cfg.BackoffMax = time.Hour, time.Hour
	c := opened(t, cfg)
	takeUntil(t, c, linkIs(model.LinkUp))
	s.Last().Drop()
	takeUntil(t, c, linkIs(model.LinkLost))
	c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "slept"}, Deadline: time.Now().Add(patience)})
	c.mu.Lock()
	bySeq(c.waiting)[0].wall = time.Now().Add(-time.Second).Round(0) // the machine slept past it
	c.mu.Unlock()
	c.Reconnect()
	if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultExpired {
		t.Fatalf("%+v", fault)
	}
	c.Do(model.Order{ID: 2, Command: model.Pass{Call: "x"}})
	takeUntil(t, c, settledAs(2))
	for _, f := range s.Journal() {
		if strings.Contains(string(f.Data), "slept") {
			t.Fatalf("fired late: %s", f.Data)
		}
	}
}
