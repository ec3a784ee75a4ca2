package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// messagesOf are the SIP messages told of a call, as "> 180 Ringing".
func (c *client) messagesOf(call string) []string {
	var out []string
	for _, m := range bodies(c, wire.EventCordpairSIP, func(m wire.SIPEvent) bool { return m.CallID == call }) {
		sign := "< "
		if m.Sent {
			sign = "> "
		}
		out = append(out, sign+m.Summary)
	}
	return out
}

// TestMessages: each SIP message of both legs is told, the first ones too,
// which are on the wire before their call is known; a registration is not, and
// whoever did not ask for details is told nothing.
func TestMessages(t *testing.T) {
	x := start(t)
	plain := connect(t, x, asking(wire.CordpairAsk{Watch: true}))
	d := answeredCall(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	b := newPhone(t)
	d.mustConnect(b.uri("bob"))
	k := b.next()
	b.answer(k)
	peer := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	d.c.state(d.a, wire.CallEnded)
	has := func(id string, want ...string) {
		t.Helper()
		eventually(t, fmt.Sprint(want), func() bool {
			got := d.c.messagesOf(id)
			return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(got, w) })
		})
	}
	has(d.a, "< INVITE", "> 200 OK", "< ACK", "> BYE", "< 200 OK")
	has(peer, "> INVITE", "< 200 OK", "> ACK", "> BYE")
	if got := d.c.messagesOf(d.a); got[0] != "< INVITE" {
		t.Errorf("the first message is %q of %v", got[0], got)
	}
	first := bodies(d.c, wire.EventCordpairSIP, func(m wire.SIPEvent) bool { return m.CallID == d.a })[0]
	if !strings.HasPrefix(first.Raw, "INVITE sip:") || first.At == 0 || first.Transport != "UDP" || first.Remote == "" || first.SIPCallID == "" {
		t.Errorf("%+v", first)
	}
	for _, e := range plain.all() {
		if e.kind == wire.EventCordpairSIP {
			t.Error("told to a client that did not ask for details")
		}
	}
}

// TestMessagesAreBounded: what no call ever claims does not pile up.
func TestMessagesAreBounded(t *testing.T) {
	x := start(t)
	c := connect(t, x, asking(wire.CordpairAsk{Watch: true, Details: true}))
	for i := range 4 * maxUnclaimed {
		for range 2 * maxEarly {
			x.messages.trace(sip.Message{CallID: fmt.Sprint("c", i), Raw: "INVITE sip:x SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"})
		}
		x.messages.trace(sip.Message{CallID: fmt.Sprint("r", i), Raw: "REGISTER sip:x SIP/2.0\r\nCSeq: 1 REGISTER\r\n\r\n"})
	}
	if n := len(x.messages.early); n > maxUnclaimed {
		t.Errorf("%d dialogs wait", n)
	}
	for i := range 2 * maxDialogs {
		x.messages.claim(fmt.Sprint("d", i), "call")
	}
	if n := len(x.messages.calls); n > maxDialogs {
		t.Errorf("%d dialogs are known", n)
	}
	x.messages.claim(fmt.Sprint("c", 4*maxUnclaimed-1), "late")
	eventually(t, "the early ones", func() bool { return len(c.messagesOf("late")) == maxEarly })
}
