package ui

import (
	"errors"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
)

// shelf keeps ladders as a console of an earlier run would find them.
type shelf map[model.CallID]journal.Trail

func (s shelf) Keep(t journal.Trail)     { s[t.Call.Call] = t }
func (s shelf) Has(id model.CallID) bool { _, has := s[id]; return has }
func (s shelf) Load(id model.CallID) (journal.Trail, error) {
	if !s.Has(id) {
		return journal.Trail{}, errors.New("no such ladder")
	}
	return s[id], nil
}

// TestLadderFromHistory holds that the ladder of a call that has ended reads the
// same in another run of the console.
func TestLadderFromHistory(t *testing.T) {
	kept := shelf{}
	with := func(o *Options) { o.Ladders = kept }
	r := newRig(t, 120, 36, with).withLadder()
	want := r.stepsOf(r.book.Call("e1aa0003"))
	if r.wait(time.Second); kept.Has("e1aa0003") {
		t.Error("a call that lives is filed")
	}
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	r.happen(message("e1aa0003", noon, false, "BYE", "2 BYE"))
	r.wait(time.Second)
	var entries []journal.Entry
	entries = append(entries, r.history.book.Entries()...)
	r.App.leave()

	r = newRig(t, 120, 36, with).empty()
	r.Update(loadedMsg{entries: entries})
	r.press("4", "/", "erin", "enter", "g", "j", "j").pressed("e")
	r.sees("Ladder  #3 Erin Vale + Bob")
	r.sees("from the history")
	got := r.ladder.steps(r.App)
	if len(got) != len(want)+2 {
		t.Fatalf("%d steps, want %d", len(got), len(want)+2)
	}
	for i := range want {
		if got[i].word != want[i].word || got[i].leg != want[i].leg || got[i].raw != want[i].raw || got[i].layer != want[i].layer || got[i].out != want[i].out {
			t.Errorf("step %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	r.press("g", "enter")
	r.sees("Via: SIP/2.0/UDP 127.0.0.1:5060")
	r.press("esc", "esc")
	if r.App.at != atHistory {
		t.Error("esc does not go back to the history")
	}
	delete(kept, "e1aa0003")
	r.press("e")
	r.sees("its ladder is not kept any more")
}

// TestManyLaddersAtOnce holds that calls which end together do not hold up the
// screen, and that all are filed in the end.
func TestManyLaddersAtOnce(t *testing.T) {
	kept := shelf{}
	r := newRig(t, 120, 36, func(o *Options) { o.Ladders = kept }).empty()
	for i := range 3 * trailsAtOnce {
		r.happen(call(model.CallID(rune('a'+i)), erin, model.Created, 9.0, model.Ended, 1.0)...)
	}
	if r.wait(time.Second); len(kept) != trailsAtOnce {
		t.Errorf("%d filed in one second", len(kept))
	}
	if r.wait(3 * time.Second); len(kept) != 3*trailsAtOnce {
		t.Errorf("%d filed in all", len(kept))
	}
}

// TestNotesReturn holds that what was written down is read when the same party
// calls again, in another run too.
func TestNotesReturn(t *testing.T) {
	r := newRig(t, 120, 36).several().press("n", "owes us a call", "enter")
	entries := append([]journal.Entry(nil), r.history.book.Entries()...)

	r = newRig(t, 120, 36).empty()
	r.Update(loadedMsg{entries: entries})
	r.at = r.at.Add(48 * time.Hour)
	r.happen(call("e2aa0001", erin, model.Created, 0.0, model.Ringing, 0.0)...)
	r.choose("e2aa0001")
	r.sees("│ past ")
	r.sees("owes us a call  2 days ago")
	r.press("4", "g", "j", "j", "j", "n")
	r.sees("owes us a call")
	r.press("ctrl+u", "enter")
	r.press("1")
	if c := r.book.Call("e2aa0001"); len(r.beforeLines(c)) != 0 {
		t.Error("a note that was taken away is still read")
	}
}
