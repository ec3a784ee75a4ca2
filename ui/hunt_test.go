package ui

import (
	"strings"
	"testing"

	"cordpair/model"
)

// TestBranchesAreLive holds that a target that has refused is said to have while
// the others ring, though RELAY tells the end of its leg with that of the
// connect, and that a peer that was parted is not said to be dialed.
func TestBranchesAreLive(t *testing.T) {
	r := newRig(t, 120, 36).several().choose("e1aa0002").press("c", "esc", "sip:busy@demo, bob@demo", "ctrl+g")
	tag, busy := r.book.Call("e1aa0002").Attempt.Tag, model.Address{URI: "sip:busy@demo"}
	r.happen(peer("b1", "e1aa0002", tag, busy, model.Created, ago(3)), connect("e1aa0002", tag, "b1", busy, model.ConnectConnecting, ago(3)),
		model.LegReported{At: ago(2), Call: "b1", Leg: model.LegReport{Code: 486, Phrase: "Busy Here", EndedBy: "remote"}},
		connect("e1aa0002", tag, "b2", bob, model.ConnectConnecting, ago(2)), peer("b2", "e1aa0002", tag, bob, model.Ringing, ago(2)))
	branch := func(who string) string {
		t.Helper()
		_, after, found := strings.Cut(r.View(), who+" ")
		if !found {
			t.Fatalf("no branch of %s:\n%s", who, r.View())
		}
		return strings.TrimSpace(after[:min(20, len(after))])
	}
	if got := branch("1 busy@demo"); !strings.HasPrefix(got, "486 Busy Here") {
		t.Errorf("busy: %q", got)
	}
	if got := branch("2 bob@demo"); !strings.HasPrefix(got, "ringing") {
		t.Errorf("bob: %q", got)
	}
	r.happen(peer("b2", "e1aa0002", tag, bob, model.Answered, ago(1)), connect("e1aa0002", tag, "b2", bob, model.ConnectConnected, ago(1)))
	if got := branch("2 bob@demo"); !strings.HasPrefix(got, "connected") {
		t.Errorf("bob: %q", got)
	}
	r.happen(connect("e1aa0002", tag, "b2", bob, model.ConnectDisconnected, ago(0)))
	if got := branch("2 bob@demo"); !strings.HasPrefix(got, "apart") {
		t.Errorf("bob after he was parted: %q", got)
	}
}
