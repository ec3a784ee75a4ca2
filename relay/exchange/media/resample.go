package media

import (
	"context"
	"math"
)

const (
	// lobes of the sinc on each side, at the lower of the two rates.
	lobes = 16
	// phases the filter is tabulated at between two input samples.
	phases = 256
	// checkEvery is how often a long resampling looks at its context.
	checkEvery = 1 << 16
)

// resample changes the sample rate by a windowed sinc, cut off below the
// lower of the two Nyquist rates. It gives up when ctx ends.
func resample(ctx context.Context, in []int16, from, to int) ([]int16, error) {
	if from == to || len(in) == 0 {
		return in, nil
	}
	cut := 0.95 * min(1, float64(to)/float64(from))
	half := int(math.Ceil(lobes / cut))
	table := sincTable(cut, half)
	out := make([]int16, int(int64(len(in))*int64(to)/int64(from)))
	for i := range out {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := int64(i) * int64(from)
		whole, rest := int(at/int64(to)), at%int64(to)
		taps := table[rest*phases/int64(to)]
		var v float32
		for k, first := 0, whole-half+1; k < len(taps); k++ {
			if j := first + k; j >= 0 && j < len(in) {
				v += taps[k] * float32(in[j])
			}
		}
		out[i] = int16(min(math.MaxInt16, max(math.MinInt16, v)))
	}
	return out, nil
}

// sincTable is the filter for each phase, normalised to unity at 0 Hz.
func sincTable(cut float64, half int) [][]float32 {
	table := make([][]float32, phases)
	for p := range table {
		taps, sum := make([]float32, 2*half), 0.0
		for k := range taps {
			x := float64(k-half+1) - float64(p)/phases
			v := cut
			if x != 0 {
				v = math.Sin(math.Pi*cut*x) / (math.Pi * x)
			}
			w := 0.5 + 0.5*math.Cos(math.Pi*x/float64(half)) // Hann
			if math.Abs(x) > float64(half) {
				w = 0
			}
			taps[k] = float32(v * w)
			sum += v * w
		}
		for k := range taps {
			taps[k] /= float32(sum)
		}
		table[p] = taps
	}
	return table
}
