package media

import (
	"errors"
	"math"
	"net/netip"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// guest is a leg in a room, and the person at its far end with a tone of
// their own.
type guest struct {
	leg, person *Stream
	heard       *listener
	hz          float64
}

func newGuest(t *testing.T, e *Engine, codec string, hz float64) *guest {
	t.Helper()
	g := &guest{leg: open(t, e), person: open(t, e), hz: hz}
	start(t, g.leg, g.person.LocalAddr(), codec)
	start(t, g.person, g.leg.LocalAddr(), codec)
	g.person.SetSource(tone.Generator(hz, pcmRate))
	g.heard = listenTo(g.person)
	return g
}

func join(t *testing.T, c *Conference, g *guest, o JoinOptions) *Member {
	t.Helper()
	m, err := c.Join(g.leg, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hears waits until the guest hears just these people, all equally loud.
func (g *guest) hears(t *testing.T, people ...*guest) {
	t.Helper()
	until(t, g.person, "each hears all others", func() bool {
		pcm := g.heard.newest(2048)
		if len(pcm) < 2048 {
			return false
		}
		if len(people) == 0 {
			return dBFS(meanPower(pcm)) < -65 // G722 comes to rest, not to zero
		}
		all := 0.0
		for _, p := range people {
			part := tone.Strength(pcm, pcmRate, p.hz)
			if part < 0.6/float64(len(people)) {
				return false
			}
			all += part
		}
		return all > 0.95 && tone.Strength(pcm, pcmRate, g.hz) < 0.01
	})
}

func TestAConferenceHearsEachOther(t *testing.T) {
	e := woundEngine(t)
	room := e.NewConference()
	a, b, c := newGuest(t, e, "PCMU", 620), newGuest(t, e, "PCMA", 1130), newGuest(t, e, "G722", 1710)
	ma, mb := join(t, room, a, JoinOptions{}), join(t, room, b, JoinOptions{})
	a.hears(t, b)
	b.hears(t, a)
	mc := join(t, room, c, JoinOptions{Muted: true})
	c.hears(t, a, b)
	a.hears(t, b)
	mc.SetMuted(false)
	a.hears(t, b, c)
	b.hears(t, a, c)
	mb.SetMuted(true)
	a.hears(t, c)
	b.hears(t, a, c)
	mb.SetMuted(false)
	ma.Leave()
	ma.Leave()
	a.hears(t)
	b.hears(t, c)
	b.leg.Close() // leaves
	c.hears(t)
	if room.Len() != 1 {
		t.Errorf("%d members", room.Len())
	}
	room.Close()
	room.Close()
	if _, err := room.Join(a.leg, JoinOptions{}); room.Len() != 0 || !errors.Is(err, ErrClosed) {
		t.Errorf("%d members in a closed room, %v", room.Len(), err)
	}
	// Outside, the legs are as they were.
	if _, err := Bridge(a.leg, newGuest(t, e, "PCMU", 1).leg); err != nil {
		t.Error(err)
	}
}

func TestBeepsOfAConference(t *testing.T) {
	e := woundEngine(t)
	room := e.NewConference()
	a, b := newGuest(t, e, "PCMU", 1), newGuest(t, e, "PCMU", 1)
	a.person.SetSource(nil)
	b.person.SetSource(nil)
	join(t, room, a, JoinOptions{})
	has := func(first, second float64) func() bool {
		return func() bool { // both halves of the beep, one behind the other
			pcm := a.heard.newest(1 << 20)
			for at := 0; at+1920 <= len(pcm); at += 160 {
				if tone.Strength(pcm[at:at+640], pcmRate, first) > 0.8 &&
					tone.Strength(pcm[at+1280:at+1920], pcmRate, second) > 0.8 {
					return true
				}
			}
			return false
		}
	}
	m := join(t, room, b, JoinOptions{Beep: true})
	until(t, a.person, "a hears b come", has(620, 830))
	a.heard.forget()
	m.LeaveWithBeep()
	until(t, a.person, "a hears b leave", has(830, 620))
	a.hears(t)
}

func TestAFullRoomDoesNotClip(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	room := e.NewConference()
	var all []*Member
	for range 12 {
		s := manual(t, e)
		start(t, s, netip.MustParseAddrPort("127.0.0.1:9"), "PCMU")
		all = append(all, join(t, room, &guest{leg: s}, JoinOptions{}))
	}
	// All say the same tone, a quarter of full scale each: eleven of them are
	// far beyond it.
	sine, say, hear := tone.Generator(500, pcmRate), make([]int16, 160), make([]int16, 160)
	var heard []int16
	for i := range 100 {
		sine.ReadPCM(say)
		for _, m := range all {
			m.hear(1, uint32(160*i), say)
		}
		if all[0].frame(time.Duration(i)*Frame, hear) && i > 10 {
			heard = append(heard, hear...)
		}
		for _, m := range all[1:] {
			m.frame(time.Duration(i)*Frame, hear)
		}
	}
	peak := 0
	for _, v := range heard {
		peak = max(peak, int(v), -int(v))
	}
	// A clipped sine has harmonics; this one is as pure as it went in.
	if s := tone.Strength(heard, pcmRate, 500); s < 0.999 || peak > ceiling || peak < ceiling/2 {
		t.Fatalf("strength %.4f, peak %d", s, peak)
	}
	for _, m := range all[2:] { // calm again: the level comes back
		m.Leave()
	}
	for i := 100; i < 200; i++ {
		sine.ReadPCM(say)
		all[1].hear(1, uint32(160*i), say)
		all[0].frame(time.Duration(i)*Frame, hear)
	}
	if level := dBFS(meanPower(hear)); math.Abs(level+15) > 1 {
		t.Errorf("level %.1f dB afterwards", level)
	}
}

func TestConferenceRefusals(t *testing.T) {
	e, other := newEngine(t, EngineConfig{}), newEngine(t, EngineConfig{})
	room, far := e.NewConference(), netip.MustParseAddrPort("127.0.0.1:9")
	legs := map[string]*Stream{}
	for _, name := range []string{"raw", "opus", "gone", "in", "bridged", "bridged too"} {
		legs[name] = open(t, e)
		if name != "raw" {
			start(t, legs[name], far, map[bool]string{true: "OPUS", false: "PCMU"}[name == "opus"])
		}
	}
	legs["gone"].Close()
	legs["foreign"] = open(t, other)
	join(t, room, &guest{leg: legs["in"]}, JoinOptions{})
	if _, err := Bridge(legs["bridged"], legs["bridged too"]); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"raw": ErrNotStarted, "opus": ErrCannotEncode, "gone": ErrClosed,
		"in": ErrBridged, "bridged": ErrBridged, "foreign": ErrForeign} {
		if _, err := room.Join(legs[name], JoinOptions{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	start(t, legs["raw"], far, "PCMU")
	if _, err := Bridge(legs["in"], legs["raw"]); !errors.Is(err, ErrBridged) {
		t.Errorf("bridging a member: %v", err)
	}
}

func TestAPlaybackToAMemberReturnsToTheRoom(t *testing.T) {
	e := woundEngine(t)
	room := e.NewConference()
	a, b := newGuest(t, e, "PCMU", 620), newGuest(t, e, "PCMU", 1130)
	join(t, room, a, JoinOptions{})
	join(t, room, b, JoinOptions{})
	a.hears(t, b)
	play, err := a.leg.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	a.heard.hears(t, "a", 425, 1130)
	b.hears(t, a)
	play.Stop()
	a.hears(t, b)
}

// BenchmarkConferenceMember is the cost of one member for each beat: taking a
// packet in, its share of the mix, and what it hears, encoded and written.
func BenchmarkConferenceMember(b *testing.B) {
	for _, n := range []int{3, 10, 50} {
		b.Run(map[int]string{3: "of 3", 10: "of 10", 50: "of 50"}[n], func(b *testing.B) {
			e := newEngine(b, EngineConfig{})
			room, far := e.NewConference(), newPhone(b)
			var all []*Member
			for range n {
				s := manual(b, e)
				start(b, s, far.addr, "PCMU")
				m, err := room.Join(s, JoinOptions{})
				if err != nil {
					b.Fatal(err)
				}
				all = append(all, m)
			}
			say := make([]int16, 160)
			tone.Generator(500, pcmRate).ReadPCM(say)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += n {
				for _, m := range all {
					m.hear(1, uint32(160*(i/n)), say)
				}
				for _, m := range all {
					m.s.tick(m.s.tx.epoch + time.Duration(i/n)*Frame)
				}
			}
		})
	}
}
