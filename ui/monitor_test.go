package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

var desk1 = model.Address{URI: "sip:1002@cordpair.local"}

// monitorSays is what the exchange tells of the monitor of Erin's call.
func monitorSays(state model.MonitorState, mode model.MonitorMode, toPeer bool) model.MonitorChanged {
	return model.MonitorChanged{At: noon, Call: "e1aa0003", Monitor: model.Monitor{Leg: "m1", Phone: desk1,
		State: state, Mode: mode, ToPeer: toPeer, Joined: state == model.MonitorJoined}}
}

func withPhone(o *Options) { o.Phone = desk1.URI }

// monitorScenes are what the operator sees on the way to a whisper.
var monitorScenes = map[string]func(*rig){
	"monitor":       func(r *rig) { r.several().press("m") },
	"monitor-phone": func(r *rig) { r.several().press("m", "l", "10") },
	"monitor-rings": func(r *rig) {
		r.several().happen(monitorSays(model.MonitorRinging, model.Listening, false))
	},
	"monitor-whisper": func(r *rig) {
		r.several().happen(monitorSays(model.MonitorJoined, model.Whispering, false))
	},
	"monitor-change": func(r *rig) {
		r.several().happen(monitorSays(model.MonitorJoined, model.Barging, false)).press("m")
	},
	"note-phone": func(r *rig) { r.several().press("N", "Erin Vale, order 8841") },
}

func TestMonitorScenes(t *testing.T) {
	for name, scene := range monitorScenes {
		for _, size := range sizes[:3] {
			full := fmt.Sprintf("%s-%dx%d", name, size[0], size[1])
			t.Run(full, func(t *testing.T) {
				r := newRig(t, size[0], size[1])
				scene(r)
				golden(t, r, full)
			})
		}
	}
}

// TestMonitorByKeys: the phone is asked for once and remembered; then each mode
// is one letter.
func TestMonitorByKeys(t *testing.T) {
	var kept []string
	r := newRig(t, 120, 36, func(o *Options) {
		o.KeepPhone = func(p string) error { kept = append(kept, p); return errors.New("disk full") }
	})
	r.several().clear().press("m", "w", "nobody here", "enter").sees("No @, type sip:user@host.")
	r.press("ctrl+u", "1002@cordpair.local")
	r.press("enter").gave(model.StartMonitor{Call: "e1aa0003", Phone: desk1.URI, Mode: model.Whispering})
	r.sees("Calling 1002@cordpair.local to whisper.")
	r.Update(r.keepPhone()())
	if len(kept) != 1 || kept[0] != desk1.URI {
		t.Errorf("kept %q", kept)
	}
	r.sees("Your phone is not remembered: disk full.")
	r.toast = toast{}
	r.happen(monitorSays(model.MonitorCalling, model.Whispering, false)).sees("calling 1002: whisper to A")
	r.happen(monitorSays(model.MonitorJoined, model.Whispering, false)).sees("1002@cordpair.local whispers to Erin Vale.")
	r.sees("1002 whispers to A")
	r.sees("monitored 1:30")
	r.press("m", "W").gave(model.SetMonitor{Call: "e1aa0003", Mode: model.Whispering, ToPeer: true})
	r.happen(monitorSays(model.MonitorJoined, model.Whispering, true)).sees("whispers to Bob.")
	r.press("m", "b").gave(model.SetMonitor{Call: "e1aa0003", Mode: model.Barging})
	r.happen(monitorSays(model.MonitorJoined, model.Barging, false)).sees("speaks to Erin Vale and Bob.")
	r.press("m", "l").gave(model.SetMonitor{Call: "e1aa0003"})
	r.happen(monitorSays(model.MonitorJoined, model.Listening, false)).sees("1002 listens, unheard")
	r.press("m", "x").gave(model.StopMonitor{Call: "e1aa0003"})
	over := monitorSays(model.MonitorOver, model.Listening, false)
	over.Monitor.Joined = true
	r.happen(over).sees("1002@cordpair.local no longer monitors Erin Vale.")
	if r.book.Call("e1aa0003").Monitor != nil {
		t.Error("it is still there")
	}
}

func TestWhyNoMonitor(t *testing.T) {
	r := newRig(t, 120, 36, withPhone).several().choose("e1aa0002").press("m")
	r.sees("Monitor #2: it has no peer to be heard with: c connects one.")
	r.change("e1aa0002").bridged = "room"
	r.press("m").sees("only the other call hears it")
	r.press("esc")
	r.happen(model.LinkChanged{At: noon, Link: model.Link{State: model.LinkUp, Generation: 1, Since: noon}})
	r.choose("e1aa0003").press("m").sees("this server has no monitors; cordpair's own exchange has.")
	r.press("N").sees("this server sends no notes to phones; cordpair's own exchange does.")
	busy := monitorSays(model.MonitorOver, model.Listening, false)
	busy.Monitor.End = model.Cause{By: model.Exchange, Word: model.WordBusy, Code: 486, Phrase: "Busy Here"}
	r.toast = toast{}
	r.happen(busy).sees("1002@cordpair.local is busy (486 Busy Here).")
}

