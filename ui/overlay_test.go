package ui

import (
	"fmt"
	"testing"
	"time"
)

// undo lets orders be taken back, as the program does.
func undo(o *Options) { o.Undo = Undo }

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
