package ui

import (
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

// rowOf is the line of the screen that has a text.
func (r *rig) rowOf(text string) string {
	r.t.Helper()
	for line := range strings.SplitSeq(r.View(), "\n") {
		if strings.Contains(line, text) {
			return line
		}
	}
	r.t.Fatalf("no line says %q:\n%s", text, r.View())
	return ""
}

// TestRowsTellOfNotes holds that a call with a note is seen to have one, in the
// list and in the history, as is a caller who waits and left a note before.
func TestRowsTellOfNotes(t *testing.T) {
	const sign = "≡"
	r := newRig(t, 120, 36).withHistory()
	if strings.Contains(r.View(), sign) {
		t.Fatalf("a note out of nothing:\n%s", r.View())
	}
	r.press("n", "order 5521", "enter")
	if !strings.Contains(r.rowOf("2 in "), sign) {
		t.Errorf("the row of the call:\n%s", r.View())
	}
	r.press("4")
	if !strings.Contains(r.rowOf("call in  Globex"), sign) || strings.Contains(r.rowOf("Dana Whitfield"), sign) {
		t.Errorf("the history:\n%s", r.View())
	}
	r.press("1").happen(call("e1aa0009", globex, model.Created, 1.0, model.Ringing, 0.5)...)
	if !strings.Contains(r.rowOf("RINGING   Globex"), sign) {
		t.Errorf("a caller of before:\n%s", r.View())
	}
	r.press("n", "ctrl+u", "enter")
	if strings.Contains(r.View(), sign) {
		t.Errorf("the note was taken away:\n%s", r.View())
	}
}

// TestHistoryCountsOn holds that what is under way is not said to have waited
// and talked for no time.
func TestHistoryCountsOn(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().press("4").wait(3 * time.Second)
	if row := r.rowOf("Dana Whitfield"); !strings.Contains(row, "0:10") {
		t.Errorf("a call that rings: %s", row)
	}
	if row := r.rowOf("call in  Erin Vale"); !strings.Contains(row, "1:44") {
		t.Errorf("a call that talks: %s", row)
	}
}
