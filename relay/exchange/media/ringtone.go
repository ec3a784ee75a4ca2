package media

import (
	"maps"
	"math"
	"slices"
	"sync"
)

// burst is a part of a cadence: a sum of frequencies in Hz (or one of them,
// amplitude-modulated) for on, then silence for off, in milliseconds.
type burst struct {
	hz      []float64
	mod     float64 // modulating frequency, 0 for none
	on, off int
}

func ring(on, off int, hz ...float64) []burst { return []burst{{hz: hz, on: on, off: off}} }

// double is the pair of short rings of Commonwealth networks.
func double(mod float64, hz ...float64) []burst {
	return []burst{{hz, mod, 400, 200}, {hz, mod, 400, 2000}}
}

// cadences are the ringback tones by RELAY's country codes, after ITU-T E.180
// Supplement 2; uk after BT SIN 350, nz after Telepermit TNA 102, au after
// ACIF S002, sg after IMDA TS PSTN 1.
var cadences = map[string][]burst{
	"at": ring(1000, 5000, 420),
	"au": double(0, 413, 438),
	"be": ring(1000, 3000, 425),
	"bg": ring(1000, 4000, 425),
	"br": ring(1000, 4000, 425),
	"ch": ring(1000, 4000, 425),
	"cl": ring(1000, 3000, 400),
	"cn": ring(1000, 4000, 450),
	"cz": ring(1000, 4000, 425),
	"de": ring(1000, 4000, 425),
	"dk": ring(1000, 4000, 425),
	"ee": ring(1000, 4000, 425),
	"es": ring(1500, 3000, 425),
	"fi": ring(1000, 4000, 425),
	"fr": ring(1500, 3500, 440),
	"gr": ring(1000, 4000, 425),
	"hu": ring(1250, 3750, 425),
	"il": ring(1000, 3000, 414),
	"in": double(25, 400),
	"it": ring(1000, 4000, 425),
	"jp": {{hz: []float64{400}, mod: 16, on: 1000, off: 2000}},
	"lt": ring(1000, 4000, 425),
	"mx": ring(1000, 4000, 425),
	"my": double(0, 425),
	"nl": ring(1000, 4000, 425),
	"no": ring(1000, 4000, 425),
	"nz": double(0, 400, 450),
	"ph": ring(1000, 4000, 425, 480),
	"pl": ring(1000, 4000, 425),
	"pt": ring(1000, 5000, 425),
	"ru": ring(1000, 4000, 425),
	"se": ring(1000, 5000, 425),
	"sg": double(24, 425),
	"th": ring(1000, 4000, 400),
	"tw": ring(1000, 2000, 440, 480),
	"uk": double(0, 400, 450),
	"us": ring(2000, 4000, 440, 480),
	"ve": ring(1000, 4000, 425),
	"za": double(33, 400),
}

// Countries are the codes of Ringtone, in alphabetical order.
func Countries() []string { return slices.Sorted(maps.Keys(cadences)) }

// ringtones keeps one cycle of PCM for each country that has been rung.
type ringtones struct {
	mu     sync.Mutex
	cycles map[string][]int16
}

// cycle is one cycle of the country's cadence.
func (r *ringtones) cycle(country string) []int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if pcm, ok := r.cycles[country]; ok {
		return pcm
	}
	var pcm []int16
	for _, b := range cadences[country] {
		pcm = b.append(pcm)
	}
	if r.cycles == nil {
		r.cycles = map[string][]int16{}
	}
	r.cycles[country] = pcm
	return pcm
}

const (
	// toneLevel is the amplitude of a tone, -16 dB below full scale, shared by
	// its frequencies: about -13 dBm0, where networks send their ringback.
	toneLevel = 0.16
	// depth of amplitude modulation.
	modDepth = 0.9
	// edge keeps the beginning and the end of a burst from clicking.
	edge = 5 * pcmRate / 1000
)

// append writes the burst and its pause.
func (b burst) append(pcm []int16) []int16 {
	n := b.on * pcmRate / 1000
	for i := range n {
		at := 2 * math.Pi * float64(i) / pcmRate
		var v float64
		for _, hz := range b.hz {
			v += math.Sin(hz * at)
		}
		if b.mod > 0 {
			v *= (1 + modDepth*math.Sin(b.mod*at)) / (1 + modDepth)
		}
		fade := min(1, float64(min(i, n-1-i))/edge)
		pcm = append(pcm, int16(v/float64(len(b.hz))*toneLevel*math.MaxInt16*fade))
	}
	return append(pcm, make([]int16, b.off*pcmRate/1000)...)
}

// clip is a ringtone ready to play.
func (r *ringtones) clip(m Ringtone) *clip {
	pcm := r.cycle(m.Country)
	length := samples(m.Duration)
	if m.Duration == 0 {
		length = len(pcm)
	}
	return &clip{pcm: pcm, length: length}
}
