package media

import (
	"errors"
	"math"
	"net/netip"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// listener collects what a stream hears.
type listener struct {
	s   *Stream
	mu  sync.Mutex
	pcm []int16
}

func listenTo(s *Stream) *listener {
	l := &listener{s: s}
	s.Tap(func(pcm []int16) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pcm = append(l.pcm, pcm...)
	})
	return l
}

// hears waits until the newest quarter of a second is a clear tone at freq,
// with nothing of the ones unheard in it.
func (l *listener) hears(t *testing.T, who string, freq float64, unheard ...float64) {
	t.Helper()
	until(t, l.s, who+" hears the tone, and nothing else", func() bool {
		pcm := l.newest(2048)
		if len(pcm) < 2048 {
			return false
		}
		got, strength := tone.Detect(pcm, pcmRate)
		for _, hz := range unheard {
			if tone.Strength(pcm, pcmRate, hz) > 0.01 {
				return false
			}
		}
		return math.Abs(got-freq) < 3 && strength > 0.95
	})
}

func (l *listener) newest(n int) []int16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]int16(nil), l.pcm[max(0, len(l.pcm)-n):]...)
}

func (l *listener) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pcm = nil
}

// call is person - leg A - leg B - person, all over real sockets.
type call struct {
	alice, a, b, bob *Stream
	hearA, hearB     *listener // at alice's and at bob's
}

func newCall(t *testing.T, codecA, codecB string) *call {
	t.Helper()
	e := woundEngine(t)
	c := &call{alice: open(t, e), a: open(t, e), b: open(t, e), bob: open(t, e)}
	start(t, c.alice, c.a.LocalAddr(), codecA)
	start(t, c.a, c.alice.LocalAddr(), codecA)
	start(t, c.b, c.bob.LocalAddr(), codecB)
	start(t, c.bob, c.b.LocalAddr(), codecB)
	c.hearA, c.hearB = listenTo(c.alice), listenTo(c.bob)
	return c
}

func TestWhoHearsWhomAcrossABridge(t *testing.T) {
	for _, codecs := range [][2]string{{"PCMU", "PCMU"}, {"PCMU", "PCMA"}, {"PCMA", "PCMU"}} {
		t.Run(codecs[0]+"-"+codecs[1], func(t *testing.T) {
			c := newCall(t, codecs[0], codecs[1])
			c.alice.SetSource(tone.Generator(620, pcmRate))
			c.bob.SetSource(tone.Generator(1130, pcmRate))
			bridge, err := Bridge(c.a, c.b)
			if err != nil {
				t.Fatal(err)
			}
			// Nobody hears themselves.
			c.hearB.hears(t, "bob", 620, 1130)
			c.hearA.hears(t, "alice", 1130, 620)
			until(t, c.a, "both levels of leg a read the tone's -15 dB", func() bool {
				st := c.a.Stats()
				return st.Bridged && st.HasLevel && math.Abs(st.LevelIn+15) < 2 && math.Abs(st.LevelOut+15) < 2
			})

			bridge.Close()
			bridge.Close()
			c.hearB.forget()
			until(t, c.bob, "bob hears silence after the bridge", func() bool {
				pcm := c.hearB.newest(1600)
				return len(pcm) == 1600 && quiet(pcm)
			})
			until(t, c.a, "the level falls to the floor", func() bool { return c.a.Stats().LevelOut < -60 })
		})
	}
}

// quiet reports that nothing but A-law's smallest step is heard.
func quiet(pcm []int16) bool {
	for _, v := range pcm {
		if v > 8 || v < -8 {
			return false
		}
	}
	return true
}

func TestABridgeSendsNothingBack(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	a, b := open(t, e), open(t, e)
	alice, bob := newPhone(t), newPhone(t)
	start(t, a, alice.addr, "PCMU")
	start(t, b, bob.addr, "PCMU")
	if _, err := Bridge(a, b); err != nil {
		t.Fatal(err)
	}
	const mark = 0x2a
	for range 20 {
		alice.say(a.LocalAddr(), 0, []byte{mark, mark})
	}
	for n := 0; n < 20; {
		if bob.next().Payload[0] == mark {
			n++
		}
	}
	// Two frames sent to alice after bob has had all of hers: silence only.
	for range 2 {
		if p := alice.next(); p.Payload[0] == mark {
			t.Fatal("alice got her own packet")
		}
	}
}

