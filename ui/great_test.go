package ui

import "testing"

// TestGreatWindows draws every scene in the greatest window.
func TestGreatWindows(t *testing.T) {
	for name, scene := range scenes {
		r := newRig(t, 300, 100, func(o *Options) { o.Carries = true })
		scene(r)
		exact(t, r)
		if t.Failed() {
			t.Fatalf("scene %s", name)
		}
	}
}

// TestEveryLayout draws the Calls screen in each way of laying it out.
func TestEveryLayout(t *testing.T) {
	for _, name := range []string{"several", "busy", "empty"} {
		r := newRig(t, 300, 100)
		scenes[name](r)
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 36}, {300, 100}} {
			r.resize(size[0], size[1])
			for layout := range int(splitModes) * int(paneCount) * 2 {
				r.panes.split, r.focus, r.panes.zoom = splitMode(layout%int(splitModes)), pane(layout/int(splitModes)%int(paneCount)), layout%2 == 0
				r.look.airy = layout%4 < 2
				r.dirty = true
				exact(t, r)
				if t.Failed() {
					t.Fatalf("scene %s at %v, legs %v, pane %d, zoom %v", name, size, r.panes.split, r.focus, r.panes.zoom)
				}
			}
		}
	}
}
