package exchange

import (
	"slices"
	"testing"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestItem13Receive: the receive event is the first of its call, with the
// context as the client spells it, and says who calls.
func TestItem13Receive(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("Support"))
	newPhone(t).call(x, "sUPPORT", func(r *sip.OutboundInvite) {
		r.Headers = []sip.Header{{Name: "X-Account", Value: "42"}, {Name: "Subject", Value: "no"}}
	})
	e := c.receive()
	if e.call.Context != "Support" || e.context != "Support" || e.call.Direction != wire.Inbound || e.call.CallState != wire.CallCreated {
		t.Errorf("%+v", e)
	}
	p := e.call.Device.Params
	if e.call.Device.Type != "sip" || p.From != `"Ann" <sip:ann@example.test>` || p.To != "sip:sUPPORT@demo" ||
		!slices.Equal(p.Headers, []wire.Header{{Name: "X-Account", Value: "42"}}) {
		t.Errorf("device: %+v", e.call.Device)
	}
	if e.call.StartTime == 0 || e.call.CreatedBy != "receive" || e.call.CallID == "" || e.call.NodeID == "" {
		t.Errorf("%+v", e.call)
	}
	if first := c.all()[0]; first.kind != wire.EventCallReceive {
		t.Errorf("first: %+v", first)
	}
}

func TestItem22AnswerAndEnd(t *testing.T) {
	d := answeredCall(t, start(t))
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}, Reason: "hangup"})
	e := d.c.state(d.a, wire.CallEnded).call
	d.check(t, "", "receive A", "A ringing", "A answered", "A ending hangup", "A ended hangup")
	if e.AnswerTime < e.StartTime || e.EndTime < e.AnswerTime || e.EndSource != "none" {
		t.Errorf("%+v", e)
	}
	if e := awaitSIP[sip.Ended](d.caller); e.By != sip.Remote {
		t.Errorf("%+v", e)
	}
	for _, m := range []string{wire.MethodEnd, wire.MethodAnswer, wire.MethodCallDisconnect} {
		if r := d.c.command(m, wire.CallRef{CallID: d.a}); r.Code != wire.CodeGone {
			t.Errorf("%s: %+v", m, r)
		}
	}
}

// TestEndOfARingingCall: each reason becomes its SIP response.
func TestEndOfARingingCall(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	p := newPhone(t)
	for reason, code := range map[wire.Reason]int{
		"hangup": 603, "busy": 486, "decline": 603, "noAnswer": 480, "no_answer": 480, "cancel": 487, "error": 500,
	} {
		k := p.call(x, "support")
		id := c.receive().call.CallID
		c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: id}, Reason: reason})
		if e := awaitSIP[sip.Ended](k); e.Code != code {
			t.Errorf("%s: %+v", reason, e)
		}
		if e := c.state(id, wire.CallEnded).call; e.EndReason != reason.Normal() {
			t.Errorf("%s: %+v", reason, e)
		}
	}
}

func TestCallerCancels(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	k := newPhone(t).call(x, "support")
	id := c.receive().call.CallID
	awaitSIP[sip.Ringing](k)
	k.leg.End(sip.EndReason{})
	if e := c.state(id, wire.CallEnded).call; e.EndReason != wire.ReasonCancel || e.EndSource != "inbound" {
		t.Errorf("%+v", e)
	}
	if got := c.labels(map[string]string{id: "A"}); !slices.Equal(got, []string{"receive A", "A ringing", "A ended cancel"}) {
		t.Errorf("%q", got)
	}
	if e := awaitSIP[sip.Ended](k); e.Code != 487 {
		t.Errorf("%+v", e)
	}
}

// TestPass: to the next consumer, who has not heard of the call before; none
// left: 480.
func TestPass(t *testing.T) {
	x := start(t)
	first, second := connect(t, x, receiving("support")), connect(t, x, receiving("support"))
	k := newPhone(t).call(x, "support")
	var id string
	eventually(t, "offered", func() bool {
		if len(first.all()) == 0 && len(second.all()) == 0 {
			return false
		}
		if len(first.all()) == 0 {
			first, second = second, first
		}
		return true
	})
	id = first.receive().call.CallID
	if len(second.all()) != 0 {
		t.Error("both were offered the call")
	}
	first.state(id, wire.CallRinging)
	first.must(wire.MethodPass, wire.CallRef{CallID: id})
	if got := second.receive().call.CallID; got != id {
		t.Errorf("offered %s", got)
	}
	second.must(wire.MethodPass, wire.CallRef{CallID: id})
	if e := awaitSIP[sip.Ended](k); e.Code != 480 {
		t.Errorf("%+v", e)
	}
	if got := first.labels(map[string]string{id: "A"}); !slices.Equal(got, []string{"receive A", "A ringing"}) {
		t.Errorf("who passed the call on is told of it: %q", got)
	}
}

func TestRoundRobin(t *testing.T) {
	x := start(t)
	clients := []*client{connect(t, x, receiving("support")), connect(t, x, receiving("support"))}
	p := newPhone(t)
	for range 4 {
		awaitSIP[sip.Ringing](p.call(x, "support"))
	}
	for _, c := range clients {
		c.receive()
		c.receive()
	}
}

func TestNobodyThere(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.OfferWait = 30 * time.Millisecond })
	p := newPhone(t)
	for user, code := range map[string]int{"support": 480, "nobody": 404} {
		if e := awaitSIP[sip.Ended](p.call(x, user)); e.Code != code {
			t.Errorf("%s: %+v", user, e)
		}
	}
}

