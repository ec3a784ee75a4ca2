package sip

import (
	"fmt"
	"strings"
	"testing"
)

func TestServerAnswers(t *testing.T) {
	in := make(calls, 4)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	n := 0
	ask := func(change func(string) string, method string, want int) string {
		t.Helper()
		n++
		text := strings.ReplaceAll(invite(fmt.Sprintf("s%d", n), fmt.Sprintf("call-s%d", n), ""), "INVITE", method)
		w.send(change(text))
		w.response(want, method)
		return string(w.last)
	}
	same := func(s string) string { return s }
	sub := func(from, to string) func(string) string {
		return func(s string) string { return strings.Replace(s, from, to, 1) }
	}
	if got := ask(same, "OPTIONS", 200); !strings.Contains(got, "Allow: INVITE") || !strings.Contains(got, "Supported: timer") {
		t.Error(got)
	}
	if got := ask(same, "MESSAGE", 405); !strings.Contains(got, "Allow: INVITE") {
		t.Error(got)
	}
	ask(same, "FROBNICATE", 405)
	ask(same, "SUBSCRIBE", 405)
	ask(same, "REGISTER", 405)
	ask(same, "BYE", 481)
	ask(same, "NOTIFY", 481)
	ask(sub("To: <sip:bob@example.com>", "To: <sip:bob@example.com>;tag=gone"), "INFO", 481)
	ask(sub("To: <sip:bob@example.com>", "To: <sip:bob@example.com>;tag=gone"), "INVITE", 481)
	if got := ask(sub("Max-Forwards: 70", "Require: 100rel,timer,foo"), "INVITE", 420); !strings.Contains(got, "Unsupported: foo") {
		t.Error(got)
	}
	ask(sub("Max-Forwards: 70", "Session-Expires: 30"), "INVITE", 422)
	ask(sub("application/sdp", "text/plain"), "INVITE", 415)
	ask(sub("Contact:", "X-Contact:"), "INVITE", 400)
	ask(sub("sip:bob@example.com SIP/2.0", "tel:+4930 SIP/2.0"), "INVITE", 416)
	ask(sub("From:", "X-From:"), "INVITE", 400)
	ask(sub(";tag=c1", ""), "INVITE", 400)
	ask(sub("CSeq: 10 INVITE", "CSeq: 10 INVITE\nX-Y: 1"), "INVITE", 100)
	in.next(t)
	if len(in) != 0 {
		t.Error("a refused INVITE became a call")
	}
}

func TestMergedRequestIsRefused(t *testing.T) {
	in := make(calls, 2)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("m1", "call-m", ""))
	in.next(t)
	w.send(invite("m2", "call-m", "")) // the same by another path
	w.response(482, "INVITE")
}

func TestExpiresOfTheCaller(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("e1", "call-e", "Expires: 1\n"))
	events := watch(t, in.next(t))
	w.response(487, "INVITE")
	if got := await[Ended](events); got.By != Remote || !got.TimedOut {
		t.Errorf("%+v", got)
	}
}

func TestRportAndReceived(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	text := strings.ReplaceAll(invite("v1", "call-v", ""), "INVITE", "OPTIONS")
	w.send(strings.Replace(text, "UDP {me};", "UDP phone.invalid:9;", 1))
	via := w.response(200, "OPTIONS").Via()
	if _, port, _ := strings.Cut(w.addr(), ":"); param(via.Params, "received") != "127.0.0.1" || param(via.Params, "rport") != port {
		t.Errorf("via %s", via.Value())
	}
}
