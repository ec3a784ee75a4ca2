package media

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// keyTone is a digit as a telephone sings it.
func keyTone(key rune, samples int, stretch, rowGain, colGain float64) []int16 {
	i := strings.IndexRune(dtmfKeys, key)
	row, col := dtmfRows[i/4]*stretch, dtmfCols[i%4]*stretch
	pcm := make([]int16, samples)
	for n := range pcm {
		at := 2 * math.Pi * float64(n) / pcmRate
		pcm[n] = int16(5000 * (rowGain*math.Sin(row*at) + colGain*math.Sin(col*at)))
	}
	return pcm
}

// sung is what the detector makes of sound cut into packets.
func sung(pcm []int16, packet int) (digits string) {
	var d inband
	for len(pcm) > 0 {
		n := min(packet, len(pcm))
		if r := d.find(pcm[:n]); r != 0 {
			digits += string(r)
		}
		pcm = pcm[n:]
	}
	return digits
}

func TestSungDigitsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		stretch, row, col float64
		packet, on        int
	}{
		"clean": {1, 1, 1, 160, 640}, "in packets of 30 ms": {1, 1, 1, 240, 640}, "in packets of 10 ms": {1, 1, 1, 80, 640},
		"1.5 % high": {1.015, 1, 1, 160, 640}, "1.5 % low": {0.985, 1, 1, 160, 640},
		"4 dB of twist": {1, 1, 0.63, 160, 640}, "8 dB the other way": {1, 0.45, 1, 160, 640},
		"soft": {1, 0.1, 0.1, 160, 640}, "short": {1, 1, 1, 160, 480},
	} {
		var pcm []int16
		const keys = "123A456B789C*0#D11"
		for _, k := range keys {
			pcm = append(pcm, keyTone(k, c.on, c.stretch, c.row, c.col)...)
			pcm = append(pcm, make([]int16, 560)...)
		}
		for i := range pcm { // a line is never quite still
			pcm[i] += int16(rand.N(60) - 30)
		}
		if got := sung(pcm, c.packet); got != keys {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWhatIsNoDigitIsNone(t *testing.T) {
	const n = 10 * pcmRate
	for name, pcm := range map[string][]int16{
		"voice":      voiceLike(n, 120),
		"high voice": voiceLike(n, 230),
		"low voice":  voiceLike(n, 95),
		"a child":    voiceLike(n, 310),
		"noise":      noise(n, 8000),
		"a row only": keyTone('5', n, 1, 1, 0),
		"off by 4 %": keyTone('5', n, 1.04, 1, 1),
		"too short":  append(keyTone('5', 160, 1, 1, 1), make([]int16, 800)...),
		"too soft":   keyTone('5', n, 1, 0.02, 0.02),
	} {
		if got := sung(pcm, 160); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestDigitsOfALegWithoutTelephoneEvent(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	leg, far := open(t, e), open(t, e)
	if err := leg.Start(far.LocalAddr(), format(t, "PCMA"), 0, SendRecv); err != nil {
		t.Fatal(err)
	}
	if err := far.Start(leg.LocalAddr(), format(t, "PCMA"), 0, SendRecv); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	got := ""
	leg.OnDigit(func(r rune) {
		mu.Lock()
		defer mu.Unlock()
		got += string(r)
	})
	var pcm []int16
	for _, k := range "90#" {
		pcm = append(append(pcm, keyTone(k, 800, 1, 1, 1)...), make([]int16, 800)...)
	}
	far.SetSource(&script{pcm: pcm})
	eventually(t, "the digits are heard", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return got == "90#"
	})
}

// script is a source that says its lines once.
type script struct{ pcm []int16 }

func (s *script) ReadPCM(pcm []int16) int {
	n := copy(pcm, s.pcm)
	s.pcm = s.pcm[n:]
	return n
}

// noise is white, of a given amplitude, the same each time.
func noise(n, amplitude int) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(r.IntN(2*amplitude) - amplitude)
	}
	return pcm
}

// voiceLike is a buzz with formants that glides, at about -20 dB.
func voiceLike(n int, pitch float64) []int16 {
	pcm := make([]int16, n)
	phase := 0.0
	for i := range pcm {
		at := float64(i) / pcmRate
		phase += pitch * (1 + 0.15*math.Sin(2*math.Pi*1.3*at)) / pcmRate
		f1, f2 := 500+200*math.Sin(2*math.Pi*0.9*at), 1500+600*math.Sin(2*math.Pi*0.7*at)
		var v float64
		for h := 1.0; h*pitch < 3400; h++ {
			hz := h * pitch
			v += (0.1 + math.Exp(-math.Pow((hz-f1)/150, 2)) + 0.6*math.Exp(-math.Pow((hz-f2)/200, 2))) * math.Sin(2*math.Pi*h*phase)
		}
		pcm[i] = int16(sat16(int32(1500 * v)))
	}
	return pcm
}
