package ui

import (
	"strings"
	"testing"

	"cordpair/model"
)

// TestPresetOfAContext holds that one preset is the default of a context: a new
// one takes the place of the old.
func TestPresetOfAContext(t *testing.T) {
	kept := &store{}
	r := newRig(t, 120, 36, func(o *Options) { o.Presets = kept }).several().choose("e1aa0002")
	save := func(to, name string, keys ...string) {
		t.Helper()
		r.press("c", "ctrl+u", to, "esc", "ctrl+s", "ctrl+u", name)
		r.press(keys...).pressed("enter")
		r.press("esc")
	}
	save("sip:bob@demo", "first", "tab")
	save("sip:carol@demo", "plain", "tab") // the form began with the default, whose mark stands
	if p := r.presetFor(r.current()); p == nil || p.Name != "first" {
		t.Fatalf("the form begins with %+v", p)
	}
	save("sip:late5@demo", "second")
	if p := r.presetFor(r.current()); p == nil || p.Name != "second" {
		t.Errorf("the form begins with %+v", p)
	}
	r.press("c")
	if got := r.formOf().request().To; got != "sip:late5@demo" {
		t.Errorf("the form begins with %s", got)
	}
}

// TestPlaylistEditor holds that rows move, and that what the caller will hear is
// said in words as soon as all of it can be played.
func TestPlaylistEditor(t *testing.T) {
	r := newRig(t, 120, 36).several().choose("e1aa0002").press("c", "esc", "sip:bob@demo", "esc", "tab", "tab", "tab", "tab", "tab")
	r.press("enter", "tab", "us:5", "tab", "enter", "right", "right", "tab", "One moment")
	r.sees("The caller hears US ringback for 5 s, then a voice: “One")
	r.press("shift+tab", "<")
	r.sees("The caller hears a voice: “One moment”, then US ringback")
	if got := r.formOf().request().Ringback; len(got) != 2 || got[0].Kind != model.Speech || got[1].Country != "us" {
		t.Errorf("%+v", got)
	}
	r.press("<", ">", ">", "right") // silence of no length
	if strings.Contains(r.View(), "The caller hears") {
		t.Error("what cannot be played is heard")
	}
}

// TestPresetsAreRenamedAndTakenAway holds that taking one away asks for the key
// twice, and that what the configuration says stays.
func TestPresetsAreRenamedAndTakenAway(t *testing.T) {
	kept := &store{list: []Preset{{Name: "gold", Request: model.ConnectRequest{To: "sip:bob@demo"}}, {Name: "silver"}, {Name: "team", Fixed: true}}}
	r := newRig(t, 120, 36, func(o *Options) { o.Presets = kept }).several().choose("e1aa0002")
	r.Update(r.loadPresets()())
	r.press("c", "ctrl+o").pressed("enter")
	r.sees("preset gold")
	r.press("ctrl+o", "ctrl+r", "ctrl+u", "silver", "enter")
	r.sees("There is a preset of that name.")
	r.press("ctrl+u", "platinum").pressed("enter")
	r.sees("Preset gold is now platinum.")
	r.sees("platinum  bob@demo")
	r.press("silver", "ctrl+x")
	r.sees("again takes preset silver away")
	r.press("down", "ctrl+x")
	if len(kept.list) != 3 {
		t.Fatalf("one press took it away: %+v", kept.list)
	}
	r.pressed("ctrl+x")
	r.sees("Preset silver is taken away.")
	r.press("ctrl+u", "team", "ctrl+x")
	r.sees("it is written in the configuration")
	r.press("ctrl+x", "ctrl+r") // no question, no prompt
	r.sees("1 of 1")
	r.press("esc")
	r.sees("preset platinum")
	if len(kept.list) != 2 {
		t.Errorf("%+v", kept.list)
	}
}

// TestANameIsEnough holds that ctrl+g completes a name which only one address
// has, and never guesses.
func TestANameIsEnough(t *testing.T) {
	r := newRig(t, 120, 36).several().choose("e1aa0002").clear().press("c", "late", "ctrl+g")
	r.sees("no @")
	r.none("somebody was not named")
	r.press("ctrl+u", "late5", "ctrl+g")
	if to := r.book.Call("e1aa0002").Attempt.Request.To; to != "sip:late5@demo" {
		t.Errorf("connects to %q", to)
	}
	r.press("C", "Late5", "ctrl+g")
	if d, ok := r.last().(model.Dial); !ok || d.To != "sip:late5@demo" {
		t.Errorf("dials %v", r.last())
	}
}
