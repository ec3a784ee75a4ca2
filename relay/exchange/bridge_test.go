package exchange

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// connected is a desk whose call is bridged to a second phone.
func connected(t *testing.T, x *Exchange) (d *desk, callee *talk, b string) {
	t.Helper()
	d = answeredCall(t, x, asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"))
	callee = other.next()
	if err := callee.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	other.answer(callee)
	b = d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	awaitSIP[sip.Established](callee)
	return d, callee, b
}

var bridged = []string{
	"receive A", "A ringing", "A answered", "connect A connecting", "B created", "B ringing", "B answered",
	"connect A connected",
}

func (d *desk) check(t *testing.T, b string, want ...string) {
	t.Helper()
	if got := d.c.labels(map[string]string{d.a: "A", b: "B"}); !slices.Equal(got, want) {
		t.Errorf("events\n got %q\nwant %q", got, want)
	}
}

// TestWhoHearsWhom: through the bridge each side hears the other and not
// itself; parted, both hear silence and stay up.
func TestWhoHearsWhom(t *testing.T) {
	d, callee, _ := connected(t, start(t))
	d.caller.sings(440)
	callee.sings(1000)
	d.caller.hears(1000)
	callee.hears(440)
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	d.c.connectState(d.a, wire.ConnectDisconnected)
	d.caller.hearsNothing()
	callee.hearsNothing()
}

// TestItem20PeerHangsUp is RELAY reference §7.7: item 20.
func TestItem20PeerHangsUp(t *testing.T) {
	d, callee, b := connected(t, start(t))
	callee.leg.End(sip.EndReason{})
	end := d.c.state(b, wire.CallEnded).call
	d.check(t, b, append(bridged, "B ending hangup", "connect A disconnected", "B ended hangup")...)
	if end.EndSource != "outbound" || end.EndTime == 0 || end.AnswerTime == 0 || end.Parent.CallID != d.a {
		t.Errorf("ended: %+v", end)
	}
	d.caller.sings(440) // A stays up, and is not dead air
	d.caller.hearsNothing()
}

// TestCallerHangsUp is RELAY reference §7.8.
func TestCallerHangsUp(t *testing.T) {
	d, callee, b := connected(t, start(t))
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	d.check(t, b, append(bridged, "A ending hangup", "connect A disconnected", "B ending hangup", "B ended hangup", "A ended hangup")...)
	if e := awaitSIP[sip.Ended](callee); e.By != sip.Remote {
		t.Errorf("callee: %+v", e)
	}
}

// TestOperatorEndsThePeer is RELAY reference §7.10.
func TestOperatorEndsThePeer(t *testing.T) {
	d, callee, b := connected(t, start(t))
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}})
	d.c.state(b, wire.CallEnded)
	d.check(t, b, append(bridged, "B ending hangup", "connect A disconnected", "B ended hangup")...)
	awaitSIP[sip.Ended](callee)
}

// TestDisconnectKeepsBothLegs is RELAY reference §7.9: by either leg, and a
// second connect works, also from the leg that was the peer.
func TestDisconnectKeepsBothLegs(t *testing.T) {
	d, callee, b := connected(t, start(t))
	if r := d.connectTo("sip:x@127.0.0.1:9"); r.Code != wire.CodeConflict {
		t.Errorf("second connect: %+v", r)
	}
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: b})
	d.c.connectState(d.a, wire.ConnectDisconnected)
	if r := d.c.command(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a}); r.Code != wire.CodeConflict {
		t.Errorf("disconnect of nothing: %+v", r)
	}
	d.check(t, b, append(bridged, "connect A disconnected")...)
	third := newPhone(t)
	device := [][]wire.Device{{{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:desk@demo", To: third.uri("carol")}}}}
	d.c.must(wire.MethodCallConnect, wire.CallConnectParams{CallRef: wire.CallRef{CallID: b}, Devices: device})
	k := third.next()
	third.answer(k)
	d.c.connectState(b, wire.ConnectConnected)
	k.sings(700)
	callee.hears(700)
}

// TestItem18CancelWhileRinging is RELAY reference §7.4, by disconnect on A and by
// ending B: items 24 and 18.
func TestItem18CancelWhileRinging(t *testing.T) {
	x := start(t)
	for name, cancel := range map[string]func(d *desk, b string){
		"disconnect A": func(d *desk, _ string) { d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a}) },
		"disconnect B": func(d *desk, b string) { d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: b}) },
		"end B": func(d *desk, b string) {
			d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}, Reason: "hangup"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := answeredCall(t, x, asking(wire.CordpairAsk{Details: true}))
			other := newPhone(t)
			d.mustConnect(other.uri("bob"))
			k := other.next()
			if err := k.leg.Ring(); err != nil {
				t.Fatal(err)
			}
			b := d.c.state("", wire.CallRinging).call.CallID
			if b == d.a {
				b = d.c.state("", wire.CallRinging).call.CallID
			}
			if r := d.connectTo("sip:x@127.0.0.1:9"); r.Code != wire.CodeConflict {
				t.Errorf("second connect while ringing: %+v", r)
			}
			cancel(d, b)
			d.c.state(b, wire.CallEnded)
			d.check(t, b, "receive A", "A ringing", "A answered", "connect A connecting", "B created", "B ringing",
				"connect A failed cancel", "B ended cancel")
			legBefore(t, d.c, b, wire.EndedByOperator, 0)
			if e := awaitSIP[sip.Ended](k); e.Code != 487 {
				t.Errorf("callee: %+v", e)
			}
		})
	}
}