// TestConsumerComesInTime: the caller waits unanswered, not refused.
func TestConsumerComesInTime(t *testing.T) {
	x := start(t)
	k := newPhone(t).call(x, "support")
	eventually(t, "waiting", func() bool { return len(x.reg.allCalls()) == 1 })
	c := connect(t, x)
	c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"support"}})
	c.receive()
	awaitSIP[sip.Ringing](k)
}

// TestConsumerGoneForGood: past the grace period the next one is offered the
// call.
func TestConsumerGoneForGood(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Grace = 20 * time.Millisecond })
	first := connect(t, x, receiving("support"))
	k := newPhone(t).call(x, "support")
	id := first.receive().call.CallID
	second := connect(t, x, receiving("support"))
	first.close()
	if got := second.receive().call.CallID; got != id {
		t.Errorf("offered %s", got)
	}
	second.close()
	if e := awaitSIP[sip.Ended](k); e.Code != 480 {
		t.Errorf("%+v", e)
	}
}

// TestItem25Routing: a session hears of its own calls only, one that watches
// of all, and one that commands a call of that call and its peer.
func TestItem25Routing(t *testing.T) {
	x := start(t)
	watcher := connect(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	stranger := connect(t, x, receiving("elsewhere"))
	helper := connect(t, x)
	d, callee, b := connected(t, x)
	helper.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "c",
		Play: []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: 0.02}}}})
	callee.leg.End(sip.EndReason{})
	helper.state(b, wire.CallEnded)
	watcher.state(b, wire.CallEnded)
	names := map[string]string{d.a: "A", b: "B"}
	if got := stranger.labels(names); len(got) != 0 {
		t.Errorf("stranger: %q", got)
	}
	if got := watcher.labels(names); !slices.Contains(got, "receive A") || !slices.Contains(got, "connect A connected") {
		t.Errorf("watcher: %q", got)
	}
	for _, c := range []*client{stranger, helper} {
		for _, e := range c.all() {
			if e.kind == wire.EventCordpairLeg || e.kind == wire.EventCordpairDirectory {
				t.Errorf("an ordinary session was told %+v", e)
			}
		}
	}
}

func TestItem24MissingCallID(t *testing.T) {
	c := connect(t, start(t), asking(wire.CordpairAsk{}))
	for m := range callMethods {
		if r := c.command(m, struct{}{}); r.Code != wire.CodeBad && r.Code != wire.CodeNotFound {
			t.Errorf("%s without call_id: %+v", m, r)
		}
	}
	for _, m := range []string{wire.MethodAnswer, wire.MethodEnd, wire.MethodPass, wire.MethodCallDisconnect} {
		if r := c.command(m, struct{}{}); r.Code != wire.CodeBad {
			t.Errorf("%s without call_id: %+v", m, r)
		}
		if r := c.command(m, wire.CallRef{CallID: "none"}); r.Code != wire.CodeNotFound {
			t.Errorf("%s of no call: %+v", m, r)
		}
	}
	if len(c.all()) != 0 {
		t.Error(c.log())
	}
}

// TestNotAnsweredYet: what needs an answered call says so.
func TestNotAnsweredYet(t *testing.T) {
	x := start(t)
	d := &desk{x: x, c: connect(t, x, receiving("support")), phone: newPhone(t)}
	d.caller = d.phone.call(x, "support")
	d.a = d.c.receive().call.CallID
	if r := d.connectTo("sip:bob@demo"); r.Code != wire.CodeConflict || r.Message != "call is not answered: answer it first" {
		t.Errorf("%+v", r)
	}
	play := wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p",
		Play: []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: 1}}}}
	for _, r := range []wire.Result{
		d.c.command(wire.MethodPlay, play),
		d.c.command(wire.MethodSendDigits, wire.SendDigitsParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "d", Digits: "1"}),
		d.c.command(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a}),
	} {
		if r.Code != wire.CodeConflict {
			t.Errorf("%+v", r)
		}
	}
}

// TestSnapshotAndDirectory: what the exchange has beyond RELAY is there for who
// asks for it.
func TestSnapshotAndDirectory(t *testing.T) {
	x := start(t)
	c := connect(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	d, _, b := connected(t, x)
	f := c.request(wire.MethodCordpairCalls, struct{}{})
	var r wire.CallsResult
	if err := wire.Decode(f.Result, &r); err != nil || len(r.Calls) != 2 {
		t.Fatalf("%v %s", err, f.Result)
	}
	a := r.Calls[0]
	if a.CallID != d.a || a.ConnectState != wire.ConnectConnected || a.Peer == nil || a.Peer.CallID != b ||
		a.Leg == nil || a.Leg.Codec != "PCMU/8000" || a.Leg.Transport != "UDP" || a.Leg.Remote == "" {
		t.Errorf("%s", f.Result)
	}
	if e := r.Calls[1]; e.CallID != b || e.Parent == nil || e.Parent.CallID != d.a || e.CreatedBy != "connect" {
		t.Errorf("%s", f.Result)
	}
	x.Introduce(wire.DirectoryEntry{Address: "sip:zoe@demo", Name: "Zoe", Kind: KindPerson, About: "answers"})
	if err := newPhone(t).stack.Register(t.Context(), sip.RegisterRequest{
		AOR: "sip:zoe@DEMO", Registrar: "sip:" + x.SIPAddr(), Expires: time.Minute,
	}); err != nil {
		t.Fatal(err)
	}
	c.expect("zoe online", func(e event) bool {
		return e.kind == wire.EventCordpairDirectory && len(e.dir.Entries) == 1 && e.dir.Entries[0].Online && e.dir.Entries[0].Name == "Zoe"
	})
	if f := c.request(wire.MethodCordpairDirectory, struct{}{}); f.Error != nil {
		t.Errorf("%+v", f)
	}
}
