package sip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const require100rel = "Require: 100rel\n"

// prack is the PRACK for the last response read, of the dialog that invite opened.
func (w *wire) prack(branch, callID string, seq int, body string) {
	w.t.Helper()
	text := string(w.last)
	rseq := rawHeader(text, "RSeq")
	_, tag, _ := strings.Cut(rawHeader(text, "To"), "tag=")
	extra := "RAck: " + rseq + " 10 INVITE\n"
	if body != "" {
		extra += "Content-Type: application/sdp\n"
	}
	w.send(inDialog("PRACK", branch, callID, tag, seq, extra, body))
}

func TestReliableProvisionals(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in, T1: 150 * time.Millisecond})
	w := newWire(t, s)
	w.send(invite("p1", "call-p1", require100rel))
	leg := in.next(t)
	events := watch(t, leg)
	for _, err := range []error{leg.Ring(), leg.Progress([]byte(answer)), leg.Answer([]byte(answer))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := leg.Ring(); !errors.Is(err, ErrWrongState) {
		t.Errorf("ringing after the answer: %v", err)
	}
	first := w.response(180, "INVITE")
	if !hasOption(first, "100rel", "Require") || value(first, "RSeq") == "" {
		t.Errorf("%s", first)
	}
	again := w.response(180, "INVITE") // repeated; nothing else may be sent yet
	if value(again, "RSeq") != value(first, "RSeq") {
		t.Error("another RSeq")
	}
	w.prack("p2", "call-p1", 11, "")
	w.response(200, "PRACK")
	second := w.response(183, "INVITE")
	var a, b uint32
	fmt.Sscan(value(first, "RSeq"), &a)
	fmt.Sscan(value(second, "RSeq"), &b)
	if b != a+1 || string(second.Body()) != answer {
		t.Errorf("%s", second)
	}
	w.response(183, "INVITE")
	w.prack("p3", "call-p1", 12, "") // only now the 200 may come
	w.response(200, "PRACK")
	ok := w.response(200, "INVITE")
	tag := param(ok.To().Params, "tag")
	w.send(inDialog("ACK", "p4", "call-p1", tag, 10, "", ""))
	await[Established](events)
	w.hangUp(leg)
}

func TestPRACKErrors(t *testing.T) {
	in := make(calls, 2)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("q1", "call-q1", require100rel))
	leg := in.next(t)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	tag := param(w.response(180, "INVITE").To().Params, "tag")
	for i, rack := range []string{"", "x", "1 2", "0 10 INVITE", "99999999999 10 INVITE", "1 10 BYE"} {
		w.send(inDialog("PRACK", fmt.Sprintf("q2%d", i), "call-q1", tag, 11+i, "RAck: "+rack+"\n", ""))
		w.response(400, "PRACK")
	}
	w.send(inDialog("PRACK", "q3", "call-q1", tag, 20, "RAck: 4294967295 10 INVITE\n", ""))
	w.response(481, "PRACK")
	leg.End(EndReason{})
	w.response(480, "INVITE")

	w.send(invite("q4", "call-q4", "")) // 100rel was not asked for
	leg = in.next(t)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	res := w.response(180, "INVITE")
	if value(res, "RSeq") != "" {
		t.Errorf("%s", res)
	}
	w.send(inDialog("PRACK", "q5", "call-q4", param(res.To().Params, "tag"), 11, "RAck: 1 10 INVITE\n", ""))
	w.response(481, "PRACK")
	leg.End(EndReason{})
}