// TestItem18CallerHangsUpWhileRinging is RELAY reference §7.5 and the order trap of
// §7.3: item 18.
func TestItem18CallerHangsUpWhileRinging(t *testing.T) {
	d := answeredCall(t, start(t))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"))
	k := other.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	b := d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
	d.c.state(b, wire.CallRinging)
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	d.check(t, b, "receive A", "A ringing", "A answered", "connect A connecting", "B created", "B ringing",
		"A ending hangup", "connect A failed cancel", "B ended cancel", "A ended hangup")
	awaitSIP[sip.Ended](k)
}

// TestInviteOnTheWire: what connect asks for is in the INVITE.
func TestInviteOnTheWire(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) {
		q := &p.Devices[0][0].Params
		q.From, q.SessionTimeout = `"The Desk" <sip:desk@example.test>`, 300
		q.Headers = []wire.Header{{Name: "X-Account", Value: "42"}, {Name: "X-Note", Value: "a: b; c"}}
		q.Codecs = []string{"G722", "PCMA", "PCMU"}
	})
	k := other.next()
	if from := k.leg.From(); from.Display != "The Desk" || from.URI != "sip:desk@example.test" {
		t.Errorf("From: %+v", from)
	}
	got := map[string]string{}
	for _, h := range k.leg.Headers() {
		got[h.Name] = h.Value
	}
	for name, want := range map[string]string{"X-Account": "42", "X-Note": "a: b; c", "Session-Expires": "300"} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	offer, err := media.ParseSDP(k.leg.RemoteSDP())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range offer.Formats {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"G722", "PCMA", "PCMU"}) {
		t.Errorf("codecs: %q", names)
	}
	e := d.c.expect("details", func(e event) bool { return e.kind == wire.EventCordpairLeg && len(e.leg.HeadersSent) > 0 })
	if e.leg.HeadersSent[0].Value != "42" || e.leg.RequestURI == "" || e.leg.SIPCallID != k.leg.CallID() {
		t.Errorf("details: %+v", e.leg)
	}
}

// TestCodecsThatCannotBeJoined: the peer picks one that the caller lacks.
func TestCodecsThatCannotBeJoined(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Devices[0][0].Params.Codecs = []string{"G722"} })
	k := other.next()
	other.answer(k, "G722")
	e := d.c.connectState(d.a, wire.ConnectFailed).connect
	if e.FailedReason != wire.ReasonError {
		t.Errorf("failed: %+v", e)
	}
	legBefore(t, d.c, e.Peer.CallID, wire.EndedByExchange, 488)
	if e := awaitSIP[sip.Ended](k); e.By != sip.Remote {
		t.Errorf("callee: %+v", e)
	}
}

// TestMaxDuration: the exchange ends the peer when its time is over.
func TestMaxDuration(t *testing.T) {
	d := answeredCall(t, start(t))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.MaxDuration = 1 })
	k := other.next()
	other.answer(k)
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	if e := d.c.state(b, wire.CallEnded).call; e.EndReason != wire.ReasonMaxDuration {
		t.Errorf("%+v", e)
	}
	awaitSIP[sip.Ended](k)
}

