package exchange

import (
	"strings"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// messageSaid waits for what is told of a message.
func (c *client) messageSaid(control, state string) (got wire.MessageEvent) {
	c.t.Helper()
	c.wait("message "+control+" "+state, func() bool {
		for _, f := range c.frames {
			var p wire.EventParams
			var e wire.MessageEvent
			if f.Method == wire.MethodEvent && wire.Decode(f.Params, &p) == nil && p.EventType == wire.EventCordpairMessage &&
				wire.Decode(p.Params, &e) == nil && e.ControlID == control && e.State == state {
				got = e
				return true
			}
		}
		return false
	})
	return got
}

// TestANoteGoesToThePhone, of either leg, and the phone may write back.
func TestANoteGoesToThePhone(t *testing.T) {
	d, callee, b := connected(t, start(t))
	send := func(call, control, text string) wire.Result {
		return d.c.command(wire.MethodCordpairMessage, wire.MessageParams{CallRef: wire.CallRef{CallID: call}, ControlID: control, Text: text})
	}
	if r := send(b, "one", "Erin, order 8841"); r.Code != wire.CodeOK || r.ControlID != "one" {
		t.Fatalf("%+v", r)
	}
	if got := awaitSIP[sip.Texted](callee); got.Text != "Erin, order 8841" {
		t.Errorf("%q", got.Text)
	}
	if e := d.c.messageSaid("one", wire.MessageDelivered); e.CallID != b || e.SIPCode != 200 {
		t.Errorf("%+v", e)
	}
	send(d.a, "two", "one moment")
	awaitSIP[sip.Texted](d.caller)
	if err := callee.leg.SendText("x", "got it"); err != nil {
		t.Fatal(err)
	}
	if e := d.c.messageSaid("", wire.MessageReceived); e.CallID != b || e.Text != "got it" {
		t.Errorf("%+v", e)
	}
	for _, text := range []string{" ", strings.Repeat("x", 901), "a\x00"} {
		if r := send(b, "bad", text); r.Code != wire.CodeBad {
			t.Errorf("%.5q: %+v", text, r)
		}
	}
}

// TestANoteBeforeTheAnswer is refused, and one that the end of the call cuts
// off is told as failed.
func TestANoteBeforeTheAnswer(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"), asking(wire.CordpairAsk{Details: true}))
	p := newPhone(t)
	k := p.call(x, "support")
	id := c.receive().call.CallID
	note := wire.MessageParams{CallRef: wire.CallRef{CallID: id}, ControlID: "n", Text: "hello"}
	if r := c.command(wire.MethodCordpairMessage, note); r.Code != wire.CodeConflict {
		t.Errorf("%+v", r)
	}
	c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: id}})
	awaitSIP[sip.Ended](k)
	gone := newCall(x, wire.Outbound, "dial") // its phone never answers
	gone.followers = x.reg.allSessions()
	gone.texts = []texting{{ref: "r", control: "n"}}
	gone.stopTexts()
	if e := c.messageSaid("n", wire.MessageFailed); e.CallID != gone.id || e.SIPCode != 0 {
		t.Errorf("%+v", e)
	}
}
