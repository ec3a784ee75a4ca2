package exchange

import (
	"fmt"
	"testing"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// TestLevels: who asks for the levels of some legs is told of those and of no
// others, several times between two rounds of figures, until the asking ends.
func TestLevels(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x)
	d.caller.sings(440)
	callee.sings(1000)
	desk := connect(t, x, asking(wire.CordpairAsk{}))
	told := func() []wire.LevelsEvent {
		return bodies(desk, wire.EventCordpairLevels, func(wire.LevelsEvent) bool { return true })
	}
	desk.must(wire.MethodCordpairLevels, wire.LevelsParams{Calls: []string{b, "none"}})
	eventually(t, "a loud leg", func() bool {
		list := told()
		return len(list) >= 6 && list[len(list)-1].Legs[0].In > -60 && list[len(list)-1].Legs[0].Out > -60
	})
	for _, e := range told() {
		if len(e.Legs) != 1 || e.Legs[0].CallID != b {
			t.Errorf("%+v", e)
		}
	}
	desk.must(wire.MethodCordpairLevels, wire.LevelsParams{})
	eventually(t, "asleep", func() bool { return !x.sendLevels() })
	if r := desk.command(wire.MethodCordpairLevels, wire.LevelsParams{Calls: make([]string, maxLevels+1)}); r.Code != wire.CodeBad {
		t.Errorf("%+v", r)
	}
	plain := connect(t, x)
	if f := plain.request(wire.MethodCordpairLevels, wire.LevelsParams{Calls: []string{b}}); f.Error == nil || f.Error.Code != wire.RPCMethod {
		t.Errorf("%+v", f)
	}
	desk.must(wire.MethodCordpairLevels, wire.LevelsParams{Calls: []string{b}})
	desk.close()
	eventually(t, "no socket, no levels", func() bool { return !x.sendLevels() })
}

// BenchmarkLevels is one round for a screen of meters: reading, encoding, and
// putting it into the socket's queue. Told four times a second.
func BenchmarkLevels(b *testing.B) {
	for _, n := range []int{2, 20} {
		b.Run(fmt.Sprintf("%d legs", n), func(b *testing.B) {
			x, _, _ := benchmarked(b)
			s := newSession(x)
			s.conn = &conn{out: newOutbox(1 << 20)}
			for range n {
				c := newCall(x, wire.Inbound, "receive")
				if err := c.sound.open(x.engine, x.stack.Addr().Addr()); err != nil {
					b.Fatal(err)
				}
				c.meter.Store(c.sound.stream)
				x.reg.addCall(c)
				s.levels = append(s.levels, c.id)
				b.Cleanup(func() { x.reg.removeCall(c); c.sound.close(x) })
			}
			format, _ := media.FormatOf("PCMU")
			for _, id := range s.levels {
				c, _ := x.reg.call(id)
				if err := c.sound.stream.Start(discard, format, 0, media.SendRecv); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				s.fused(x.event(wire.EventCordpairLevels, "", wire.LevelsEvent{Legs: x.readLevels(s.levelled())}), "levels")
			}
		})
	}
}