// TestDetailsOfThePeer: what its responses said is gathered, and nothing is
// told twice.
func TestDetailsOfThePeer(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"))
	k := other.next()
	for range 3 {
		if err := k.leg.Ring(sip.Header{Name: "X-Queue", Value: "7"}); err != nil {
			t.Fatal(err)
		}
	}
	other.answer(k)
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	var legs []wire.LegEvent
	for _, e := range d.c.all() {
		if e.kind == wire.EventCordpairLeg && e.leg.CallID == b {
			legs = append(legs, e.leg)
		}
	}
	last := legs[len(legs)-1]
	if len(legs) != 3 || last.SIPCode != 200 || last.Codec != "PCMU/8000" ||
		!slices.Equal(last.HeadersReceived, []wire.Header{{Name: "X-Queue", Value: "7"}}) {
		t.Errorf("%d: %+v", len(legs), last)
	}
}

// TestDefaultCodecs: the caller's own first, then the rest of its offer that a
// bridge can turn into it.
func TestDefaultCodecs(t *testing.T) {
	x := start(t)
	for offered, want := range map[string][]string{
		"PCMU PCMA": {"PCMU", "PCMA"}, "PCMA PCMU": {"PCMA", "PCMU"}, "PCMA": {"PCMA"}, "OPUS PCMU": {"PCMU"},
	} {
		d := &desk{x: x, phone: newPhone(t)}
		context := "codecs-" + strings.ReplaceAll(offered, " ", "-")
		d.c = connect(t, x, receiving(context))
		d.caller = d.phone.call(x, context, func(r *sip.OutboundInvite) {
			body, err := media.Offer(netip.MustParseAddrPort("127.0.0.1:40000"), strings.Fields(offered), media.SDPOptions{})
			if err != nil {
				t.Fatal(err)
			}
			r.SDP = body
		})
		d.a = d.c.receive().call.CallID
		d.c.must(wire.MethodAnswer, wire.CallRef{CallID: d.a})
		other := newPhone(t)
		d.mustConnect(other.uri("bob"))
		sdp, err := media.ParseSDP(other.next().leg.RemoteSDP())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range sdp.Formats {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: %q", offered, names)
		}
		d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
		d.c.state(d.a, wire.CallEnded)
	}
}

// TestItem14ResultFirst: the answer to a request comes before its events.
func TestItem14ResultFirst(t *testing.T) {
	d, _, b := connected(t, start(t))
	ref := wire.CallRef{CallID: b}
	d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: ref, ControlID: "p", Play: silence(600)})
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: ref})
	d.c.state(b, wire.CallEnded)
	var order []string
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	for _, f := range d.c.frames {
		var r wire.Result
		if e, ok := parseEvent(f); ok {
			if e.kind != wire.EventCordpairLeg {
				order = append(order, e.label(map[string]string{d.a: "A", b: "B"}))
			}
		} else if wire.Decode(f.Result, &r) == nil && r.Message != "" {
			order = append(order, r.Message)
		}
	}
	want := []string{"receive A", "A ringing", "Answered", "A answered", "Connecting", "connect A connecting", "B created",
		"B ringing", "B answered", "connect A connected", "Playing", "play p playing", "Disconnecting call",
		"B ending hangup", "play p finished", "connect A disconnected", "B ended hangup"}
	if !slices.Equal(order, want) {
		t.Errorf("\n got %q\nwant %q", order, want)
	}
}

// TestItems15To17ConnectEvents: the peer is named, by tag and direction, before
// it is connected; connect events are on A, have a peer and a known state.
func TestItems15To17ConnectEvents(t *testing.T) {
	d, callee, b := connected(t, start(t))
	callee.leg.End(sip.EndReason{})
	d.c.state(b, wire.CallEnded)
	named := false
	for _, e := range d.c.all() {
		switch e.kind {
		case wire.EventCallState:
			if e.call.CallID == b {
				named = true
				if e.call.Direction != wire.Outbound || e.call.Tag != "tag-1" || e.call.Peer == nil || e.call.Peer.CallID != d.a {
					t.Errorf("%+v", e.call)
				}
			}
		case wire.EventCallConnect:
			n := e.connect
			known := []wire.ConnectState{wire.ConnectConnecting, wire.ConnectConnected, wire.ConnectDisconnected}
			if n.CallID != d.a || n.Peer == nil || n.Peer.CallID != b || n.Peer.NodeID == "" || n.Tag != "tag-1" || !slices.Contains(known, n.ConnectState) {
				t.Errorf("%+v", n)
			}
			if n.ConnectState == wire.ConnectConnected && !named {
				t.Error("connected before the peer's state")
			}
		}
	}
}
