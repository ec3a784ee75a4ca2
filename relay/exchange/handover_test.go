package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// labelled are the events so far with three calls named, from the nth on.
func (d *desk) labelled(n int, b, c string) []string {
	return d.c.labels(map[string]string{d.a: "A", b: "B", c: "C"})[n:]
}

// progress is what the phone was told of its transfer.
func (k *talk) progress() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var codes []string
	for _, e := range k.events {
		if e, ok := e.(sip.ReferProgress); ok {
			codes = append(codes, fmt.Sprint(e.Code))
		}
	}
	return strings.Join(codes, " ")
}

// refersTo has the phone ask for a transfer, which is accepted.
func (k *talk) refersTo(to string, replaces *sip.Leg) {
	k.t.Helper()
	if err := k.leg.Refer(to, replaces); err != nil {
		k.t.Fatal(err)
	}
	if e := awaitSIP[sip.ReferAnswered](k); e.Code != 202 {
		k.t.Fatalf("%+v", e)
	}
}

// same waits for events that come after others.
func same(t *testing.T, got func() []string, want ...string) {
	t.Helper()
	deadlineOf(t, func() bool { return slices.Equal(got(), want) }, func() string {
		return fmt.Sprintf("\n got %q\nwant %q", got(), want)
	})
}

// deadlineOf is eventually that says at the end what was there.
func deadlineOf(t *testing.T, ok func() bool, was func() string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(was())
		}
	}()
	eventually(t, "the events", ok)
}

// TestPeerTransfers: a blind transfer by the peer. The caller gets the new peer
// in its place, under the connect's tag; then the old one ends.
func TestPeerTransfers(t *testing.T) {
	d, callee, b := connected(t, start(t))
	third := newPhone(t)
	callee.refersTo(third.uri("carol"), nil)
	k := third.next()
	if from := k.leg.From().URI; from != "sip:ann@example.test" {
		t.Errorf("called by %s", from)
	}
	if got := headerOf(k.leg, "Referred-By"); got == "" {
		t.Error("nobody is said to have referred")
	}
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "180", func() bool { return callee.progress() == "100 180" })
	d.caller.sings(440)
	callee.hears(440) // until somebody answers
	third.answer(k)
	n := d.c.connectState(d.a, wire.ConnectConnected).connect
	c := n.Peer.CallID
	if n.Tag != "tag-1" || c == b {
		t.Errorf("%+v", n)
	}
	k.hears(440)
	eventually(t, "200", func() bool { return callee.progress() == "100 180 200" })
	d.c.state(b, wire.CallEnded) // by us: the phone does not hang up
	k.leg.End(sip.EndReason{})
	d.c.state(c, wire.CallEnded)
	same(t, func() []string { return d.labelled(len(bridged), b, c) },
		"connect A connecting", "C created", "C ringing", "C answered", "connect A connected", "B ending hangup", "B ended hangup",
		"C ending hangup", "connect A disconnected", "C ended hangup")
}

// TestPeerTransfersAndLeaves: the peer hangs up at once; its end is told when
// the caller has the new one.
func TestPeerTransfersAndLeaves(t *testing.T) {
	d, callee, b := connected(t, start(t))
	third := newPhone(t)
	callee.refersTo(third.uri("carol"), nil)
	callee.leg.End(sip.EndReason{})
	d.c.state(b, wire.CallEnding)
	k := third.next()
	third.answer(k)
	c := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	d.c.state(b, wire.CallEnded)
	k.sings(700)
	d.caller.hears(700)
	got := d.labelled(len(bridged), b, c)
	if last := got[len(got)-2:]; !slices.Equal(last, []string{"connect A connected", "B ended hangup"}) {
		t.Errorf("%q", got)
	}
}

// TestTransferFails: the bridge goes on; where its peer has left it is over.
func TestTransferFails(t *testing.T) {
	d, callee, b := connected(t, start(t))
	third := newPhone(t)
	callee.refersTo(third.uri("carol"), nil)
	k := third.next()
	c := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
	k.leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	eventually(t, "486", func() bool { return callee.progress() == "100 486" })
	d.c.state(c, wire.CallEnded)
	same(t, func() []string { return d.labelled(len(bridged), b, c) },
		"connect A connecting", "C created", "connect A connected", "C ended busy")
	d.caller.sings(440)
	callee.hears(440)

	callee.refersTo(third.uri("carol"), nil)
	k = third.next()
	callee.leg.End(sip.EndReason{})
	d.c.state(b, wire.CallEnding)
	k.leg.End(sip.EndReason{Code: 603, Phrase: "Decline"})
	d.c.connectState(d.a, wire.ConnectDisconnected)
	d.c.state(b, wire.CallEnded)
}

