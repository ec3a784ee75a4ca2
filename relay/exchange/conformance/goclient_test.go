//go:build thirdparty

package conformance

import (
	"testing"

	"cordpair/relay/relaytest/program"
)

// goSDK is what is known of the Go SDK's relay client on the wire (RELAY
// reference, columns Go and Py), as far as a server can tell: the path, the
// version, acks for every event, contexts given twice, pings of its own, the
// protocol and the authorization state given back.
type goSDK struct {
	*client
	protocol string
	auth     string // authorization_state, if one came
}

// connectGo opens a session as the Go SDK does, the first or a further one.
func connectGo(t *testing.T, x *exchange, contexts []string, before *goSDK) *goSDK {
	t.Helper()
	s := &goSDK{client: dialWire(t, x.Relay+"/api/relay/ws", func(c *client) {
		c.ack = true
		c.pong = func(obj) any { return obj{"timestamp": 1795377564} }
	})}
	p := hello(obj{
		"version": obj{"major": 2, "minor": 0, "revision": 0}, "agent": "signalwire-agents-go/1.0",
		"event_acks": true, "contexts": contexts,
	})
	if before != nil {
		p["protocol"] = before.protocol
		if before.auth != "" {
			p["authorization_state"] = before.auth
		}
	}
	r := s.request("signalwire.connect", p).sub("result")
	if r == nil {
		t.Fatalf("connect: %s", s.log())
	}
	s.protocol = r.str("protocol")
	if r := s.request("signalwire.receive", obj{"contexts": contexts}); r.str("result", "code") != "200" {
		t.Fatalf("receive: %v", r)
	}
	if r := s.request("signalwire.ping", obj{}); r["result"] == nil {
		t.Fatalf("ping: %v", r)
	}
	for _, e := range s.events("signalwire.authorization.state") {
		s.auth = e.str("authorization_state")
	}
	return s
}

// TestGoClient runs a call as a program of the Go SDK would: Connect returns on
// the result, the program watches the events itself, by tag and by the ids in
// them, and cancels by ending the peer's leg.
func TestGoClient(t *testing.T) {
	t.Parallel()
	x := startExchange(t, "--people", "answering")
	s := connectGo(t, x, []string{"support"}, nil)
	erin := newPhone(t, "erin", phoneKind{})
	erin.Do("dial", x.At("support"))
	a := ref(s.event("calling.call.receive", nil))
	s.name(a.str("call_id"), "A")
	s.must("calling.answer", a)
	s.state(a.str("call_id"), "answered")

	connect := func(tag, user string) string {
		p := obj{"tag": tag, "devices": to(user), "max_duration": 60, "status_url": ""}
		for k, v := range a {
			p[k] = v
		}
		s.must("calling.connect", p)
		e := s.connectEvent("connecting")
		if e.str("tag") != tag {
			t.Errorf("tag %q", e.str("tag"))
		}
		return s.name(e.str("peer", "call_id"), tag)
	}
	rings := connect("first", "noanswer")
	s.state(rings, "ringing")
	s.must("calling.end", obj{"call_id": rings, "node_id": a["node_id"], "reason": "hangup"})
	if e := s.connectEvent("failed"); e.str("failed_reason") != "cancel" {
		t.Errorf("ending the leg that rings: %v", e)
	}
	s.state(rings, "ended")
	s.ordered("result calling.end", "connect A failed", "state first ended")

	alice := connect("second", "alice")
	s.connectEvent("connected")
	s.close()

	again := connectGo(t, x, []string{"support"}, s)
	if again.protocol != s.protocol {
		t.Errorf("resumed as %q, was %q", again.protocol, s.protocol)
	}
	again.must("calling.end", obj{"call_id": alice, "node_id": a["node_id"], "reason": "hangup"})
	again.connectEvent("disconnected")
	again.state(alice, "ended")
	again.must("calling.end", a)
	again.state(a.str("call_id"), "ended")
	erin.Expect(program.PhoneClosed)
	// It takes 404 and 410 for success, so both must be said.
	if code := again.code("calling.end", a); code != "410" {
		t.Errorf("the end of a call that is over: %s", code)
	}
}

// TestGoClientDials: dial resolves on the dial event alone, found by its tag.
func TestGoClientDials(t *testing.T) {
	t.Parallel()
	x := startExchange(t, "--people", "answering")
	s := connectGo(t, x, []string{"support"}, nil)
	s.must("calling.dial", obj{"tag": "d1", "devices": to("echo"), "max_duration": 60})
	e := s.event("calling.call.dial", func(e obj) bool { return e.str("tag") == "d1" && e.str("dial_state") != "dialing" })
	if e.str("dial_state") != "answered" || e.str("call", "call_id") == "" || e.str("call", "node_id") == "" {
		t.Fatalf("dial: %v", e)
	}
	call := ref(e.sub("call"))
	s.must("calling.end", call)
	s.state(call.str("call_id"), "ended")

	s.must("calling.dial", obj{"tag": "d2", "devices": [][]obj{{device("busy")}, {device("decline")}}})
	e = s.event("calling.call.dial", func(e obj) bool { return e.str("tag") == "d2" && e.str("dial_state") != "dialing" })
	if e.str("dial_state") != "failed" || e.str("reason") != "decline" {
		t.Errorf("failed dial: %v", e)
	}
	if code := s.request("calling.dial", obj{"tag": "d3", "devices": []obj{}}).str("result", "code"); code != "400" {
		t.Errorf("a dial of nobody: %s", code)
	}
}
