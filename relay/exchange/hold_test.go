package exchange

import (
	"slices"
	"testing"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// reoffered waits for the nth new offer inside a call and answers it with one
// of the codecs.
func (k *talk) reoffered(n int, codecs ...string) media.Description {
	k.t.Helper()
	var offers []sip.Reoffer
	eventually(k.t, "re-INVITE", func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		offers = nil
		for _, e := range k.events {
			if e, ok := e.(sip.Reoffer); ok {
				offers = append(offers, e)
			}
		}
		return len(offers) >= n
	})
	offer, err := media.ParseSDP(offers[n-1].SDP)
	if err != nil {
		k.t.Fatal(err)
	}
	body, f, err := media.Answer(k.stream.LocalAddr(), offer, codecs, media.SDPOptions{})
	if err != nil {
		_ = k.leg.RefuseReoffer(488)
		return offer
	}
	if err := k.stream.Start(offer.Addr, f, offer.EventType(f), offer.Direction.Mirror()); err != nil {
		k.t.Fatal(err)
	}
	if err := k.leg.AnswerReoffer(body); err != nil {
		k.t.Fatal(err)
	}
	return offer
}

func (c *client) holds() []string {
	var list []string
	for _, e := range bodies(c, wire.EventHold, func(wire.HoldEvent) bool { return true }) {
		list = append(list, e.State)
	}
	return list
}

// TestHold: the phone is told sendonly and hears what it is played, not its
// peer, who does not hear it either; then both hear each other again.
func TestHoldByTheProgram(t *testing.T) {
	x := start(t)
	for name, leg := range map[string]func(d *desk, callee *talk, b string) (id string, held, other *talk){
		"caller": func(d *desk, callee *talk, _ string) (string, *talk, *talk) { return d.a, d.caller, callee },
		"peer":   func(d *desk, callee *talk, b string) (string, *talk, *talk) { return b, callee, d.caller },
	} {
		t.Run(name, func(t *testing.T) {
			d, callee, b := connected(t, x)
			id, held, other := leg(d, callee, b)
			held.sings(440)
			other.sings(1000)
			held.hears(1000)
			ref := wire.CallRef{CallID: id}
			d.c.must(wire.MethodHold, ref)
			if offer := held.reoffered(1, "PCMU"); offer.Direction != media.SendOnly {
				t.Errorf("held by %s", offer.Direction)
			}
			eventually(t, "held", func() bool { return slices.Equal(d.c.holds(), []string{"hold"}) })
			other.hearsNothing()
			held.hearsNothing()
			d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: ref, ControlID: "music", Play: ringtone("fr", 600)})
			held.hears(440)
			d.c.must(wire.MethodPlayStop, wire.ControlParams{CallRef: ref, ControlID: "music"})
			d.c.must(wire.MethodUnhold, ref)
			if offer := held.reoffered(2, "PCMU"); offer.Direction != media.SendRecv {
				t.Errorf("taken back by %s", offer.Direction)
			}
			eventually(t, "off hold", func() bool { return slices.Equal(d.c.holds(), []string{"hold", "unhold"}) })
			other.hears(440)
			held.hears(1000)
		})
	}
}

// TestHoldRefused: the phone does not want to; the call goes on as it was.
func TestHoldRefused(t *testing.T) {
	d, callee, _ := connected(t, start(t))
	callee.sings(1000)
	d.c.must(wire.MethodHold, wire.CallRef{CallID: d.a})
	if r := d.c.command(wire.MethodHold, wire.CallRef{CallID: d.a}); r.Code != wire.CodeConflict {
		t.Errorf("twice at once: %+v", r)
	}
	d.caller.reoffered(1, "G722")
	eventually(t, "refused", func() bool { return slices.Equal(d.c.holds(), []string{"error"}) })
	d.caller.hears(1000)
}

// TestCallerChangesItsCodec: the peer answers with a codec that the caller does
// not use yet; the caller's phone is asked, and they hear each other.
func TestCallerChangesItsCodec(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Devices[0][0].Params.Codecs = []string{"G722"} })
	k := other.next()
	other.answer(k, "G722")
	if offer := d.caller.reoffered(1, "G722"); offer.Formats[0].Name != "G722" {
		t.Errorf("%+v", offer.Formats)
	}
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	k.sings(900)
	d.caller.hears(900)
	d.caller.sings(440)
	k.hears(440)
	for _, id := range []string{d.a, b} {
		eventually(t, "codec of the leg", func() bool { f := d.c.last(id); return f != nil && f.Codec == "G722" })
	}
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	d.c.connectState(d.a, wire.ConnectDisconnected)
}

// TestCallerKeepsItsCodec: it refuses, so the connect fails with 488.
func TestCallerKeepsItsCodec(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Devices[0][0].Params.Codecs = []string{"G722"} })
	k := other.next()
	other.answer(k, "G722")
	d.caller.reoffered(1, "PCMA")
	e := d.c.connectState(d.a, wire.ConnectFailed).connect
	legBefore(t, d.c, e.Peer.CallID, wire.EndedByExchange, 488)
	d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p", Play: ringtone("fr", 600)})
	d.caller.hears(440)
}

// withoutEvents answers, or calls, as a phone that takes no telephone-events.
func withoutEvents(r *sip.OutboundInvite) {
	d, err := media.ParseSDP(r.SDP)
	if err != nil {
		panic(err)
	}
	r.SDP, err = media.Offer(d.Addr, g711, media.SDPOptions{NoDTMF: true})
	if err != nil {
		panic(err)
	}
}

