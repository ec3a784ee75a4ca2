package sip

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// long makes an INVITE larger than what may go by UDP.
func long(r *OutboundInvite) {
	r.Headers = []Header{{"X-Long", strings.Repeat("x", 2000)}}
}

func TestBigRequestGoesByTCP(t *testing.T) {
	for param, want := range map[string]string{"": "TCP", ";transport=udp": "UDP"} {
		in := make(calls, 1)
		callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
		out, events := call(t, caller, uriOf("bob", callee)+param, long)
		leg := in.next(t)
		if leg.Transport() != want || out.Transport() != want {
			t.Errorf("%q: %s, %s", param, leg.Transport(), out.Transport())
		}
		if err := leg.Answer([]byte(answer)); err != nil {
			t.Fatal(err)
		}
		await[Answered](events)
		out.End(EndReason{})
		await[Ended](watch(t, leg))
	}
}

func TestBigRequestFallsBackToUDP(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s) // no TCP there
	for range 2 {
		_, events := call(t, s, "sip:bob@"+w.addr(), long)
		inv := w.request("INVITE")
		if inv.Via().Transport != "UDP" || inv.CSeq().SeqNo != 1 || strings.Contains(value(inv, "Contact"), "tcp") {
			t.Errorf("%s", inv)
		}
		w.reply(inv, 486, "Busy Here", "", "")
		await[Ended](events)
	}
}

// Something listens there by TCP, but it is no SIP element.
func TestBigRequestFallsBackWhenTCPHangsUp(t *testing.T) {
	s := listen(t, Config{})
	udp, tcp, err := bind("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	w := &wire{t: t, c: udp, to: net.UDPAddrFromAddrPort(s.Addr()), had: map[string]bool{}}
	defer udp.Close()
	go func() { // ends with the first connection
		if c, err := tcp.Accept(); err == nil {
			_, _ = c.Read(make([]byte, 1))
			c.Close()
		}
	}()
	_, events := call(t, s, "sip:bob@"+w.addr(), long)
	w.reply(w.request("INVITE"), 486, "Busy Here", "", "")
	await[Ended](events)
}

// The caller's connection is gone when we answer: we connect to where its Via
// says that it listens.
func TestResponseOverANewConnection(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(invite("n1", "call-n", ""), "{me}", ln.Addr().String()), "\n", "\r\n")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\r\n", "\r\n"), "SIP/2.0/UDP", "SIP/2.0/TCP")
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	leg := in.next(t)
	c.Close()
	eventually(t, "connection closed", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.conns) == 0 && s.connCount == 0
	})
	leg.End(EndReason{Code: 486})
	again, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	_ = again.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 4096)
	n, err := again.Read(buf)
	if err != nil || !strings.HasPrefix(string(buf[:n]), "SIP/2.0 486 Busy Here") {
		t.Errorf("%v %q", err, buf[:n])
	}
}

func TestCaps(t *testing.T) {
	in := make(calls, 4)
	s := listen(t, Config{Handler: in, MaxLegs: 1, MaxConns: 1})
	w := newWire(t, s)
	w.send(invite("k1", "call-k1", ""))
	leg := in.next(t)
	w.send(invite("k2", "call-k2", ""))
	if res := w.response(503, "INVITE"); value(res, "Retry-After") == "" {
		t.Errorf("%s", res)
	}
	if _, err := s.Invite(OutboundInvite{From: "sip:a@b", To: "sip:b@127.0.0.1", SDP: []byte(offer)}); !errors.Is(err, ErrTooMany) {
		t.Errorf("%v", err)
	}
	leg.End(EndReason{})
	first, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	eventually(t, "first connection", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.connCount == 1 })
	second, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	_ = second.SetReadDeadline(time.Now().Add(patience))
	if _, err := second.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("second connection: %v", err)
	}
	if _, err := s.connect(t.Context(), hop{network: netTCP, addr: listen(t, Config{}).Addr()}); !errors.Is(err, ErrTooMany) {
		t.Errorf("%v", err)
	}
}

func TestSilentConnectionIsLetGo(t *testing.T) {
	s := listen(t, Config{T1: time.Millisecond})
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

func TestTransportOf(t *testing.T) {
	for text, want := range map[string]hop{
		"sip:a@h":                {network: netUDP},
		"sip:a@h;transport=TCP":  {network: netTCP, sure: true},
		"sip:a@h;transport=udp":  {network: netUDP, sure: true},
		"sip:a@h;transport=tls":  {network: netTLS, sure: true},
		"sips:a@h":               {network: netTLS, sure: true},
		"sips:a@h;transport=tcp": {network: netTLS, sure: true},
		"sips:a@h;transport=udp": {},
		"sip:a@h;transport=ws":   {},
	} {
		var uri sip.Uri
		if err := sip.ParseUri(text, &uri); err != nil {
			t.Fatal(err)
		}
		network, sure, err := transportOf(&uri)
		if network != want.network || sure != want.sure || (err != nil) != (want.network == "") {
			t.Errorf("%s: %s %v %v", text, network, sure, err)
		}
	}
}

// A peer answers and hangs up: the answer counts, though both are there when the
// transaction looks.
func TestAnswerBeforeTheHangUp(t *testing.T) {
	s := listen(t, Config{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	uri := sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, UriParams: sip.NewParams()}
	uri.UriParams.Add("transport", "tcp")
	for range 16 { // what comes first is left to chance
		d := dialog{callID: token(8), localTag: "1", local: identity{uri: uri}, remote: identity{uri: uri}, target: uri}
		told, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		s.request(where{uri: &uri}, func(flow) *sip.Request {
			req := d.request(sip.OPTIONS, 0)
			req.SetBody(nil)
			return req
		}, func(res *sip.Response) {
			if res.StatusCode < 200 {
				close(told)
				<-goOn
				return
			}
			ended <- nil
		}, func(err error) { ended <- err })
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		_, head, _ := strings.Cut(string(buf[:n]), "\r\n")
		if _, err := c.Write([]byte("SIP/2.0 100 Trying\r\n" + head)); err != nil {
			t.Fatal(err)
		}
		<-told
		if _, err := c.Write([]byte("SIP/2.0 200 OK\r\n" + head)); err != nil {
			t.Fatal(err)
		}
		c.Close()
		eventually(t, "connection closed", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.connCount == 0 })
		close(goOn)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
}
