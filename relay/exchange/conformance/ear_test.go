//go:build thirdparty

package conformance

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cordpair/relay/exchange/media/tone"
)

func toneOf(freq float64, n int) []int16 {
	pcm := make([]int16, n)
	if freq > 0 {
		tone.Generator(freq, sampleRate).ReadPCM(pcm)
	}
	return pcm
}

// heard is all that the phone recorded of its last call so far.
func (p *phone) heard() []int16 {
	files, _ := filepath.Glob(filepath.Join(p.dir, "dump-*-dec.wav"))
	if len(files) == 0 {
		return nil
	}
	slices.Sort(files)
	data, err := os.ReadFile(files[len(files)-1])
	if err != nil {
		return nil
	}
	return samples(data)
}

// samples are those of a WAV file with a plain header, perhaps an unfinished one.
func samples(wav []byte) []int16 {
	if len(wav) < 44 {
		return nil
	}
	data := wav[44:]
	pcm := make([]int16, len(data)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return pcm
}

// recent is the last half second heard, nil until there is so much.
func (p *phone) recent() []int16 {
	pcm := p.heard()
	if len(pcm) < sampleRate/2 {
		return nil
	}
	return pcm[len(pcm)-sampleRate/2:]
}

// hears waits until what the phone heard last is a tone of that frequency, and
// next to nothing else.
func (p *phone) hears(t *testing.T, freq float64) {
	t.Helper()
	until(t, p.address+" hears the tone of the other side", func() bool {
		got, strength := tone.Detect(p.recent(), sampleRate)
		return strength > 0.6 && got > freq-15 && got < freq+15
	})
}

// hearsNot fails if part of what the phone heard last is at that frequency.
func (p *phone) hearsNot(t *testing.T, freq float64) {
	t.Helper()
	if s := tone.Strength(p.recent(), sampleRate, freq); s > 0.05 {
		t.Errorf("%s hears %g Hz: %.2f of the power", p.address, freq, s)
	}
}

// speech is how many seconds of pcm are loud and not a tone of one of the
// frequencies.
func speech(pcm []int16, tones ...float64) float64 {
	const window = sampleRate / 10
	const loud = 300 * 300 // mean square
	n := 0
	for ; len(pcm) >= window; pcm = pcm[window:] {
		power := 0.0
		for _, v := range pcm[:window] {
			power += float64(v) * float64(v) / window
		}
		for _, freq := range tones {
			power *= 1 - tone.Strength(pcm[:window], sampleRate, freq)
		}
		if power > loud {
			n++
		}
	}
	return float64(n) / 10
}

// hearsSpeech waits until the phone has heard at least half a second of speech
// since a moment, given in samples.
func (p *phone) hearsSpeech(t *testing.T, since int, tones ...float64) {
	t.Helper()
	until(t, p.address+" hears speech", func() bool {
		pcm := p.heard()
		return len(pcm) > since && speech(pcm[since:], tones...) >= 0.5
	})
}

// TestSpeechIsWhatIsInNoTone keeps the ear itself honest.
func TestSpeechIsWhatIsInNoTone(t *testing.T) {
	low, high := toneOf(440, sampleRate), toneOf(1000, sampleRate)
	if s := speech(slices.Concat(low, high, toneOf(0, sampleRate)), 440, 1000); s > 0.1 {
		t.Errorf("tones and silence count as %.1f s of speech", s)
	}
	if s := speech(low, 1000); s < 0.9 {
		t.Errorf("another tone counts as %.1f s of speech, want 1 s", s)
	}
}
