package sip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFloodOfProvisionalsStillConnects(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	for i := range 40 {
		w.reply(inv, 180+i%3, "Ringing", "", "")
	}
	w.reply(inv, 200, "OK", "", answer)
	ack := w.request("ACK")
	if got := await[Answered](events); string(got.SDP) != answer {
		t.Errorf("%+v", got)
	}
	if ack.CSeq().SeqNo != inv.CSeq().SeqNo || ack.Recipient.String() != "sip:peer@"+w.addr() {
		t.Errorf("ACK %s", ack.StartLine())
	}
	// A 200 that comes again is acknowledged again.
	w.reply(inv, 200, "OK", "", answer)
	w.request("ACK")
	l.End(EndReason{})
	w.reply(w.request("BYE"), 200, "OK", "", "")
	// … also when the leg is long gone.
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
	w.reply(inv, 200, "OK", "", answer)
	w.request("ACK")
}

func TestAnswerCrossingTheCancel(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	w.reply(inv, 180, "Ringing", "", "")
	await[Ringing](events)
	l.End(EndReason{})
	cancel := w.request("CANCEL")
	if param(cancel.Via().Params, "branch") != param(inv.Via().Params, "branch") || cancel.CSeq().SeqNo != inv.CSeq().SeqNo {
		t.Error("the CANCEL does not match its INVITE")
	}
	w.reply(inv, 200, "OK", "", answer)
	w.reply(cancel, 200, "OK", "", "")
	w.request("ACK")
	w.reply(w.request("BYE"), 200, "OK", "", "")
	if got := await[Ended](events); got.By != Local || got.Code != 487 {
		t.Errorf("%+v", got)
	}
	if strings.Contains(events.names(), "Answered") {
		t.Error("a cancelled call was told as answered")
	}
}

func TestCancelWaitsForAProvisional(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	l.End(EndReason{})
	w.anyRequest("INVITE") // Timer A: nothing but the INVITE goes out
	w.reply(inv, 100, "Trying", "", "")
	w.reply(w.request("CANCEL"), 200, "OK", "", "")
	w.reply(inv, 487, "Request Terminated", "", "")
	w.request("ACK")
	if got := await[Ended](events); got.By != Local {
		t.Errorf("%+v", got)
	}
}

func TestCancelThatIsIgnored(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 180, "Ringing", "", "")
	await[Ringing](events)
	l.End(EndReason{})
	w.request("CANCEL")
	l.mu.Lock()
	l.out.giveUp.Reset(0) // 64·T1 are over
	l.mu.Unlock()
	if got := await[Ended](events); got.By != Local || got.Code != 487 {
		t.Errorf("%+v", got)
	}
}

func TestForkedAnswerIsEnded(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	w.reply(inv, 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	// The other branch answered too, with a tag of its own.
	inv.To().Params.Add("tag", "second")
	w.reply(inv, 200, "OK", "", answer)
	if ack := w.request("ACK"); param(ack.To().Params, "tag") != "second" {
		t.Errorf("ACK to %s", ack.To().Value())
	}
	bye := w.request("BYE")
	if param(bye.To().Params, "tag") != "second" {
		t.Errorf("BYE to %s", bye.To().Value())
	}
	w.reply(bye, 200, "OK", "", "")
	if strings.Contains(events.names(), "Ended") {
		t.Error("the first answer was ended")
	}
	w.hangUp(l)
}

func TestRedirects(t *testing.T) {
	in := make(calls, 1)
	s, callee := listen(t, Config{}), listen(t, Config{Handler: in})
	w := newWire(t, s)
	_, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 302, "Moved Temporarily",
		"Contact: <sip:bob@"+w.addr()+">;q=1\nContact: <"+uriOf("late", callee)+">;q=0.5\nContact: <"+uriOf("soon", callee)+">;q=0.9\n", "")
	leg := in.next(t)
	if leg.RequestURI() != uriOf("soon", callee) {
		t.Errorf("went to %s", leg.RequestURI())
	}
	leg.End(EndReason{Code: 603})
	if got := await[Ended](events); got.Code != 603 {
		t.Errorf("%+v", got)
	}
}

func TestRedirectLoopEnds(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	_, events := call(t, s, "sip:bob@"+w.addr())
	for i := range maxRedirects + 1 {
		w.reply(w.request("INVITE"), 302, "Moved Temporarily", fmt.Sprintf("Contact: <sip:bob%d@%s>\n", i, w.addr()), "")
		w.request("ACK")
	}
	if got := await[Ended](events); got.By != Remote || got.Code != 302 {
		t.Errorf("%+v", got)
	}
}

