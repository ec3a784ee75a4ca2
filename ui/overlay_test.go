package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cordpair/model"
)

// undo lets orders be taken back, as the program does.
func undo(o *Options) { o.Undo, o.Presets = Undo, &store{} }

// overlays are the scenes of what lies over the calls, and of what the list can
// be made to show.
var overlays = map[string]func(*rig){
	"palette":         func(r *rig) { r.several().press(":") },
	"palette-find":    func(r *rig) { r.several().press(":", "con") },
	"palette-typed":   func(r *rig) { r.several().press(":", "connect 2 b") },
	"palette-setting": func(r *rig) { r.several().press(":", "connect 2 sip:bob@demo ") },
	"palette-wrong":   func(r *rig) { r.several().press(":", "connect 3 sip:bob@demo x=1 ") },
	"filter":          func(r *rig) { r.several().press("/", "!state:ended e") },
	"filter-none":     func(r *rig) { r.several().press("/", "party:zed", "enter") },
	"sorted":          func(r *rig) { r.several().press("s", "s", "S") },
	"marked":          func(r *rig) { r.several().press("g", "space", "j", "V") },
	"marked-only":     func(r *rig) { r.several().press("g", "space", "space", "*") },
	"marked-hangup":   func(r *rig) { r.several().press("g", "space", "space", "space", "D") },
	"marked-part":     func(r *rig) { r.several().press("g", "space", "space", "d") },
	"held":            func(r *rig) { r.several().press("D", "D") },
	"held-part":       func(r *rig) { r.several().press("d").wait(time.Second) },
	"reason":          func(r *rig) { r.several().press("D", "r") },
	"reason-ringing":  func(r *rig) { r.several().press("g", "D", "r") },
	"reject":          func(r *rig) { r.several().press("g", "X") },
	"copy":            func(r *rig) { r.several().press("y") },
	"code":            func(r *rig) { r.several().press("y", "c") },
	"keypad":          func(r *rig) { r.several().press("#", "1", "2", "#") },
	"note":            func(r *rig) { r.several().press("n", "order 5521, refund") },
	"play":            func(r *rig) { r.several().press("A", "silence:x", "enter") },
	"transfer":        func(r *rig) { r.several().press("t") },
	"blind":           func(r *rig) { r.several().press("t", "b", "bo") },
	"parked":          parked,
	"past":            func(r *rig) { experienced(r).press("c", "ctrl+r") },
	"presets":         func(r *rig) { experienced(r).press("c", "ctrl+o") },
	"preset-remove":   func(r *rig) { experienced(r).press("c", "ctrl+o", "ctrl+x") },
	"preset-rename":   func(r *rig) { experienced(r).press("c", "ctrl+o", "ctrl+r", " 2") },
	"preset-save":     func(r *rig) { experienced(r).press("c", "ctrl+s", "support to bob") },
	"preflight": func(r *rig) {
		experienced(r).press("c", "ctrl+u", "sip:bob@demo", "esc", "tab", "tab", "right", "space")
	},
	"preflight-bad": func(r *rig) {
		experienced(r).press("c", "ctrl+u", "sip:busy@demo", "esc", "tab", "tab", "tab", "tab", "tab", "enter", "backspace", "backspace", "Queue", "tab", "1", "tab", "tab", "x", "ctrl+x")
	},
	"hunt-form": func(r *rig) { experienced(r).press("c", "ctrl+u", "sip:busy@demo, bob@demo & la") },
	"hunt":      hunt,
	"form-code": func(r *rig) { experienced(r).press("c", "ctrl+u", "sip:bob@demo", "ctrl+y") },
	"form-marked": func(r *rig) {
		experienced(r)
		r.happen(call("e1aa0005", carol, model.Answered, 5.0)...)
		r.press("space", "g", "space", "c")
	},
	"unpark": func(r *rig) { parked(r); r.choose("e1aa0003").press("p", "P") },
}

