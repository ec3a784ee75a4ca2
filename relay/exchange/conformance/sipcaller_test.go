//go:build thirdparty

package conformance

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// sipCaller is a call of a SIPp to the exchange.
type sipCaller struct {
	name     string
	scenario *program.Scenario
	rings    bool                   // the program does not answer
	answer   string                 // what it is told when it does; default 200
	then     func(d *client, l obj) // what it does when it has answered
	ends     string                 // the leg's end_reason
}

var offer = program.SDP("0 8 101", "", 1)

// calls is how the scenario of a phone that calls and is answered begins.
func calls() *program.Scenario {
	return program.Caller().Request("INVITE", "X-Account: 8841", offer).Maybe("100").Maybe("180").Take("200", program.HasBody("m=audio [0-9]+ RTP/AVP 0")).Ack()
}

var sipCallers = []sipCaller{
	{
		name:     "the phone hangs up",
		scenario: calls().Request("BYE").Take("200"),
		ends:     "hangup",
	},
	{
		name:     "the program hangs up",
		scenario: calls().Take("BYE").OK(),
		then:     func(c *client, l obj) { c.must("calling.end", l) },
		ends:     "hangup",
	},
	{
		name: "the phone holds, resumes, updates",
		scenario: calls().
			Request("INVITE", program.SDP("0 8 101", "sendonly", 2)).Maybe("100").Take("200", program.HasBody(held)).Ack().
			Request("INVITE", program.SDP("0 8 101", "sendrecv", 3)).Maybe("100").Take("200", program.Lacks(held)).Ack().
			Request("UPDATE", program.SDP("0 8 101", "inactive", 4)).Take("200", program.HasBody("a=inactive")).
			Request("OPTIONS").Take("200").
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "the program holds and resumes",
		scenario: calls().
			Take("INVITE", program.HasBody(heldOut)).OK(program.SDP("0 101", "recvonly", 2)).Take("ACK").
			Take("INVITE", program.Lacks(heldOut)).OK(program.SDP("0 101", "sendrecv", 3)).Take("ACK").
			Take("BYE").OK(),
		then: func(c *client, l obj) {
			for _, method := range []string{"calling.hold", "calling.unhold"} {
				c.must(method, l)
				c.event("calling.call.hold", nil)
			}
			c.must("calling.end", l)
		},
		ends: "hangup",
	},
	{
		name: "a session too short is refused; a longer one is refreshed by the exchange",
		scenario: program.Caller().
			Request("INVITE", "Supported: timer", "Session-Expires: 30", offer).Maybe("100").Take("422", program.Has("Min-SE:", "^ *90")).AckRefusal().
			Request("INVITE", "Supported: timer", "Allow: UPDATE", "Session-Expires: 90;refresher=uas", "Min-SE: 90", offer).Maybe("100").Maybe("180").
			Take("200", program.Has("Session-Expires:", "90;refresher=uas")).Ack().
			Take("UPDATE", program.Has("Session-Expires:", "90;refresher=uac")).OK("Session-Expires: 90;refresher=uac").
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "the phone refreshes the session, then no longer: it is ended",
		scenario: program.Caller().
			Request("INVITE", "Supported: timer", "Session-Expires: 90;refresher=uac", offer).Maybe("100").Maybe("180").
			Take("200", program.Has("Session-Expires:", "90;refresher=uac"), program.Has("Require:", "timer")).Ack().
			Request("UPDATE", "Supported: timer", "Session-Expires: 90;refresher=uac").Take("200", program.Has("Session-Expires:", "90;refresher=uac")).
			Take("BYE").OK(),
		ends: "error",
	},
	{
		name:     "the phone cancels",
		rings:    true,
		scenario: program.Caller().Request("INVITE", offer).Maybe("100").Take("180").Cancel().Take("200").Take("487").AckRefusal(),
		ends:     "cancel",
	},
	{
		name: "the CANCEL comes after the answer: the call goes on",
		scenario: program.Caller().Request("INVITE", offer).Maybe("100").Maybe("180").Take("200").Cancel().Take("200").Ack().
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "the phone requires reliable provisional answers",
		scenario: program.Caller().Request("INVITE", "Require: 100rel", "Supported: 100rel", offer).Maybe("100").
			Take("180", program.Has("Require:", "100rel"), program.Keep("RSeq:", "rseq")).
			Request("PRACK", "RAck:[$rseq] 1 INVITE").Take("200").Take("200").Ack("CSeq: 1 ACK").
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "keys come by INFO",
		scenario: program.Caller().Request("INVITE", program.SDP("0", "", 1)).Maybe("100").Maybe("180").Take("200").Ack().
			Take("INFO").OK().
			Request("INFO", "Content-Type: application/dtmf-relay", "", "Signal=#\nDuration=160").Take("200").
			Request("INFO", "Content-Type: application/dtmf", "", "7").Take("200").
			Take("BYE").OK(),
		then: func(c *client, l obj) {
			c.must("calling.collect", with(l, obj{"control_id": "c", "initial_timeout": 60, "digits": obj{"max": 2, "terminators": "*"}}))
			c.must("calling.send_digits", with(l, obj{"control_id": "d", "digits": "1"}))
			if e := c.event("calling.call.collect", nil); e.str("result", "params", "digits") != "#7" {
				c.t.Errorf("collected %v", e)
			}
			c.must("calling.end", l)
		},
		ends: "hangup",
	},
	{
		name:     "no codec in common",
		answer:   "415",
		scenario: program.Caller().Request("INVITE", program.SDP("3", "", 1)).Maybe("100").Maybe("180").Take("488").AckRefusal(),
		ends:     "error",
	},
}