// TestCallerTransfers: its peer and the new one get each other, told on the
// peer; also where the caller hangs up at once.
func TestCallerTransfers(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		t.Run(fmt.Sprintf("leaves at once: %v", leaves), func(t *testing.T) {
			d, callee, b := connected(t, start(t))
			third := newPhone(t)
			d.caller.refersTo(third.uri("carol"), nil)
			k := third.next()
			if from := k.leg.From().URI; !strings.HasPrefix(from, "sip:bob@") {
				t.Errorf("called by %s", from)
			}
			c := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
			if leaves {
				d.caller.leg.End(sip.EndReason{})
				d.c.state(d.a, wire.CallEnding)
			}
			third.answer(k)
			d.c.connectState(b, wire.ConnectConnected)
			k.sings(700)
			callee.hears(700)
			callee.sings(900)
			k.hears(900)
			d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: c})
			d.c.connectState(b, wire.ConnectDisconnected)
			same(t, func() []string {
				return slices.DeleteFunc(d.labelled(len(bridged), b, c), func(l string) bool { return strings.HasPrefix(l, "A ") })
			}, "connect A connecting", "C created", "C answered", "connect A disconnected", "connect B connecting", "connect B connected", "connect B disconnected")
			if !leaves {
				eventually(t, "200", func() bool { return d.caller.progress() == "100 200" })
				d.caller.leg.End(sip.EndReason{})
			}
			eventually(t, "A ended", func() bool { return slices.Contains(d.labelled(0, b, c), "A ended hangup") })
		})
	}
}

// TestCallerTransfersToNobody and has left: its peer is not left alone.
func TestCallerTransfersToNobody(t *testing.T) {
	d, callee, b := connected(t, start(t))
	third := newPhone(t)
	d.caller.refersTo(third.uri("carol"), nil)
	k := third.next()
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnding)
	k.leg.End(sip.EndReason{Code: 480})
	d.c.connectState(d.a, wire.ConnectDisconnected)
	d.c.state(b, wire.CallEnded)
	d.c.state(d.a, wire.CallEnded)
	awaitSIP[sip.Ended](callee)
}

// TestTransferIsCancelled by the operator, who parts the legs; by the peer that
// leaves before there is another; by the end of the caller.
func TestTransferIsCancelled(t *testing.T) {
	x := start(t)
	for name, cancel := range map[string]func(d *desk, callee *talk){
		"disconnect": func(d *desk, _ *talk) { d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a}) },
		"peer":       func(_ *desk, callee *talk) { callee.leg.End(sip.EndReason{}) },
		"end":        func(d *desk, _ *talk) { d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}}) },
	} {
		t.Run(name, func(t *testing.T) {
			d, callee, b := connected(t, x)
			third := newPhone(t)
			d.caller.refersTo(third.uri("carol"), nil)
			k := third.next()
			c := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
			cancel(d, callee)
			d.c.connectState(d.a, wire.ConnectDisconnected)
			d.c.state(c, wire.CallEnded)
			if e := awaitSIP[sip.Ended](k); e.Code != 487 {
				t.Errorf("%+v", e)
			}
			all := d.labelled(len(bridged), b, c)
			if i, j := slices.Index(all, "connect A disconnected"), slices.IndexFunc(all, func(l string) bool { return strings.HasPrefix(l, "B ended") }); j >= 0 && j < i {
				t.Errorf("%q", all)
			}
		})
	}
}

// TestTransfersThatAreRefused: what no program could dial, and a call that is
// not connected.
func TestTransfersThatAreRefused(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Trunks = []Trunk{{Name: "out", Server: "sip:127.0.0.1:9", Prefixes: []string{"+49"}}}
	})
	alone := answeredCall(t, x)
	if err := alone.caller.leg.Refer("sip:carol@127.0.0.1:9", nil); err != nil {
		t.Fatal(err)
	}
	if e := awaitSIP[sip.ReferAnswered](alone.caller); e.Code != 603 {
		t.Errorf("not connected: %+v", e)
	}
	for to, code := range map[string]int{"sip:112@127.0.0.1:9": 403, "sip:+441@demo": 403, "sip:+441@127.0.0.1:9": 403} {
		_, callee, _ := connected(t, x)
		if err := callee.leg.Refer(to, nil); err != nil {
			t.Fatal(err)
		}
		if e := awaitSIP[sip.ReferAnswered](callee); e.Code != code {
			t.Errorf("%s: %+v", to, e)
		}
	}
}

