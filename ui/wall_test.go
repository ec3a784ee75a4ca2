package ui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cordpair/theme"
)

func TestWallCounts(t *testing.T) {
	r := newRig(t, 120, 36).withHistory()
	tiles := r.wallTiles()
	want := map[string][2]string{
		"Waiting":        {"1", "next: Dana Whitfield"},
		"Longest wait":   {"0:07", "Dana Whitfield on support"},
		"Talking":        {"1", "of 3 calls"},
		"Connecting":     {"0", "to a peer"},
		"Failed, 1 hour": {"1", "last: busy@demo 486 busy"},
		"Oldest call":    {"2:05", "#2 Globex"},
	}
	for _, tile := range tiles {
		if got := [2]string{tile.value, tile.caption}; got != want[tile.name] {
			t.Errorf("%s: %q, want %q", tile.name, got, want[tile.name])
		}
	}
}

func TestWallCannotTouchCalls(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.ReadOnly, o.Wall = true, true })
	if r.App.at != atWall {
		t.Fatalf("it starts on screen %d", r.App.at+1)
	}
	r.several().clear().press("6", "a", "c", "d", "D", "enter", "j", "k").none("the wall")
	r.press("esc")
	if r.App.at != atCalls {
		t.Error("esc stays on the wall")
	}
}

func TestBigNumbersFit(t *testing.T) {
	r := newRig(t, 80, 24)
	for _, ascii := range []bool{false, true} {
		th := r.th
		th.ASCII = ascii
		r.setTheme(th)
		for _, text := range []string{"0", "12:34", "1:02:03", "100:00:00"} {
			for w := range 60 {
				for h := range 16 {
					lines := r.big(text, r.st.Of(theme.Text), w, h)
					if len(lines) != h && !(h == 0 && len(lines) == 1) {
						t.Fatalf("%q in %d x %d: %d lines", text, w, h, len(lines))
					}
					for _, s := range lines {
						if ansi.StringWidth(s) != w {
							t.Fatalf("%q in %d x %d: %q", text, w, h, s)
						}
					}
				}
			}
		}
	}
}
