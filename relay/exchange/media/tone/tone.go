package tone

import "math"

// Amplitude of a generated tone: a quarter of full scale, which survives both
// laws of G.711 and the sum of a few tones.
const Amplitude = 0.25

// Sine is an endless tone. It is a media.Source. Not safe for concurrent use.
type Sine struct {
	phase, step float64 // in turns
}

// Generator is a sine of freq Hz for a sample rate in Hz.
func Generator(freq float64, rate int) *Sine { return &Sine{step: freq / float64(rate)} }

// ReadPCM fills pcm with the next samples and returns its length.
func (s *Sine) ReadPCM(pcm []int16) int {
	for i := range pcm {
		pcm[i] = int16(Amplitude * math.MaxInt16 * math.Sin(2*math.Pi*s.phase))
		_, s.phase = math.Modf(s.phase + s.step)
	}
	return len(pcm)
}

// maxWindow is as much sound as one detection looks at: half a second at
// 8000 Hz gives all the precision there is a use for.
const maxWindow = 4096

// Detect finds the strongest frequency in the last samples of pcm (up to 4096)
// and its strength, the part of all power that lies at it: near 1 for a pure
// tone, near 0 for noise, and both 0 for silence or fewer than 64 samples. The
// frequency is exact to about a tenth of rate/len(pcm).
func Detect(pcm []int16, rate int) (freq, strength float64) {
	power := spectrum(pcm)
	best, total := 0, 0.0
	for i, p := range power {
		total += p
		if p > power[best] {
			best = i
		}
	}
	if total < 1 {
		return 0, 0
	}
	lobe := 0.0
	for i := max(0, best-lobeBins); i <= min(len(power)-1, best+lobeBins); i++ {
		lobe += power[i]
	}
	at := float64(best)
	if best > 0 && best < len(power)-1 {
		at += peak(power[best-1], power[best], power[best+1])
	}
	return at * float64(rate) / float64(2*len(power)), lobe / total
}

// Strength is the part of all power of pcm's last samples that lies at freq,
// from 0 to 1: one tone among several, as in a ringback of two.
func Strength(pcm []int16, rate int, freq float64) float64 {
	power := spectrum(pcm)
	total, at := 0.0, 0.0
	bin := freq * float64(2*len(power)) / float64(rate)
	for i, p := range power {
		total += p
		if math.Abs(float64(i)-bin) <= lobeBins {
			at += p
		}
	}
	if total < 1 {
		return 0
	}
	return at / total
}

// lobeBins is half the width of a tone's main lobe under the Hann window.
const lobeBins = 3

// peak places a maximum between bins, by a parabola through the logarithms.
func peak(l, m, r float64) float64 {
	a, b, c := math.Log(l+1e-9), math.Log(m+1e-9), math.Log(r+1e-9)
	if d := a - 2*b + c; d != 0 {
		return max(-0.5, min(0.5, (a-c)/(2*d)))
	}
	return 0
}

// spectrum is the power at each bin up to half the sample rate, of the longest
// power of two at the end of pcm, without its mean, under a Hann window.
func spectrum(pcm []int16) []float64 {
	n := 64
	if len(pcm) < n {
		return nil
	}
	for 2*n <= min(len(pcm), maxWindow) {
		n *= 2
	}
	pcm = pcm[len(pcm)-n:]
	mean := 0.0
	for _, v := range pcm {
		mean += float64(v)
	}
	mean /= float64(n)
	x := make([]complex128, n)
	for i, v := range pcm {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n))
		x[i] = complex((float64(v)-mean)*w, 0)
	}
	fft(x)
	power := make([]float64, n/2)
	for i := range power {
		re, im := real(x[i]), imag(x[i])
		power[i] = re*re + im*im
	}
	return power
}

// fft transforms x, whose length is a power of two, in place.
func fft(x []complex128) {
	n := len(x)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for size := 2; size <= n; size *= 2 {
		sin, cos := math.Sincos(-2 * math.Pi / float64(size))
		turn := complex(cos, sin)
		for from := 0; from < n; from += size {
			w := complex(1, 0)
			for k := from; k < from+size/2; k++ {
				a, b := x[k], x[k+size/2]*w
				x[k], x[k+size/2] = a+b, a-b
				w *= turn
			}
		}
	}
}
