package relay

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cordpair/relay/wire"
)

// TestVerdictComesBeforeTheEnd: a search goes on for its whole time, and nobody
// wants to wait as long to know who answered.
func TestVerdictComesBeforeTheEnd(t *testing.T) {
	s, _, call := acting(t)
	det, err := call.AMD(within(t), AMDOptions{})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"MACHINE"}}`)
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"NOT_READY"}}`)
	if res, err := det.First(within(t)); err != nil || res.Event != "MACHINE" || res.Type != "machine" {
		t.Fatal(res, err)
	}
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"READY"}}`)
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"finished"}}`)
	if res, err := det.Ended(within(t)); err != nil || res.Event != "READY" {
		t.Fatal(res, err)
	}
	if res, err := det.First(within(t)); err != nil || res.Event != "MACHINE" {
		t.Fatal("it stays the first:", res, err)
	}

	silent, err := call.DetectFax(within(t), "", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, silent.ID(), `"detect":{"type":"fax","params":{"event":"finished"}}`)
	if res, err := silent.First(within(t)); err != nil || res.Event != "" {
		t.Fatal("nothing was heard:", res, err)
	}
	broken, err := call.DetectDigit(within(t), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, broken.ID(), `"detect":{"type":"digit","params":{"event":"error"}}`)
	if _, err := broken.First(within(t)); !errors.Is(err, ErrActionFailed) {
		t.Fatal(err)
	}
	if det, err := call.AMD(within(t), AMDOptions{InitialTimeout: -1}); det != nil || !errors.Is(err, ErrInvalid) {
		t.Fatal(det, err)
	}
}

// TestNextTellsEachResult in its order, partial ones included.
func TestNextTellsEachResult(t *testing.T) {
	s, _, call := acting(t)
	col, err := call.Collect(within(t), CollectOptions{Speech: &SpeechOptions{}, PartialResults: true})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventCollect, col.ID(), `"final":false,"result":{"type":"speech","params":{"text":"one"}}`)
	send(s, call, wire.EventCollect, col.ID(), `"final":false,"result":{"type":"speech","params":{"text":"one two"}}`)
	send(s, call, wire.EventCollect, col.ID(), `"final":true,"result":{"type":"speech","params":{"text":"one to three","confidence":80}}`)
	if res, err := col.Ended(within(t)); err != nil || res.Text != "one to three" {
		t.Fatal(res, err)
	}
	var heard []string
	for {
		res, ok, err := col.Next(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		heard = append(heard, res.Text)
	}
	if got := strings.Join(heard, "|"); got != "one|one two|one to three" {
		t.Error(got)
	}
}

// TestPromptPauses: its playing half does, and a collection without one cannot.
func TestPromptPauses(t *testing.T) {
	s, c, call := acting(t)
	p, err := call.PromptTTS(within(t), "PIN?", CollectOptions{Digits: &DigitsOptions{Max: 4}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Pause(within(t)), p.Resume(within(t))); err != nil {
		t.Fatal(err)
	}
	methods := asked(t, s, c)
	if want := []string{wire.MethodPlayCollect, wire.MethodPlayCollectPause, wire.MethodPlayCollectResume}; !slices.Equal(methods[len(methods)-3:], want) {
		t.Error(methods)
	}
	col, err := call.Collect(within(t), CollectOptions{Digits: &DigitsOptions{Max: 4}})
	if err != nil {
		t.Fatal(err)
	}
	if err := col.Pause(within(t)); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

// TestReferFailureTellsTheResponse of whom it came from.
func TestReferFailureTellsTheResponse(t *testing.T) {
	s, _, call := acting(t)
	for members, want := range map[string]string{
		`"state":"failed","sip_refer_to":"sip:bob@test","sip_refer_response_code":"603"`:                                  "the phone answered 603",
		`"state":"failed","sip_refer_to":"sip:bob@test","sip_refer_response_code":"202","sip_notify_response_code":"486"`: "sip:bob@test answered 486",
		`"state":"failed","sip_refer_to":"sip:bob@test"`:                                                                  "failed",
	} {
		ref, err := call.Refer(within(t), "sip:bob@test", "", "")
		if err != nil {
			t.Fatal(err)
		}
		send(s, call, wire.EventRefer, "", members)
		if _, err := ref.Ended(within(t)); !errors.Is(err, ErrActionFailed) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", members, err)
		}
	}
}
