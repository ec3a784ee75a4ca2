package sip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestBlindTransfer(t *testing.T) {
	a, _, aEvents, bEvents := pair(t)
	if err := a.Refer("sip:carol@example.com;transport=tcp", nil, Header{"X-Why", "lunch"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Refer("sip:dave@example.com", nil); !errors.Is(err, ErrWrongState) {
		t.Errorf("a second one: %v", err)
	}
	got := await[Referred](bEvents)
	if got.To != "sip:carol@example.com;transport=tcp" || got.Replaces != nil || got.By != "<sip:ann@example.com>" || headerOf(got.Headers, "X-Why") != "lunch" {
		t.Errorf("%+v", got)
	}
	r := got.Referral
	if err := r.Accept(); err != nil {
		t.Fatal(err)
	}
	if got := await[ReferAnswered](aEvents); got.Code != 202 {
		t.Errorf("%+v", got)
	}
	for code, phrase := range map[int]string{0: "", 200: "O\nK"} {
		if err := r.Notify(code, phrase); err == nil {
			t.Errorf("notify of %d %q", code, phrase)
		}
	}
	for _, code := range []int{180, 200} {
		if err := r.Notify(code, phraseFor(code)); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{r.Notify(200, "OK"), r.Accept(), r.Refuse(603)} {
		if !errors.Is(err, ErrWrongState) {
			t.Errorf("after the end: %v", err)
		}
	}
	eventually(t, "all reports", func() bool { return strings.Count(aEvents.names(), "ReferProgress") == 3 })
	var told []string
	for _, ev := range aEvents.events() {
		if p, ok := ev.(ReferProgress); ok {
			told = append(told, fmt.Sprint(p.Code, p.Done))
		}
	}
	if got := strings.Join(told, ", "); got != "100 false, 180 false, 200 true" {
		t.Errorf("%s", got)
	}
	// Through: another one may follow, which is refused this time.
	if err := a.Refer("sip:dave@example.com", nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "second REFER", func() bool { return strings.Count(bEvents.names(), "Referred") == 2 })
	for _, ev := range bEvents.events() {
		if again, ok := ev.(Referred); ok && again.Referral != r {
			if err := again.Referral.Refuse(0); err != nil {
				t.Error(err)
			}
		}
	}
	eventually(t, "refusal", func() bool { return strings.Count(aEvents.names(), "ReferAnswered") == 2 })
	a.End(EndReason{})
	await[Ended](bEvents)
}

func TestReferNobodyTakes(t *testing.T) {
	a, b, aEvents, bEvents := pair(t)
	if err := b.Refer("sip:carol@example.com", nil); err != nil {
		t.Fatal(err)
	}
	waits := await[Referred](aEvents).Referral
	a.mu.Lock()
	waits.timer.Reset(0)
	a.mu.Unlock()
	if got := await[ReferAnswered](bEvents); got.Code != 603 {
		t.Errorf("%+v", got)
	}
	if err := b.Refer("sip:carol@example.com", nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "second REFER", func() bool { return strings.Count(aEvents.names(), "Referred") == 2 })
	a.End(EndReason{}) // while it waits: no harm
	await[Ended](bEvents)
}

func TestBadRefers(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "rf", "")
	for i, lines := range []string{
		"", "Refer-To: <sip:a@b>\nRefer-To: <sip:c@d>\n", "Refer-To: <tel:+49>\n", "Refer-To: <sip:a@b;method=BYE>\n",
		"Refer-To: <sip:a@b?Replaces=x>\n", "Refer-To: <sip:a@b\n", "Refer-To: <sip:a@b?Replaces=%zz>\n",
	} {
		w.send(inDialog("REFER", fmt.Sprintf("rf%d", i), "call-rf", tag, 20+i, lines, ""))
		w.response(400, "REFER")
	}
	w.send(inDialog("REFER", "rfx", "call-rf", tag, 40, "r: \"Carol\" <sip:c@d?Replaces=1%402%3Bto-tag%3Da%3Bfrom-tag%3Db&X=y>\nb: <sip:x@y>\n", ""))
	got := await[Referred](events)
	if got.To != "sip:c@d" || got.Replaces == nil || *got.Replaces != (Replaces{CallID: "1@2", ToTag: "a", FromTag: "b"}) || got.By != "<sip:x@y>" {
		t.Errorf("%+v", got)
	}
	w.send(inDialog("REFER", "rfy", "call-rf", tag, 41, "Refer-To: <sip:c@d>\n", ""))
	w.response(500, "REFER")
	if err := got.Referral.Notify(486, "Busy Here"); err != nil {
		t.Fatal(err)
	}
	w.response(202, "REFER")
	for _, want := range []string{"SIP/2.0 100 Trying\r\n", "SIP/2.0 486 Busy Here\r\n"} {
		n := w.request("NOTIFY")
		if string(n.Body()) != want || value(n, "Content-Type") != "message/sipfrag;version=2.0" || value(n, "Event") != "refer" {
			t.Errorf("%s", n)
		}
		w.reply(n, 200, "OK", "", "")
	}
	w.hangUp(leg)
	if err := got.Referral.Notify(200, "OK"); !errors.Is(err, ErrWrongState) {
		t.Errorf("%v", err)
	}
}

func TestNotifiesOfOurRefer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "nf", "")
	if err := leg.Refer("bad", nil); !errors.Is(err, ErrBadURI) {
		t.Errorf("%v", err)
	}
	if err := leg.Refer("sip:c@d", nil, Header{"Via", "x"}); !errors.Is(err, ErrBadHeader) {
		t.Errorf("%v", err)
	}
	if err := leg.Refer("sip:c@d", nil); err != nil {
		t.Fatal(err)
	}
	refer := w.request("REFER")
	notify := func(branch string, seq int, event, state, frag string, want int) {
		t.Helper()
		w.send(inDialog("NOTIFY", branch, "call-nf", tag, seq, "Event: "+event+"\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", frag))
		w.response(want, "NOTIFY")
	}
	id := fmt.Sprint("refer;id=", refer.CSeq().SeqNo)
	notify("nf1", 21, id, "active", "SIP/2.0 100 Trying", 200) // before the 202
	w.reply(refer, 202, "Accepted", "", "")
	await[ReferAnswered](events)
	notify("nf2", 22, "refer;id=99", "active", "SIP/2.0 100 Trying", 481)
	notify("nf3", 23, "refer", "active", "nonsense", 400)
	notify("nf4", 24, "refer", "terminated;reason=noresource", "SIP/2.0 180 Ringing\r\nVia: x\r\n", 200)
	notify("nf5", 25, "refer", "active", "SIP/2.0 200 OK", 481) // it was over
	var last ReferProgress
	for _, ev := range events.events() {
		if p, ok := ev.(ReferProgress); ok {
			last = p
		}
	}
	if last != (ReferProgress{180, "Ringing", true}) {
		t.Errorf("%+v", last)
	}
	w.hangUp(leg)
}

