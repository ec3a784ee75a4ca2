package media

import (
	"errors"
	"math"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// cut plays a list on a leg and returns the PCM it sends, up to the given
// number of frames or to the end of the list.
func cut(t *testing.T, l *leg, list Playlist, frames int) (pcm []int16, play *Playback) {
	t.Helper()
	play, err := l.Play(list)
	if err != nil {
		t.Fatal(err)
	}
	for range frames {
		frame := decoded(l, l.beat(t).Payload)
		if play.over() {
			return pcm, play
		}
		pcm = append(pcm, frame...)
	}
	return pcm, play
}

func TestRingtoneSpectra(t *testing.T) {
	for _, c := range []struct {
		country string
		hz      []float64
		cycle   time.Duration
		on      time.Duration // of the first burst
	}{
		{"us", []float64{440, 480}, 6 * time.Second, 2 * time.Second},
		{"uk", []float64{400, 450}, 3 * time.Second, 400 * time.Millisecond},
		{"de", []float64{425}, 5 * time.Second, time.Second},
		{"it", []float64{425}, 5 * time.Second, time.Second},
		{"fr", []float64{440}, 5 * time.Second, 1500 * time.Millisecond},
		{"jp", []float64{400}, 3 * time.Second, time.Second},
	} {
		for _, codec := range []string{"PCMU", "PCMA"} {
			t.Run(c.country+" "+codec, func(t *testing.T) {
				l := newLeg(t, newEngine(t, EngineConfig{}), codec)
				pcm, play := cut(t, l, Playlist{Media: []Media{Ringtone{Country: c.country}}}, 1000)
				if play.Err() != nil || len(pcm) != samples(c.cycle) {
					t.Fatalf("one cycle is %d samples, %v", len(pcm), play.Err())
				}
				on := pcm[:samples(c.on)]
				var all float64
				for _, hz := range c.hz {
					part := tone.Strength(on, pcmRate, hz)
					if part < 0.7/float64(len(c.hz)) {
						t.Errorf("%v Hz has %.2f of the power", hz, part)
					}
					all += part
				}
				if all < 0.7 {
					t.Errorf("the tones have %.2f of the power", all)
				}
				if pause := pcm[samples(c.on)+160 : samples(c.on)+1500]; !quiet(pause) {
					t.Error("no pause behind the first burst")
				}
				if dB := dBFS(l.tx.codec.law().meanPower(encoded(l, on))); dB < -30 || dB > -12 {
					t.Errorf("rings at %.1f dB", dB)
				}
			})
		}
	}
}

func encoded(l *leg, pcm []int16) []byte {
	b := make([]byte, len(pcm))
	l.tx.codec.encode(b, pcm)
	return b
}

func TestEveryCountryRings(t *testing.T) {
	codes := Countries()
	if len(codes) != 39 {
		t.Fatalf("%d countries", len(codes))
	}
	var rings ringtones
	for _, code := range codes {
		pcm := rings.cycle(code)
		if len(pcm) < pcmRate || len(pcm)%160 != 0 {
			t.Errorf("%s: %d samples", code, len(pcm))
		}
		first := pcm[:samples(time.Duration(cadences[code][0].on)*time.Millisecond)]
		if quiet(first) {
			t.Errorf("%s does not ring", code)
		}
		if &rings.cycle(code)[0] != &pcm[0] {
			t.Errorf("%s is made twice", code)
		}
	}
}

func TestPlaylistOrderLoopAndEnd(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	list := Playlist{Loop: 2, Media: []Media{
		Ringtone{Country: "de", Duration: 100 * time.Millisecond},
		Silence{50 * time.Millisecond},
		Ringtone{Country: "us", Duration: 110 * time.Millisecond},
	}}
	pcm, play := cut(t, l, list, 1000)
	if play.Err() != nil {
		t.Fatal(play.Err())
	}
	for pass := range 2 {
		from := pass * 2080 // 260 ms
		for name, got := range map[string]float64{
			"first rings de":  tone.Strength(pcm[from:from+800], pcmRate, 425),
			"then rings us a": 2 * tone.Strength(pcm[from+1240:from+2040], pcmRate, 440),
		} {
			if got < 0.6 {
				t.Errorf("pass %d, %s: %.2f", pass+1, name, got)
			}
		}
		if !quiet(pcm[from+800 : from+1200]) {
			t.Errorf("pass %d: no silence between", pass+1)
		}
	}
	if p := l.beat(t); !quiet(decoded(l, p.Payload)) {
		t.Error("sound after the end")
	}
	if l.Stats().Playing {
		t.Error("still playing")
	}
}

func decoded(l *leg, b []byte) []int16 {
	pcm := make([]int16, len(b))
	for i, v := range b {
		pcm[i] = l.tx.codec.law().pcm[v]
	}
	return pcm
}

func TestPlaybackControls(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	play, err := l.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}, Loop: LoopForever})
	if err != nil {
		t.Fatal(err)
	}
	loud := func() float64 { l.beat(t); return dBFS(l.tx.codec.law().meanPower(l.last.Payload)) }
	loud()
	usual := loud()
	play.SetVolume(-20)
	if d := usual - loud(); math.Abs(d-20) > 1 {
		t.Errorf("20 dB down is %.1f", d)
	}
	play.SetVolume(40)
	if over := loud(); over < -3 {
		t.Errorf("40 dB up is %.1f dBFS", over)
	}
	play.SetVolume(0)
	play.Pause()
	if got := loud(); got > -60 {
		t.Errorf("paused at %.1f dBFS", got)
	}
	play.Resume()
	if d := usual - loud(); math.Abs(d) > 1 {
		t.Errorf("resumed %.1f dB lower", d)
	}
	play.Stop()
	play.Stop()
	closed(t, "Done after Stop", play.Done())
	if got := loud(); got > -60 || !errors.Is(play.Err(), ErrStopped) {
		t.Errorf("stopped at %.1f dBFS: %v", got, play.Err())
	}
}

