package ui

import (
	"strings"
	"testing"
)

// TestWatchingTouchesNothing presses every key of every screen, and then what
// would confirm a question, on a console that only watches.
func TestWatchingTouchesNothing(t *testing.T) {
	j := &fakeJournal{}
	r := newRig(t, 120, 36, func(o *Options) { o.ReadOnly, o.Presets, o.Journal = true, &store{}, j }).withHistory().clear()
	j.kept = nil
	for _, row := range KeyTable() {
		if row.Where == "form" || row.Name == "quit" {
			continue
		}
		for at := range screenCount {
			if where := place(at).String(); row.Where != "all" && row.Where != where {
				continue
			}
			for _, k := range row.Keys {
				r.press(string(rune('1'+at)), k)
				for _, answer := range []string{"enter", "b", "d", "sip:x@y", "enter"} {
					if r.overlay() != nil {
						r.press(answer)
					}
				}
				for r.overlay() != nil {
					r.close(r.overlay())
				}
				if r.none(row.Name + " by " + k); t.Failed() {
					return
				}
			}
		}
	}
	for _, e := range j.kept {
		if e.Note != "" {
			t.Errorf("a note was written: %q", e.Note)
		}
	}
}

// TestEveryRefusalSaysWhy holds that a key which can do nothing answers in a
// sentence that names what was wanted.
func TestEveryRefusalSaysWhy(t *testing.T) {
	for _, scene := range []func(*rig){func(r *rig) { r.empty() }, func(r *rig) { r.several().choose("e1aa0001") }, func(r *rig) { r.several().choose("e1aa0004") }} {
		r := newRig(t, 120, 36)
		scene(r)
		for i := range r.acts {
			act := &r.acts[i]
			err := r.allowed(act)
			if err == nil {
				continue
			}
			r.toast = toast{}
			r.act(act)
			text := r.toast.text
			if len(err.Error()) < 8 || !strings.HasSuffix(text, ".") || !strings.Contains(text, ": ") || strings.Contains(text, "..") {
				t.Errorf("%s answers %q", act.name, text)
			}
			if testing.Verbose() {
				t.Log(act.name, "-", text)
			}
		}
	}
}
