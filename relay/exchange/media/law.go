package media

import (
	"math"
	"sync"

	"github.com/zaf/g711"
)

// lawTable is everything this package asks about one law of G.711, by byte.
type lawTable struct {
	pcm   [256]int16
	power [256]float64 // pcm squared, full scale = 1
	other [256]byte    // the same sound in the other law
}

// lawTables are built once; zaf/g711 is the source of both laws.
var lawTables = sync.OnceValues(func() (mu, a *lawTable) {
	mu, a = new(lawTable), new(lawTable)
	for i := range 256 {
		mu.pcm[i], a.pcm[i] = g711.DecodeUlawFrame(byte(i)), g711.DecodeAlawFrame(byte(i))
		mu.other[i], a.other[i] = g711.Ulaw2AlawFrame(byte(i)), g711.Alaw2UlawFrame(byte(i))
		mu.power[i], a.power[i] = power(mu.pcm[i]), power(a.pcm[i])
	}
	return mu, a
})

func power(v int16) float64 { return float64(v) * float64(v) / (1 << 30) }

// law is the codec's table; only for codecs of G.711.
func (c *codec) law() *lawTable {
	mu, a := lawTables()
	if c.kind == codecPCMA {
		return a
	}
	return mu
}

// encode writes PCM in the codec's law; only for codecs of G.711.
func (c *codec) encode(dst []byte, pcm []int16) {
	if c.kind == codecPCMA {
		for i, v := range pcm {
			dst[i] = g711.EncodeAlawFrame(v)
		}
		return
	}
	for i, v := range pcm {
		dst[i] = g711.EncodeUlawFrame(v)
	}
}

// meanPower is the mean square of a payload, full scale = 1.
func (t *lawTable) meanPower(payload []byte) float64 {
	var sum float64
	for _, b := range payload {
		sum += t.power[b]
	}
	return sum / float64(max(1, len(payload)))
}

// meanPower is the mean square of PCM, full scale = 1.
func meanPower(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += power(v)
	}
	return sum / float64(max(1, len(pcm)))
}

// LevelFloor is the level of digital silence, and of a leg without packets.
const LevelFloor = -96.0

// dBFS turns mean power into dB relative to full scale (dBov, ITU-T G.100.1:
// a full-scale sine reads -3).
func dBFS(p float64) float64 {
	if p <= 0 {
		return LevelFloor
	}
	return max(LevelFloor, 10*math.Log10(p))
}

// powerOf is the mean power of a level in dB.
func powerOf(dB float64) float64 { return math.Pow(10, dB/10) }
