package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// formOf is the form that is open.
func (r *rig) formOf() *form {
	r.t.Helper()
	f, ok := r.overlay().(*form)
	if !ok {
		r.t.Fatalf("no form is open but %#v", r.overlay())
	}
	return f
}

func TestPastConnectsFillTheForm(t *testing.T) {
	r := experienced(newRig(t, 120, 36)).press("c", "ctrl+r", "bob", "enter")
	if got := r.formOf().request(); got.To != "sip:bob@demo" || len(got.Headers) != 1 || len(got.Ringback) != 1 {
		t.Errorf("the form has %+v", got)
	}
	r.press("ctrl+r", "esc")
	r.formOf()
}

func TestPresets(t *testing.T) {
	kept := &store{}
	r := experienced(newRig(t, 120, 36, func(o *Options) { o.Presets = kept })).press("c", "ctrl+o", "night", "enter")
	if got := r.formOf().request(); got.To != "sip:busy@demo" || got.From != "sip:night@demo" || got.Timeout != time.Minute {
		t.Errorf("a preset without a target gave %+v", got)
	}
	r.sees("preset night desk")
	r.press("ctrl+s", "ctrl+u", "mine").pressed("enter")
	if len(kept.list) != 1 || kept.list[0].Name != "mine" || kept.list[0].Request.From != "sip:night@demo" {
		t.Fatalf("saved %+v", kept.list)
	}
	r.sees("Saved as preset mine.")
	kept.fail = errors.New("the disk is full")
	r.press("ctrl+s").pressed("enter")
	r.sees("The presets were not changed: the disk is full.")

	r = newRig(t, 120, 36).several().press("j", "c", "ctrl+o")
	r.sees("presets are not kept here")

	// A call by a context begins with the preset of that context.
	r = newRig(t, 120, 36, func(o *Options) { o.Presets = &store{} }).several()
	r.Update(presetsMsg{list: []Preset{{Name: "first line", Context: "support", Request: model.ConnectRequest{To: "sip:bob@demo", Timeout: 12 * time.Second}}}})
	r.press("j", "c")
	if got := r.formOf().request(); got.To != "sip:bob@demo" || got.From != "sip:operator@demo" || got.Timeout != 12*time.Second {
		t.Errorf("the default preset gave %+v", got)
	}
	r.Update(presetsMsg{err: errors.New("no such file")})
	r.sees("The presets could not be read: no such file.")
}

func TestPastedCodeFillsTheForm(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("j", "c")
	paste := func(s string) { r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true}) }
	paste("const peer = await call.connectSip({\n  from: 'sip:desk@demo',\n  to: 'sip:late5@demo',\n  timeout: 9, maxPricePerMinute: 0.01,\n  headers: [{ name: 'X-A', value: '1' }],\n})")
	if got := r.formOf().request(); got.To != "sip:late5@demo" || got.From != "sip:desk@demo" || got.Timeout != 9*time.Second || got.MaxPricePerMinute != 100 {
		t.Errorf("pasted code gave %+v", got)
	}
	r.sees("Filled in from the pasted code.")
	paste("call.connectSip({ to: ")
	r.sees("Pasted code: this is no connect")
	if got := r.formOf().request().To; got != "sip:late5@demo" {
		t.Errorf("bad code changed the form to %q", got)
	}
	r.press("ctrl+g")
	if c := r.last().(model.Connect); c.Request.Headers[0].Name != "X-A" {
		t.Errorf("order %+v", c)
	}
}

func TestFormCopiesCode(t *testing.T) {
	got := ""
	r := newRig(t, 120, 36, func(o *Options) { o.Copy = func(s string) (string, error) { got = s; return "the terminal", nil } }).several()
	r.press("j", "c", "esc", "sip:bob@demo", "ctrl+y").pressed("4")
	if !strings.Contains(got, `to: "sip:bob@demo"`) || !strings.Contains(got, "onCallReceived") {
		t.Errorf("copied %q", got)
	}
	r.sees("Copied the Node v4.")
	r.formOf()
}

func TestMarkedCallsAreConnectedAlike(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	r.happen(call("e1aa0005", carol, model.Answered, 5.0)...)
	r.choose("e1aa0002").press("space").choose("e1aa0005").press("space").choose("e1aa0004").press("space", "c", "esc", "sip:bob@demo", "ctrl+g")
	var calls []model.CallID
	for _, cmd := range r.commands() {
		calls = append(calls, cmd.(model.Connect).Call)
	}
	if len(calls) != 2 || calls[0] == calls[1] {
		t.Fatalf("connected %v", calls)
	}
	r.sees("Connecting 2 calls to bob@demo.")
}

func TestPreflight(t *testing.T) {
	r := experienced(newRig(t, 120, 36))
	r.press("c", "ctrl+u", "sip:bob@demo", "esc")
	says := func(want string) {
		t.Helper()
		var all []string
		for _, c := range r.formOf().preflight(r.App) {
			all = append(all, c.text)
		}
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("the pre-flight does not say %q:\n%s", want, strings.Join(all, "\n"))
		}
	}
	says("target is online: answers and talks")
	says("target is busy: connected with Erin Vale")
	says("usual answer after 4.0 s (1 call)")
	says("codecs: PCMU on both legs, no transcoding")
	r.press("tab", "tab", "space", "tab", "tab", "tab", "tab", "ctrl+u", "2")
	says("timeout 2 s is short: usual answer after 4.0 s")
	says("codecs: the caller speaks PCMU, not offered: transcoding")
	r.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u", "sip:1003@cordpair.local")
	says("target is offline: not registered")
	says("not connected from here before")
	r.press("ctrl+u", "sip:erin@demo")
	says("target is busy: it calls here, #3")
	r.press("ctrl+u", "x")
	says("no target yet")
}

// What the operator types in a form and on a list is told apart on the bar.
func TestInsertIsShown(t *testing.T) {
	insert := func(r *rig, want bool) {
		t.Helper()
		lines := strings.Split(r.View(), "\n")
		if got := strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), "INSERT"); got != want {
			t.Errorf("INSERT is shown: %v, want %v: %s", got, want, lines[len(lines)-1])
		}
	}
	r := newRig(t, 120, 36).several()
	insert(r, false)
	insert(r.press("j", "c"), true)
	insert(r.press("esc", "tab", "tab"), false) // the codecs take no text
	insert(r.press("tab"), false)               // neither does "add a header"
	insert(r.press("enter"), true)
	insert(r.press("ctrl+x"), false) // the preview hides the field
	insert(r.press("ctrl+x", "esc", "esc"), false)
	insert(r.press("?"), true)
	insert(r.press("esc", "/"), true)
	insert(r.press("enter", ":"), true)
}