func TestDigest(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	_, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.Username, r.Password = "ann", "secret" })
	const chal = "Proxy-Authenticate: Digest realm=\"test\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\n"
	first := w.request("INVITE")
	w.reply(first, 407, "Proxy Authentication Required", chal, "")
	w.request("ACK")
	second := w.request("INVITE")
	cred := value(second, "Proxy-Authorization")
	if !strings.Contains(cred, `username="ann"`) || strings.Contains(cred, "secret") ||
		second.CSeq().SeqNo != first.CSeq().SeqNo+1 || second.CallID().Value() != first.CallID().Value() {
		t.Errorf("second try: %s\n%s", cred, second)
	}
	w.reply(second, 407, "Proxy Authentication Required", chal, "") // wrong password
	if got := await[Ended](events); got.Code != 407 {
		t.Errorf("%+v", got)
	}
}

func TestSessionIntervalTooSmall(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	_, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.SessionExpires = 120 * time.Second })
	inv := w.request("INVITE")
	if value(inv, "Session-Expires") != "120" || value(inv, "Min-SE") != "90" || !hasOption(inv, "timer", "Supported") {
		t.Errorf("first try:\n%s", inv)
	}
	w.reply(inv, 422, "Session Interval Too Small", "Min-SE: 300\n", "")
	w.request("ACK")
	inv = w.request("INVITE")
	if value(inv, "Session-Expires") != "300" || value(inv, "Min-SE") != "300" {
		t.Errorf("second try:\n%s", inv)
	}
	w.reply(inv, 486, "Busy Here", "", "")
	await[Ended](events)
}

func TestBadInvites(t *testing.T) {
	s := listen(t, Config{})
	good := OutboundInvite{From: "sip:a@example.com", To: "sip:b@127.0.0.1", SDP: []byte(offer)}
	for name, c := range map[string]struct {
		change func(*OutboundInvite)
		want   error
	}{
		"from":             {func(r *OutboundInvite) { r.From = "a" }, ErrBadURI},
		"to with newline":  {func(r *OutboundInvite) { r.To = "sip:b@c\r\nX: 1" }, ErrBadURI},
		"target":           {func(r *OutboundInvite) { r.Targets = []string{"mailto:x@y"} }, ErrBadURI},
		"header injection": {func(r *OutboundInvite) { r.Headers = []Header{{"X-A", "1\r\nVia: x"}} }, ErrBadHeader},
		"header name":      {func(r *OutboundInvite) { r.Headers = []Header{{"X A", "1"}} }, ErrBadHeader},
		"own header":       {func(r *OutboundInvite) { r.Headers = []Header{{"via", "1"}} }, ErrBadHeader},
		"no SDP":           {func(r *OutboundInvite) { r.SDP = nil }, nil},
		"short session":    {func(r *OutboundInvite) { r.SessionExpires = time.Second }, nil},
		"negative timeout": {func(r *OutboundInvite) { r.Timeout = -1 }, nil},
	} {
		req := good
		c.change(&req)
		if _, err := s.Invite(req); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRingTimeoutWithASilentSecondTarget(t *testing.T) {
	s := listen(t, Config{})
	busy, silent := newWire(t, s), newWire(t, s)
	l, events := call(t, s, "sip:bob@example.com", func(r *OutboundInvite) {
		r.Targets = []string{"sip:bob@" + busy.addr(), "sip:bob@" + silent.addr()}
		r.Timeout = time.Hour
	})
	busy.reply(busy.request("INVITE"), 486, "Busy Here", "", "")
	inv := silent.request("INVITE")
	l.ringExpired()
	if got := await[Ended](events); got.By != Local || !got.TimedOut || got.Err != nil {
		t.Errorf("%+v", got)
	}
	// And the late answer is ended.
	silent.reply(inv, 200, "OK", "", answer)
	silent.request("ACK")
	silent.reply(silent.request("BYE"), 200, "OK", "", "")
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}

func TestEndOfASilentCallAtItsRingTimeout(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.Timeout = time.Hour })
	inv := w.request("INVITE")
	l.End(EndReason{Word: "cancel"})
	l.ringExpired()
	if got := await[Ended](events); got.By != Local || got.Word != "cancel" || got.TimedOut {
		t.Errorf("%+v", got)
	}
	w.reply(inv, 486, "Busy Here", "", "")
	w.request("ACK")
}

func TestBestVerdictOfSeveralTargets(t *testing.T) {
	s := listen(t, Config{})
	a, b := newWire(t, s), newWire(t, s)
	_, events := call(t, s, "sip:bob@example.com", func(r *OutboundInvite) {
		r.Targets = []string{"sip:bob@" + a.addr(), "sip:bob@" + deadPort(t) + ";transport=tcp", "sip:bob@" + b.addr()}
	})
	a.reply(a.request("INVITE"), 486, "Busy Here", "", "")
	b.reply(b.request("INVITE"), 603, "Decline", "", "")
	if got := await[Ended](events); got.Code != 603 {
		t.Errorf("%+v", got)
	}
}
