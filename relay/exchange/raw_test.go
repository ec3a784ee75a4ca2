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

// rawPhone speaks SIP by hand, for what our own stack never says as a caller.
type rawPhone struct {
	t    *testing.T
	sock *net.UDPConn
	to   string // the exchange, host:port
	seq  int
	tag  string // of the exchange, from its responses

	extra string // more headers of requests
	seen  sightings
}

func newRawPhone(t *testing.T, x *Exchange) *rawPhone {
	t.Helper()
	addr, err := net.ResolveUDPAddr("udp", x.SIPAddr())
	if err != nil {
		t.Fatal(err)
	}
	sock, err := net.DialUDP("udp", nil, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	return &rawPhone{t: t, sock: sock, to: x.SIPAddr(), seen: sightings{}}
}

func (p *rawPhone) send(method, user, body string) {
	p.t.Helper()
	if method != "ACK" {
		p.seq++
	}
	m := fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\n"+
		"Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\nFrom: <sip:raw@test>;tag=1\r\nTo: <sip:%s@demo>%s\r\n"+
		"Call-ID: raw-%s\r\nCSeq: %d %s\r\nContact: <sip:raw@%s>\r\n%s",
		method, user, p.to, p.sock.LocalAddr(), method, p.seq, user, p.tag, p.sock.LocalAddr(), p.seq, method, p.sock.LocalAddr(), p.extra)
	if body != "" {
		m += "Content-Type: application/sdp\r\n"
	}
	m += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := p.sock.Write([]byte(m)); err != nil {
		p.t.Fatal(err)
	}
}

var toTag = regexp.MustCompile(`(?im)^To:.*(;tag=[^;\s]+)`)

// response waits for a response to the last request with the code.
func (p *rawPhone) response(code int) string {
	p.t.Helper()
	if err := p.sock.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	buf := make([]byte, 65536)
	for {
		n, err := p.sock.Read(buf)
		if err != nil {
			p.t.Fatalf("no %d: %v", code, err)
		}
		m := string(buf[:n])
		if strings.HasPrefix(m, fmt.Sprintf("SIP/2.0 %d ", code)) && strings.Contains(m, fmt.Sprintf("CSeq: %d ", p.seq)) {
			if tag := toTag.FindStringSubmatch(m); tag != nil {
				p.tag = tag[1]
			}
			return m
		}
	}
}

// request waits for the next request of a method.
func (p *rawPhone) request(method string) string {
	p.t.Helper()
	if err := p.sock.SetReadDeadline(time.Now().Add(patience)); err != nil {
		p.t.Fatal(err)
	}
	buf := make([]byte, 65536)
	for {
		n, err := p.sock.Read(buf)
		if err != nil {
			p.t.Fatalf("no %s: %v", method, err)
		}
		if m := string(buf[:n]); strings.HasPrefix(m, method+" ") && !p.seen.again(method, m) {
			return m
		}
	}
}

// reply answers a request, without a body.
func (p *rawPhone) reply(request, status string) {
	p.t.Helper()
	m := fmt.Sprintf("SIP/2.0 %s\r\n%sContent-Length: 0\r\n\r\n", status, strings.Join(copied.FindAllString(request, -1), ""))
	if _, err := p.sock.Write([]byte(m)); err != nil {
		p.t.Fatal(err)
	}
}

func sdpOf(port int, lines ...string) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\n%s",
		port, strings.Join(lines, ""))
}

// TestInviteWithoutOffer: our 200 has the offer and the ACK the answer; the
// caller then gets RTP.
func TestInviteWithoutOffer(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"), asking(wire.CordpairAsk{Details: true}))
	p := newRawPhone(t, x)
	rtp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer rtp.Close()
	p.send("INVITE", "support", "")
	p.response(180)
	id := c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
	if ok := p.response(200); !strings.Contains(ok, "m=audio") {
		t.Fatalf("no offer in %s", ok)
	}
	p.send("ACK", "support", sdpOf(rtp.LocalAddr().(*net.UDPAddr).Port))
	c.expect("codec", func(e event) bool { return e.leg.Codec == "PCMA/8000" })
	if err := rtp.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if n, err := rtp.Read(make([]byte, 2000)); err != nil || n < 12 {
		t.Errorf("no RTP: %v", err)
	}
	p.send("BYE", "support", "")
	p.response(200)
	c.state(id, wire.CallEnded)
}

// TestHold: a re-INVITE that holds is agreed to in kind, one that changes the
// codec is refused and the call goes on.
func TestHold(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	p := newRawPhone(t, x)
	p.send("INVITE", "support", sdpOf(40000))
	p.response(180)
	id := c.receive().call.CallID
	c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
	p.response(200)
	p.send("ACK", "support", "")
	p.send("INVITE", "support", sdpOf(40000, "a=sendonly\r\n"))
	if ok := p.response(200); !strings.Contains(ok, "a=recvonly") {
		t.Errorf("hold answered with %s", ok)
	}
	p.send("ACK", "support", "")
	p.send("INVITE", "support", strings.Replace(sdpOf(40000), "RTP/AVP 8", "RTP/AVP 9", 1))
	p.response(488)
	p.send("ACK", "support", "")
	p.send("BYE", "support", "")
	p.response(200)
	c.state(id, wire.CallEnded)
}

func TestInviteWithUselessSDP(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	p := newRawPhone(t, x)
	p.send("INVITE", "support", "v=0\r\n")
	p.response(488)
	q := newRawPhone(t, x)
	q.send("INVITE", "support", strings.Replace(sdpOf(40000), "RTP/AVP 8", "RTP/AVP 98", 1)+"a=rtpmap:98 SPEEX/8000\r\n")
	id := c.receive().call.CallID
	if r := c.command(wire.MethodAnswer, wire.CallRef{CallID: id}); r.Code != wire.CodeMedia {
		t.Errorf("%+v", r)
	}
	q.response(488)
	c.state(id, wire.CallEnded)
}