// TestAttendedTransfer: a phone with two calls through us joins their far ends,
// whichever side of each it is on.
func TestAttendedTransfer(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x) // ann called, was connected to bob
	e := &desk{x: x, c: d.c, phone: d.phone}
	e.c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"second"}})
	e.caller = d.phone.call(x, "second") // ann calls again, is connected to carol
	e.a = e.c.receive().call.CallID
	e.c.must(wire.MethodAnswer, wire.CallRef{CallID: e.a})
	e.caller.answered()
	carol := newPhone(t)
	e.mustConnect(carol.uri("carol"))
	k := carol.next()
	carol.answer(k)
	c := e.c.connectState(e.a, wire.ConnectConnected).connect.Peer.CallID
	awaitSIP[sip.Established](k)

	d.caller.refersTo("", e.caller.leg)
	d.c.connectState(b, wire.ConnectConnected)
	k.sings(700)
	callee.hears(700)
	callee.sings(900)
	k.hears(900)
	eventually(t, "200", func() bool { return d.caller.progress() == "100 200" })
	for _, leg := range []*talk{d.caller, e.caller} {
		awaitSIP[sip.Ended](leg) // by us, as the phone does not
	}
	callee.leg.End(sip.EndReason{})
	d.c.state(c, wire.CallEnded)
	d.c.state(b, wire.CallEnded)
	names := map[string]string{d.a: "A", b: "B", e.a: "D", c: "C"}
	all := slices.DeleteFunc(d.c.labels(names), func(l string) bool { return !strings.HasPrefix(l, "connect") })
	same(t, func() []string { return all[4:] }, "connect D disconnected", "connect A disconnected", "connect B connecting", "connect B connected", "connect B disconnected")
}

// TestAttendedTransferElsewhere: the call to be taken over is not one of ours,
// so the new peer is told of it.
func TestAttendedTransferElsewhere(t *testing.T) {
	_, callee, _ := connected(t, start(t))
	bob, stranger := newPhone(t), newPhone(t) // a call that is not through us
	l, err := bob.stack.Invite(sip.OutboundInvite{From: "sip:bob@example.test", To: stranger.uri("x"), SDP: []byte(sdpOf(40000))})
	if err != nil {
		t.Fatal(err)
	}
	k := stranger.next()
	stranger.answer(k, "PCMA")
	awaitSIP[sip.Established](k)
	carol := newRawCallee(t)
	callee.refersTo("sip:carol@"+carol.sock.LocalAddr().String(), l)
	carol.reply(carol.request("INVITE", "Replaces: "+l.Dialog().String()), "486 Busy Here", "", "")
	eventually(t, "486", func() bool { return callee.progress() == "100 486" })
	l.End(sip.EndReason{})
}

func headerOf(l *sip.Leg, name string) string {
	for _, h := range l.Headers() {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// TestTakeover: another phone takes the caller's place by Replaces; the call
// goes on and the first phone is hung up.
func TestTakeover(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x)
	d.c.must(wire.MethodHold, wire.CallRef{CallID: d.a})
	d.caller.reoffered(1, "PCMU")
	eventually(t, "held", func() bool { return slices.Equal(d.c.holds(), []string{"hold"}) })
	other := newPhone(t)
	k := other.call(x, "anybody", func(r *sip.OutboundInvite) {
		r.Headers = []sip.Header{{Name: "Replaces", Value: d.caller.leg.Dialog().String()}}
	})
	k.answered()
	awaitSIP[sip.Ended](d.caller)
	d.caller.stream.Close()
	k.sings(440)
	callee.hears(440)
	callee.sings(1000)
	k.hears(1000)
	nobody := other.call(x, "anybody", func(r *sip.OutboundInvite) {
		r.Headers = []sip.Header{{Name: "Replaces", Value: "none;to-tag=a;from-tag=b"}}
	})
	if e := awaitSIP[sip.Ended](nobody); e.Code != 481 {
		t.Errorf("%+v", e)
	}
	k.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	same(t, func() []string { return d.labelled(len(bridged), b, "") },
		"hold  hold", "hold  unhold", "A ending hangup", "connect A disconnected", "B ending hangup", "B ended hangup", "A ended hangup")
}
