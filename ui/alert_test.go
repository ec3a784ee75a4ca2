package ui

import (
	"bytes"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// announced is what the terminal is told when calls begin to ring.
func announced(t *testing.T, callers int, change func(*Options), before ...tea.Msg) (r *rig, out string) {
	t.Helper()
	var b bytes.Buffer
	r = newRig(t, 120, 36, func(o *Options) {
		o.Env = func(name string) string { return map[string]string{"TERM": "xterm-kitty"}[name] }
		o.Output = &b
		change(o)
	}).empty()
	r.announce()
	for _, msg := range before {
		r.Update(msg)
	}
	for i := range callers {
		for _, ev := range call(model.CallID(rune('a'+i)), erin, model.Created, 0.0, model.Ringing, 0.0) {
			r.apply(ev)
		}
	}
	r.changed()
	told := func(msg tea.Msg) {
		if list, many := msg.(tea.BatchMsg); many {
			for _, cmd := range list {
				cmd()
			}
		}
	}
	if cmd := r.announce(); cmd != nil {
		told(cmd())
	}
	if r.announce() != nil {
		t.Error("it is announced twice")
	}
	return r, b.String()
}

func TestTitleSaysWhatRings(t *testing.T) {
	r, out := announced(t, 2, func(*Options) {})
	if r.title != "(2 ringing) cordpair" || out != "" {
		t.Errorf("the title is %q, the terminal got %q", r.title, out)
	}
}

func TestBell(t *testing.T) {
	if _, out := announced(t, 1, func(o *Options) { o.Bell = true }); out != "\a" {
		t.Errorf("the bell wrote %q", out)
	}
	if _, out := announced(t, 5, func(o *Options) { o.Notify = NotifyBell }); out != "\a" {
		t.Errorf("five calls at once wrote %q", out)
	}
	if _, out := announced(t, 1, func(o *Options) { o.Bell, o.ReadOnly = true, true }); out != "" {
		t.Errorf("who only watches got %q", out)
	}
}

// TestDesktop holds that the desktop is told only while the terminal has said
// that nobody looks.
func TestDesktop(t *testing.T) {
	auto := func(o *Options) { o.Notify = NotifyAuto }
	away := tea.BlurMsg{}
	const kitty = "\x1b]99;i=cordpair;cordpair: Erin Vale calls support@cordpair.local\x1b\\"
	for name, c := range map[string]struct {
		change func(*Options)
		before []tea.Msg
		want   string
	}{
		"away":          {auto, []tea.Msg{away}, kitty},
		"never said":    {auto, nil, ""},
		"back":          {auto, []tea.Msg{away, tea.FocusMsg{}}, ""},
		"off":           {func(o *Options) { o.Notify = NotifyOff }, []tea.Msg{away}, ""},
		"watching":      {func(o *Options) { o.Notify, o.ReadOnly = NotifyOSC, true }, []tea.Msg{away}, ""},
		"unknown, auto": {func(o *Options) { o.Notify, o.Env = NotifyAuto, func(string) string { return "" } }, []tea.Msg{away}, ""},
		"unknown, osc": {func(o *Options) { o.Notify, o.Env = NotifyOSC, func(string) string { return "" } }, []tea.Msg{away},
			"\x1b]9;cordpair: Erin Vale calls support@cordpair.local\x07"},
	} {
		if _, out := announced(t, 1, c.change, c.before...); out != c.want {
			t.Errorf("%s: the terminal got %q", name, out)
		}
	}
	_, out := announced(t, 5, auto, away)
	if want := "Erin Vale calls support@cordpair.local and 2 more\x1b\\"; len(out) < len(want) || out[len(out)-len(want):] != want {
		t.Errorf("five calls: %q", out)
	}
}

func TestNotificationCannotBeEnded(t *testing.T) {
	env := func(name string) string { return map[string]string{"TERM": "foot", "TMUX": "x"}[name] }
	got := notification(env, "a;b", "evil\x1b\\\x07;x\u009c")
	if want := "\x1bPtmux;\x1b\x1b]777;notify;a,b;evil\\,x\x1b\x1b\\\x1b\\"; got != want {
		t.Errorf("%q", got)
	}
}