// hunt is a connect of three targets: one has refused, two ring.
func hunt(r *rig) {
	r.several().choose("e1aa0002").press("c", "esc", "sip:busy@demo, bob@demo & late5@demo", "ctrl+g")
	tag, busy, late := r.book.Call("e1aa0002").Attempt.Tag, model.Address{URI: "sip:busy@demo"}, model.Address{URI: "sip:late5@demo"}
	r.happen(peer("b1", "e1aa0002", tag, busy, model.Ringing, ago(9)), connect("e1aa0002", tag, "b1", busy, model.ConnectConnecting, ago(9)),
		model.LegReported{At: ago(8), Call: "b1", Leg: model.LegReport{Code: 486, Phrase: "Busy Here", EndedBy: "remote"}},
		model.CallSeen{At: ago(8), Call: model.CallInfo{ID: "b1", State: model.Ended, Parent: "e1aa0002", Tag: tag, To: busy, EndReason: "busy"}},
		connect("e1aa0002", tag, "b2", bob, model.ConnectConnecting, ago(7)), peer("b2", "e1aa0002", tag, bob, model.Ringing, ago(7)),
		connect("e1aa0002", tag, "b3", late, model.ConnectConnecting, ago(7)), peer("b3", "e1aa0002", tag, late, model.Created, ago(7)))
}

// experienced is a desk with a past and presets, a call that can be connected
// selected.
func experienced(r *rig) *rig {
	r.several()
	r.failed("e1aa0002", "b0bb0009", model.Address{URI: "sip:busy@demo"}, "busy", 486, "Busy Here", "remote")
	r.presets = []Preset{{Name: "night desk", Context: "night", Request: model.ConnectRequest{From: "sip:night@demo", Timeout: 60 * time.Second}},
		{Name: "support to bob", Request: model.ConnectRequest{From: "sip:operator@demo", To: "sip:bob@demo", Codecs: []string{"PCMU"}, Headers: []model.Header{{Name: "X-Queue", Value: "support"}}}}}
	r.happen(model.LegReported{At: ago(100), Call: "e1aa0002", Leg: model.LegReport{Codec: "PCMU/8000", Remote: "127.0.0.1:5088", Transport: "UDP", Code: 200, Phrase: "OK"}})
	r.toast = toast{}
	return r.choose("e1aa0002")
}

// store keeps presets in memory.
type store struct {
	list []Preset
	fail error
}

func (s *store) Load() ([]Preset, error) { return s.list, s.fail }
func (s *store) Save(p Preset) error {
	if s.fail == nil {
		s.list = append(slices.DeleteFunc(slices.Clone(s.list), func(old Preset) bool { return old.Name == p.Name }), p)
	}
	return s.fail
}
func (s *store) Remove(name string) error {
	if s.fail == nil {
		s.list = slices.DeleteFunc(slices.Clone(s.list), func(old Preset) bool { return old.Name == name })
	}
	return s.fail
}

// parked is a desk with a parked call, a note and a recording.
func parked(r *rig) {
	r.several().choose("e1aa0002").press("p")
	r.settled(nil)
	r.press("R")
	r.settled(nil)
	r.press("n", "order 5521", "enter").wait(time.Second)
}

// settled is the server's word on the last order.
func (r *rig) settled(f *model.Fault) *rig {
	r.t.Helper()
	waiting := r.book.Orders()
	if len(waiting) == 0 {
		r.t.Fatalf("no order waits for the server's word:\n%s", r.View())
	}
	return r.happen(model.OrderSettled{At: r.at, Order: waiting[len(waiting)-1].ID, Fault: f})
}

func TestOverlays(t *testing.T) {
	for name, scene := range overlays {
		for _, size := range sizes[:2] {
			full := fmt.Sprintf("%s-%dx%d", name, size[0], size[1])
			t.Run(full, func(t *testing.T) {
				r := newRig(t, size[0], size[1], undo)
				scene(r)
				golden(t, r, full)
			})
		}
		t.Run(name+" in every window", func(t *testing.T) {
			r := newRig(t, 80, 24, undo)
			scene(r)
			for w := 1; w <= 220; w += 19 {
				for h := 1; h <= 70; h += 9 {
					r.resize(w, h)
					exact(t, r)
				}
			}
		})
	}
}
