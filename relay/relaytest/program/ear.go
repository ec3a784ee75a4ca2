package program

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cordpair/relay/exchange/media/tone"
)

// SampleRate is that of all sound here, in Hz: G.711's.
const SampleRate = 8000

// Tone is n samples of a tone; 0 Hz is silence.
func Tone(freq float64, n int) []int16 {
	pcm := make([]int16, n)
	if freq > 0 {
		tone.Generator(freq, SampleRate).ReadPCM(pcm)
	}
	return pcm
}

// WAV is a file of 16-bit samples.
func WAV(pcm []int16) []byte {
	size := uint32(2 * len(pcm))
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), 36+size)
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 1) // PCM, one channel
	b = le.AppendUint32(le.AppendUint32(b, SampleRate), 2*SampleRate)
	b = le.AppendUint16(le.AppendUint16(b, 2), 16)
	b = le.AppendUint32(append(b, "data"...), size)
	for _, v := range pcm {
		b = le.AppendUint16(b, uint16(v))
	}
	return b
}

// Samples are those of a WAV file with a plain header, perhaps an unfinished
// one. Of several channels it takes the first, of a higher rate as many as
// [SampleRate] has, which is good enough for tones.
func Samples(wav []byte) []int16 {
	if len(wav) < 44 {
		return nil
	}
	channels := max(1, int(binary.LittleEndian.Uint16(wav[22:])))
	step := 2 * channels * max(1, int(binary.LittleEndian.Uint32(wav[24:]))/SampleRate)
	data := wav[44:]
	pcm := make([]int16, len(data)/step)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(data[step*i:]))
	}
	return pcm
}

// Sound is judged in windows of a tenth of a second.
const (
	window = SampleRate / 10
	loud   = 300 * 300 // mean square
)

// power is the mean square.
func power(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(pcm))
}

// Speech is how many seconds of pcm are loud and not a tone of one of the
// frequencies. A tone with gaps counts as well.
func Speech(pcm []int16, tones ...float64) float64 {
	n := 0
	for ; len(pcm) >= window; pcm = pcm[window:] {
		rest := power(pcm[:window])
		for _, freq := range tones {
			rest *= 1 - tone.Strength(pcm[:window], SampleRate, freq)
		}
		if rest > loud {
			n++
		}
	}
	return float64(n) / 10
}

// Sounds is how many seconds of pcm are loud and mostly a tone of that frequency.
// A gap that a busy machine left is neither this tone nor another.
func Sounds(pcm []int16, freq float64) float64 {
	n := 0
	for ; len(pcm) >= window; pcm = pcm[window:] {
		if power(pcm[:window]) > loud && tone.Strength(pcm[:window], SampleRate, freq) > 0.5 {
			n++
		}
	}
	return float64(n) / 10
}

// Heard is all that the phone recorded of its last call so far.
func (p *Phone) Heard() []int16 { return p.recorded("dec") }

// Sent is all that the phone sent in its last call so far.
func (p *Phone) Sent() []int16 { return p.recorded("enc") }

func (p *Phone) recorded(side string) []int16 {
	files, _ := filepath.Glob(filepath.Join(p.dir, "dump-*-"+side+".wav"))
	if len(files) == 0 {
		return nil
	}
	slices.Sort(files)
	data, err := os.ReadFile(files[len(files)-1])
	if err != nil {
		return nil
	}
	return Samples(data)
}

// recent is the last half second heard, nil until there is so much.
func (p *Phone) recent() []int16 {
	pcm := p.Heard()
	if len(pcm) < SampleRate/2 {
		return nil
	}
	return pcm[len(pcm)-SampleRate/2:]
}

// Hears waits until what the phone heard last is a tone of that frequency, and
// next to nothing else.
func (p *Phone) Hears(freq float64) {
	p.t.Helper()
	p.Until(p.t, p.Address+" hears the tone of the other side", func() bool {
		got, strength := tone.Detect(p.recent(), SampleRate)
		return strength > 0.6 && got > freq-15 && got < freq+15
	})
}

// HearsNot fails if part of what the phone heard last is at that frequency.
func (p *Phone) HearsNot(freq float64) {
	p.t.Helper()
	if s := tone.Strength(p.recent(), SampleRate, freq); s > 0.05 {
		p.t.Errorf("%s hears %g Hz: %.2f of the power", p.Address, freq, s)
	}
}

// HearsAll waits until what the phone heard last has a good part of its power at
// each of the frequencies.
func (p *Phone) HearsAll(freqs ...float64) {
	p.t.Helper()
	p.Until(p.t, fmt.Sprint(p.Address, " hears ", freqs, " Hz"), func() bool {
		pcm := p.recent()
		for _, freq := range freqs {
			if tone.Strength(pcm, SampleRate, freq) < 0.5/float64(len(freqs)) {
				return false
			}
		}
		return pcm != nil
	})
}

// HearsSilence waits until the last half second heard is silent.
func (p *Phone) HearsSilence() {
	p.t.Helper()
	p.Until(p.t, p.Address+" hears silence", func() bool {
		pcm := p.recent()
		return pcm != nil && Speech(pcm) == 0
	})
}

// HearsSpeech waits until the phone has heard at least half a second of speech
// since a moment, given in samples.
func (p *Phone) HearsSpeech(since int, tones ...float64) {
	p.t.Helper()
	p.Until(p.t, p.Address+" hears speech", func() bool {
		pcm := p.Heard()
		return len(pcm) > since && Speech(pcm[since:], tones...) >= 0.5
	})
}
