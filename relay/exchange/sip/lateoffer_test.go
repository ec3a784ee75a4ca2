package sip

import (
	"strings"
	"testing"
)

// TestReinviteWithoutOffer: our 200 has the offer that we are asked for, which
// nothing may cross, and the ACK the answer to it.
func TestReinviteWithoutOffer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "lo", "")
	const sdp = "Content-Type: application/sdp\n"
	theirs := strings.Replace(offer, "o=- 1 1", "o=- 1 2", 1)

	w.send(inDialog("INVITE", "lo1", "call-lo", tag, 20, "", ""))
	await[OfferWanted](events)
	ours := strings.Replace(answer, "o=- 2 1", "o=- 2 2", 1)
	if err := leg.AnswerReoffer([]byte(ours)); err != nil {
		t.Fatal(err)
	}
	if res := w.response(200, "INVITE"); string(res.Body()) != ours {
		t.Errorf("offer %q", res.Body())
	}
	w.send(inDialog("UPDATE", "lo2", "call-lo", tag, 21, sdp, theirs))
	w.response(491, "UPDATE")
	w.send(inDialog("ACK", "lo3", "call-lo", tag, 20, sdp, theirs))
	if got := await[Reanswered](events); string(got.SDP) != theirs || string(leg.RemoteSDP()) != theirs {
		t.Errorf("%q", got.SDP)
	}

	w.send(inDialog("INVITE", "lo4", "call-lo", tag, 22, "", ""))
	eventually(t, "asked again", func() bool { return leg.AnswerReoffer([]byte(ours)) == nil })
	w.response(200, "INVITE")
	w.send(inDialog("ACK", "lo5", "call-lo", tag, 22, "", ""))
	await[ReofferFailed](events)
	w.hangUp(leg)
}

// TestNoOfferForAReinviteWithoutOne: what was agreed before is offered again.
func TestNoOfferForAReinviteWithoutOne(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "ln", "")
	before := string(leg.LocalSDP())
	w.send(inDialog("INVITE", "ln1", "call-ln", tag, 20, "", ""))
	await[OfferWanted](events)
	leg.answerIsLate()
	if res := w.response(200, "INVITE"); string(res.Body()) != before || before == "" {
		t.Errorf("offer %q", res.Body())
	}
	w.send(inDialog("ACK", "ln2", "call-ln", tag, 20, "", ""))
	w.hangUp(leg)
}
