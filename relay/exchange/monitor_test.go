package exchange

import (
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// monitorSaid waits for a monitor's state and mode.
func (c *client) monitorSaid(state, mode string) (got wire.MonitorEvent) {
	c.t.Helper()
	c.wait("monitor "+state+" "+mode, func() bool {
		for _, f := range c.frames {
			var p wire.EventParams
			var e wire.MonitorEvent
			if f.Method == wire.MethodEvent && wire.Decode(f.Params, &p) == nil && p.EventType == wire.EventCordpairMonitor &&
				wire.Decode(p.Params, &e) == nil && e.State == state && e.Mode == mode {
				got = e
				return true
			}
		}
		return false
	})
	return got
}

// supervised is a bridged call and a supervisor's phone that monitors it; each
// sings a tone of its own.
func supervised(t *testing.T, mode string) (d *desk, callee, boss *talk, b string) {
	t.Helper()
	d, callee, b = connected(t, start(t))
	d.caller.sings(440)
	callee.sings(1000)
	own := newPhone(t)
	d.c.must(wire.MethodCordpairMonitor, d.monitorBy(own, mode))
	d.c.monitorSaid(wire.MonitorCalling, mode)
	boss = own.next()
	if err := boss.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	d.c.monitorSaid(wire.MonitorRinging, mode)
	own.answer(boss)
	boss.sings(2000)
	e := d.c.monitorSaid(wire.MonitorJoined, mode)
	if e.CallID != d.a || e.Monitor == nil || e.Monitor.Device.Params.To != own.uri("boss") {
		t.Errorf("joined: %+v", e)
	}
	return d, callee, boss, b
}

func (d *desk) monitorBy(p *phone, mode string) wire.MonitorParams {
	return wire.MonitorParams{CallRef: wire.CallRef{CallID: d.a}, Mode: mode,
		Device: wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{To: p.uri("boss")}}}
}

// TestWhoHearsTheMonitor: by ear, in each mode; the peer's leg names the same
// call.
func TestWhoHearsTheMonitor(t *testing.T) {
	d, callee, boss, b := supervised(t, wire.MonitorListen)
	boss.hearsAll(440, 1000)
	d.caller.hearsAll(1000)
	callee.hearsAll(440)
	change := func(call, mode, leg string) {
		t.Helper()
		d.c.must(wire.MethodCordpairMonitorChange, wire.MonitorParams{CallRef: wire.CallRef{CallID: call}, Mode: mode, Leg: leg})
	}
	change(d.a, wire.MonitorWhisper, "")
	if e := d.c.monitorSaid(wire.MonitorJoined, wire.MonitorWhisper); e.Leg != wire.MonitorCall {
		t.Errorf("whisper: %+v", e)
	}
	d.caller.hearsAll(1000, 2000)
	callee.hearsAll(440)
	change(b, wire.MonitorWhisper, wire.MonitorPeer)
	d.caller.hearsAll(1000)
	callee.hearsAll(440, 2000)
	change(d.a, wire.MonitorBarge, "")
	d.caller.hearsAll(1000, 2000)
	callee.hearsAll(440, 2000)
	boss.hearsAll(440, 1000)
	d.c.must(wire.MethodCordpairMonitorLeave, wire.CallRef{CallID: d.a})
	awaitSIP[sip.Ended](boss)
	d.c.monitorSaid(wire.MonitorEnded, wire.MonitorBarge)
	d.caller.hearsAll(1000)
	callee.hearsAll(440)
}

// TestAMonitorStaysFromPeerToPeer, and ends with the call.
func TestAMonitorStaysFromPeerToPeer(t *testing.T) {
	d, callee, boss, b := supervised(t, wire.MonitorBarge)
	callee.hearsAll(440, 2000)
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	d.c.connectState(d.a, wire.ConnectDisconnected)
	boss.hearsAll(440)
	d.caller.hearsAll(2000)
	callee.hearsNothing()
	other := newPhone(t)
	d.mustConnect(other.uri("carol"))
	k := other.next()
	other.answer(k)
	d.c.connectState(d.a, wire.ConnectConnected)
	k.sings(600)
	boss.hearsAll(440, 600)
	k.hearsAll(440, 2000)
	d.caller.leg.End(sip.EndReason{})
	awaitSIP[sip.Ended](boss)
	e := d.c.monitorSaid(wire.MonitorEnded, wire.MonitorBarge)
	if e.Reason != wire.ReasonHangup || e.Text == "" {
		t.Errorf("ended: %+v", e)
	}
	d.c.state(d.a, wire.CallEnded)
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}}) // it was let go before
}

