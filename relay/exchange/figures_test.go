package exchange

import (
	"slices"
	"testing"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// last are the newest figures of a call, nil while there are none.
func (c *client) last(call string) *wire.MediaFigures {
	all := bodies(c, wire.EventCordpairMedia, func(wire.MediaEvent) bool { return true })
	if len(all) == 0 {
		return nil
	}
	legs := all[len(all)-1].Legs
	if i := slices.IndexFunc(legs, func(f wire.MediaFigures) bool { return f.CallID == call }); i >= 0 {
		return &legs[i]
	}
	return nil
}

// TestFigures: who asked for details is told how each leg's media do, and
// nobody else is; after the calls there is nothing to tell.
func TestFigures(t *testing.T) {
	x := start(t)
	plain := connect(t, x)
	d, callee, b := connected(t, x)
	d.caller.sings(440)
	callee.sings(1000)
	eventually(t, "levels of both, and all is well", func() bool {
		for _, id := range []string{d.a, b} {
			f := d.c.last(id)
			if f == nil || f.LevelIn == nil || *f.LevelIn < -60 || f.LevelOut == nil || *f.LevelOut < -60 || f.OneWay != "" {
				return false
			}
		}
		return true
	})
	f := d.c.last(b)
	if f.Codec != "PCMU" || f.PacketsIn == 0 || f.PacketsOut == 0 || f.Remote == "" {
		t.Errorf("%+v", f)
	}
	for _, e := range plain.all() {
		t.Errorf("%s without asking for it", e.kind)
	}
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	d.c.state(d.a, wire.CallEnded)
	eventually(t, "asleep", func() bool {
		list, up := x.readFigures(map[string]*media.Gauge{}, time.Now())
		return !up && len(list) == 0
	})
}

// TestOneWayAudio: a phone that answers and then sends nothing.
func TestOneWayAudio(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	d.caller.sings(440)
	other := newPhone(t)
	d.mustConnect(other.uri("bob"))
	k := other.next()
	offer, err := media.ParseSDP(k.leg.RemoteSDP())
	if err != nil {
		t.Fatal(err)
	}
	mute, err := other.engine.Open(other.stack.Addr().Addr())
	if err != nil {
		t.Fatal(err)
	}
	body, _, err := media.Answer(mute.LocalAddr(), offer, g711, media.SDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.leg.Answer(body); err != nil {
		t.Fatal(err)
	}
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	eventually(t, "one-way audio", func() bool { f := d.c.last(b); return f != nil && f.OneWay == wire.OneWaySpeak })
}

// TestFiguresFuse: a client that does not read gets one frame of them later,
// not all.
func TestFiguresFuse(t *testing.T) {
	o := newOutbox(1 << 10)
	for _, text := range []string{"old", "older", "newest"} {
		if err := o.put(frame{data: []byte(text), fuse: "figures"}); err != nil {
			t.Fatal(err)
		}
		if text == "old" {
			_ = o.put(frame{data: []byte("event"), event: "1"})
		}
	}
	first, _, _ := o.take()
	second, _, _ := o.take()
	if _, ok, _ := o.take(); ok || string(first.data) != "newest" || string(second.data) != "event" || o.size != 0 {
		t.Errorf("%q %q, %d bytes left", first.data, second.data, o.size)
	}
}
