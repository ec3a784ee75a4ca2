package exchange

import (
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// secondCall is another call of the desk's phone, answered and connecting to
// carol, whose phone rings.
func (d *desk) secondCall(t *testing.T) (e *desk, carol *phone, k *talk) {
	t.Helper()
	e = &desk{x: d.x, c: d.c, phone: d.phone}
	e.c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"second"}})
	e.caller = d.phone.call(d.x, "second")
	e.a = e.c.receive().call.CallID
	e.c.must(wire.MethodAnswer, wire.CallRef{CallID: e.a})
	e.caller.answered()
	carol = newPhone(t)
	e.mustConnect(carol.uri("carol"))
	k = carol.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	e.c.state("", wire.CallRinging)
	return e, carol, k
}

// TestTransferWhileTheNewOneRings: the phone does not wait for the answer; the
// far ends get each other when it comes.
func TestTransferWhileTheNewOneRings(t *testing.T) {
	d, callee, b := connected(t, start(t))
	e, carol, k := d.secondCall(t)
	d.caller.refersTo("", e.caller.leg)
	carol.answer(k)
	d.c.connectState(b, wire.ConnectConnected)
	k.sings(700)
	callee.hears(700)
	eventually(t, "200", func() bool { return d.caller.progress() == "100 200" })
	awaitSIP[sip.Ended](d.caller) // by us, as the phone does not
}

// TestTransferToWhoDoesNotAnswer: the first call goes on, and the phone is told.
func TestTransferToWhoDoesNotAnswer(t *testing.T) {
	d, callee, _ := connected(t, start(t))
	e, _, k := d.secondCall(t)
	d.caller.refersTo("", e.caller.leg)
	k.leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	d.c.connectState(e.a, wire.ConnectFailed)
	eventually(t, "603", func() bool { return d.caller.progress() == "100 603" })
	d.caller.sings(440)
	callee.hears(440)
}

// TestWhoIsToBeTransferredLeaves while the new one rings: the phone talks to the
// new one itself.
func TestWhoIsToBeTransferredLeaves(t *testing.T) {
	d, callee, b := connected(t, start(t))
	e, carol, k := d.secondCall(t)
	d.caller.refersTo("", e.caller.leg)
	callee.leg.End(sip.EndReason{})
	d.c.state(b, wire.CallEnded)
	carol.answer(k)
	d.c.connectState(e.a, wire.ConnectConnected)
	eventually(t, "503", func() bool { return d.caller.progress() == "100 503" })
	k.sings(700)
	e.caller.hears(700)
}
