package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

// find is the cell where a text stands on the screen.
func (r *rig) find(text string) (x, y int) {
	r.t.Helper()
	for y, s := range strings.Split(ansi.Strip(r.View()), "\n") {
		if before, _, found := strings.Cut(s, text); found {
			return ansi.StringWidth(before), y
		}
	}
	r.t.Fatalf("%q is not on the screen:\n%s", text, r.View())
	return 0, 0
}

// click presses a button where a text stands, a little to its right.
func (r *rig) click(text string, dx int, change ...func(*tea.MouseMsg)) *rig {
	r.t.Helper()
	x, y := r.find(text)
	m := tea.MouseMsg{X: x + dx, Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft}
	for _, f := range change {
		f(&m)
	}
	r.Update(m)
	r.Update(tea.MouseMsg{X: m.X, Y: m.Y, Action: tea.MouseActionRelease, Button: tea.MouseButtonLeft})
	return r
}

func (r *rig) clickAt(x, y int) *rig {
	r.Update(tea.MouseMsg{X: x, Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
	return r
}

// form opens the connect form of a call that is up, with a target.
func (r *rig) form() *rig { return r.press("j", "c", "esc", "sip:bob@demo", "esc") }

// shown is the form on the screen.
func (r *rig) shown() *form {
	r.t.Helper()
	f, open := r.overlay().(*form)
	if !open {
		r.t.Fatalf("no form is open:\n%s", r.View())
	}
	return f
}

// later makes the next click a single one.
func (r *rig) later() *rig { r.at = r.at.Add(time.Second); return r }

func wheel(b tea.MouseButton) func(*tea.MouseMsg) { return func(m *tea.MouseMsg) { m.Button = b } }
func ctrl(m *tea.MouseMsg)                        { m.Ctrl = true }

const down, up = tea.MouseButtonWheelDown, tea.MouseButtonWheelUp

// mouseSizes are the windows that each thing is clicked on in.
var mouseSizes = [][2]int{{80, 24}, {120, 36}, {60, 15}, {200, 60}}

// TestMouse clicks on what the screen shows and looks at what came of it.
func TestMouse(t *testing.T) {
	cases := []struct {
		name string
		do   func(r *rig)
		good func(r *rig) bool
	}{
		{"a row is selected", func(r *rig) { r.click("Globex", 2) }, func(r *rig) bool { return r.selected == "e1aa0002" && r.focus == paneList }},
		{"so it is beside its words", func(r *rig) { r.click("Globex", -10) }, func(r *rig) bool { return r.selected == "e1aa0002" }},
		{"a box without a row selects nothing", func(r *rig) { r.click("─ Calls", 0) }, func(r *rig) bool { return r.selected == "e1aa0003" }},
		{"a screen", func(r *rig) { r.click(" 4", 1) }, func(r *rig) bool { return r.App.at == atHistory }},
		{"a pane gets the focus", func(r *rig) { r.click("A  #3", 0) }, func(r *rig) bool { return r.focus == paneA }},
		{"ctrl marks", func(r *rig) { r.click("Dana", 1, ctrl) }, func(r *rig) bool { return r.marked["e1aa0004"] && r.selected == "e1aa0004" }},
		{"a double click opens", func(r *rig) { r.click("Globex", 0).click("Globex", 0) }, func(r *rig) bool { return r.App.at == atLadder && r.selected == "e1aa0002" }},
		{"two slow clicks do not", func(r *rig) { r.click("Globex", 0).later().click("Globex", 0) }, func(r *rig) bool { return r.App.at == atCalls }},
		{"two clicks on two things do not", func(r *rig) { r.click("Globex", 0).click("Dana", 0) }, func(r *rig) bool { return r.App.at == atCalls && r.selected == "e1aa0004" }},
		{"a head sorts", func(r *rig) { r.click("FROM", 0) }, func(r *rig) bool { return r.sort == byFrom && !r.reverse }},
		{"and turns the order around", func(r *rig) { r.click("FROM", 0).later().click("FROM", 0) }, func(r *rig) bool { return r.sort == byFrom && r.reverse }},
		{"the wheel moves the list", func(r *rig) { r.click("Globex", 0, wheel(down)) }, func(r *rig) bool { return r.selected == "e1aa0002" }},
		{"and back", func(r *rig) { r.click("Globex", 0, wheel(up)) }, func(r *rig) bool { return r.selected == "e1aa0004" }},
		{"the key bar runs its action", func(r *rig) { r.click("D hang up", 3) }, func(r *rig) bool { _, asks := r.overlay().(*confirm); return asks }},
		{"which says why not", func(r *rig) { r.choose("e1aa0002").wait(time.Second).click("a answer", 0) }, func(r *rig) bool {
			return strings.Contains(r.View(), "Answer #2: it does not ring")
		}},
		{"a click beside a dialog closes it", func(r *rig) { r.press("D").clickAt(0, 0) }, func(r *rig) bool { return r.overlay() == nil }},
		{"one on it does not", func(r *rig) { r.press("D").click("Hang up Erin", 0) }, func(r *rig) bool { return r.overlay() != nil }},
		{"its keys are buttons", func(r *rig) { r.press("D").click("[D or enter]", 1) }, func(r *rig) bool {
			return len(r.desk.orders) == 1 && r.desk.orders[0].Command == model.Hangup{Call: "e1aa0003", Reason: "hangup"}
		}},
		{"the end of a double click answers no question", func(r *rig) { r.click("D hang up", 0).click("[D or enter]", 1) }, func(r *rig) bool {
			return len(r.desk.orders) == 0 && r.overlay() != nil
		}},
		{"a line of a menu", func(r *rig) { r.choose("e1aa0004").press("X").click("busy", 0) }, func(r *rig) bool {
			return len(r.desk.orders) == 1 && r.desk.orders[0].Command == model.Hangup{Call: "e1aa0004", Reason: "busy"}
		}},
		{"an entry of the palette", func(r *rig) { r.press(":", "keypad").click("Keypad", 0) }, func(r *rig) bool { _, open := r.overlay().(*keypad); return open }},
		{"the wheel in the palette", func(r *rig) { r.press(":").click("Command", 0, wheel(down)) }, func(r *rig) bool { return r.overlay().(*palette).at == 1 }},
		{"a setting", func(r *rig) { r.press(",").click("Borders", 0) }, func(r *rig) bool { return r.th.ASCII }},
		{"the filter leaves the list in reach", func(r *rig) { r.press("/", "demo").click("Dana", 0) }, func(r *rig) bool {
			return r.overlay() == nil && r.selected == "e1aa0004" && r.filter == "demo"
		}},
		{"a click beside the form does not close it", func(r *rig) { r.press("j", "c").clickAt(0, 0) }, func(r *rig) bool { return r.overlay() != nil }},
		{"help scrolls and closes", func(r *rig) { r.press("?").click("Help", 0, wheel(down)).clickAt(0, 0) }, func(r *rig) bool { return r.overlay() == nil }},
		{"a key of the message line", func(r *rig) { r.press("D", "D").click("[u]", 1) }, func(r *rig) bool { return len(r.held) == 0 && len(r.desk.orders) == 0 }},
		{"a field of the form", func(r *rig) { r.form().click("Timeout", 2) }, func(r *rig) bool { return r.shown().items[r.shown().at].label == "Timeout" }},
		{"the cursor in a text", func(r *rig) { r.form().click("bob@demo", 1).press("x") }, func(r *rig) bool {
			return r.shown().request().To == "sip:bxob@demo"
		}},
		{"the end of a text", func(r *rig) { r.form().click("bob@demo", 14).press("x") }, func(r *rig) bool {
			return r.shown().request().To == "sip:bob@demox"
		}},
		{"a codec", func(r *rig) { r.form().click("PCMA", 1) }, func(r *rig) bool { return strings.Join(r.shown().request().Codecs, " ") == "PCMA" }},
		{"a header is added, its value filled in", func(r *rig) { r.form().click("+ add a header", 3).press("A").click("value", 0).press("7") }, func(r *rig) bool {
			h := r.shown().request().Headers
			return len(h) == 1 && h[0] == model.Header{Name: "X-A", Value: "7"}
		}},
		{"a suggestion", func(r *rig) { r.press("j", "c", "b").click("busy@demo", 1) }, func(r *rig) bool {
			return r.shown().request().To == "sip:busy@demo" && !r.shown().menu.open
		}},
		{"the form's keys", func(r *rig) { r.form().click("ctrl+g", 1) }, func(r *rig) bool { return len(r.desk.orders) == 1 && r.overlay() == nil }},
	}
	for _, size := range mouseSizes {
		for _, c := range cases {
			if size[0] < 120 && c.name == "which says why not" {
				continue // a narrow key bar leaves out what cannot be done
			}
			t.Run(fmt.Sprintf("%s at %dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				r := newRig(t, size[0], size[1], func(o *Options) { o.Undo = 0 }).several().clear()
				if strings.Contains(c.name, "message line") {
					r.opt.Undo = Undo
				}
				c.do(r)
				exact(t, r)
				if !c.good(r) {
					t.Errorf("selected %s, screen %d, %d overlays, orders %v\n%s", r.selected, r.App.at+1, len(r.over), r.desk.orders, r.View())
				}
			})
		}
	}
}

// TestMouseOff leaves the mouse to the terminal and marks nothing; it is turned
// on and off in the view menu.
func TestMouseOff(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.NoMouse = true }).several()
	r.click("Globex", 0).click("Globex", 0, wheel(down))
	if r.selected != "e1aa0003" || len(r.pointer.spots.list) != 0 {
		t.Errorf("the mouse selected %s, %d spots", r.selected, len(r.pointer.spots.list))
	}
	r.set("mouse", 1).press("enter")
	if r.opt.NoMouse || !r.pointer.told {
		t.Error("the mouse is still off")
	}
	if r.click("Globex", 0); r.selected != "e1aa0002" {
		t.Errorf("the mouse selected %s", r.selected)
	}
	r.Update(tea.ResumeMsg{})
	if !r.pointer.told {
		t.Error("after a suspension the terminal is not asked for the mouse again")
	}
}

