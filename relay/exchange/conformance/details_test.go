//go:build thirdparty

package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestCallStates: a web server is told the states that were asked for, in their
// order, signed; what it refuses comes again.
func TestCallStates(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	var (
		mu    sync.Mutex
		posts []obj
		fails = 1
	)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("T")) // the token
		mac.Write(body)
		var post obj
		if err != nil || r.Method != http.MethodPost || r.Header.Get("X-Signalwire-Signature") != hex.EncodeToString(mac.Sum(nil)) ||
			json.Unmarshal(body, &post) != nil {
			post = obj{"garbage": string(body)}
		}
		mu.Lock()
		defer mu.Unlock()
		if fails > 0 {
			fails--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		posts = append(posts, post)
	}))
	defer web.Close()
	p := newSIPp(t, picksUp)
	c, _ := session(t, x, nil)
	sipCallee{device: obj{"call_state_url": web.URL, "call_state_events": []string{"ringing", "answered", "ended"}}}.dial(c, p)
	l := ref(c.event("calling.call.dial", nil).sub("call"))
	c.must("calling.end", l)
	p.Content(t)
	told := func() []obj {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(posts)
	}
	program.Until(t, "three states are told", func() bool { return len(told()) >= 3 })
	var states []string
	for _, post := range told() {
		e := post.sub("params")
		states = append(states, e.str("call_state"))
		if post.str("event_type") != "calling.call.state" || e.str("call_id") != l.str("call_id") || e.str("device", "params", "to") != p.Address {
			t.Errorf("told %v", post)
		}
	}
	if got := strings.Join(states, " "); got != "ringing answered ended" {
		t.Errorf("states %s", got)
	}
}

// TestReasonIsKept: what a gateway says in Q.850 reaches the program that asked
// for details, before the event that it explains.
func TestReasonIsKept(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	c, _ := session(t, x, obj{"params": obj{"cordpair": obj{"details": true}}})
	p := newSIPp(t, program.Callee().Reply("503 Service Unavailable", `Reason: Q.850;cause=38;text="Network out of order"`).Take("ACK"))
	sipCallee{}.dial(c, p)
	leg := c.event("cordpair.leg", func(e obj) bool { return e.str("sip_reason") != "" })
	if !strings.Contains(leg.str("sip_reason"), "cause=38") || leg["sip_code"] != float64(503) || leg.str("ended_by") != "remote" {
		t.Errorf("leg: %v", leg)
	}
	if e := c.event("calling.call.dial", nil); e.str("dial_state") != "failed" || e.str("reason") != "error" {
		t.Errorf("dial: %v", e)
	}
	p.Content(t)

	p = newSIPp(t, answers().Request("BYE", `Reason: Q.850;cause=31;text="Normal, unspecified"`).Take("200"))
	sipCallee{}.dial(c, p)
	leg = c.event("cordpair.leg", func(e obj) bool { return e.str("sip_reason") != "" })
	if !strings.Contains(leg.str("sip_reason"), "cause=31") {
		t.Errorf("leg: %v", leg)
	}
	if e := c.event("calling.call.state", func(e obj) bool { return e.str("call_state") == "ended" }); e.str("end_reason") != "hangup" {
		t.Errorf("ended: %v", e)
	}
	p.Content(t)
}

// TestCodecsOfBothLegs: what the peer is offered, and what becomes of a peer
// that answers with a codec that the caller is not in.
func TestCodecsOfBothLegs(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	pcma := func() *program.Scenario {
		return program.Caller().Request("INVITE", program.SDP("8 101", "", 1)).Maybe("100").Maybe("180").Take("200").Ack()
	}
	both := func() *program.Scenario {
		return program.Caller().Request("INVITE", program.SDP("0 9 101", "", 1)).Maybe("100").Maybe("180").Take("200", program.HasBody("RTP/AVP 0 ")).Ack()
	}
	peer := func(formats string, checks ...program.Check) *program.Scenario {
		return program.Callee(checks...).Reply("180 Ringing").Reply("200 OK", program.SDP(formats, "", 1)).Take("ACK").Take("BYE").OK()
	}
	for i, tc := range []struct {
		name         string
		caller, peer *program.Scenario
		codecs       []string
		fails        bool
	}{
		{"the caller's by default", pcma().Take("BYE").OK(), peer("8 101", program.HasBody("RTP/AVP 8 ")), nil, false},
		{"those asked for, in their order", pcma().Take("BYE").OK(), peer("0 101", program.HasBody("RTP/AVP 9 0 8 ")), []string{"G722", "PCMU", "PCMA"}, false},
		{"the caller is asked to change to the peer's",
			both().Take("INVITE", program.HasBody("RTP/AVP 9 ")).OK(program.SDP("9 101", "", 2)).Take("ACK").Take("BYE").OK(), peer("9 101"), []string{"G722", "PCMU"}, false},
		{"the caller will not change: the connect fails",
			both().Take("INVITE", program.HasBody("RTP/AVP 9 ")).Reply("488 Not Acceptable Here", program.InDialog).Take("ACK").Take("BYE").OK(), peer("9 101"), []string{"G722", "PCMU"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			context := "codecs" + string(rune('a'+i))
			c, _ := session(t, x, obj{"contexts": []string{context}})
			caller := program.StartSIPp(t, "-sf", tc.caller.File(t), "-s", context, x.SIP)
			a := ref(c.event("calling.call.receive", nil))
			c.must("calling.answer", a)
			p := newSIPp(t, tc.peer)
			params := obj{"from": "sip:desk@domain.com", "to": p.Address, "timeout": 60}
			if tc.codecs != nil {
				params["codecs"] = tc.codecs
			}
			c.must("calling.connect", with(a, obj{"tag": "T1", "devices": [][]obj{{media("sip", params)}}}))
			if tc.fails {
				if e := c.connectEvent("failed"); e.str("failed_reason") != "error" {
					t.Errorf("failed: %v", e)
				}
			} else {
				c.connectEvent("connected")
			}
			c.must("calling.end", a)
			caller.Content(t)
			p.Content(t)
		})
	}
}
