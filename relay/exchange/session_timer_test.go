package exchange

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// rawCallee answers SIP by hand.
type rawCallee struct {
	t    *testing.T
	sock *net.UDPConn
	peer *net.UDPAddr
	seen sightings

	contact string // in place of its own
}

// sightings are the requests that were read, so that one which comes again is
// not taken for a new one.
type sightings map[string]bool

var branch = regexp.MustCompile(`(?i)branch=([^;\s]+)`)

// again notes a request; true: it was there before.
func (s sightings) again(method, message string) bool {
	key := method + branch.FindString(message)
	seen := s[key]
	s[key] = true
	return seen
}

func newRawCallee(t *testing.T) *rawCallee {
	t.Helper()
	sock, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	return &rawCallee{t: t, sock: sock, seen: sightings{}}
}

// request waits for the next request of a method that carries something.
func (p *rawCallee) request(method, carrying string) string {
	p.t.Helper()
	if err := p.sock.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	buf := make([]byte, 65536)
	for {
		n, from, err := p.sock.ReadFromUDP(buf)
		if err != nil {
			p.t.Fatalf("no %s with %q: %v", method, carrying, err)
		}
		p.peer = from
		if m := string(buf[:n]); strings.HasPrefix(m, method+" ") && strings.Contains(m, carrying) && !p.seen.again(method, m) {
			return m
		}
	}
}

var copied = regexp.MustCompile(`(?im)^(Via|From|To|Call-ID|CSeq):.*\r\n`)

// reply answers a request with more headers.
func (p *rawCallee) reply(request, status, headers, body string) {
	p.t.Helper()
	head := strings.Join(copied.FindAllString(request, -1), "")
	if !strings.Contains(status, "100") && !regexp.MustCompile(`(?im)^To:.*;tag=`).MatchString(head) {
		head = regexp.MustCompile(`(?im)^(To:[^\r]*)`).ReplaceAllString(head, "$1;tag=callee")
	}
	m := fmt.Sprintf("SIP/2.0 %s\r\n%s%s%s", status, head, headers, orText(p.contact, "Contact: <sip:callee@"+p.sock.LocalAddr().String()+">\r\n"))
	if body != "" {
		m += "Content-Type: application/sdp\r\n"
	}
	m += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := p.sock.WriteToUDP([]byte(m), p.peer); err != nil {
		p.t.Fatal(err)
	}
}

// TestSessionTimer: what a connect asks for is offered; a callee that wants
// more is asked again with its minimum (422), and what it grants is kept.
func TestSessionTimer(t *testing.T) {
	d := answeredCall(t, start(t), asking(wire.CordpairAsk{Details: true}))
	p := newRawCallee(t)
	d.mustConnect("sip:callee@"+p.sock.LocalAddr().String(), func(p *wire.CallConnectParams) {
		p.Devices[0][0].Params.SessionTimeout = 120
	})
	invite := p.request("INVITE", "Session-Expires: 120")
	if !strings.Contains(invite, "timer") {
		t.Errorf("timer is not supported in %s", invite)
	}
	p.reply(invite, "422 Session Interval Too Small", "Min-SE: 1800\r\n", "")
	p.request("ACK", "")
	again := p.request("INVITE", "Session-Expires: 1800")
	if !strings.Contains(again, "Min-SE: 1800") {
		t.Errorf("%s", again)
	}
	p.reply(again, "200 OK", "Session-Expires: 1800;refresher=uac\r\nRequire: timer\r\n", sdpOf(40000, "a=rtpmap:8 PCMA/8000\r\n"))
	p.request("ACK", "")
	b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: b}})
	p.reply(p.request("BYE", ""), "200 OK", "", "")
	d.c.state(b, wire.CallEnded)
}

// TestDefaultSessionTimer: without one in the device the configuration counts.
func TestDefaultSessionTimer(t *testing.T) {
	d := answeredCall(t, start(t, func(c *Config) { c.Limits.Session = 5 * time.Minute }))
	p := newRawCallee(t)
	d.mustConnect("sip:callee@" + p.sock.LocalAddr().String())
	p.reply(p.request("INVITE", "Session-Expires: 300"), "486 Busy Here", "", "")
	if e := d.c.connectState(d.a, wire.ConnectFailed).connect; e.FailedReason != wire.ReasonBusy {
		t.Errorf("%+v", e)
	}
}

// sessionClock is a clock for session timers that only moves by hand.
type sessionClock struct {
	mu    sync.Mutex
	armed []*sessionAlarm
}

type sessionAlarm struct {
	c    *sessionClock
	d    time.Duration
	ring func()
}

func (c *sessionClock) after(d time.Duration, ring func()) sip.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &sessionAlarm{c, d, ring}
	c.armed = append(c.armed, a)
	return a
}

func (a *sessionAlarm) Stop() bool {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	return a.c.take(a)
}

func (c *sessionClock) take(a *sessionAlarm) bool {
	i := slices.Index(c.armed, a)
	if i >= 0 {
		c.armed = slices.Delete(c.armed, i, i+1)
	}
	return i >= 0
}

// ring waits for an alarm of that time and rings it.
func (c *sessionClock) ring(t *testing.T, d time.Duration) {
	t.Helper()
	var alarm *sessionAlarm
	eventually(t, "session timer of "+d.String(), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.IndexFunc(c.armed, func(a *sessionAlarm) bool { return a.d == d })
		if i < 0 {
			return false
		}
		alarm = c.armed[i]
		return c.take(alarm)
	})
	alarm.ring()
}

// on is the clock's place in a configuration.
func (c *sessionClock) on(cfg *Config) { cfg.sessionTimer = c.after }