// TestSIPpCallsTheExchange: each scenario in a context of its own.
func TestSIPpCallsTheExchange(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	for i, tc := range sipCallers {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			context := "sipp" + string(rune('a'+i))
			c, _ := session(t, x, obj{"contexts": []string{context}})
			p := program.StartSIPp(t, "-sf", tc.scenario.File(t), "-s", context, x.SIP)
			l := ref(c.event("calling.call.receive", nil))
			if want := cmp.Or(tc.answer, "200"); !tc.rings {
				if code := c.code("calling.answer", l); code != want {
					t.Errorf("answered: %s, want %s", code, want)
				}
			}
			if tc.then != nil {
				c.state(l.str("call_id"), "answered")
				tc.then(c, l)
			}
			c.over(tc.ends)
			p.Content(t)
			if n := len(c.events("calling.call.receive")); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// TestOneINVITEIsOneCall: sent again it is the same call, and a copy that came
// another way is refused (RFC 3261 section 8.2.2.2).
func TestOneINVITEIsOneCall(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	c, _ := session(t, x, obj{"contexts": []string{"once"}})
	sock, err := net.Dial("udp", x.SIP)
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	if err := sock.SetDeadline(time.Now().Add(program.Patience)); err != nil {
		t.Fatal(err)
	}
	local := sock.LocalAddr().String()
	send := func(method, branch, to string) {
		if _, err := fmt.Fprintf(sock, "%s sip:once@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\nFrom: <sip:erin@%s>;tag=1\r\n"+
			"To: <sip:once@%s>%s\r\nCall-ID: once\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\nContact: <sip:erin@%s>\r\nContent-Length: 0\r\n\r\n",
			method, x.SIP, local, branch, local, x.SIP, to, method, local); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(status string) string {
		for buf := make([]byte, 65536); ; {
			n, err := sock.Read(buf)
			if err != nil {
				t.Fatalf("no %s: %v", status, err)
			}
			if m := string(buf[:n]); strings.HasPrefix(m, "SIP/2.0 "+status) {
				return m
			}
		}
	}
	send("INVITE", "one", "")
	l := ref(c.event("calling.call.receive", nil))
	send("INVITE", "one", "")
	send("INVITE", "two", "")
	tag := regexp.MustCompile(`(?m)^To:.*(;tag=[^;\r]*)`).FindStringSubmatch(answer("482"))
	if tag == nil {
		t.Fatal("482 without a tag")
	}
	send("ACK", "two", tag[1])
	c.must("calling.end", with(l, obj{"reason": "busy"}))
	tag = regexp.MustCompile(`(?m)^To:.*(;tag=[^;\r]*)`).FindStringSubmatch(answer("486"))
	if tag == nil {
		t.Fatal("486 without a tag")
	}
	send("ACK", "one", tag[1])
	c.over("busy")
	if n := len(c.events("calling.call.receive")); n != 1 {
		t.Errorf("%d calls", n)
	}
}
