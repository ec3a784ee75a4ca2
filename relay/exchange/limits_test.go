package exchange

import (
	"strings"
	"testing"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// refused asks for something beyond a limit: an error that names its key.
func (c *client) refused(method string, params any, key string) {
	c.t.Helper()
	f := c.request(method, params)
	if f.Error == nil || f.Error.Code != wire.RPCGeneric || !strings.Contains(f.Error.Message, "exchange.limits."+key+" is ") {
		c.t.Errorf("%s: %+v %s", method, f.Error, f.Result)
	}
}

func connectParams(call, to string) wire.CallConnectParams {
	return wire.CallConnectParams{CallRef: wire.CallRef{CallID: call}, Tag: "t", Ringback: []wire.Media{}, Devices: [][]wire.Device{{sipDevice(to)}}}
}

func TestLimitOfCalls(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Calls = 1 })
	d := answeredCall(t, x)
	d.c.refused(wire.MethodCallConnect, connectParams(d.a, "sip:bob@demo"), "calls")
	d.c.refused(wire.MethodDial, wire.DialParams{Tag: "t", Devices: [][]wire.Device{{sipDevice("sip:bob@demo")}}}, "calls")
	if e := awaitSIP[sip.Ended](d.phone.call(x, "support")); e.Code != 503 {
		t.Errorf("%+v", e)
	}
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	d.c.state(d.a, wire.CallEnded)
	eventually(t, "room", func() bool { return !x.reg.full() })
	d.c.must(wire.MethodDial, wire.DialParams{Tag: "t", Devices: [][]wire.Device{{sipDevice("sip:bob@demo")}}})
}

// TestLimitReachedByAPlan: of several legs at once some find no room.
func TestLimitReachedByAPlan(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Calls = 2 })
	d := answeredCall(t, x)
	p := newPhone(t)
	d.mustConnect(p.uri("bob"), func(q *wire.CallConnectParams) {
		q.Devices[0] = append(q.Devices[0], sipDevice(p.uri("carol")))
	})
	p.next().leg.End(sip.EndReason{Code: 486})
	d.c.connectState(d.a, wire.ConnectFailed)
}

// TestLimitOfDials is one session's own; another goes on.
func TestLimitOfDials(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.DialRate = 0.001 })
	dial := wire.DialParams{Tag: "t", Devices: [][]wire.Device{{sipDevice("sip:nobody@demo")}}}
	d := answeredCall(t, x)
	d.c.must(wire.MethodDial, dial)
	d.c.refused(wire.MethodDial, dial, "dials_per_second")
	d.c.refused(wire.MethodCallConnect, connectParams(d.a, "sip:bob@demo"), "dials_per_second")
	connect(t, x).must(wire.MethodDial, dial)
}

// TestBucket: two a second, so two at once; half a second is worth one, and an
// hour no more than a second.
func TestBucket(t *testing.T) {
	var b bucket
	start := time.Now()
	for i, step := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true}, {0, true}, {0, false}, {time.Second / 2, true}, {time.Second / 2, false},
		{time.Hour, true}, {time.Hour, true}, {time.Hour, false},
	} {
		if b.take(2, start.Add(step.after)) != step.want {
			t.Errorf("step %d after %s: not %v", i, step.after, step.want)
		}
	}
}

// TestOrphansGoOn: without their session calls stay up, and who commands one
// is told of it.
func TestOrphansGoOn(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Grace = 10 * time.Millisecond })
	d, callee, _ := connected(t, x)
	d.c.close()
	eventually(t, "the session is forgotten", func() bool { _, ok := x.reg.session(d.c.protocol); return !ok })
	d.caller.sings(440)
	callee.hears(440)
	heir := connect(t, x)
	heir.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	heir.connectState(d.a, wire.ConnectDisconnected)
	d.caller.leg.End(sip.EndReason{})
	heir.state(d.a, wire.CallEnded)
}

// TestOrphansEnd: with a limit they are hung up, ringing ones too, but not
// those that another session has taken up.
func TestOrphansEnd(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Grace, c.Limits.Orphan = 10*time.Millisecond, 10*time.Millisecond })
	watcher := connect(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	kept := answeredCall(t, x)
	heir := connect(t, x)
	heir.must(wire.MethodHold, wire.CallRef{CallID: kept.a})
	d, callee, _ := connected(t, x)
	ringing := newPhone(t)
	d.c.must(wire.MethodDial, wire.DialParams{Tag: "r", Devices: [][]wire.Device{{sipDevice(ringing.uri("carol"))}}})
	k := ringing.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	kept.c.close()
	d.c.close()
	for _, leg := range []*talk{d.caller, callee, k} {
		awaitSIP[sip.Ended](leg)
	}
	if e := watcher.state(d.a, wire.CallEnded).call; e.EndReason != wire.ReasonAbandoned {
		t.Errorf("%+v", e)
	}
	legBefore(t, watcher, d.a, wire.EndedByExchange, 0)
	heir.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: kept.a}})
}
