package ui

import (
	"testing"
	"time"

	"cordpair/model"
	"cordpair/theme"
)

func figures(a, b model.OneWay) model.Event {
	return model.MediaSeen{At: noon, Legs: []model.LegMedia{
		{Call: "e1aa0003", Levels: true, LevelIn: -18, LevelOut: -40, JitterIn: 3 * time.Millisecond, RoundTrip: 12 * time.Millisecond, MOSIn: 4.4, OneWay: a},
		{Call: "b0bb0001", Levels: true, LevelIn: -40, LevelOut: -96, LossIn: 0.052, JitterIn: 31 * time.Millisecond, MOSIn: 2.9, OneWay: b},
	}}
}

func TestMeters(t *testing.T) {
	r := newRig(t, 120, 36).several().happen(figures(model.BothWays, model.BothWays))
	r.sees("MOS 4.4  loss 0.0%  jitter 3 ms  rtt 12 ms")
	r.sees("MOS 2.9  loss 5.2%  jitter 31 ms")
	r.sees("in ████████████░░░░")
	up := r.book.Link()
	lost := up
	lost.State = model.LinkLost
	r.happen(model.LinkChanged{At: noon, Link: lost}).lacks("MOS")
	r.lacks("████")
	r.happen(model.LinkChanged{At: noon, Link: up})
	r.happen(model.MediaSeen{At: noon})
	if len(r.media) != 0 {
		t.Error("figures of legs that are gone are kept")
	}
}

func TestOneWayAudioIsToldOnce(t *testing.T) {
	r := newRig(t, 120, 36).several().happen(figures(model.BothWays, model.NotHeard))
	r.sees("One-way audio: Bob is not heard.")
	n := len(r.log.lines)
	r.happen(figures(model.BothWays, model.NotHeard))
	if len(r.log.lines) != n {
		t.Error("told again")
	}
	r.happen(figures(model.CannotHear, model.BothWays)).sees("One-way audio: Erin Vale hears nothing.")
}

// Who waits for a peer hears nothing, and that is no defect.
func TestSilenceBeforeAPeerIsNoAlarm(t *testing.T) {
	silent := func(id model.CallID) model.Event {
		return model.MediaSeen{At: noon, Legs: []model.LegMedia{{Call: id, Levels: true, LevelIn: -18, LevelOut: -96, OneWay: model.CannotHear}}}
	}
	r := newRig(t, 120, 36).several()
	r.choose("e1aa0002")
	r.happen(silent("e1aa0002")).lacks("ne-way audio")
	r.choose("e1aa0003")
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0003", Kind: "hold", State: "hold"}, silent("e1aa0003")).lacks("ne-way audio")
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0003", Kind: "hold", State: "unhold"}, silent("e1aa0003")).sees("One-way audio: Erin Vale hears nothing.")
}

func TestLevelBar(t *testing.T) {
	r := newRig(t, 80, 24)
	for db, want := range map[float64]int{-96: 0, -54: 0, -30: 5, -6: 10, 0: 10} {
		s := r.levelBar(db, 10)
		if n := cells(s[0].s); n != want || cells(s[0].s)+cells(s[1].s) != 10 {
			t.Errorf("%v dB: %d cells", db, n)
		}
	}
	if r.levelBar(-1, 4)[0].p != r.st.Of(theme.Warn) {
		t.Error("too loud is not shown")
	}
}
