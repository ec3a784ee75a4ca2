package sip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestInviteRetransmissionIsAbsorbed(t *testing.T) {
	in := make(calls, 2)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	text := invite("a1", "call-1", "")
	w.send(text)
	leg := in.next(t)
	w.response(100, "INVITE")
	w.send(text)
	w.response(100, "INVITE") // the last response again
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	first := w.response(180, "INVITE")
	w.send(text)
	if again := w.response(180, "INVITE"); param(again.To().Params, "tag") != param(first.To().Params, "tag") {
		t.Error("the To tag changed")
	}
	leg.End(EndReason{Code: 486})
	w.response(486, "INVITE")
	w.send(text)
	w.response(486, "INVITE")
	if len(in) != 0 {
		t.Error("a retransmission became a call")
	}
}

func TestFailureIsRetransmittedUntilItsACK(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in, T1: 150 * time.Millisecond, T4: 5 * time.Millisecond})
	w := newWire(t, s)
	w.send(invite("f1", "call-f", ""))
	in.next(t).End(EndReason{Code: 486})
	var tag string
	for range 3 {
		tag = param(w.response(486, "INVITE").To().Params, "tag")
	}
	w.send(strings.Replace(inDialog("ACK", "f1", "call-f", tag, 10, "", ""), "CSeq: 10 INVITE", "CSeq: 10 ACK", 1))
	eventually(t, "transaction gone", func() bool { _, n, _ := s.sizes(); return n == 0 })
}

func TestCancelIsAnsweredAndMatched(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("k1", "call-k", ""))
	leg := in.next(t)
	events := watch(t, leg)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	cancel := "CANCEL sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bKk1;rport\nMax-Forwards: 70\n" +
		"From: <sip:cleo@example.com>;tag=c1\nTo: <sip:bob@example.com>\nCall-ID: call-k\nCSeq: 10 CANCEL\nContent-Length: 0\n\n"
	w.send(cancel)
	to := w.response(200, "CANCEL").To().Value()
	if got := w.response(487, "INVITE").To().Value(); got != to || !strings.Contains(to, ";tag=") {
		t.Errorf("the CANCEL is answered with To %s, the INVITE with %s (RFC 3261 section 9.2)", to, got)
	}
	if got := await[Ended](events); got.By != Remote || got.Code != 487 {
		t.Errorf("%+v", got)
	}
	if err := leg.Answer([]byte(answer)); !errors.Is(err, ErrWrongState) {
		t.Errorf("answer after CANCEL: %v", err)
	}
	w.send(strings.ReplaceAll(cancel, "z9hG4bKk1", "z9hG4bKnobody"))
	w.response(481, "CANCEL")
}

func TestAnswerWithoutACK(t *testing.T) {
	in := make(calls, 1)
	const t1, t2 = 150 * time.Millisecond, 300 * time.Millisecond
	s := listen(t, Config{Handler: in, T1: t1, T2: t2})
	w := newWire(t, s)
	w.send(invite("n1", "call-n", ""))
	leg := in.next(t)
	events := watch(t, leg)
	began := time.Now()
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	for range 4 { // at 0, 150, 450, 750 ms; timers are late at most
		w.response(200, "INVITE")
	}
	if took := time.Since(began); took < t1+2*t2 {
		t.Errorf("four copies of the 200 in %v", took)
	}
	leg.ackIsLate(t)
	if bye := w.request("BYE"); value(bye, "Reason") != `SIP;cause=408;text="ACK Timeout"` {
		t.Errorf("reason %q", value(bye, "Reason"))
	}
	if got := await[Ended](events); got.By != Network || got.Code != 408 || !errors.Is(got.Err, ErrNoACK) {
		t.Errorf("%+v", got)
	}
}

func TestHangupBeforeACKWaitsForIt(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("h1", "call-h", ""))
	leg := in.next(t)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	ok := w.response(200, "INVITE")
	leg.End(EndReason{})
	await[Ended](watch(t, leg))
	w.response(200, "INVITE") // a copy, and no BYE before the ACK
	w.send(inDialog("ACK", "h2", "call-h", param(ok.To().Params, "tag"), 10, "", ""))
	w.reply(w.request("BYE"), 200, "OK", "", "")
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}

// openCall makes an established inbound call from a wire.
func openCall(t *testing.T, s *Stack, in calls, w *wire, id, extra string) (*Leg, *watcher, string) {
	t.Helper()
	w.send(invite(id, "call-"+id, extra))
	leg := in.next(t)
	events := watch(t, leg)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	tag := param(w.response(200, "INVITE").To().Params, "tag")
	w.send(inDialog("ACK", id+"ack", "call-"+id, tag, 10, "", ""))
	await[Established](events)
	w.flush(id)
	return leg, events, tag
}

