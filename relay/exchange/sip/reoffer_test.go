package sip

import (
	"errors"
	"strings"
	"testing"
)

func TestReoffer(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "r", "")
	hold := strings.Replace(offer, "o=- 1 1", "o=- 1 2", 1) + "a=sendonly\r\n"
	const sdp = "Content-Type: application/sdp\n"

	w.send(inDialog("INVITE", "r1", "call-r", tag, 20, sdp, hold))
	if got := await[Reoffer](events); string(got.SDP) != hold || got.Method != "INVITE" {
		t.Errorf("%+v", got)
	}
	w.send(inDialog("INVITE", "r2", "call-r", tag, 21, sdp, offer)) // one at a time
	w.response(500, "INVITE")
	held := strings.Replace(answer, "o=- 2 1", "o=- 2 2", 1)
	if err := leg.AnswerReoffer([]byte(held)); err != nil {
		t.Fatal(err)
	}
	if res := w.response(200, "INVITE"); string(res.Body()) != held {
		t.Errorf("answer %q", res.Body())
	}
	w.send(inDialog("ACK", "r3", "call-r", tag, 20, "", ""))
	if string(leg.RemoteSDP()) != hold || string(leg.LocalSDP()) != held {
		t.Error("SDP not taken over")
	}

	w.send(inDialog("UPDATE", "r4", "call-r", tag, 22, sdp, offer))
	eventually(t, "refusal possible", func() bool { return leg.RefuseReoffer(488) == nil })
	w.response(488, "UPDATE")
	if string(leg.RemoteSDP()) != hold {
		t.Error("a refused offer was taken over")
	}
	const before = 3 // new offers, with the next one
	// Nobody answers: the SDP as it stands is the answer.
	w.send(inDialog("UPDATE", "r5", "call-r", tag, 23, sdp, offer))
	eventually(t, "three new offers are told", func() bool { return strings.Count(events.names(), "Reoffer") == before })
	leg.answerIsLate()
	if res := w.response(200, "UPDATE"); string(res.Body()) != held {
		t.Errorf("default answer %q", res.Body())
	}
	// The same SDP again, and none at all, are refreshes: no event.
	w.send(inDialog("INVITE", "r6", "call-r", tag, 24, sdp, offer))
	w.response(200, "INVITE")
	w.send(inDialog("ACK", "r7", "call-r", tag, 24, "", ""))
	w.send(inDialog("UPDATE", "r8", "call-r", tag, 25, "", ""))
	if res := w.response(200, "UPDATE"); len(res.Body()) != 0 {
		t.Errorf("UPDATE without offer got %q", res.Body())
	}
	if strings.Count(events.names(), "Reoffer") != before {
		t.Error("a refresh was told as a new offer")
	}
	if err := leg.AnswerReoffer(nil); !errors.Is(err, ErrWrongState) {
		t.Errorf("no offer pending: %v", err)
	}
	w.hangUp(leg)
}

func TestReofferWithoutACKEndsTheCall(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, tag := openCall(t, s, in, w, "q", "")
	w.send(inDialog("INVITE", "q1", "call-q", tag, 20, "", ""))
	await[OfferWanted](events)
	if err := leg.AnswerReoffer([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	leg.ackIsLate(t)
	w.request("BYE")
	if got := await[Ended](events); !errors.Is(got.Err, ErrNoACK) {
		t.Errorf("%+v", got)
	}
}