// A refresh is due at half time, the BYE 32 s before the end.
const (
	callerHalf, callerEnd = 300 * time.Second, 568 * time.Second // of the default, 600 s
	peerHalf, peerEnd     = 450 * time.Second, 868 * time.Second // of 900 s
)

// timed is a peer by hand that has granted a session of 900 s.
func timed(t *testing.T, clock *sessionClock, grants string) (d *desk, p *rawCallee, b string) {
	t.Helper()
	d = answeredCall(t, start(t, clock.on), asking(wire.CordpairAsk{Details: true}))
	p = newRawCallee(t)
	d.mustConnect("sip:callee@"+p.sock.LocalAddr().String(), func(q *wire.CallConnectParams) {
		q.Devices[0][0].Params.SessionTimeout = 900
	})
	p.reply(p.request("INVITE", "Session-Expires: 900"), "200 OK", grants, sdpOf(40000, "a=rtpmap:8 PCMA/8000\r\n"))
	p.request("ACK", "")
	b = d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
	return d, p, b
}

// TestSessionOfThePeerIsRefreshed by us, by UPDATE or re-INVITE; one that the
// peer knows nothing of ends the leg with a word that says so.
func TestSessionOfThePeerIsRefreshed(t *testing.T) {
	clock := &sessionClock{}
	const granted = "Session-Expires: 900;refresher=uac\r\nRequire: timer\r\n"
	d, p, b := timed(t, clock, granted+"Allow: INVITE, UPDATE\r\n")
	for range 2 {
		clock.ring(t, peerHalf)
		p.reply(p.request("UPDATE", "Session-Expires: 900;refresher=uac"), "200 OK", granted, "")
	}
	clock.ring(t, peerHalf)
	p.reply(p.request("UPDATE", ""), "481 Call/Transaction Does Not Exist", "", "")
	p.reply(p.request("BYE", ""), "481 Call/Transaction Does Not Exist", "", "")
	d.sessionExpired(t, b)
}

// sessionExpired: the peer's end is told with its cause, the caller stays.
func (d *desk) sessionExpired(t *testing.T, b string) {
	t.Helper()
	d.c.connectState(d.a, wire.ConnectDisconnected)
	e := d.c.state(b, wire.CallEnded).call
	if e.EndReason != wire.ReasonError || e.EndSource != "none" {
		t.Errorf("%+v", e)
	}
	legBefore(t, d.c, b, wire.EndedByNetwork, 408)
	d.c.must(wire.MethodHold, wire.CallRef{CallID: d.a})
}

// TestSessionOfThePeerExpires: who promised to refresh does not.
func TestSessionOfThePeerExpires(t *testing.T) {
	clock := &sessionClock{}
	d, p, b := timed(t, clock, "Session-Expires: 900;refresher=uas\r\n")
	clock.ring(t, peerEnd)
	p.reply(p.request("BYE", "Session Timer Expired"), "200 OK", "", "")
	d.sessionExpired(t, b)
}

// TestSessionOfTheCaller: what it asks for is granted, too short an interval is
// answered with the least there is; its refresh keeps the call, and without one
// the call is over.
func TestSessionOfTheCaller(t *testing.T) {
	clock := &sessionClock{}
	x := start(t, clock.on)
	c := connect(t, x, receiving("support"), asking(wire.CordpairAsk{Details: true}))
	p := newRawPhone(t, x)
	p.extra = "Supported: timer\r\nSession-Expires: 60\r\n"
	p.send("INVITE", "support", sdpOf(40000))
	if res := p.response(422); !strings.Contains(res, "Min-SE: 90") {
		t.Errorf("%s", res)
	}
	p.send("ACK", "support", "")
	p = newRawPhone(t, x)
	p.extra = "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n"
	p.send("INVITE", "support", sdpOf(40000))
	id := c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
	if ok := p.response(200); !strings.Contains(ok, "Session-Expires: 600;refresher=uac") || !strings.Contains(ok, "Require: timer") {
		t.Errorf("%s", ok)
	}
	p.send("ACK", "support", "")
	p.extra = "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n"
	p.send("UPDATE", "support", "")
	if ok := p.response(200); !strings.Contains(ok, "Session-Expires: 300;refresher=uac") {
		t.Errorf("%s", ok)
	}
	clock.ring(t, 268*time.Second)
	if e := c.state(id, wire.CallEnded).call; e.EndReason != wire.ReasonError {
		t.Errorf("%+v", e)
	}
	legBefore(t, c, id, wire.EndedByNetwork, 408)
}

// TestSessionThatTheCallerDoesNotKnow: a phone without session timers gets ours,
// which we refresh; that it refuses to is a sign of life, that it is silent is
// not.
func TestSessionThatTheCallerDoesNotKnow(t *testing.T) {
	clock := &sessionClock{}
	x := start(t, clock.on)
	c := connect(t, x, receiving("support"))
	p := newRawPhone(t, x)
	p.send("INVITE", "support", sdpOf(40000))
	id := c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
	if ok := p.response(200); !strings.Contains(ok, "Session-Expires: 600;refresher=uas") || strings.Contains(ok, "Require:") {
		t.Errorf("%s", ok)
	}
	p.send("ACK", "support", "")
	for range 2 {
		clock.ring(t, callerHalf)
		p.reply(p.request("INVITE"), "488 Not Acceptable Here")
	}
	clock.ring(t, callerEnd)
	if e := c.state(id, wire.CallEnded).call; e.EndReason != wire.ReasonError {
		t.Errorf("%+v", e)
	}
}
