package sip

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// pair is an established call between two stacks.
func pair(t *testing.T) (out, in *Leg, outEvents, inEvents *watcher) {
	t.Helper()
	got := make(calls, 1)
	callee, caller := listen(t, Config{Handler: got}), listen(t, Config{Handler: got})
	out, outEvents = call(t, caller, uriOf("bob", callee))
	in = got.next(t)
	inEvents = watch(t, in)
	if err := in.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](outEvents)
	await[Established](inEvents)
	return out, in, outEvents, inEvents
}

func changed(sdp, n string) string { return strings.Replace(sdp, " 1 IN IP4", " "+n+" IN IP4", 1) }

func TestReinviteBothWays(t *testing.T) {
	for _, by := range []string{"caller", "callee"} {
		for _, method := range []string{"INVITE", "UPDATE"} {
			t.Run(by+" "+method, func(t *testing.T) {
				a, b, aEvents, bEvents := pair(t)
				if by == "callee" {
					a, b, aEvents, bEvents = b, a, bEvents, aEvents
				}
				hold, held := changed(offer, "2")+"a=sendonly\r\n", changed(answer, "2")+"a=recvonly\r\n"
				propose := a.Reinvite
				if method == "UPDATE" {
					propose = a.Update
				}
				if err := propose([]byte(hold)); err != nil {
					t.Fatal(err)
				}
				if got := await[Reoffer](bEvents); string(got.SDP) != hold || got.Method != method {
					t.Errorf("%+v", got)
				}
				if err := a.Reinvite([]byte(offer)); !errors.Is(err, ErrWrongState) {
					t.Errorf("second offer: %v", err)
				}
				if err := b.AnswerReoffer([]byte(held)); err != nil {
					t.Fatal(err)
				}
				if got := await[Reanswered](aEvents); string(got.SDP) != held {
					t.Errorf("%+v", got)
				}
				if string(a.LocalSDP()) != hold || string(a.RemoteSDP()) != held || string(b.RemoteSDP()) != hold || string(b.LocalSDP()) != held {
					t.Error("descriptions not taken over")
				}
				if err := propose([]byte(changed(offer, "3"))); err != nil {
					t.Fatal(err)
				}
				eventually(t, "refusal possible", func() bool { return b.RefuseReoffer(488) == nil })
				if got := await[ReofferFailed](aEvents); got.Code != 488 || got.Phrase != phraseFor(488) {
					t.Errorf("%+v", got)
				}
				if string(a.LocalSDP()) != hold || string(a.RemoteSDP()) != held {
					t.Error("a refused offer changed the call")
				}
				a.End(EndReason{})
				await[Ended](bEvents)
			})
		}
	}
}

