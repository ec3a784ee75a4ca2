package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

// fakeFrames are frames in memory.
type fakeFrames []Frame

func (f fakeFrames) Since(seq uint64) []Frame {
	for i := range f {
		if f[i].Seq > seq {
			return f[i:]
		}
	}
	return nil
}

func someFrames() fakeFrames {
	return fakeFrames{
		{Seq: 1, At: ago(125), Name: "calling.call.receive", Call: "e1aa0002", Bytes: 900, Text: "{\n  \"method\": \"signalwire.event\"\n}"},
		{Seq: 2, At: ago(94), Out: true, Name: "calling.connect", Call: "e1aa0003", Bytes: 512, Text: "{\n  \"method\": \"calling.connect\",\n  \"params\": {\n    \"tag\": \"tag-1\"\n  }\n}"},
		{Seq: 3, At: ago(93.99), Name: "reply", Bytes: 120, Text: "{\n  \"result\": {}\n}"},
	}
}

func (r *rig) withLog() *rig {
	r.several()
	r.happen(model.OrderSettled{At: ago(93.99), Order: r.desk.orders[0].ID})
	r.happen(model.LinkChanged{At: ago(60), Link: model.Link{State: model.LinkLost, Generation: 1, Since: ago(60), RetryAt: ago(58), Detail: "connection reset by peer"}})
	up := linkUp(ago(56)).(model.LinkChanged)
	up.Link.Generation, up.Link.Gap, up.Link.Resumed = 2, 4*time.Second, true
	r.happen(up, model.Snapshot{At: ago(56), Calls: []model.SnapshotCall{
		{Call: model.CallInfo{ID: "e1aa0002", State: model.Answered}}, {Call: model.CallInfo{ID: "e1aa0003", State: model.Answered, Peer: "b0bb0001"}},
		{Call: model.CallInfo{ID: "e1aa0004", State: model.Ringing}}, {Call: model.CallInfo{ID: "b0bb0001", State: model.Answered, Parent: "e1aa0003"}},
	}})
	r.ask("e1aa0002", bob)
	o := r.desk.orders[len(r.desk.orders)-1]
	r.happen(model.OrderSettled{At: o.Given.Add(40 * time.Millisecond), Order: o.ID, Fault: &model.Fault{Kind: model.FaultRefused, Code: 409, Text: "call is already connected to another leg"}})
	return r.happen(model.Notice{At: ago(1), Text: "a frame of 20 MB was dropped"})
}

func withFrames(o *Options) { o.Frames = someFrames() }

func TestLogTells(t *testing.T) {
	r := newRig(t, 120, 36).withLog().press("5")
	for _, s := range []string{
		"link up to ws://127.0.0.1:7070", "#2 Globex ringing on support", "#1 Carol: The caller hung up.",
		"connect #3 Erin Vale to bob@demo: taken in 10 ms", "link lost, again in 2.0 s: connection reset by peer",
		"after 4.0 s away, session resumed", "read 4 live legs from the server",
		"connect #2 Globex to bob@demo: call is already connected to another leg (409), after", "a frame of 20 MB was dropped",
	} {
		r.sees(s)
	}
}

func TestLogLevels(t *testing.T) {
	r := newRig(t, 120, 36, withFrames).withLog().press("5")
	hides := func(text string) {
		t.Helper()
		if strings.Contains(r.View(), text) {
			t.Fatalf("the screen says %q:\n%s", text, r.View())
		}
	}
	hides("calling.call.receive")
	r.press("l").sees("warnings and errors")
	hides("link up to")
	r.press("l").sees("errors only")
	hides("warn  notice")
	r.press("l").sees("calling.call.receive  e1aa0002  900 bytes")
	r.press("/", "calling.connect", "tab", "enter").sees(`"tag": "tag-1"`)
	r.press("esc", "esc")
	if r.App.at != atLog {
		t.Error("esc left the screen with a search open")
	}
}

func TestLogFollows(t *testing.T) {
	r := newRig(t, 80, 24).withLog().press("5")
	say := func(i int) { r.happen(model.Notice{At: noon, Text: fmt.Sprintf("notice number %d.", i)}) }
	for i := range 30 {
		say(i)
	}
	r.sees("notice number 29.")
	r.press("k", "k").sees("standing still")
	for i := range 30 {
		say(100 + i)
	}
	r.sees("notice number 27.")
	r.press("f").sees("notice number 129.")
	r.press("k", "G").sees("following")
}

func TestLogIsBounded(t *testing.T) {
	r := newRig(t, 80, 24).empty()
	for i := range 3 * logLimit {
		r.happen(model.Notice{At: noon, Text: fmt.Sprint(i)})
	}
	if n := len(r.log.lines); n > logLimit {
		t.Errorf("%d lines", n)
	}
}