// TestAMonitorHangsUp: the call goes on, and may be monitored again; a phone
// that refuses is told with its code.
func TestAMonitorHangsUp(t *testing.T) {
	d, callee, boss, _ := supervised(t, wire.MonitorWhisper)
	boss.leg.End(sip.EndReason{})
	d.c.monitorSaid(wire.MonitorEnded, wire.MonitorWhisper)
	d.caller.hearsAll(1000)
	callee.hearsAll(440)
	own := newPhone(t)
	d.c.must(wire.MethodCordpairMonitor, d.monitorBy(own, wire.MonitorListen))
	own.next().leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	if e := d.c.monitorSaid(wire.MonitorFailed, wire.MonitorListen); e.SIPCode != 486 || e.Reason != wire.ReasonBusy {
		t.Errorf("failed: %+v", e)
	}
}

func TestMonitorRefusals(t *testing.T) {
	d, _, _, b := supervised(t, wire.MonitorListen)
	own := newPhone(t)
	leg := d.c.monitorSaid(wire.MonitorJoined, wire.MonitorListen).Monitor.CallID
	good := d.monitorBy(own, wire.MonitorListen)
	with := func(edit func(*wire.MonitorParams)) wire.MonitorParams {
		p := good
		edit(&p)
		return p
	}
	for name, tc := range map[string]struct {
		method string
		params any
		code   wire.ResultCode
	}{
		"twice":         {wire.MethodCordpairMonitor, good, wire.CodeConflict},
		"by the peer":   {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.CallID = b }), wire.CodeConflict},
		"of itself":     {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.CallID = leg }), wire.CodeConflict},
		"mode":          {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.Mode = "shout" }), wire.CodeBad},
		"leg":           {wire.MethodCordpairMonitorChange, with(func(p *wire.MonitorParams) { p.Leg = "both" }), wire.CodeBad},
		"no address":    {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.Device.Params.To = "" }), wire.CodeBad},
		"codec":         {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.Device.Params.Codecs = []string{"OPUS"} }), wire.CodeMedia},
		"emergency":     {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.Device.Params.To = "sip:911@demo" }), wire.CodeForbidden},
		"its own leg":   {wire.MethodCallConnect, wire.CallConnectParams{CallRef: wire.CallRef{CallID: leg}, Devices: [][]wire.Device{{{Type: wire.DeviceSIP, Params: wire.DeviceParams{From: "sip:a@demo", To: own.uri("x")}}}}}, wire.CodeConflict},
		"no such call":  {wire.MethodCordpairMonitor, with(func(p *wire.MonitorParams) { p.CallID = "none" }), wire.CodeNotFound},
		"nobody left":   {wire.MethodCordpairMonitorLeave, wire.CallRef{CallID: leg}, wire.CodeNotFound},
		"nobody to set": {wire.MethodCordpairMonitorChange, with(func(p *wire.MonitorParams) { p.CallID = leg }), wire.CodeNotFound},
	} {
		if r := d.c.command(tc.method, tc.params); r.Code != tc.code {
			t.Errorf("%s: %+v", name, r)
		}
	}
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: leg}}) // by its own leg
	d.c.monitorSaid(wire.MonitorEnded, wire.MonitorListen)
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	if r := d.c.command(wire.MethodCordpairMonitor, good); r.Code != wire.CodeConflict {
		t.Errorf("without a peer: %+v", r)
	}
}

// TestOnlyThoseWhoAskSeeAMonitor: an official client that owns the call neither
// has the method nor is told.
func TestOnlyThoseWhoAskSeeAMonitor(t *testing.T) {
	x := start(t)
	d := answeredCall(t, x)
	other, own := newPhone(t), newPhone(t)
	d.mustConnect(other.uri("bob"))
	other.answer(other.next())
	d.c.connectState(d.a, wire.ConnectConnected)
	if f := d.c.request(wire.MethodCordpairMonitor, d.monitorBy(own, wire.MonitorListen)); f.Error == nil || f.Error.Code != wire.RPCMethod {
		t.Errorf("%+v", f)
	}
	desk := connect(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	desk.must(wire.MethodCordpairMonitor, d.monitorBy(own, wire.MonitorListen))
	boss := own.next()
	own.answer(boss)
	leg := desk.monitorSaid(wire.MonitorJoined, wire.MonitorListen).Monitor.CallID
	var calls wire.CallsResult
	if err := wire.Decode(desk.request(wire.MethodCordpairCalls, struct{}{}).Result, &calls); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range calls.Calls {
		found = found || c.CallID == d.a && c.Monitor != nil && c.Monitor.State == wire.MonitorJoined && c.Monitor.Monitor.CallID == leg
	}
	if !found {
		t.Errorf("snapshot: %+v", calls.Calls)
	}
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	d.c.state(d.a, wire.CallEnded)
	desk.monitorSaid(wire.MonitorEnded, wire.MonitorListen)
	for _, e := range d.c.all() {
		if e.kind == wire.EventCordpairMonitor || e.call.CallID == leg {
			t.Errorf("told: %+v", e)
		}
	}
}
