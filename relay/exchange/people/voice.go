package people

import (
	"hash/fnv"
	"math"
	"sync"
)

const (
	rate      = 8000 // samples a second
	loudness  = 1100 // peak, about -29 dBFS: there, but not in the way
	syllable  = rate / 5
	perPhrase = 9 // syllables, the last three of them silent
)

// pitches are what a voice's syllables do, as factors of its own pitch.
var pitches = [...]float64{1, 1.06, 0.94, 1.12, 0.97, 1.03}

// voice murmurs: short hums that rise and fall, with pauses for breath. Each
// person has a pitch of their own.
type voice struct {
	pitch float64
	phase float64
	at    int
}

func newVoice(who string) *voice { return &voice{pitch: pitchOf(who)} }

// pitchOf lies between 180 and 420 Hz.
func pitchOf(who string) float64 {
	h := fnv.New32a()
	h.Write([]byte(who))
	return 180 + float64(h.Sum32()%25)*10
}

// ReadPCM is called by the media engine's clock.
func (v *voice) ReadPCM(pcm []int16) int {
	for i := range pcm {
		n, in := v.at/syllable, v.at%syllable
		v.at++
		step := n % perPhrase
		if step >= len(pitches) {
			pcm[i] = 0
			continue
		}
		v.phase += 2 * math.Pi * v.pitch * pitches[(step+n/perPhrase)%len(pitches)] / rate
		if v.phase > 2*math.Pi {
			v.phase -= 2 * math.Pi
		}
		swell := math.Sin(math.Pi * float64(in) / syllable)
		pcm[i] = int16(loudness * swell * (math.Sin(v.phase) + 0.4*math.Sin(2*v.phase)))
	}
	return len(pcm)
}

// echo is a short delay line from a stream's tap back to its source.
type echo struct {
	mu  sync.Mutex
	pcm []int16
}

// maxEcho bounds what is kept when more comes than goes.
const maxEcho = rate

func (e *echo) hear(pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pcm = append(e.pcm, pcm...)
	if extra := len(e.pcm) - maxEcho; extra > 0 {
		e.pcm = append(e.pcm[:0], e.pcm[extra:]...)
	}
}

// ReadPCM is called by the media engine's clock.
func (e *echo) ReadPCM(pcm []int16) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := copy(pcm, e.pcm)
	e.pcm = append(e.pcm[:0], e.pcm[n:]...)
	return n
}
