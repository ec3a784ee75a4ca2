package ui

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"cordpair/theme"
)

// set opens the view menu, goes to a setting and turns it n times.
func (r *rig) set(name string, n int) *rig {
	r.t.Helper()
	r.press(",")
	for range settingRows() {
		if m := r.overlay().(*settings); settingRows()[m.at].name == name {
			for range n {
				r.press("space")
			}
			return r
		}
		r.press("j")
	}
	r.t.Fatalf("no setting %s", name)
	return r
}

func TestViewSettings(t *testing.T) {
	r := newRig(t, 120, 36).several()
	for _, name := range []string{"theme", "borders", "clock", "legs", "bell", "mouse", "motion", "density"} {
		r.set(name, 1).press("enter")
	}
	if r.th.Name != "light" || !r.th.ASCII || r.clock != clockSeconds || !r.allLegs || !r.opt.Bell || !r.opt.NoMouse || !r.opt.Calm || !r.look.airy {
		t.Errorf("theme %s, ASCII %v, clock %v, all legs %v, bell %v, no mouse %v, calm %v, airy %v", r.th.Name, r.th.ASCII, r.clock, r.allLegs,
			r.opt.Bell, r.opt.NoMouse, r.opt.Calm, r.look.airy)
	}
	r.sees("14:02:11")
	r.sees("of #3")
	exact(t, r)
}

// Each setting has a name and a title of its own, and each of its values can be
// set and is drawn.
func TestEverySetting(t *testing.T) {
	names := make(map[string]bool)
	for _, s := range settingRows() {
		if s.name == "" || s.title == "" || s.about == "" || names[s.name] {
			t.Errorf("setting %q %q", s.name, s.title)
		}
		names[s.name] = true
		for _, size := range sizes {
			r := newRig(t, size[0], size[1]).several()
			values := []string{"", s.value(r.App)}
			if s.words != nil {
				values = s.words(r.App)
			}
			for _, v := range values {
				r.setAll(map[string]string{s.name: v})
				if got := s.value(r.App); got != v {
					t.Errorf("%s set to %q is %q", s.name, v, got)
				}
				for _, at := range []string{"1", "2", "4", "5"} {
					r.press(at)
					exact(t, r)
				}
				r.press("1", ",")
				exact(t, r)
				r.press("enter")
			}
		}
	}
}

func TestEscTakesSettingsBack(t *testing.T) {
	r := newRig(t, 120, 36).several()
	was := r.settingValues()
	for _, s := range settingRows() {
		r.set(s.name, 1)
		if s.open != nil {
			r.press("space", "enter")
		}
		r.press("esc")
		if r.overlay() != nil || !maps.Equal(r.settingValues(), was) {
			t.Errorf("%s: %v", s.name, r.settingValues())
		}
	}
}

func TestSettingsAreKept(t *testing.T) {
	var got map[string]Choice
	keep := func(o *Options) { o.KeepView = func(m map[string]Choice) error { got = m; return nil } }
	r := newRig(t, 120, 36, keep).several().set("theme", 1)
	r.Update(r.overlay().(*settings).keep(r.App)())
	if want := (Choice{Value: "light", Over: "dark"}); len(got) != 1 || got["theme"] != want {
		t.Fatalf("kept %v", got)
	}
	again := func(o *Options) { o.View = got }
	if r := newRig(t, 120, 36, again); r.th.Name != "light" {
		t.Errorf("the next run has the theme %s", r.th.Name)
	}
	flag := func(o *Options) { o.Theme, _ = theme.Pick(theme.Contrast, true, false) }
	if r := newRig(t, 120, 36, again, flag); r.th.Name != theme.Contrast {
		t.Errorf("what was chosen before comes before the flag: %s", r.th.Name)
	}
	foul := func(o *Options) {
		o.View = map[string]Choice{"theme": {"plaid", "dark"}, "undo": {"x", "off"}, "zzz": {"", ""}}
	}
	if r := newRig(t, 120, 36, foul); r.th.Name != "dark" || r.opt.Undo != 0 {
		t.Errorf("a foul file gave %s %v", r.th.Name, r.opt.Undo)
	}
	r = newRig(t, 120, 36).several()
	r.Update(viewKeptMsg{errors.New("no room")})
	r.sees("The view settings hold for this run only: no room.")
}

func TestColumns(t *testing.T) {
	r := newRig(t, 120, 36).several().set("columns.calls", 1)
	r.sees("Columns of Calls")
	r.press("j", "space", "j", "space", "j", "j", "space", "enter", "enter")
	head := strings.Split(r.View(), "\n")[3]
	if strings.Contains(head, "DIR") || strings.Contains(head, " TO ") || strings.Contains(head, "AGE") || !strings.Contains(head, "PEER LEG") {
		t.Errorf("the head is %q", head)
	}
	exact(t, r)
	if r.overlay() != nil {
		t.Error("a menu is still open")
	}
}

func TestTimes(t *testing.T) {
	r := newRig(t, 120, 36).several()
	r.setAll(map[string]string{"times": "12 hours"})
	r.sees("02:00:41.000pm")
	r.sees(" 2:02pm")
	r.setAll(map[string]string{"times": "how long ago"})
	r.sees("1:30 ago")
	if !r.moving() {
		t.Error("how long ago stands still")
	}
	for d, want := range map[time.Duration]string{9 * time.Second: "0:09 ago", 59 * time.Minute: "59 m ago", 47 * time.Hour: "47 h ago", 50 * time.Hour: "2 d ago", -1: "0:00 ago"} {
		if got := elapsed(d); got != want {
			t.Errorf("%v is %q", d, got)
		}
	}
}

func TestDensity(t *testing.T) {
	r := newRig(t, 120, 36).several().set("density", 1).press("enter")
	_, first := r.find("Dana")
	_, second := r.find("Erin Vale erin")
	if second-first != 2 {
		t.Errorf("rows are %d lines apart", second-first)
	}
	r.press("G").sees("▌    1 in")
	exact(t, r)
}
