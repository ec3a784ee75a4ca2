package media

import (
	"encoding/hex"
	"math"
	"testing"

	"cordpair/relay/exchange/media/tone"
)

func TestG722CarriesATone(t *testing.T) {
	for _, freq := range []float64{200, 440, 1004, 3000} {
		in := make([]int16, 4096)
		tone.Generator(freq, pcmRate).ReadPCM(in)
		enc, dec, coded, out := newG722(), newG722(), make([]byte, len(in)), make([]int16, len(in))
		enc.encode(coded, in)
		dec.decode(out, coded)
		got, strength := tone.Detect(out, pcmRate)
		if math.Abs(got-freq) > 2 || strength < 0.98 {
			t.Errorf("%v Hz: %.1f Hz with strength %.3f", freq, got, strength)
		}
		if d := dBFS(meanPower(out)) - dBFS(meanPower(in)); math.Abs(d) > 0.5 {
			t.Errorf("%v Hz: level changes by %.1f dB", freq, d)
		}
		if enc != dec {
			t.Errorf("%v Hz: encoder and decoder part", freq)
		}
	}
}

// knownG722 is what an independent implementation makes of a rising curve.
const knownG722 = "fae1e0e0e4e4e4e5e7eaeaeaeaeaebecebececebedecebeb"

func TestG722KnownAnswer(t *testing.T) {
	in := make([]int16, 24)
	for i := range in {
		in[i] = int16(i * i * 40)
	}
	enc, coded := newG722(), make([]byte, len(in))
	enc.encode(coded, in)
	if got := hex.EncodeToString(coded); got != knownG722 {
		t.Errorf("%s, want %s", got, knownG722)
	}
}

func TestG722SilenceRests(t *testing.T) {
	c, _ := lookup("G722")
	dec, pcm := newG722(), make([]int16, 160)
	for range 50 {
		dec.decode(pcm, c.silence)
		if !quiet(pcm) {
			t.Fatalf("silence decodes to %v", pcm[:8])
		}
	}
}

func TestG722LegsPlaySpeakAndListen(t *testing.T) {
	c := newCall(t, "G722", "G722")
	c.alice.SetSource(tone.Generator(620, pcmRate))
	if _, err := c.b.Play(Playlist{Media: []Media{Ringtone{Country: "de", Duration: Forever}}}); err != nil {
		t.Fatal(err)
	}
	c.hearB.hears(t, "bob", 425)
	if _, err := Bridge(c.a, c.b); err != nil {
		t.Fatal(err)
	}
	c.hearB.hears(t, "bob", 620)
	if st := c.b.Stats(); st.HasLevel {
		t.Errorf("levels of a codec that is not listened to: %+v", st)
	}
}

func FuzzG722(f *testing.F) {
	f.Add([]byte{0xfa, 0, 0xff, 0x3f})
	f.Fuzz(func(t *testing.T, b []byte) {
		dec, enc := newG722(), newG722()
		dec.decode(make([]int16, len(b)), b)
		enc.follow(b)
		if enc != dec || dec.det < 0 || dec.det > 32767 {
			t.Fatalf("%+v, %+v", enc, dec)
		}
	})
}

func BenchmarkG722(b *testing.B) {
	pcm, out, g := make([]int16, 160), make([]byte, 160), newG722()
	tone.Generator(440, pcmRate).ReadPCM(pcm)
	for range b.N {
		g.encode(out, pcm)
	}
}
