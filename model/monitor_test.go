package model

import "testing"

// A monitor is shown on the call that it listens to and has no row of its own;
// a snapshot tells the truth of it.
func TestMonitorOfACall(t *testing.T) {
	b := NewBook()
	b.Apply(seen(0, "A", Answered))
	b.Apply(seen(1, "M", Answered, func(in *CallInfo) { in.CreatedBy, in.Direction = "monitor", Outbound }))
	if b.Call("M").Number != 0 {
		t.Error("it takes a number from the calls")
	}
	if rows := b.Rows(false); len(rows) != 1 || len(b.Rows(true)) != 2 || !b.Call("M").IsMonitor() {
		t.Errorf("%d rows", len(rows))
	}
	says := func(s MonitorState, mode MonitorMode) MonitorChanged {
		return MonitorChanged{At: at(2), Call: "A", Monitor: Monitor{Leg: "M", State: s, Mode: mode}}
	}
	b.Apply(says(MonitorCalling, Listening))
	b.Apply(says(MonitorJoined, Whispering))
	if m := b.Call("A").Monitor; m == nil || m.State != MonitorJoined || m.Mode != Whispering || m.Mode.String() != "whisper" {
		t.Errorf("%+v", m)
	}
	b.Apply(Snapshot{At: at(3), Calls: []SnapshotCall{{Call: seen(0, "A", Answered).Call}}})
	if m := b.Call("A").Monitor; m != nil {
		t.Errorf("after a snapshot without: %+v", m)
	}
	b.Apply(Snapshot{At: at(4), Calls: []SnapshotCall{{Call: seen(0, "A", Answered).Call, Monitor: &Monitor{Leg: "M", State: MonitorJoined}}}})
	if b.Call("A").Monitor == nil {
		t.Error("after a snapshot with one")
	}
	b.Apply(says(MonitorOver, Whispering))
	misplaced := b.Misplaced()
	b.Apply(MonitorChanged{At: at(5), Call: "gone"})
	if b.Call("A").Monitor != nil || b.Misplaced() != misplaced+1 {
		t.Errorf("%+v, %d misplaced", b.Call("A").Monitor, b.Misplaced()-misplaced)
	}
}
