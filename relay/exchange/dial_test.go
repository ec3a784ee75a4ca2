package exchange

import (
	"slices"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

func sipDevice(to string) wire.Device {
	return wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:desk@demo", To: to}}
}

// names gives each call of the session a letter, in the order of their first
// events.
func (c *client) names() map[string]string {
	names := map[string]string{}
	for _, e := range c.all() {
		id := e.call.CallID
		if e.kind == wire.EventCallState && names[id] == "" {
			names[id] = string(rune('A' + len(names)))
		}
	}
	return names
}

// TestItem23Dial: no call id in the result, the tag on every event, the full
// call in the dial event, at least one state before it.
func TestItem23Dial(t *testing.T) {
	x := start(t)
	p := newPhone(t)
	c := connect(t, x)
	if r := c.command(wire.MethodDial, wire.DialParams{Tag: "T", Devices: [][]wire.Device{{sipDevice(p.uri("bob"))}}}); r.Code != "200" || r.Message != "Dialing" || r.CallID != "" {
		t.Errorf("%+v", r)
	}
	k := p.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	p.answer(k)
	e := c.expect("dial answered", func(e event) bool { return e.kind == wire.EventCallDial })
	call := e.dial.Call
	if e.dial.DialState != wire.DialAnswered || e.dial.Tag != "T" || call == nil || call.CallState != wire.CallAnswered ||
		call.Direction != wire.Outbound || call.Tag != "T" || !bool(call.DialWinner) || call.Device.Params.To != p.uri("bob") {
		t.Fatalf("%+v", e.dial)
	}
	if got := c.labels(c.names()); !slices.Equal(got, []string{"A created", "A ringing", "A answered", "dial answered"}) {
		t.Errorf("%q", got)
	}
	for _, e := range c.all() {
		if e.kind == wire.EventCallState && (e.call.Tag != "T" || e.call.CreatedBy != "dial" || e.call.Direction != wire.Outbound) {
			t.Errorf("%+v", e.call)
		}
	}
	k.sings(440)
	other := newPhone(t)
	c.must(wire.MethodCallConnect, wire.CallConnectParams{CallRef: call.CallRef, Devices: [][]wire.Device{{sipDevice(other.uri("carol"))}}})
	m := other.next()
	other.answer(m)
	m.hears(440)
}

// TestItem19LosersEndAfterTheWinner, for dial and for connect: serial and
// parallel, and the losers' "ended" last (RELAY reference §7.11).
func TestItem19LosersEndAfterTheWinner(t *testing.T) {
	x := start(t)
	plan := func(phones ...*phone) [][]wire.Device {
		return [][]wire.Device{
			{sipDevice("sip:nobody-here@demo")},
			{sipDevice(phones[0].uri("slow")), sipDevice(phones[1].uri("quick"))},
			{sipDevice(phones[0].uri("never"))},
		}
	}
	ring := func(t *testing.T, phones ...*phone) *talk {
		slow, quick := phones[0].next(), phones[1].next()
		if err := slow.leg.Ring(); err != nil {
			t.Fatal(err)
		}
		phones[1].answer(quick)
		if e := awaitSIP[sip.Ended](slow); e.Code != 487 {
			t.Errorf("loser: %+v", e)
		}
		return quick
	}
	t.Run("dial", func(t *testing.T) {
		phones := []*phone{newPhone(t), newPhone(t)}
		c := connect(t, x)
		c.must(wire.MethodDial, wire.DialParams{Tag: "T", Devices: plan(phones...)})
		ring(t, phones...)
		c.expect("dial", func(e event) bool { return e.kind == wire.EventCallDial && e.dial.DialState == wire.DialAnswered })
		c.state("", wire.CallEnded)
		c.state("", wire.CallEnded)
		endedLast(t, c, "dial answered")
	})
	t.Run("connect", func(t *testing.T) {
		phones := []*phone{newPhone(t), newPhone(t)}
		d := answeredCall(t, x)
		d.mustConnect("", func(p *wire.CallConnectParams) { p.Devices = plan(phones...) })
		k := ring(t, phones...)
		d.c.connectState(d.a, wire.ConnectConnected)
		d.c.state("", wire.CallEnded)
		d.c.state("", wire.CallEnded)
		endedLast(t, d.c, "connect A connected")
		k.sings(700)
		d.caller.hears(700)
	})
}

func endedLast(t *testing.T, c *client, settled string) {
	t.Helper()
	names := c.names()
	done := false
	for _, l := range c.labels(names) {
		switch {
		case l == settled:
			done = true
		case !done && len(l) > 7 && l[2:7] == "ended":
			t.Errorf("%q before %q: %q", l, settled, c.labels(names))
		}
	}
	if !done {
		t.Errorf("no %q: %q", settled, c.labels(names))
	}
}

func TestDialFails(t *testing.T) {
	x := start(t)
	withPeople(t, x)
	c := connect(t, x)
	phoneDevice := wire.Device{Type: wire.DevicePhone, Params: wire.DeviceParams{ToNumber: "+15550100", FromNumber: "+15550101"}}
	for tag, tc := range map[string]struct {
		device wire.Device
		reason wire.Reason
		source string
	}{
		"busy":  {sipDevice("sip:busy@demo"), wire.ReasonBusy, "outbound"},
		"phone": {phoneDevice, wire.ReasonNotFound, "none"},
	} {
		c.must(wire.MethodDial, wire.DialParams{Tag: tag, Devices: [][]wire.Device{{tc.device}}})
		e := c.expect("dial failed", func(e event) bool { return e.kind == wire.EventCallDial }).dial
		if e.DialState != wire.DialFailed || e.Tag != tag || e.Reason != tc.reason || e.Source != tc.source {
			t.Errorf("%+v", e)
		}
		if end := c.state("", wire.CallEnded).call; end.EndReason != tc.reason || end.Tag != tag {
			t.Errorf("%+v", end)
		}
	}
}

// TestEndOfADialledLegWhileRinging cancels the dial.
func TestEndOfADialledLegWhileRinging(t *testing.T) {
	p := newPhone(t)
	c := connect(t, start(t))
	c.must(wire.MethodDial, wire.DialParams{Tag: "T", Devices: [][]wire.Device{{sipDevice(p.uri("bob"))}}})
	k := p.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	id := c.state("", wire.CallRinging).call.CallID
	c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: id}})
	e := c.expect("dial failed", func(e event) bool { return e.kind == wire.EventCallDial }).dial
	if e.DialState != wire.DialFailed || e.Reason != wire.ReasonCancel {
		t.Errorf("%+v", e)
	}
	c.state(id, wire.CallEnded)
	awaitSIP[sip.Ended](k)
}

// TestForkToTwoContacts: a person with two phones; the first to answer wins.
func TestForkToTwoContacts(t *testing.T) {
	x := start(t)
	phones := []*phone{newPhone(t), newPhone(t)}
	for _, p := range phones {
		if err := p.stack.Register(t.Context(), sip.RegisterRequest{AOR: "sip:zoe@demo", Registrar: "sip:" + x.SIPAddr(), Expires: patience * 10}); err != nil {
			t.Fatal(err)
		}
	}
	d := answeredCall(t, x)
	d.mustConnect("sip:zoe@" + x.SIPAddr())
	loser, winner := phones[0].next(), phones[1].next()
	phones[1].answer(winner)
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	if e := awaitSIP[sip.Ended](loser); e.By != sip.Remote {
		t.Errorf("%+v", e)
	}
	d.check(t, b, "receive A", "A ringing", "A answered", "connect A connecting", "B created", "B answered", "connect A connected")
	winner.sings(900)
	d.caller.hears(900)
}