func TestDigitsPassABridge(t *testing.T) {
	c := newCall(t, "PCMU", "PCMA")
	if err := c.bob.Start(c.b.LocalAddr(), format(t, "PCMA"), 97, SendRecv); err != nil {
		t.Fatal(err)
	}
	if err := c.b.Start(c.bob.LocalAddr(), format(t, "PCMA"), 97, SendRecv); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	heard := map[string]string{}
	note := func(who string) func(rune) {
		return func(r rune) {
			mu.Lock()
			defer mu.Unlock()
			heard[who] += string(r)
		}
	}
	c.a.OnDigit(note("leg a"))
	c.bob.OnDigit(note("bob"))
	c.alice.OnDigit(note("alice"))
	if _, err := Bridge(c.a, c.b); err != nil {
		t.Fatal(err)
	}
	sent, err := c.alice.SendDigits("19#d")
	if err != nil {
		t.Fatal(err)
	}
	ends(t, c.alice, "digits sent", sent)
	until(t, c.bob, "bob has the digits", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return heard["bob"] == "19#D" && heard["leg a"] == "19#D"
	})
	mu.Lock()
	defer mu.Unlock()
	if heard["alice"] != "" {
		t.Errorf("alice heard %q", heard["alice"])
	}
}

func TestBridgeRefusals(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	mu, opus, g729, raw, gone, free := open(t, e), open(t, e), open(t, e), open(t, e), open(t, e), open(t, e)
	far := netip.MustParseAddrPort("127.0.0.1:9")
	start(t, mu, far, "PCMU")
	start(t, opus, far, "OPUS")
	start(t, g729, far, "G729")
	start(t, free, far, "PCMA")
	gone.Close()
	other := open(t, e)
	start(t, other, far, "PCMU")
	if _, err := Bridge(other, free); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		a, b *Stream
		want error
	}{
		{"itself", mu, mu, ErrSelfBridge},
		{"not started", mu, raw, ErrNotStarted},
		{"closed", gone, mu, ErrClosed},
		{"bridged", mu, free, ErrBridged},
		{"PCMU and Opus", mu, opus, ErrCodecMismatch},
		{"G729 and PCMU", g729, mu, ErrCodecMismatch},
		{"G729 and Opus", g729, opus, ErrCodecMismatch},
	} {
		if _, err := Bridge(c.a, c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestOtherCodecsPassThrough(t *testing.T) {
	for _, name := range []string{"G722", "G729", "OPUS"} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, EngineConfig{})
			a, b := open(t, e), open(t, e)
			alice, bob := newPhone(t), newPhone(t)
			start(t, a, alice.addr, name)
			f := format(t, name)
			if f.PayloadType >= 96 {
				f.PayloadType = 120 // bob's own number for it
			}
			if err := b.Start(bob.addr, f, 0, SendRecv); err != nil {
				t.Fatal(err)
			}
			silence := bob.next().Payload
			if _, err := Bridge(a, b); err != nil {
				t.Fatal(err)
			}
			alice.say(a.LocalAddr(), format(t, name).PayloadType, []byte("some frame"))
			for {
				if p := bob.nextOf(f.PayloadType); string(p.Payload) == "some frame" {
					break
				} else if string(p.Payload) != string(silence) {
					t.Fatalf("bob got %x", p.Payload)
				}
			}
		})
	}
}

func TestClosingALegEndsItsBridge(t *testing.T) {
	c := newCall(t, "PCMU", "PCMU")
	c.alice.SetSource(tone.Generator(620, pcmRate))
	if _, err := Bridge(c.a, c.b); err != nil {
		t.Fatal(err)
	}
	c.hearB.hears(t, "bob", 620)
	c.a.Close()
	c.a.Close()
	if c.b.Stats().Bridged {
		t.Fatal("leg b still bridged")
	}
	c.hearB.forget()
	until(t, c.bob, "bob hears silence", func() bool { return len(c.hearB.newest(1600)) == 1600 })
	if !quiet(c.hearB.newest(800)) {
		t.Fatal("bob still hears something")
	}
}

func TestStreamsCloseWhileBusy(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	var wg sync.WaitGroup
	for range 8 {
		a, b := open(t, e), open(t, e)
		start(t, a, b.LocalAddr(), "PCMU")
		start(t, b, a.LocalAddr(), "PCMU")
		wg.Go(func() {
			for range 20 {
				if br, err := Bridge(a, b); err == nil {
					_, _ = a.Play(Playlist{Media: []Media{Ringtone{Country: "de"}}})
					_ = b.Stats()
					br.Close()
				}
			}
		})
		wg.Go(func() { b.Close(); a.Close() })
	}
	wg.Wait()
	if _, err := e.Open(loopback); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := e.Open(loopback); !errors.Is(err, ErrClosed) {
		t.Fatalf("open on a closed engine: %v", err)
	}
}

func TestEngineClosesItsStreams(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := open(t, e)
	start(t, s, netip.MustParseAddrPort("127.0.0.1:9"), "PCMU")
	play, err := s.Play(Playlist{Media: []Media{Silence{Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	closed(t, "the playback ends", play.Done())
	if err := play.Err(); !errors.Is(err, ErrClosed) {
		t.Errorf("playback: %v", err)
	}
	for name, err := range map[string]error{
		"start":  s.Start(netip.MustParseAddrPort("127.0.0.1:9"), format(t, "PCMU"), 0, SendRecv),
		"play":   second(s.Play(Playlist{Media: []Media{Silence{time.Second}}})),
		"digits": second(s.SendDigits("1")),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
