package relay

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// TestNothingOutlivesItsCall lets very many calls come, be connected, play,
// and go, and looks at what is kept.
func TestNothingOutlivesItsCall(t *testing.T) {
	total := 100_000
	if testing.Short() || raceDetector {
		total = 5_000
	}
	c := offline(t)
	cn := loose()
	c.mu.Lock()
	c.conn = cn
	c.mu.Unlock()
	var in inbound
	feed := func(kind string, body any) {
		frame, err := wire.EventFrame("e", wire.EventParams{EventType: kind}, body)
		if err != nil {
			t.Fatal(err)
		}
		c.frame(cn, &in, frame, time.Now())
	}
	reply := func(id string) {
		frame, err := wire.Reply(wire.ID(id), wire.Result{Code: wire.CodeOK, Message: "OK"})
		if err != nil {
			t.Fatal(err)
		}
		c.frame(cn, &in, frame, time.Now())
	}
	life := func(i int) {
		a, b := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)
		ref := wire.CallRef{NodeID: "n", CallID: a}
		feed(wire.EventCallReceive, wire.CallParams{CallRef: ref, CallState: wire.CallCreated, Context: "office"})
		feed(wire.EventCallState, wire.CallParams{CallRef: ref, CallState: wire.CallAnswered})
		c.mu.Lock()
		k := c.handle(model.CallID(a))
		tag := newTag()
		_, err := c.book.Connect(k.id, tag, wanted(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := c.order(model.Connect{Call: k.id, Tag: tag, Request: wanted()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		act := &action{c: c, call: k.id, control: "play", kind: "play", ends: terminal("play", wire.Finished)}
		c.addAction(act)
		w := c.watchFor(func() bool { return act.over && k.now().ConnectState().Over() },
			watchKey{keyCall, a}, watchKey{keyControl, act.control})
		c.mu.Unlock()
		reply(r.id)
		peer := &wire.Peer{CallID: b, NodeID: "n", Tag: string(tag)}
		leg := wire.CallParams{CallRef: wire.CallRef{NodeID: "n", CallID: b}, Tag: string(tag), Direction: wire.Outbound, CallState: wire.CallAnswered}
		feed(wire.EventCallConnect, wire.ConnectEvent{CallRef: ref, ConnectState: wire.ConnectConnecting, Tag: string(tag), Peer: peer})
		feed(wire.EventCallState, leg)
		feed(wire.EventCallConnect, wire.ConnectEvent{CallRef: ref, ConnectState: wire.ConnectConnected, Tag: string(tag), Peer: peer})
		leg.CallState = wire.CallEnded
		feed(wire.EventCallConnect, wire.ConnectEvent{CallRef: ref, ConnectState: wire.ConnectDisconnected, Peer: peer})
		feed(wire.EventCallState, leg)
		feed(wire.EventCallState, wire.CallParams{CallRef: ref, CallState: wire.CallEnded, EndReason: wire.ReasonHangup})
		feed(wire.EventCallState, leg) // an echo
		select {
		case <-w.done:
		default:
			t.Fatal("the wait did not end with the call")
		}
		cn.queue, cn.acks = nil, nil
	}
	for i := range 2 * maxRecent { // until the memory of the dead is full
		life(i)
	}
	before := heapNow()
	for i := range total {
		life(i + 2*maxRecent)
	}
	c.mu.Lock()
	kept := map[string]int{
		"calls": c.book.Len(), "orders": len(c.book.Orders()), "handles": len(c.handles), "actions": len(c.actions) + len(c.running),
		"watches": len(c.watches), "in flight": len(c.inflight), "waiting": len(c.waiting), "dials": len(c.dials),
		"offers": len(c.offers.set), "offer list": max(0, len(c.offers.list)-64-1), "graves": len(c.graves.set) - maxRecent,
	}
	c.conn = nil
	c.mu.Unlock()
	for what, n := range kept {
		if n != 0 {
			t.Errorf("%d %s are kept", n, what)
		}
	}
	c.alarms.mu.Lock()
	if n := len(c.alarms.queue); n > 1 {
		t.Errorf("%d timers are kept", n)
	}
	c.alarms.mu.Unlock()
	if grown := int64(heapNow()) - int64(before); grown > 2<<20 {
		t.Errorf("%d KiB are kept after %d calls", grown>>10, total)
	}
}

func heapNow() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