func TestProvisionalNeverAcknowledged(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in, T1: 5 * time.Millisecond})
	w := newWire(t, s)
	w.send(invite("u1", "call-u1", require100rel))
	leg := in.next(t)
	if err := leg.Progress([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	w.response(504, "INVITE")
	if got := await[Ended](watch(t, leg)); !errors.Is(got.Err, ErrNoACK) || got.Code != 504 {
		t.Errorf("%+v", got)
	}
}

// An INVITE without offer: our 183 is the offer, the PRACK its answer, and the
// 200 has no description any more.
func TestOfferInTheProvisional(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	head, _, _ := strings.Cut(invite("x1", "call-x1", require100rel), "Content-Type")
	w.send(head + "Content-Length: 0\n\n")
	leg := in.next(t)
	events := watch(t, leg)
	if err := leg.Progress([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	w.response(183, "INVITE")
	w.prack("x2", "call-x1", 11, answer)
	w.response(200, "PRACK")
	if got := await[EarlyAnswer](events); string(got.SDP) != answer || string(leg.RemoteSDP()) != answer {
		t.Errorf("%+v", got)
	}
	if err := leg.Answer([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	ok := w.response(200, "INVITE")
	if len(ok.Body()) != 0 {
		t.Errorf("%s", ok)
	}
	w.send(inDialog("ACK", "x3", "call-x1", param(ok.To().Params, "tag"), 10, "", ""))
	await[Established](events)
	w.hangUp(leg)
}

// A caller may use its PRACK, or an UPDATE after it, for a new offer.
func TestNewOfferBeforeTheAnswer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(invite("y1", "call-y1", require100rel+"Allow: INVITE, UPDATE, PRACK\n"))
	leg := in.next(t)
	events := watch(t, leg)
	if err := leg.Progress([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	w.response(183, "INVITE")
	w.prack("y2", "call-y1", 11, changed(offer, "2"))
	if got := await[Reoffer](events); got.Method != "PRACK" || string(got.SDP) != changed(offer, "2") {
		t.Errorf("%+v", got)
	}
	if err := leg.AnswerReoffer([]byte(changed(answer, "2"))); err != nil {
		t.Fatal(err)
	}
	ok := w.response(200, "PRACK")
	if string(ok.Body()) != changed(answer, "2") {
		t.Errorf("%s", ok)
	}
	tag := param(ok.To().Params, "tag")
	w.send(inDialog("UPDATE", "y3", "call-y1", tag, 12, "Content-Type: application/sdp\n", changed(offer, "3")))
	eventually(t, "offer by UPDATE", func() bool { return leg.AnswerReoffer([]byte(changed(answer, "3"))) == nil })
	w.response(200, "UPDATE")
	if err := leg.Update([]byte(changed(offer, "4"))); err != nil { // and so may we
		t.Fatal(err)
	}
	w.reply(w.request("UPDATE"), 200, "OK", "", changed(answer, "4"))
	await[Reanswered](events)
	leg.End(EndReason{})
	w.response(480, "INVITE")
}

func TestCallerSendsPRACK(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	if !hasOption(inv, "100rel", "Supported") {
		t.Errorf("%s", inv)
	}
	w.reply(inv, 183, "Session Progress", require100rel+"RSeq: 7\n", answer)
	prack := w.request("PRACK")
	if value(prack, "RAck") != "7 "+fmt.Sprint(inv.CSeq().SeqNo)+" INVITE" || param(prack.To().Params, "tag") != "peer" ||
		prack.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
		t.Errorf("%s", prack)
	}
	w.reply(inv, 183, "Session Progress", require100rel+"RSeq: 7\n", answer) // repeated
	w.reply(inv, 180, "Ringing", require100rel+"RSeq: 9\n", "")              // out of order
	w.reply(prack, 200, "OK", "", "")
	w.reply(inv, 180, "Ringing", require100rel+"RSeq: 8\n", "")
	second := w.request("PRACK")
	if !strings.HasPrefix(value(second, "RAck"), "8 ") {
		t.Errorf("%s", second)
	}
	w.reply(second, 200, "OK", "", "")
	w.reply(inv, 200, "OK", "", "")
	if ack := w.request("ACK"); ack.CSeq().SeqNo != inv.CSeq().SeqNo {
		t.Errorf("%s", ack)
	}
	if got := await[Answered](events); string(got.SDP) != answer {
		t.Errorf("%+v", got)
	}
	if got := events.names(); got != "Progress Ringing Answered" {
		t.Errorf("%s", got)
	}
	w.hangUp(l)
}

// A fork's early dialog gets its own PRACK.
func TestPRACKToAFork(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	w.reply(inv, 180, "Ringing", require100rel+"RSeq: 1\n", "")
	w.reply(w.request("PRACK"), 200, "OK", "", "")
	inv.To().Params.Add("tag", "fork")
	w.reply(inv, 180, "Ringing", require100rel+"RSeq: 1\n", "")
	prack := w.request("PRACK")
	if param(prack.To().Params, "tag") != "fork" {
		t.Errorf("%s", prack)
	}
	w.reply(prack, 200, "OK", "", "")
	l.End(EndReason{})
	w.reply(w.request("CANCEL"), 200, "OK", "", "")
	w.reply(inv, 487, "Request Terminated", "", "")
	await[Ended](events)
}
