package ui

import (
	"maps"
	"strings"
	"testing"
)

func init() {
	maps.Copy(scenes, map[string]func(*rig){
		"inspect-sip": func(r *rig) { r.withLadder().press("i", "tab") },
	})
}

func TestInspectCall(t *testing.T) {
	for _, size := range sizes {
		r := newRig(t, size[0], size[1], func(o *Options) { o.Frames = someFrames() }).withLadder().press("i")
		r.sees("#3 Erin Vale (A)")
		r.sees("All that is known of it")
		for _, part := range []string{"messages, the oldest first.", "m=audio 4000 RTP/AVP", "Headers of the INVITE"} {
			r.press("tab", "G", "g")
			if !strings.Contains(r.View(), part) {
				r.press("pgdown").sees(part)
			}
			exact(t, r)
		}
		r.press("]").sees("#2 Globex")
		r.press("[", "[").sees("#4 Dana")
		r.press("esc")
		if r.overlay() != nil {
			t.Error("esc does not close it")
		}
	}
	r := newRig(t, 120, 36).withLadder().press("tab", "tab", "i")
	r.sees("Bob (B)")
	r.click(" SDP ", 1).sees("in INVITE")
	r.press("esc").choose("e1aa0002").press("i").sees("there is no peer leg")
	newRig(t, 120, 36).empty().press("i").sees("no call is selected")
}