// Both sides offer at once: both get 491 and try again after different waits.
func TestGlare(t *testing.T) {
	s := listen(t, Config{glare: time.Hour})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	w.reply(inv, 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	if err := l.Reinvite([]byte(changed(offer, "2"))); err != nil {
		t.Fatal(err)
	}
	ours := w.request("INVITE")
	dialogLines := "From: " + inv.To().Value() + ";tag=peer\nTo: " + inv.From().Value() + "\nCall-ID: " + inv.CallID().Value() + "\n"
	theirs := func(branch, seq string) string {
		return "INVITE sip:ann@x SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bK" + branch + ";rport\n" + dialogLines +
			"CSeq: " + seq + " INVITE\nContact: <sip:peer@{me}>\nContent-Type: application/sdp\n\n" + answer
	}
	w.send(theirs("g1", "5"))
	w.response(491, "INVITE")
	w.reply(ours, 491, "Request Pending", "", "")
	w.request("ACK")
	eventually(t, "ours waits", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.offer != nil && !l.offer.sent })
	// The other side is first now: its offer is taken while ours waits.
	w.send(strings.Replace(theirs("g2", "6"), "o=- 2 1", "o=- 2 2", 1))
	await[Reoffer](events)
	if err := l.AnswerReoffer([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	w.response(200, "INVITE")
	w.send(strings.ReplaceAll(strings.Replace(theirs("g3", "6"), "\nContent-Type: application/sdp\n\n"+answer, "\n\n", 1), "INVITE", "ACK"))
	eventually(t, "theirs is over", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.unacked == nil && l.offer.retry.Reset(0)
	})
	again := w.request("INVITE")
	if again.CSeq().SeqNo <= ours.CSeq().SeqNo || string(again.Body()) != changed(offer, "2") {
		t.Errorf("%s", again)
	}
	w.reply(again, 200, "OK", "", changed(answer, "3"))
	w.request("ACK")
	if got := await[Reanswered](events); string(got.SDP) != changed(answer, "3") {
		t.Errorf("%+v", got)
	}
	w.hangUp(l)
}

func TestUpdateFallsBackToReinvite(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	if err := l.Update([]byte(offer)); !errors.Is(err, ErrWrongState) {
		t.Errorf("not answered: %v", err)
	}
	w.reply(w.request("INVITE"), 200, "OK", "Allow: INVITE, UPDATE\n", answer)
	w.request("ACK")
	await[Answered](events)
	if err := l.Update(nil); err == nil {
		t.Error("no offer, no error")
	}
	if err := l.Update([]byte(changed(offer, "2"))); err != nil {
		t.Fatal(err)
	}
	w.reply(w.request("UPDATE"), 501, "Not Implemented", "", "")
	re := w.request("INVITE")
	w.reply(re, 422, "Session Interval Too Small", "", "") // we asked for none: a refusal
	if got := await[ReofferFailed](events); got.Code != 422 {
		t.Errorf("%+v", got)
	}
	if err := l.Update([]byte(changed(offer, "2"))); err != nil { // it is known now
		t.Fatal(err)
	}
	w.reply(w.request("INVITE"), 481, "Call/Transaction Does Not Exist", "", "")
	w.reply(w.request("BYE"), 481, "Call/Transaction Does Not Exist", "", "")
	if got := await[Ended](events); got.By != Network {
		t.Errorf("%+v", got)
	}
}

func TestReinviteKeepsTheSessionTimer(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.SessionExpires = 10 * time.Minute })
	w.reply(w.request("INVITE"), 200, "OK", "Session-Expires: 600;refresher=uac\n", answer)
	w.request("ACK")
	await[Answered](events)
	if err := l.Reinvite([]byte(changed(offer, "2"))); err != nil {
		t.Fatal(err)
	}
	re := w.request("INVITE")
	if value(re, "Session-Expires") != "600;refresher=uac" {
		t.Errorf("%s", re)
	}
	w.reply(re, 200, "OK", "Session-Expires: 600;refresher=uac\n", changed(answer, "2"))
	w.request("ACK")
	await[Reanswered](events)
	w.hangUp(l)
}

func TestReinviteThatIsNeverAnswered(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	if err := l.Reinvite([]byte(changed(offer, "2"))); err != nil {
		t.Fatal(err)
	}
	re := w.request("INVITE")
	w.reply(re, 100, "Trying", "", "")
	s.silent(t, "INVITE")
	if got := await[Ended](events); got.By != Network || got.Code != 408 {
		t.Errorf("%+v", got)
	}
}

func TestInfoDigits(t *testing.T) {
	a, _, aEvents, bEvents := pair(t)
	const digits = "159*0#AD"
	for i := range digits {
		if err := a.SendInfoDigit(digits[i], 0); err != nil {
			t.Fatal(err)
		}
	}
	var got string
	eventually(t, "all digits", func() bool {
		got = ""
		for _, ev := range bEvents.events() {
			if d, ok := ev.(Digit); ok && d.Duration == 160*time.Millisecond {
				got += string(rune(d.Digit))
			}
		}
		return len(got) == len(digits)
	})
	if got != digits {
		t.Errorf("%s", got)
	}
	if sent := await[DigitSent](aEvents); sent.Digit != '1' || sent.Code != 200 {
		t.Errorf("%+v", sent)
	}
	for _, bad := range []byte{'x', 0, ' ', 200} {
		if err := a.SendInfoDigit(bad, 0); err == nil {
			t.Errorf("%q", bad)
		}
	}
	a.End(EndReason{})
	await[Ended](aEvents)
	if err := a.SendInfoDigit('1', 0); !errors.Is(err, ErrWrongState) {
		t.Errorf("%v", err)
	}
}

func TestInfoDigitOfAnotherKind(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	for _, d := range []byte("57") {
		if err := l.SendInfoDigit(d, time.Second); err != nil {
			t.Fatal(err)
		}
	}
	first := w.request("INFO")
	if string(first.Body()) != "Signal=5\r\nDuration=1000\r\n" {
		t.Errorf("%q", first.Body())
	}
	w.reply(first, 415, "Unsupported Media Type", "", "")
	second := w.request("INFO")
	if string(second.Body()) != "5" || value(second, "Content-Type") != dtmfPlain {
		t.Errorf("%s", second)
	}
	w.reply(second, 200, "OK", "", "")
	w.reply(w.request("INFO"), 481, "Call/Transaction Does Not Exist", "", "")
	eventually(t, "both told", func() bool { return strings.Count(events.names(), "DigitSent") == 2 })
	w.hangUp(l)
}