func TestALaterPlaybackReplacesAnEarlierOne(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	first, err := l.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	pcm, _ := cut(t, l, Playlist{Media: []Media{Ringtone{Country: "fr"}}}, 60)
	if !errors.Is(first.Err(), ErrReplaced) || tone.Strength(pcm, pcmRate, 440) < 0.9 {
		t.Fatalf("%v, strength %.2f", first.Err(), tone.Strength(pcm, pcmRate, 440))
	}
}

func TestAPlaybackOnABridgedLegHidesThePeer(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	bridge := mustBridge(t, l, other)
	play, err := l.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	l.beat(t)
	l.hear(bridge, 0, 1, 0, 7, make([]byte, 160))
	l.beat(t) // in sequence: nothing was forwarded
	play.Stop()
	l.hear(bridge, 0, 2, 160, 7, make([]byte, 160))
	if p := l.take(t); p.Payload[0] != 0 {
		t.Fatalf("after the playback: payload %x", p.Payload[0])
	}
}

func TestPlaylistRefusals(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	ok := []Media{Silence{time.Second}}
	l := newLeg(t, e, "PCMU")
	for name, list := range map[string]Playlist{
		"empty":           {},
		"too many":        {Media: make([]Media, 65)},
		"nil item":        {Media: []Media{nil}},
		"unknown country": {Media: []Media{Ringtone{Country: "xx"}}},
		"no silence":      {Media: []Media{Silence{}}},
		"negative":        {Media: []Media{Silence{-2}}},
		"too long":        {Media: []Media{Silence{25 * time.Hour}}},
		"no URL":          {Media: []Media{Audio{}}},
		"no text":         {Media: []Media{TTS{}}},
		"language":        {Media: []Media{TTS{Text: "x", Language: "-v; rm"}}},
		"voice":           {Media: []Media{TTS{Text: "x", Voice: "--help"}}},
		"gender":          {Media: []Media{TTS{Text: "x", Gender: "+f3"}}},
		"volume":          {Media: ok, Volume: 41},
		"no volume":       {Media: ok, Volume: math.NaN()},
		"loop":            {Media: ok, Loop: -2},
	} {
		if _, err := l.Play(list); !errors.Is(err, ErrBadPlaylist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := manual(t, e).Play(Playlist{Media: ok}); !errors.Is(err, ErrNotStarted) {
		t.Errorf("not started: %v", err)
	}
}

func TestCodecsWithoutAnEncoderPlaySilenceOnly(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	for _, name := range []string{"OPUS", "G729"} {
		l := newLeg(t, e, name)
		if _, err := l.Play(Playlist{Media: []Media{Silence{time.Second}, Ringtone{Country: "de"}}}); !errors.Is(err, ErrCannotEncode) {
			t.Errorf("%s: %v", name, err)
		}
		play, err := l.Play(Playlist{Media: []Media{Silence{3 * Frame}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for range 4 {
			if p := l.beat(t); string(p.Payload) != string(l.tx.codec.silence) {
				t.Errorf("%s: payload %x", name, p.Payload)
			}
		}
		closed(t, "silence ends", play.Done())
	}
}

func TestAPlaybackEndsWhenTheCodecCannotGoOn(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	play, err := l.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	start(t, l.Stream, l.phone.addr, "PCMA") // the other law is no obstacle
	l.beat(t)
	start(t, l.Stream, l.phone.addr, "G729")
	l.beat(t)
	if !errors.Is(play.Err(), ErrCannotEncode) {
		t.Fatalf("on G729: %v", play.Err())
	}
}

func TestRingbackOverTheRealClock(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	a, b := open(t, e), open(t, e)
	start(t, a, b.LocalAddr(), "PCMU")
	start(t, b, a.LocalAddr(), "PCMU")
	heard := listenTo(b)
	play, err := a.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	heard.hears(t, "b", 425)
	play.Stop()
	heard.forget()
	eventually(t, "silence", func() bool {
		pcm := heard.newest(800)
		return len(pcm) == 800 && quiet(pcm)
	})
	if st := b.Stats(); st.Lost != 0 || st.PacketsIn < 10 || st.Jitter > time.Second {
		t.Errorf("%+v", st)
	}
}

// panicky is a source with a bug.
type panicky struct{}

func (panicky) ReadPCM([]int16) int { panic("source") }

func TestAPanicInASourceOrTapIsAFault(t *testing.T) {
	var mu sync.Mutex
	var faults []string
	e := newEngine(t, EngineConfig{OnFault: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		faults = append(faults, err.Error())
	}})
	a, b := open(t, e), open(t, e)
	start(t, a, b.LocalAddr(), "PCMU")
	start(t, b, a.LocalAddr(), "PCMU")
	a.SetSource(panicky{})
	b.Tap(func([]int16) { panic("tap") })
	for _, want := range []string{"media: panic in source: source", "media: panic in RTP reader: tap"} {
		eventually(t, "the fault "+want, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Contains(faults, want)
		})
	}
	// Both go on, without the source and in spite of the tap.
	b.Tap(nil)
	n := b.Stats().PacketsIn
	eventually(t, "packets go on", func() bool { return b.Stats().PacketsIn > n+5 })
}

func TestPortPairs(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	for range 20 {
		s := open(t, e)
		if s.LocalAddr().Port()%2 != 0 || s.rtcp.LocalAddr().String() != netip.AddrPortFrom(loopback, s.LocalAddr().Port()+1).String() {
			t.Errorf("RTP %v, RTCP %v", s.LocalAddr(), s.rtcp.LocalAddr())
		}
	}
	// A range of one pair: taken, then free again. Another program of the machine
	// may take it in between, so there are some tries.
	for tries := 20; ; tries-- {
		err := pairOfARange(t, e)
		if err == nil {
			break
		}
		if tries == 0 || !errors.Is(err, ErrNoPorts) {
			t.Fatal(err)
		}
	}
	if _, err := newEngine(t, EngineConfig{PortMin: 7, PortMax: 7}).Open(loopback); !errors.Is(err, ErrNoPorts) {
		t.Fatalf("a range without a pair: %v", err)
	}
}

// pairOfARange opens a pair, twice, in a range that has no other.
func pairOfARange(t *testing.T, e *Engine) error {
	base := open(t, e)
	port := base.LocalAddr().Port()
	base.Close()
	small := newEngine(t, EngineConfig{PortMin: port, PortMax: port + 1})
	for range 2 {
		s, err := small.Open(loopback)
		if err != nil {
			return err
		}
		if s.LocalAddr().Port() != port {
			t.Fatalf("port %d, want %d", s.LocalAddr().Port(), port)
		}
		if _, err := small.Open(loopback); !errors.Is(err, ErrNoPorts) {
			t.Fatalf("a second pair: %v", err)
		}
		s.Close()
	}
	return nil
}

func TestStartRefusals(t *testing.T) {
	s := open(t, newEngine(t, EngineConfig{}))
	far := netip.MustParseAddrPort("127.0.0.1:9")
	pcmu := format(t, "PCMU")
	for name, err := range map[string]error{
		"unknown codec": s.Start(far, Format{Name: "SPEEX", ClockRate: 8000}, 0, SendRecv),
		"wrong clock":   s.Start(far, Format{Name: "OPUS", ClockRate: 8000}, 0, SendRecv),
		"payload type":  s.Start(far, Format{Name: "PCMU", PayloadType: 128, ClockRate: 8000}, 0, SendRecv),
		"event type":    s.Start(far, pcmu, 200, SendRecv),
		"no address":    s.Start(netip.AddrPort{}, pcmu, 0, SendRecv),
	} {
		if !errors.Is(err, ErrBadFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