func TestByeOvertakingTheACK(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("o1", "call-o", ""))
	leg := in.next(t)
	events := watch(t, leg)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	tag := param(w.response(200, "INVITE").To().Params, "tag")
	w.send(inDialog("BYE", "o3", "call-o", tag, 11, "", ""))
	w.response(200, "BYE")
	w.send(inDialog("ACK", "o2", "call-o", tag, 10, "", ""))
	if got := await[Ended](events); got.By != Remote {
		t.Errorf("%+v", got)
	}
	w.send(inDialog("BYE", "o4", "call-o", tag, 12, "", ""))
	w.response(481, "BYE")
}

func TestInDialogRequests(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "d", "")
	ask := func(method string, seq int, extra, body string, want int) {
		t.Helper()
		w.send(inDialog(method, fmt.Sprintf("d%s%d%d", method, seq, len(body)), "call-d", tag, seq, extra, body))
		w.response(want, method)
	}
	ask("INFO", 20, "Content-Type: application/dtmf-relay\n", "Signal=5\r\nDuration=160\r\n", 200)
	if got := await[Digit](events); got.Digit != '5' || got.Duration != 160*time.Millisecond {
		t.Errorf("%+v", got)
	}
	ask("INFO", 21, "Content-Type: text/html\n", "<b>", 415)
	ask("INFO", 22, "", "", 200)
	ask("OPTIONS", 23, "", "", 200)
	ask("NOTIFY", 24, "Event: refer\n", "", 481) // we referred nobody
	ask("NOTIFY", 24, "Event: dialog\n", "x", 489)
	ask("PUBLISH", 25, "Content-Type: text/plain\n", "hello", 405)
	ask("OPTIONS", 19, "", "", 500)                       // CSeq went back
	ask("OPTIONS", 26, "Require: path, timer\n", "", 420) // and what we cannot do
	w.send(strings.Replace(inDialog("OPTIONS", "dx", "call-d", tag, 27, "", ""), "tag=c1", "tag=other", 1))
	w.response(481, "OPTIONS")
	ask("BYE", 28, "Reason: Q.850;cause=16;text=\"Normal, really\"\n", "", 200)
	if got := await[Ended](events); got.By != Remote || got.Code != 0 || got.Q850 != 16 || got.Text == "" {
		t.Errorf("%+v", got)
	}
	_ = leg
}

func TestDelayedOffer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	text := invite("l1", "call-l", "")
	head, _, _ := strings.Cut(text, "Content-Type")
	w.send(head + "Content-Length: 0\n\n")
	leg := in.next(t)
	events := watch(t, leg)
	if leg.RemoteSDP() != nil {
		t.Error("an offer out of nowhere")
	}
	if err := leg.Answer([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	tag := param(w.response(200, "INVITE").To().Params, "tag")
	w.send(inDialog("ACK", "l2", "call-l", tag, 10, "Content-Type: application/sdp\n", answer))
	if got := await[Established](events); string(got.SDP) != answer {
		t.Errorf("%+v", got)
	}
	w.hangUp(leg)
}

func TestRoutesAndTargetAreKept(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	proxy, phone := newWire(t, s), newWire(t, s)
	// The INVITE names a proxy as loose route and a phone as contact.
	text := invite("p1", "call-p", "Record-Route: <sip:"+proxy.addr()+";lr>, <sip:127.0.0.9;lr>\n")
	text = strings.Replace(text, "Contact: <sip:cleo@{me}>", "Contact: <sip:cleo@"+phone.addr()+">", 1)
	proxy.send(text)
	leg := in.next(t)
	if err := leg.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	ok := proxy.response(200, "INVITE")
	if len(ok.GetHeaders("Record-Route")) != 2 {
		t.Error("Record-Route not copied")
	}
	tag := param(ok.To().Params, "tag")
	ack := strings.Replace(inDialog("ACK", "p2", "call-p", tag, 10, "", ""), "{me}", phone.addr(), 1)
	proxy.send(ack)
	eventually(t, "established", func() bool { leg.mu.Lock(); defer leg.mu.Unlock(); return leg.phase == phaseUp })
	// A target refresh by UPDATE, then our BYE.
	update := inDialog("UPDATE", "p3", "call-p", tag, 20, "", "")
	update = strings.Replace(update, "Contact: <sip:cleo@{me}>", "Contact: <sip:moved@"+phone.addr()+">", 1)
	proxy.send(update)
	proxy.response(200, "UPDATE")
	leg.End(EndReason{})
	bye := proxy.request("BYE")
	routes := bye.GetHeaders("Route")
	if bye.Recipient.String() != "sip:moved@"+phone.addr() || len(routes) != 2 ||
		!strings.Contains(routes[0].Value(), proxy.addr()) {
		t.Errorf("BYE to %s by %v", bye.Recipient.String(), routes)
	}
	proxy.reply(bye, 200, "OK", "", "")
}
