package sip

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestBoundToAllAddresses(t *testing.T) {
	in := make(calls, 1)
	callee := listen(t, Config{Addr: "0.0.0.0:0", Handler: in})
	caller := listen(t, Config{Addr: "0.0.0.0:0"})
	_, port, _ := net.SplitHostPort(callee.Addr().String())
	out, events := call(t, caller, "sip:bob@127.0.0.1:"+port)
	leg := in.next(t)
	there := watch(t, leg)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](events)
	await[Established](there)
	for _, h := range leg.Headers() {
		if (h.Name == "Contact" || h.Name == "Via") && !strings.Contains(h.Value, "127.0.0.1:") {
			t.Errorf("%s: %s", h.Name, h.Value)
		}
	}
	out.End(EndReason{})
	await[Ended](there)
}

// The ACK goes to a host name, so the answer waits for a lookup.
func TestAnswerFromANamedContact(t *testing.T) {
	s := listen(t, Config{Resolver: noNames{}})
	w := newWire(t, s)
	_, port, _ := net.SplitHostPort(w.addr())
	l, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 200, "OK", "Contact: <sip:bob@good.test:"+port+">\n", answer)
	if ack := w.request("ACK"); ack.Recipient.Host != "good.test" {
		t.Errorf("%s", ack.StartLine())
	}
	await[Answered](events)
	w.hangUp(l)

	l, events = call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 200, "OK", "Contact: <sip:bob@bad.test>\n", answer)
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrUnreachable) {
		t.Errorf("%+v", got)
	}
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
	if strings.Contains(events.names(), "Answered") {
		t.Error("told as answered without an ACK")
	}
	_ = l
}

func TestByeOfACallerBeforeTheAnswer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("b1", "call-b", ""))
	leg := in.next(t)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	tag := param(w.response(180, "INVITE").To().Params, "tag")
	w.send(inDialog("BYE", "b2", "call-b", tag, 11, "", ""))
	w.response(200, "BYE")
	w.response(487, "INVITE")
	if got := await[Ended](watch(t, leg)); got.By != Remote || got.Code != 487 {
		t.Errorf("%+v", got)
	}
}

func TestHangupWhoseACKNeverComes(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("w1", "call-w", ""))
	leg := in.next(t)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	leg.End(EndReason{})
	leg.ackIsLate(t)
	w.reply(w.request("BYE"), 200, "OK", "", "")
	if got := await[Ended](watch(t, leg)); got.By != Local || got.Err != nil {
		t.Errorf("%+v", got)
	}
}

func TestRegister(t *testing.T) {
	r := NewRegistrar(RegistrarConfig{Domains: []string{"demo"}})
	s, phone := listen(t, Config{Registrar: r}), listen(t, Config{})
	at := "sip:" + s.Addr().String()
	req := RegisterRequest{AOR: "sip:alice@demo", Registrar: at, Expires: time.Hour}
	if err := phone.Register(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if got := r.Lookup("sip:alice@demo"); len(got) != 1 || got[0] != "sip:alice@"+phone.Addr().String() {
		t.Errorf("%v", got)
	}
	req.Expires = 0
	if err := phone.Register(t.Context(), req); err != nil || len(r.List()) != 0 {
		t.Errorf("%v, %v left", err, r.List())
	}
	req.AOR = "sip:alice@elsewhere"
	if err := phone.Register(t.Context(), req); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("%v", err)
	}
	req.Registrar = "sip:" + deadPort(t) + ";transport=tcp"
	if err := phone.Register(t.Context(), req); !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
	req.AOR = "alice"
	if err := phone.Register(t.Context(), req); !errors.Is(err, ErrBadURI) {
		t.Errorf("%v", err)
	}
}

// A peer that never reads must not hold up anybody; it is given up.
func TestTCPPeerThatDoesNotRead(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s := listen(t, Config{})
	c, err := s.connect(t.Context(), hop{network: netTCP, addr: ln.Addr().(*net.TCPAddr).AddrPort()})
	if err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 64<<10)
	for range 100 * tcpQueue {
		if err = c.send(big); err != nil {
			break
		}
	}
	if !errors.Is(err, errSlowPeer) {
		t.Errorf("%v", err)
	}
	<-c.done
	if err := c.send(big); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// An exchange may be asked to call itself: both legs live in one stack.
func TestCallToOneself(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	out, events := call(t, s, uriOf("bob", s))
	leg := in.next(t)
	there := watch(t, leg)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](events)
	await[Established](there)
	leg.End(EndReason{})
	if got := await[Ended](events); got.By != Remote {
		t.Errorf("%+v", got)
	}
	out.End(EndReason{})
	eventually(t, "legs forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}
