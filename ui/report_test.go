package ui

import (
	"testing"
	"time"

	"cordpair/model"
)

// What happens is told in a sentence, with the keys that follow from it.
func TestReports(t *testing.T) {
	cases := map[string]struct {
		happens func(r *rig)
		says    string
	}{
		"nobody tells the outcome": {func(r *rig) { r.ask("e1aa0002", bob); r.wait(time.Second) },
			"No outcome came in time.  [c] edit and retry  [.] retry"},
		"the peer answers": {func(r *rig) { r.talking("e1aa0002", "b0bb0002", bob) },
			"Globex is connected to Bob."},
		"the selected caller leaves": {func(r *rig) {
			r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
		}, "Erin Vale: The caller hung up. It was up for 1:41."},
		"one who was still on the line leaves too": {func(r *rig) {
			tag := r.talking("e1aa0002", "b0bb0002", bob)
			r.happen(peer("b0bb0002", "e1aa0002", tag, bob, model.Ended, noon), connect("e1aa0002", tag, "b0bb0002", bob, model.ConnectDisconnected, noon))
			r.sees("Globex is still on the line.")
			r.happen(call("e1aa0002", globex, model.Ended, 0.0)...)
		}, "Globex: The caller hung up."},
		"an answer is refused": {func(r *rig) {
			r.press("g", "a")
			r.happen(model.OrderSettled{At: noon, Order: r.desk.orders[len(r.desk.orders)-1].ID, Fault: &model.Fault{Kind: model.FaultRefused, Code: 404, Text: "Call does not exist."}})
		}, "Could not answer Dana Whitfield: Call does not exist."},
		"an order expires": {func(r *rig) {
			r.press("D", "D")
			r.happen(model.OrderSettled{At: noon, Order: r.desk.orders[len(r.desk.orders)-1].ID, Fault: &model.Fault{Kind: model.FaultExpired}})
		}, "Could not hang up Erin Vale: the link was down too long, it was never sent."},
		"a dial fails": {func(r *rig) {
			r.happen(model.DialChanged{At: noon, Tag: "x", State: model.DialFailed, Reason: "busy"})
		}, "Dial failed. The peer is busy."},
		"the link comes back": {func(r *rig) {
			r.happen(model.LinkChanged{At: ago(5), Link: model.Link{State: model.LinkLost, Generation: 1, Since: ago(5)}})
			r.toast = toast{}
			r.happen(model.LinkChanged{At: noon, Link: model.Link{State: model.LinkUp, Generation: 2, Since: noon, Resumed: true, Gap: 5 * time.Second}})
		}, "The link is back after 0:05, the session was resumed."},
		"a stranger connects": {func(r *rig) {
			r.happen(connect("e1aa0002", "theirs", "f1", bob, model.ConnectConnecting, noon))
			r.choose("e1aa0002")
		}, "by another client"},
		"garbage arrives": {func(r *rig) { r.happen(model.Notice{At: noon, Text: "a frame was not understood"}) },
			"a frame was not understood"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 140, 40).several()
			r.toast = toast{}
			c.happens(r)
			r.dirty = true
			r.sees(c.says)
			exact(t, r)
		})
	}
}

func TestMessagesGoAway(t *testing.T) {
	r := newRig(t, 120, 36).several()
	r.say(levelInfo, "in passing")
	r.wait(7 * time.Second).sees("in passing")
	r.wait(2 * time.Second)
	if r.toast.text != "" {
		t.Errorf("%q stays", r.toast.text)
	}
	r.say(levelBad, "a failure")
	r.say(levelInfo, "in passing")
	r.sees("a failure")
	r.press("esc")
	if r.toast.text != "" {
		t.Errorf("esc leaves %q", r.toast.text)
	}
}

func TestCalmMovesEveryTenSeconds(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.Calm = true }).several()
	r.View()
	moved := 0
	for range 30 {
		r.wait(time.Second)
		if r.dirty {
			moved++
			r.View()
		}
	}
	if moved < 3 || moved > 6 {
		t.Errorf("%d repaints in half a minute", moved)
	}
}
