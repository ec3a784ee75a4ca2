package ui

import (
	"testing"

	"cordpair/model"
)

// answered is what the server says of an answer and then of the call.
func (r *rig) answered(id model.CallID, f *model.Fault) {
	r.t.Helper()
	r.settled(f)
	if f == nil {
		r.happen(call(id, erin, model.Answered, 0.0)...)
	}
}

// TestAnswerAndPlay holds that the caller hears the greeting once the call is
// up, once, and only when the answer was ours.
func TestAnswerAndPlay(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("g", "T", "Welcome.")
	r.none("typing")
	r.press("enter")
	r.gave(model.Answer{Call: "e1aa0004"})
	r.answered("e1aa0004", nil)
	p, ok := r.last().(model.Play)
	if !ok || p.Call != "e1aa0004" || p.Playlist[0].Text != "Welcome." {
		t.Fatalf("%#v", r.last())
	}
	n := len(r.desk.orders)
	r.happen(call("e1aa0004", erin, model.Answered, 0.0)...)
	if len(r.desk.orders) != n {
		t.Error("it is played twice")
	}
	r.press("M")
	if stop, ok := r.last().(model.StopPlay); !ok || stop.Control != p.Control {
		t.Errorf("M gave %#v", r.last())
	}
}

func TestAnswerAndPlayRefused(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.Greeting = "silence:2" }).several().clear().press("g", "a")
	r.sees("then playing silence:2")
	r.answered("e1aa0004", &model.Fault{Kind: model.FaultRefused, Code: 409, Text: "somebody else has answered"})
	r.happen(call("e1aa0004", erin, model.Answered, 0.0)...)
	r.gave(model.Answer{Call: "e1aa0004"})
	if len(r.greetings) != 0 {
		t.Error("a greeting waits for nothing")
	}
	r = newRig(t, 120, 36, func(o *Options) { o.Greeting = "silence:x" }).several().clear().press("g", "a")
	r.none("a greeting that cannot be")
	r.press("T")
	r.sees("silence:x")
	r.press("ctrl+u", "enter")
	r.sees("Type what to say.")
}

// TestBlindTransferTells holds that what became of a transfer is on the screen.
func TestBlindTransferTells(t *testing.T) {
	asked := func() *rig {
		r := newRig(t, 120, 36).several().choose("e1aa0002").clear().press("t", "b", "sip:carol@demo", "enter")
		r.gave(model.Refer{Call: "e1aa0002", To: "sip:carol@demo"})
		r.settled(nil)
		r.sees("asked, no word yet")
		return r
	}
	r := asked()
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0002", Kind: "refer", State: "failed", Target: "sip:carol@demo", Code: 486})
	r.sees("was not transferred to carol@demo: refused (486). Globex is still here.")
	r.sees("xfer    carol@demo  refused (486)")
	r.sees("call.refer")
	r = asked()
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0002", Kind: "refer", State: "success", Target: "sip:carol@demo", Code: 200})
	r.sees("Globex was transferred to carol@demo: done (200).")
	r = asked()
	r.happen(call("e1aa0002", globex, model.Ended, 0.0)...)
	r.sees("is unknown: its phone left without a word.")
}
