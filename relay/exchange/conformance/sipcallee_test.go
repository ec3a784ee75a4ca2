//go:build thirdparty

package conformance

import (
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// sipCallee is a call of the exchange to a SIPp, whose scenario checks what it
// is sent; what the program sees of it is checked here.
type sipCallee struct {
	name     string
	scenario *program.Scenario
	device   obj                    // further members of the device
	fails    string                 // the dial fails with this reason; "": it is answered
	first    string                 // SIPp has this before the program does
	then     func(d *client, l obj) // what it does with the answered leg
	ends     string                 // the leg's end_reason
}

// The peer's answers to a re-offer.
const (
	held    = "a=(recvonly|inactive)"
	heldOut = "a=sendonly"
)

var sipCallees = []sipCallee{
	{
		name: "the phone holds, resumes and updates, then hangs up",
		scenario: answers().
			Request("INVITE", program.SDP("0 101", "sendonly", 2)).Maybe("100").Take("200", program.HasBody(held)).Ack().
			Request("INVITE", program.SDP("0 101", "sendrecv", 3)).Maybe("100").Take("200", program.Lacks(held)).Ack().
			Request("UPDATE", program.SDP("0 101", "sendonly", 4)).Take("200", program.HasBody(held)).
			Request("UPDATE").Take("200").
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "the phone wants another codec and is refused, and the call goes on",
		scenario: answers().
			Request("INVITE", program.SDP("18", "", 2)).Maybe("100").Take("488").AckRefusal().
			Request("BYE").Take("200"),
		ends: "hangup",
	},
	{
		name: "the program holds and resumes",
		scenario: answers().
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
		name: "the exchange refreshes the session",
		scenario: program.Callee(program.Has("Session-Expires:", "^ *90"), program.Has("Supported:", "timer")).
			Reply("200 OK", "Session-Expires: 90;refresher=uac", "Require: timer", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE", audio).
			Take("ACK").Take("UPDATE", program.Has("Session-Expires:", "90;refresher=uac")).
			OK("Session-Expires: 90;refresher=uac", "Require: timer").
			Request("BYE").Take("200"),
		device: obj{"session_timeout": 90},
		ends:   "hangup",
	},
	{
		name: "the phone does not refresh the session: it is ended",
		scenario: program.Callee().Reply("200 OK", "Session-Expires: 90;refresher=uas", "Require: timer", audio).
			Take("ACK").Take("BYE").OK(),
		device: obj{"session_timeout": 90},
		ends:   "error",
	},
	{
		name: "the phone finds the session too short: it is asked again",
		scenario: program.Callee(program.Has("Session-Expires:", "^ *90"), program.Has("Min-SE:", "90")).
			Reply("422 Session Interval Too Small", "Min-SE: 1800").Take("ACK").
			Take("INVITE", program.Has("Session-Expires:", "1800"), program.Has("Min-SE:", "1800")).
			Reply("486 Busy Here").Take("ACK"),
		device: obj{"session_timeout": 90},
		fails:  "busy",
	},
	{
		name: "the answer crosses the CANCEL: it is acknowledged and ended",
		scenario: program.Callee().Reply("180 Ringing").Take("CANCEL").Reply("200 OK", program.InDialog).Settle("200 OK", audio).
			Take("ACK").Take("BYE").OK(),
		device: obj{"timeout": 8},
		fails:  "noAnswer",
	},
	{
		name: "the 487 comes late",
		scenario: program.Callee().Reply("180 Ringing").Take("CANCEL").Reply("200 OK", program.InDialog).Pause(1000).
			Settle("487 Request Terminated").Take("ACK"),
		device: obj{"timeout": 8},
		fails:  "noAnswer",
	},
	{
		name: "redirections are followed five times and no further",
		scenario: moved(moved(moved(moved(moved(moved(program.Callee(), "one").Take("INVITE"), "two").Take("INVITE"),
			"three").Take("INVITE"), "four").Take("INVITE"), "five").Take("INVITE"), "six"),
		fails: "error",
	},
	{
		name: "two of a proxy's phones answer: one is taken, the other ended",
		scenario: program.Callee().Reply("180 Ringing", "tag=one").Reply("183 Session Progress", "tag=two", audio).
			Settle("200 OK", "tag=two", audio).Take("ACK", program.Has("To:", "tag=two")).
			Settle("200 OK", "tag=one", audio).Take("ACK", program.Has("To:", "tag=one")).
			Take("BYE", program.Has("To:", "tag=one")).OK().
			Take("BYE", program.Has("To:", "tag=two")).OK(),
		first: "BYE ", // that of the other one
		then:  func(c *client, l obj) { c.must("calling.end", l) },
		ends:  "hangup",
	},
	{
		name: "a provisional answer is reliable",
		scenario: program.Callee(program.Has("Supported:", "100rel")).
			Reply("183 Session Progress", "Require: 100rel", "RSeq: 7", audio).Take("PRACK", program.Has("RAck:", "^ *7 1 INVITE")).OK().
			Settle("200 OK", audio).Take("ACK").Take("BYE").OK(),
		then: func(c *client, l obj) { c.must("calling.end", l) },
		ends: "hangup",
	},
	{
		name: "keys go by INFO, both ways, where RFC 4733 is not understood",
		scenario: program.Callee().Reply("200 OK", program.SDP("0", "", 1)).Take("ACK").
			Take("INFO", program.Has("Content-Type:", "application/dtmf"), program.HasBody("5")).OK().
			Request("INFO", "Content-Type: application/dtmf-relay", "", "Signal=7\nDuration=160").Take("200").
			Take("BYE").OK(),
		then: func(c *client, l obj) {
			c.must("calling.collect", with(l, obj{"control_id": "c", "initial_timeout": 60, "digits": obj{"max": 1}}))
			c.must("calling.send_digits", with(l, obj{"control_id": "d", "digits": "5"}))
			if e := c.event("calling.call.collect", nil); e.str("result", "params", "digits") != "7" {
				c.t.Errorf("collected %v", e)
			}
			c.must("calling.end", l)
		},
		ends: "hangup",
	},
	{
		name: "the phone is referred elsewhere",
		scenario: answers().Take("REFER", program.Has("Refer-To:", "sip:carol@127.0.0.1")).Reply("202 Accepted", program.InDialog).
			Request("NOTIFY", "Event: refer", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag", "", "SIP/2.0 200 OK").
			Take("200").Take("BYE").OK(),
		then: func(c *client, l obj) {
			c.must("calling.refer", with(l, obj{"device": obj{"type": "sip", "params": obj{"to": "sip:carol@127.0.0.1"}}}))
			e := c.event("calling.call.refer", func(e obj) bool { return e.str("state") != "inProgress" })
			if e.str("state") != "success" || e.str("sip_refer_response_code") != "202" || e.str("sip_notify_response_code") != "200" {
				c.t.Errorf("referred: %v", e)
			}
			c.must("calling.end", l)
		},
		ends: "hangup",
	},
}

// moved redirects to another user of the same address.
func moved(s *program.Scenario, user string) *program.Scenario {
	return s.Reply("302 Moved Temporarily", "Contact: <sip:"+user+"@[local_ip]:[local_port]>").Take("ACK")
}

// with is params about a leg.
func with(l, more obj) obj { return (&desk{a: l}).with(more) }

// TestTheExchangeCallsSIPp: each scenario on a leg that a program dials.
func TestTheExchangeCallsSIPp(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	for _, tc := range sipCallees {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newSIPp(t, tc.scenario)
			c, _ := session(t, x, nil)
			tc.dial(c, p)
			if tc.fails == "" {
				e := c.event("calling.call.dial", func(e obj) bool { return e.str("dial_state") != "dialing" })
				if e.str("dial_state") != "answered" {
					t.Fatalf("dial: %v\n%s", e, strings.Join(p.Messages(), "\n"))
				}
				if tc.first != "" {
					p.First(t, tc.first)
				}
				if tc.then != nil {
					tc.then(c, ref(e.sub("call")))
				}
				c.over(tc.ends)
			} else if e := c.event("calling.call.dial", nil); e.str("dial_state") != "failed" || e.str("reason") != tc.fails {
				t.Errorf("dial: %v", e)
			}
			p.Content(t)
		})
	}
}

func (tc sipCallee) dial(c *client, p *program.SIPp) {
	c.t.Helper()
	params := obj{"from": "sip:desk@domain.com", "to": p.Address, "timeout": 60}
	for k, v := range tc.device {
		params[k] = v
	}
	c.must("calling.dial", obj{"tag": "T", "devices": [][]obj{{{"type": "sip", "params": params}}}})
}

// over waits for a leg to end with a reason, for longer than a session lasts.
func (c *client) over(reason string) {
	c.t.Helper()
	var got string
	c.waitFor(2*program.Patience, "end of the leg", func() bool {
		for _, f := range c.frames {
			if e := f.sub("params", "params"); e.str("call_state") == "ended" {
				got = e.str("end_reason")
				return true
			}
		}
		return false
	})
	if got != reason {
		c.t.Errorf("the leg ended with %q, want %q\n%s", got, reason, c.log())
	}
}
