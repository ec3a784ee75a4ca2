package exchange

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestTransfersCross: what phones and programs may do to a bridge while one or
// both of its phones transfer it. Whatever wins, no call is left over and the
// order of events holds.
func TestTransfersCross(t *testing.T) {
	x := start(t)
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	for seed := range rounds {
		// Each round in a test of its own, so that its phones fall silent after it.
		t.Run(fmt.Sprint(seed), func(t *testing.T) { transfersCross(t, x, uint64(seed)) })
	}
}

func transfersCross(t *testing.T, x *Exchange, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	d, callee, b := connected(t, x)
	third := newPhone(t)
	stream, err := third.engine.Open(third.stack.Addr().Addr())
	if err != nil {
		t.Fatal(err)
	}
	settle := func(k *talk) { answerWith(k, stream) }
	if r.IntN(3) == 0 {
		settle = func(k *talk) { k.leg.End(sip.EndReason{Code: 486}) }
	}
	over := make(chan struct{})
	var calls sync.WaitGroup
	calls.Go(func() { // ends at the end of the round, which waits
		for {
			select {
			case l := <-third.calls:
				settle(third.newTalk(l))
			case <-over:
				return
			}
		}
	})
	ref := wire.CallRef{CallID: d.a}
	acts := []func(){
		func() { _ = callee.leg.Refer(third.uri("carol"), nil) },
		func() { _ = d.caller.leg.Refer(third.uri("dave"), nil) },
		func() { d.c.command(wire.MethodCallDisconnect, ref) },
		func() { d.c.command(wire.MethodHold, ref) },
		func() { d.connectTo(third.uri("erin")) },
		func() { callee.leg.End(sip.EndReason{}) },
		func() { d.caller.leg.End(sip.EndReason{}) },
		func() { d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}}) },
	}
	first := acts[r.IntN(2)]
	r.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	var wg sync.WaitGroup
	for _, act := range append(slices.Clone(acts[:1+r.IntN(3)]), first) {
		wg.Go(act)
	}
	wg.Wait()
	eventually(t, "all calls gone", func() bool {
		for _, c := range x.reg.allCalls() {
			d.c.command(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: c.id}})
		}
		return len(x.reg.allCalls()) == 0
	})
	close(over)
	calls.Wait()
	if problem := outOfOrder(d.c.all()); problem != "" {
		t.Fatalf("seed %d: %s: %q", seed, problem, d.c.labels(map[string]string{d.a: "A", b: "B"}))
	}
	d.c.close()
}

// outOfOrder checks what holds of any calls: nothing is told of one that has
// ended, connects name their peer, and who was a peer was parted first.
func outOfOrder(events []event) string {
	ended, host := map[string]bool{}, map[string]string{}
	for _, e := range events {
		switch e.kind {
		case wire.EventCallState:
			id := e.call.CallID
			if ended[id] {
				return "a state after ended"
			}
			ended[id] = e.call.CallState == wire.CallEnded
			for h, peer := range host {
				if ended[id] && (h == id || peer == id) {
					return "ended while connected"
				}
			}
		case wire.EventCallConnect:
			n := e.connect
			if ended[n.CallID] {
				return "a connect event after ended"
			}
			if n.Peer == nil && n.ConnectState != wire.ConnectFailed {
				return string(n.ConnectState) + " without peer"
			}
			switch n.ConnectState {
			case wire.ConnectConnected:
				host[n.CallID] = n.Peer.CallID
			case wire.ConnectDisconnected:
				delete(host, n.CallID)
			}
		}
	}
	return ""
}