// takeover is a handler that can replace calls.
type takeover struct {
	calls
	fresh chan [2]*Leg
}

func (h takeover) Replace(old, fresh *Leg) { h.fresh <- [2]*Leg{old, fresh} }

// Bob talks to Ann and to Carol, and brings the two together: he refers Ann to
// Carol, with Replaces, and Ann's new call takes the place of his.
func TestAttendedTransfer(t *testing.T) {
	h := takeover{make(calls, 2), make(chan [2]*Leg, 1)}
	in := make(calls, 1)
	ann, bob, carol := listen(t, Config{}), listen(t, Config{Handler: in}), listen(t, Config{Handler: h})
	annLeg, annEvents := call(t, ann, uriOf("bob", bob))
	bobToAnn := in.next(t)
	if err := bobToAnn.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](annEvents)
	await[Established](watch(t, bobToAnn))
	bobToCarol, bobEvents := call(t, bob, uriOf("carol", carol))
	if err := bobToAnn.Refer("", bobToCarol); !errors.Is(err, ErrWrongState) {
		t.Errorf("replaces a call that is not up: %v", err)
	}
	carolOld := h.next(t)
	if err := carolOld.Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](bobEvents)
	if err := bobToAnn.Refer("", bobToCarol); err != nil {
		t.Fatal(err)
	}
	referred := await[Referred](annEvents)
	if referred.Replaces == nil || carol.Find(*referred.Replaces) != carolOld {
		t.Fatalf("%+v", referred)
	}
	second, secondEvents := call(t, ann, referred.To, func(r *OutboundInvite) { r.Replaces = referred.Replaces })
	both := <-h.fresh
	if both[0] != carolOld {
		t.Error("another call is replaced")
	}
	carolEvents := watch(t, carolOld)
	if err := both[1].Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](secondEvents)
	if got := await[Ended](carolEvents); got.By != Local || got.Word != "replaced" {
		t.Errorf("%+v", got)
	}
	if got := await[Ended](bobEvents); got.By != Remote {
		t.Errorf("%+v", got)
	}
	second.End(EndReason{})
	annLeg.End(EndReason{})
	await[Ended](annEvents)
}

func TestReplacesRefused(t *testing.T) {
	h := takeover{make(calls, 4), make(chan [2]*Leg, 1)}
	s := listen(t, Config{Handler: h})
	w := newWire(t, s)
	leg, _, tag := openCall(t, s, h.calls, w, "rp", "")
	w.send(invite("rpe", "call-early", ""))
	ringing := h.next(t)
	if err := ringing.Ring(); err != nil {
		t.Fatal(err)
	}
	early := param(w.response(180, "INVITE").To().Params, "tag")
	for i, c := range []struct {
		lines string
		code  int
	}{
		{"Replaces: x\n", 400},
		{"Replaces: call-rp;to-tag=" + tag + ";from-tag=c1\nReplaces: a;to-tag=b;from-tag=c\n", 400},
		{"Replaces: call-rp;to-tag=nobody;from-tag=c1\n", 481},
		{"Replaces: call-rp;to-tag=" + tag + ";from-tag=other\n", 481},
		{"Replaces: call-early;to-tag=" + early + ";from-tag=c1\n", 481},
		{"Replaces: call-rp;to-tag=" + tag + ";from-tag=c1;early-only\n", 486},
	} {
		w.send(invite(fmt.Sprintf("rp%d", i), fmt.Sprintf("call-rp%d", i), c.lines))
		w.response(c.code, "INVITE")
	}
	ringing.End(EndReason{})
	w.response(480, "INVITE")
	w.hangUp(leg)
	plain := listen(t, Config{Handler: make(calls, 1)}) // a handler that cannot replace
	w = newWire(t, plain)
	w.send(invite("rpn", "call-rpn", "Require: replaces\n"))
	w.response(420, "INVITE")
	if _, err := plain.Invite(OutboundInvite{From: "sip:a@b", To: "sip:b@127.0.0.1", SDP: []byte(offer), Replaces: &Replaces{}}); err == nil {
		t.Error("empty Replaces")
	}
}
