package exchange

import (
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestMonitorInAConference: it hears the call and the others there, who hear it
// as its mode says beside each other; who leaves is out of it, and the monitor
// stays with its call.
func TestMonitorInAConference(t *testing.T) {
	x := start(t)
	a, b := answeredCall(t, x, asking(wire.CordpairAsk{Details: true})), answeredCall(t, x)
	a.caller.sings(440)
	b.caller.sings(700)
	a.join("room")
	b.join("room")
	own := newPhone(t)
	a.c.must(wire.MethodCordpairMonitor, a.monitorBy(own, wire.MonitorListen))
	boss := own.next()
	own.answer(boss)
	boss.sings(2000)
	a.c.monitorSaid(wire.MonitorJoined, wire.MonitorListen)
	boss.hearsAll(440, 700)
	a.caller.hearsAll(700)
	b.caller.hearsAll(440)

	change := func(mode, leg string) {
		t.Helper()
		a.c.must(wire.MethodCordpairMonitorChange, wire.MonitorParams{CallRef: wire.CallRef{CallID: a.a}, Mode: mode, Leg: leg})
	}
	change(wire.MonitorBarge, "")
	a.caller.hearsAll(700, 2000)
	b.caller.hearsAll(440, 2000)
	third := answeredCall(t, x)
	third.caller.sings(1000)
	third.join("room")
	boss.hearsAll(440, 700, 1000)
	third.caller.hearsAll(440, 700, 2000)
	change(wire.MonitorWhisper, wire.MonitorCall)
	a.caller.hearsAll(700, 1000, 2000)
	b.caller.hearsAll(440, 1000)

	third.caller.leg.End(sip.EndReason{})
	boss.hearsAll(440, 700)
	a.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b.a}})
	boss.hearsAll(440)
	a.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: a.a}})
	awaitSIP[sip.Ended](boss)
	a.c.monitorSaid(wire.MonitorEnded, wire.MonitorWhisper)
}
