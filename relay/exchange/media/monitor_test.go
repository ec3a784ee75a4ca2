package media

import (
	"errors"
	"testing"
)

// monitored is a bridge of two people and a third who monitors it.
func monitored(t *testing.T, codecs ...string) (a, b, m *guest, mon *Monitoring) {
	t.Helper()
	e := woundEngine(t)
	a, b, m = newGuest(t, e, codecs[0], 620), newGuest(t, e, codecs[1], 1130), newGuest(t, e, codecs[2], 1710)
	if _, err := Bridge(a.leg, b.leg); err != nil {
		t.Fatal(err)
	}
	mon, err := e.Monitor(m.leg)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Stream{a.leg, b.leg} {
		if err := mon.Attach(s); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(mon.Close)
	return a, b, m, mon
}

func TestWhoHearsTheMonitor(t *testing.T) {
	for _, codecs := range [][]string{{"PCMU", "PCMA", "PCMU"}, {"G722", "G722", "PCMA"}} {
		a, b, m, mon := monitored(t, codecs...)
		m.hears(t, a, b)
		a.hears(t, b)
		b.hears(t, a)
		mon.SpeakTo(a.leg)
		a.hears(t, b, m)
		b.hears(t, a)
		m.hears(t, a, b)
		mon.SpeakTo(b.leg)
		a.hears(t, b)
		b.hears(t, a, m)
		mon.SpeakTo(a.leg, b.leg, m.leg) // it is not attached to itself
		a.hears(t, b, m)
		b.hears(t, a, m)
		m.hears(t, a, b)
		mon.Detach(b.leg)
		b.hears(t, a)
		m.hears(t, a)
		a.hears(t, b, m)
		mon.Close()
		mon.Close()
		a.hears(t, b)
		m.hears(t)
	}
}

// TestAWhisperOutlivesTheBridge: it is heard while a playback sounds, while the
// legs are parted, and when they are joined again.
func TestAWhisperOutlivesTheBridge(t *testing.T) {
	a, b, m, mon := monitored(t, "PCMU", "PCMU", "PCMU")
	mon.SpeakTo(a.leg)
	a.hears(t, b, m)
	play, err := a.leg.Play(Playlist{Media: []Media{Silence{Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	a.hears(t, b, m)
	play.Stop()
	a.hears(t, b, m)
	a.leg.tx.link.Load().Close()
	a.hears(t, m)
	if _, err := Bridge(b.leg, a.leg); err != nil {
		t.Fatal(err)
	}
	a.hears(t, b, m)
	b.hears(t, a)
}

// TestDigitsPassAWhisper: they cannot be mixed, and get through all the same.
func TestDigitsPassAWhisper(t *testing.T) {
	a, b, m, mon := monitored(t, "PCMU", "PCMU", "PCMU")
	mon.SpeakTo(a.leg)
	a.hears(t, b, m)
	keyed := make(chan rune, 8)
	a.person.OnDigit(func(d rune) { keyed <- d })
	if _, err := b.person.SendDigits("47"); err != nil {
		t.Fatal(err)
	}
	for _, want := range "47" {
		until(t, a.person, "the digit", func() bool {
			select {
			case d := <-keyed:
				if d != want {
					t.Fatalf("%c in place of %c", d, want)
				}
				return true
			default:
				return false
			}
		})
	}
	a.hears(t, b, m)
}

func TestMonitorRefusals(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	ear, raw, opus := newGuest(t, e, "PCMU", 1), open(t, e), newGuest(t, e, "OPUS", 1)
	if _, err := e.Monitor(raw); !errors.Is(err, ErrNotStarted) {
		t.Errorf("not started: %v", err)
	}
	if _, err := e.Monitor(opus.leg); !errors.Is(err, ErrCannotEncode) {
		t.Errorf("Opus: %v", err)
	}
	mon, err := e.Monitor(ear.leg)
	if err != nil {
		t.Fatal(err)
	}
	if err := mon.Attach(opus.leg); !errors.Is(err, ErrCannotDecode) {
		t.Errorf("hearing Opus: %v", err)
	}
	if err := mon.Attach(ear.leg); !errors.Is(err, ErrSelfBridge) {
		t.Errorf("hearing oneself: %v", err)
	}
	mon.Close()
	if err := mon.Attach(newGuest(t, e, "PCMU", 1).leg); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	room := e.NewConference()
	join(t, room, ear, JoinOptions{})
	if _, err := e.Monitor(ear.leg); !errors.Is(err, ErrBridged) {
		t.Errorf("in a room: %v", err)
	}
	ear.leg.Close()
	if _, err := e.Monitor(ear.leg); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