// TestDigitsByINFO: where no telephone-events were agreed digits go, and come,
// by INFO; those of the peer are passed on.
func TestDigitsByINFO(t *testing.T) {
	x := start(t)
	d := &desk{x: x, phone: newPhone(t)}
	d.c = connect(t, x, receiving("support"))
	d.caller = d.phone.call(x, "support", withoutEvents)
	d.a = d.c.receive().call.CallID
	d.c.must(wire.MethodAnswer, wire.CallRef{CallID: d.a})
	d.caller.answered()
	d.c.must(wire.MethodSendDigits, wire.SendDigitsParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "d", Digits: "4wa#"})
	d.c.action("d", wire.Finished)
	eventually(t, "4A#", func() bool { return d.caller.digits() == "4A#" })
	d.collect("c", four())
	d.detect("five", wire.DetectDigit, wire.DetectorSettings{Digits: "5"})
	for _, digit := range "15#" {
		if err := d.caller.leg.SendInfoDigit(byte(digit), 0); err != nil {
			t.Fatal(err)
		}
	}
	if r := d.c.collected("c"); r.Params == nil || r.Params.Digits != "15" {
		t.Errorf("%+v", r)
	}
	eventually(t, "detected", func() bool { return slices.Contains(d.c.detects("five"), "digit 5") })
	other := newPhone(t)
	d.mustConnect(other.uri("bob"))
	k := other.next()
	other.answer(k)
	d.c.connectState(d.a, wire.ConnectConnected)
	heard := make(chan rune, 4)
	k.stream.OnDigit(func(r rune) { heard <- r })
	if err := d.caller.leg.SendInfoDigit('7', 0); err != nil {
		t.Fatal(err)
	}
	if r := soon(t, heard); r != '7' {
		t.Errorf("%c", r)
	}
	k.keys("8")
	eventually(t, "passed on by INFO", func() bool { return d.caller.digits() == "4A#8" })
}

// soon takes from a channel, or gives up.
func soon[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// digits are those that a phone was sent by INFO so far.
func (k *talk) digits() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	text := ""
	for _, e := range k.events {
		if e, ok := e.(sip.Digit); ok {
			text += string(rune(e.Digit))
		}
	}
	return text
}

func (c *client) refers() []wire.ReferEvent {
	return bodies(c, wire.EventRefer, func(wire.ReferEvent) bool { return true })
}

// TestRefer: the phone is sent away, and its word on how that went is told.
func TestRefer(t *testing.T) {
	d := answeredCall(t, start(t))
	refer := wire.ReferParams{CallRef: wire.CallRef{CallID: d.a}, Device: wire.ReferDevice{Type: "sip",
		Params: wire.ReferDeviceParams{To: "sip:bob@example.test"}}}
	outcomes := []struct {
		act  func(*sip.Referral) error
		want wire.ReferEvent
	}{
		{func(r *sip.Referral) error { return r.Refuse(603) }, wire.ReferEvent{State: "failed", Response: "603"}},
		{func(r *sip.Referral) error { return r.Notify(486, "Busy Here") }, wire.ReferEvent{State: "failed", Response: "202", NotifyCode: "486"}},
		{func(r *sip.Referral) error { return r.Notify(200, "OK") }, wire.ReferEvent{State: "success", Response: "202", NotifyCode: "200"}},
	}
	for i, tc := range outcomes {
		d.c.must(wire.MethodRefer, refer)
		if r := d.c.command(wire.MethodRefer, refer); r.Code != wire.CodeConflict {
			t.Errorf("two at once: %+v", r)
		}
		var asked []sip.Referred
		eventually(t, "REFER", func() bool {
			d.caller.mu.Lock()
			defer d.caller.mu.Unlock()
			asked = nil
			for _, e := range d.caller.events {
				if e, ok := e.(sip.Referred); ok {
					asked = append(asked, e)
				}
			}
			return len(asked) > i
		})
		if asked[i].To != "sip:bob@example.test" {
			t.Errorf("Refer-To %s", asked[i].To)
		}
		if err := tc.act(asked[i].Referral); err != nil {
			t.Fatal(err)
		}
		eventually(t, "outcome", func() bool { return len(d.c.refers()) > i })
		got := d.c.refers()[i]
		if got.State != tc.want.State || got.Response != tc.want.Response || got.NotifyCode != tc.want.NotifyCode || got.ReferTo != asked[i].To || got.CallID != d.a {
			t.Errorf("%+v", got)
		}
	}
	d.c.must(wire.MethodRefer, refer)
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	if all := d.c.refers(); len(all) != len(outcomes)+1 || all[len(outcomes)].State != "failed" {
		t.Errorf("at the end of the call: %+v", all)
	}
}

func TestReferRefused(t *testing.T) {
	d := answeredCall(t, start(t))
	for to, code := range map[string]wire.ResultCode{"": "400", "bob": "400", "sip:911@x": "403"} {
		p := wire.ReferParams{CallRef: wire.CallRef{CallID: d.a}, Device: wire.ReferDevice{Type: "sip", Params: wire.ReferDeviceParams{To: to}}}
		if r := d.c.command(wire.MethodRefer, p); r.Code != code {
			t.Errorf("%q: %+v", to, r)
		}
	}
	// A phone that refers us itself is told no: programs move calls here.
	if err := d.caller.leg.Refer("sip:x@example.test", nil); err != nil {
		t.Fatal(err)
	}
	if e := awaitSIP[sip.ReferAnswered](d.caller); e.Code != 603 {
		t.Errorf("%+v", e)
	}
}
