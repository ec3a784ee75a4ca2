package exchange

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/wire"
)

// rawCallee answers SIP by hand.
type rawCallee struct {
	t    *testing.T
	sock *net.UDPConn
	peer *net.UDPAddr
}

func newRawCallee(t *testing.T) *rawCallee {
	t.Helper()
	sock, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	return &rawCallee{t: t, sock: sock}
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
		if m := string(buf[:n]); strings.HasPrefix(m, method+" ") && strings.Contains(m, carrying) {
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
	m := fmt.Sprintf("SIP/2.0 %s\r\n%s%sContact: <sip:callee@%s>\r\n", status, head, headers, p.sock.LocalAddr())
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
