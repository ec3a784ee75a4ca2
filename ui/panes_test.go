package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

// talkative gives the selected call more to say than fits.
func (r *rig) talkative() *rig {
	r.several()
	var headers []model.Header
	for i := range 20 {
		headers = append(headers, model.Header{Name: fmt.Sprintf("X-H%d", i), Value: "v"})
	}
	r.happen(model.LegReported{At: noon, Call: "e1aa0003", Leg: model.LegReport{SIPCallID: "a@b", Codec: "PCMU/8000", Remote: "127.0.0.1:5082",
		Transport: "UDP", HeadersReceived: headers}})
	for i := range 30 {
		r.step(i)
	}
	return r
}

// step is one more event of the selected call.
func (r *rig) step(i int) {
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0003", Control: fmt.Sprint("c", i), Kind: "tap", State: fmt.Sprint("step-", i)})
}

func TestLegsScroll(t *testing.T) {
	for _, size := range sizes[:3] {
		r := newRig(t, size[0], size[1]).talkative().press("tab")
		r.sees(" more ─")
		r.press("j").sees("↓ 1-")
		r.press("G").sees("X-H19")
		r.press("j", "j").sees("X-H19")
		r.press("g").sees(" more ─")
		if r.selected != "e1aa0003" {
			t.Errorf("scrolling moved the selection to %s", r.selected)
		}
		r.press("ctrl+d", "]")
		if r.selected != "e1aa0002" || r.focus != paneA {
			t.Errorf("] selected %s", r.selected)
		}
		if strings.Contains(r.View(), "↑") {
			t.Error("another call does not begin at its top")
		}
		exact(t, r)
	}
}

func TestEventsScroll(t *testing.T) {
	for _, size := range sizes[:3] {
		r := newRig(t, size[0], size[1]).talkative().press("shift+tab")
		if r.focus != paneEvents {
			t.Fatalf("the focus is on pane %d", r.focus)
		}
		r.sees("step-29")
		r.press("k", "k").sees("step-27")
		if strings.Contains(r.View(), "step-28") {
			t.Error("k did not scroll")
		}
		r.step(30)
		r.sees("step-27")
		if strings.Contains(r.View(), "step-28") {
			t.Error("a new event scrolled what was scrolled back")
		}
		r.press("G").sees("step-30")
		r.step(31)
		r.sees("step-31")
		r.press("g", "k", "pgup").sees("call.receive")
		exact(t, r)
	}
}

func TestSplitAndZoom(t *testing.T) {
	both := func(r *rig) (a, b bool) {
		return strings.Contains(r.View(), "─ A  #3"), strings.Contains(r.View(), "─ B  Bob")
	}
	for _, size := range sizes {
		r := newRig(t, size[0], size[1]).several()
		r.press("v")
		if a, b := both(r); a != b && size[1] > 20 {
			t.Errorf("%v: one above the other shows A %v, B %v", size, a, b)
		}
		exact(t, r)
		r.press("v")
		if a, b := both(r); a || b {
			t.Errorf("%v: off shows A %v, B %v", size, a, b)
		}
		r.press("tab")
		if r.focus != paneEvents {
			t.Errorf("tab goes to a pane that is not there: %d", r.focus)
		}
		r.press("v", "esc", "tab", "tab", "+")
		if a, b := both(r); a || !b || strings.Contains(r.View(), "─ Calls") {
			t.Errorf("%v: the zoomed pane shows A %v, B %v\n%s", size, a, b, r.View())
		}
		exact(t, r)
		r.press("tab").sees("─ Events  [_] all panes")
		exact(t, r)
		r.press("esc").sees("─ Calls")
		r.press("tab", "+").sees("─ Calls  [_] all panes")
		r.press("_").sees("─ A  #3")
	}
}

func TestSortHistoryAndPhones(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().wait(5 * time.Second).press("4")
	keys := func() string {
		var out []string
		for _, e := range r.history.entries(r.App) {
			out = append(out, e.ID)
		}
		return strings.Join(out, ", ")
	}
	newest := keys()
	r.press("j")
	was, _ := r.pastEntry()
	r.press("S")
	if first, _, _ := strings.Cut(newest, ", "); !strings.HasSuffix(keys(), first) {
		t.Errorf("S left %s", keys())
	}
	r.press("S")
	if keys() != newest {
		t.Errorf("S twice gave %s", keys())
	}
	for range r.history.columns() {
		r.press("s")
		r.sees("Sorted by ")
		if now, _ := r.pastEntry(); now.ID != was.ID {
			t.Errorf("sorting moved the selection from %s to %s", was.ID, now.ID)
		}
		exact(t, r)
	}
	if keys() != newest {
		t.Errorf("all orders round gave %s", keys())
	}
	r.click("TALK", 0).sees("TALK ↓")
	r.later().click("TALK", 0).sees("TALK ↑")

	r = newRig(t, 120, 36).several().press("2")
	r.click("NAME", 0).sees("NAME ↓")
	r.press("S").sees("NAME ↑")
	_, first := r.find("late5")
	_, last := r.find("busy@demo")
	if first > last {
		t.Error("the names are not turned around")
	}
	r.press("s", "s", "s", "s").sees("Sorted by kind.")
}

func TestStandStill(t *testing.T) {
	r := newRig(t, 120, 36).several().press("f")
	r.sees("standing still")
	r.happen(call("n1", carol, model.Created, 0.0, model.Ringing, 0.0)...)
	r.sees("standing still, 1 new")
	if strings.Contains(r.View(), " 5 in ") {
		t.Error("a call came on a list that stands still")
	}
	r.happen(call("e1aa0004", erin, model.Ended, 0.0)...)
	if _, y := r.find("4 in   ENDED"); y != 4 {
		t.Errorf("a call that has ended moved to line %d", y)
	}
	r.press("f").sees("5 in   RINGING")
	r.press("f", "C", "esc", "+15550100", "enter")
	dial := r.last().(model.Dial)
	r.happen(model.CallSeen{At: noon, Call: model.CallInfo{ID: "mine", State: model.Created, Direction: model.Outbound, Tag: dial.Tag, To: globex}})
	if r.still || r.selected != "mine" {
		t.Errorf("the call that was dialled is not shown: still %v, selected %s", r.still, r.selected)
	}

	r = newRig(t, 120, 36).withHistory().press("4", "f").later()
	n := r.history.rows(r.App)
	r.happen(model.CallSeen{At: r.at, Call: model.CallInfo{ID: "late", State: model.Ringing, Direction: model.Inbound, From: carol}})
	r.sees("standing still, 1 new")
	if r.history.rows(r.App) != n {
		t.Error("the history grew while it stood still")
	}
	r.press("f")
	if r.history.rows(r.App) != n+1 {
		t.Error("the history does not follow again")
	}
}
