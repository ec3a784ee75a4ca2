package exchange

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// crashCmd panics in the call's actor.
type crashCmd struct{ wire.AnswerParams }

func (m crashCmd) ref() wire.CallRef      { return m.CallRef }
func (crashCmd) check(*Exchange) *failure { return nil }
func (crashCmd) do(*call, *request)       { panic("on purpose") }

// crash has the client crash a call; the request is answered all the same.
func (c *client) crash(x *Exchange, id string) {
	c.t.Helper()
	k, f := x.reg.call(id)
	if f != nil {
		c.t.Fatal(f)
	}
	s := x.sessionOf(c.t, c.protocol)
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	k.post(msgCommand{crashCmd{}, &request{conn: conn, from: s, id: "crash-" + wire.ID(id)}})
	c.wait("answer to the crash", func() bool {
		return slices.ContainsFunc(c.frames, func(f wire.Frame) bool { return f.ID == "crash-"+wire.ID(id) })
	})
}

// TestPanicEndsOneCall: with reason error, in the usual order, and no other.
func TestPanicEndsOneCall(t *testing.T) {
	x := start(t)
	bystander := answeredCall(t, x)
	t.Run("of the peer", func(t *testing.T) {
		d, callee, b := connected(t, x)
		d.c.crash(x, b)
		d.c.state(b, wire.CallEnded)
		d.check(t, b, append(bridged, "B ending error", "connect A disconnected", "B ended error")...)
		awaitSIP[sip.Ended](callee)
	})
	t.Run("of the caller", func(t *testing.T) {
		d, callee, b := connected(t, x)
		d.c.crash(x, d.a)
		d.c.state(d.a, wire.CallEnded)
		d.check(t, b, append(bridged, "A ending error", "connect A disconnected", "B ending hangup", "B ended hangup", "A ended error")...)
		awaitSIP[sip.Ended](callee)
		awaitSIP[sip.Ended](d.caller)
	})
	t.Run("of a ringing leg", func(t *testing.T) {
		d := answeredCall(t, x)
		p := newPhone(t)
		d.mustConnect(p.uri("bob"))
		k := p.next()
		b := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
		d.c.crash(x, b)
		if e := d.c.connectState(d.a, wire.ConnectFailed).connect; e.FailedReason != wire.ReasonError {
			t.Errorf("%+v", e)
		}
		d.c.state(b, wire.CallEnded)
		awaitSIP[sip.Ended](k)
	})
	bystander.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: bystander.a}})
	bystander.c.state(bystander.a, wire.CallEnded)
	eventually(t, "all calls gone", func() bool { return len(x.reg.allCalls()) == 0 })
}

// TestEverythingCrosses: phones and programs act at the same moment, in any
// order, on one pair of legs after another. Whatever wins, every request is
// answered, the order of events holds, and nothing is left over.
func TestEverythingCrosses(t *testing.T) {
	x := start(t)
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for seed := range rounds {
		// Each round in a test of its own, so that its phones fall silent after it.
		t.Run(fmt.Sprint(seed), func(t *testing.T) { crossing(t, x, uint64(seed)) })
	}
	eventually(t, "all calls gone", func() bool { return len(x.reg.allCalls()) == 0 })
}

func crossing(t *testing.T, x *Exchange, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	d := answeredCall(t, x)
	p := newPhone(t)
	d.mustConnect(p.uri("bob"))
	k := p.next()
	b := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
	acts := []func(){
		func() { _ = k.leg.Ring() },
		func() {
			if stream, err := p.engine.Open(p.stack.Addr().Addr()); err == nil {
				answerWith(k, stream)
			}
		},
		func() { d.c.command(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a}) },
		func() { d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}}) },
		func() { k.leg.End(sip.EndReason{}) },
		func() { d.caller.leg.End(sip.EndReason{}) },
		func() { d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}}) },
		func() { d.connectTo(p.uri("again")) },
		func() {
			d.c.command(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: b}, ControlID: "p", Play: silence(0.01)})
		},
	}
	r.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	var wg sync.WaitGroup
	for _, act := range acts[:2+r.IntN(4)] {
		wg.Go(act)
	}
	wg.Wait()
	d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	k.leg.End(sip.EndReason{})
	eventually(t, "A gone", func() bool { _, f := x.reg.call(d.a); return f != nil })
	d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}})
	eventually(t, "B gone", func() bool { _, f := x.reg.call(b); return f != nil })
	if problem := misordered(d.c.all(), d.a); problem != "" {
		t.Fatalf("seed %d: %s: %q", seed, problem, d.c.labels(map[string]string{d.a: "A", b: "B"}))
	}
	d.c.close()
}

// misordered checks the rules of RELAY reference §11 that a client can see.
func misordered(events []event, a string) string {
	ended := map[string]bool{}
	outcome := map[string]bool{} // legs whose failed, or disconnected, was told
	for _, e := range events {
		switch {
		case e.kind == wire.EventCallConnect && ended[a]:
			return "a connect event after A ended"
		case e.kind == wire.EventCallConnect && e.connect.CallID != a:
			return "a connect event on another call than A"
		case e.kind == wire.EventCallConnect && e.connect.ConnectState != wire.ConnectConnecting:
			if e.connect.Peer == nil || e.connect.Peer.CallID == "" {
				return fmt.Sprintf("%s without peer", e.connect.ConnectState)
			}
			outcome[e.connect.Peer.CallID] = e.connect.ConnectState != wire.ConnectConnected
		case e.kind == wire.EventCallState && ended[e.call.CallID]:
			return "a state after ended"
		case e.kind == wire.EventCallState && e.call.CallState == wire.CallEnded:
			ended[e.call.CallID] = true
			if e.call.CallID != a && !outcome[e.call.CallID] {
				return "B ended before the client was told of the connect's end"
			}
		case e.kind == wire.EventPlay && ended[e.action.CallID]:
			return "an action after its call ended"
		}
	}
	if !ended[a] {
		return "A never ended"
	}
	return ""
}

// FuzzFrames sends any text to a session; it must neither crash nor fall
// silent.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":"1","method":"calling.connect","params":{"call_id":"x","devices":[[{"type":"sip","params":{"to":"sip:a@b"}}]]}}`,
		`{"jsonrpc":"2.0","id":"1","method":"calling.play","params":{"call_id":"x","control_id":"y","play":[{"type":"silence","params":{"duration":1e308}}]}}`,
		`{"jsonrpc":"2.0","id":"1","method":"calling.dial","params":{"tag":"t","devices":[[]]}}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.connect","params":{"contexts":["",null]}}`,
		`{"id":1,"method":"signalwire.receive","params":{"contexts":[""]}}`, `{}`, `[`, "\x00",
	} {
		f.Add([]byte(seed))
	}
	x, err := Start(f.Context(), Config{RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: testProject, Token: testToken})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { x.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newSession(x)
		c := &conn{x: x, out: newOutbox(1 << 20), done: make(chan struct{}), written: make(chan struct{}), sess: s}
		s.conn = c
		frame, err := wire.DecodeFrame(data)
		dials := err == nil && (frame.Method == wire.MethodDial || frame.Method == wire.MethodConnect)
		if dials {
			return // these two leave the session: to the network, to the registry
		}
		c.handle(data)
		if err != nil || frame.Method == "" || frame.ID == "" {
			return
		}
		answered := time.After(patience)
		select {
		case <-c.out.wake:
		case <-answered:
			t.Errorf("no answer to %q", data)
		}
	})
}