// A name that came over the wire cannot be a button.
func TestNoForgedSpots(t *testing.T) {
	r := newRig(t, 120, 36)
	hostile(r)
	r.happen(call("f", model.Address{Name: "\x1b[=1zforged\x1b[=0z", URI: "sip:f@demo"}, model.Ringing, 1.0)...)
	exact(t, r)
	for y := range r.h {
		for x := range r.w {
			for _, f := range r.pointer.spots.at(x, y) {
				if f.kind == 0 || f.dx < 0 {
					t.Fatalf("at %d, %d: %+v", x, y, f)
				}
			}
		}
	}
}

// TestKeysHaveNames holds that each key that the screen can show can be pressed
// by its name.
func TestKeysHaveNames(t *testing.T) {
	for _, row := range KeyTable() {
		for _, name := range row.Keys {
			if k, known := keyNamed(name); !known || k.String() != typedKey(name) {
				t.Errorf("%s: %v %q", name, known, k.String())
			}
		}
	}
}

// FuzzMouse holds that no clicking anywhere breaks the program or its screen.
func FuzzMouse(f *testing.F) {
	f.Add([]byte{10, 5, 0, 20, 35, 1, 30, 1, 2})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 150 {
			script = script[:150]
		}
		r := newRig(t, 120, 36, func(o *Options) { o.Carries = true }).several()
		for ; len(script) > 2; script = script[3:] {
			r.View()
			b := []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonLeft, tea.MouseButtonWheelDown, tea.MouseButtonWheelUp}[script[2]%4]
			r.Update(tea.MouseMsg{X: int(script[0]) / 2, Y: int(script[1]) % 36, Ctrl: script[2]&8 != 0, Button: b})
			r.later()
			if r.leaving.mode == gone {
				return
			}
		}
		exact(t, r)
	})
}
