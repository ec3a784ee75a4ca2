package media

import "math"

// pureTone finds the one frequency of a frame that holds a pure tone: each
// sample of a sine is a fixed multiple of the last, less the one before. It
// returns 0 for anything else, as voices and noise are, and below level (mean
// power, full scale = 1). Exact to a few Hz on a clean line.
func pureTone(pcm []int16, level float64) float64 {
	p := meanPower(pcm)
	if p < level {
		return 0
	}
	var xx, xy float64
	for i := 1; i < len(pcm)-1; i++ {
		x, y := float64(pcm[i]), float64(pcm[i-1])+float64(pcm[i+1])
		xx += x * x
		xy += x * y
	}
	if xx == 0 {
		return 0
	}
	a := xy / xx
	if a >= 2 || a <= -2 {
		return 0
	}
	var rest float64
	for i := 1; i < len(pcm)-1; i++ {
		e := float64(pcm[i-1]) + float64(pcm[i+1]) - a*float64(pcm[i])
		rest += e * e
	}
	hz := math.Acos(a/2) * pcmRate / (2 * math.Pi)
	// What a second sound, or its absence of order, leaves. Low sounds are
	// smooth and leave little whatever they are: they are judged harder.
	w := math.Sin(2 * math.Pi * hz / pcmRate)
	if rest > impurity*xx*w*w {
		return 0
	}
	return hz
}

// impurity is how much of a tone's power may be something else.
const impurity = 0.1