// TestNoteToThePhone goes to the leg that has the focus, and its answer is told.
func TestNoteToThePhone(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("N", "enter")
	r.sees("Type what the phone shall show.")
	r.press("order 8841", "enter").gave(model.Message{Call: "e1aa0003", Control: "tag-2", Text: "order 8841"})
	r.happen(model.MessageSettled{At: noon, Call: "e1aa0003", Control: "tag-2", Delivered: true, Code: 200, Phrase: "OK"})
	r.sees("The phone of Erin Vale took the note.")
	r.press("n", "refund", "enter", "tab", "tab", "N").sees("refund")
	r.press("enter").gave(model.Message{Call: "b0bb0001", Control: "tag-3", Text: "refund"})
	r.happen(model.MessageSettled{At: noon, Call: "b0bb0001", Code: 405, Phrase: "Method Not Allowed"})
	r.sees("The phone of Bob did not take the note: 405 Method Not Allowed.")
	r.toast = toast{}
	r.happen(model.MessageReceived{At: noon, Call: "b0bb0001", Text: "on my way"}).sees("Bob writes: on my way  [N] answer")
}

func TestTypedMonitorAndNote(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	for line, want := range map[string]string{
		"monitor 3":               "say how: listen, whisper-a, whisper-b, barge, leave",
		"monitor 3 listen":        "name your phone too, such as sip:me@demo",
		"monitor 3 leave":         "nobody monitors it",
		"monitor 3 shout sip:x@y": `"shout" is none of listen`,
		"monitor 2 listen":        "it has no peer to be heard with: c connects one",
		"note 4 hello":            "it is not answered",
	} {
		if _, err := r.command(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
	if _, err := r.command("monitor 3 whisper-b 1002@cordpair.local"); err != nil {
		t.Fatal(err)
	}
	r.gave(model.StartMonitor{Call: "e1aa0003", Phone: desk1.URI, Mode: model.Whispering, ToPeer: true})
	if _, err := r.command(`note 3 one moment please`); err != nil {
		t.Fatal(err)
	}
	r.gave(model.Message{Call: "e1aa0003", Control: "tag-2", Text: "one moment please"})
}

// TestMetersFollowTheSelection: levels are asked for where meters are on the
// screen, and drawn only when a bar changes.
func TestMetersFollowTheSelection(t *testing.T) {
	var asked [][]model.CallID
	r := newRig(t, 120, 36, func(o *Options) { o.Levels = func(ids []model.CallID) { asked = append(asked, ids) } })
	r.several().happen(figures(model.BothWays, model.BothWays))
	expect := func(want ...model.CallID) {
		t.Helper()
		if got := asked[len(asked)-1]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("asked for %v, want %v", got, want)
		}
	}
	expect("e1aa0003", "b0bb0001")
	r.press("j")
	expect("e1aa0002")
	r.press("k", "2")
	expect()
	r.press("1")
	expect("e1aa0003", "b0bb0001")
	r.press("v", "v") // without legs
	expect()
	r.press("v")
	expect("e1aa0003", "b0bb0001")
	n := len(asked)
	r.wait(3 * time.Second)
	if len(asked) != n {
		t.Errorf("asked again for the same: %v", asked[n:])
	}
	levels := func(in float64) model.Event {
		return model.LevelsSeen{At: noon, Legs: []model.LegLevel{{Call: "e1aa0003", In: in, Out: -96}}}
	}
	r.happen(levels(-54)).View()
	r.sees("in ░░░░░░░░░░░░░░░░")
	for in, redrawn := range map[float64]bool{-54.3: false, -30: true} {
		r.happen(levels(in))
		if r.dirty != redrawn {
			t.Errorf("%v dB: drawn again %v", in, r.dirty)
		}
		r.happen(levels(-54)).View()
	}
	r.happen(levels(-6)).sees("in ████████████████")
	r.at = r.at.Add(2 * time.Second) // no more levels: the figures again
	r.happen(figures(model.BothWays, model.BothWays)).sees("in ████████████░░░░")
}

// TestPlainTellsWhoHears: of the call, not of the monitor's own leg.
func TestPlainTellsWhoHears(t *testing.T) {
	s := speaking(t)
	s.happen(linkUp(noon)).happen(call("c1", globex, model.Answered, 9.0)...)
	s.happen(connect("c1", "tag-1", "p1", bob, model.ConnectConnecting, noon), peer("p1", "c1", "tag-1", bob, model.Answered, noon),
		connect("c1", "tag-1", "p1", bob, model.ConnectConnected, noon)).hears("is connected to Bob")
	s.types("monitor 1 barge 1002@cordpair.local")
	if got := s.order(); got != (model.StartMonitor{Call: "c1", Phone: desk1.URI, Mode: model.Barging}) {
		t.Fatalf("%#v", got)
	}
	joined := monitorSays(model.MonitorJoined, model.Barging, false)
	joined.Call = "c1"
	s.happen(model.CallSeen{At: noon, Call: model.CallInfo{ID: "m1", State: model.Ringing, Direction: model.Outbound, To: desk1, CreatedBy: "monitor"}}, joined)
	s.hears("1002@cordpair.local speaks to Globex and Bob.")
	s.types("calls").hears("; 1002 speaks to A and B.")
	if strings.Contains(s.out.String(), "1002@cordpair.local, is ringing") {
		t.Errorf("the monitor is told as a call:\n%s", s.out.String())
	}
}
