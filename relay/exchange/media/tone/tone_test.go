package tone

import (
	"math"
	"math/rand/v2"
	"testing"
)

func sine(freq float64, n int) []int16 {
	pcm := make([]int16, n)
	Generator(freq, 8000).ReadPCM(pcm)
	return pcm
}

func TestDetectFindsAPureTone(t *testing.T) {
	for _, freq := range []float64{101, 350, 440, 523.25, 1004, 2100, 3399} {
		for _, n := range []int{800, 1600, 8000} {
			got, strength := Detect(sine(freq, n), 8000)
			if math.Abs(got-freq) > 4 || strength < 0.95 {
				t.Errorf("%v Hz over %d samples: found %.1f with strength %.2f", freq, n, got, strength)
			}
		}
	}
}

func TestDetectOfWhatIsNoTone(t *testing.T) {
	noise := make([]int16, 8000)
	for i := range noise {
		noise[i] = int16(rand.IntN(8000) - 4000)
	}
	if _, strength := Detect(noise, 8000); strength > 0.2 {
		t.Errorf("noise: strength %.2f", strength)
	}
	for name, pcm := range map[string][]int16{"none": nil, "short": sine(440, 63), "silence": make([]int16, 4000)} {
		if freq, strength := Detect(pcm, 8000); freq != 0 || strength != 0 {
			t.Errorf("%s: %v Hz with strength %v", name, freq, strength)
		}
	}
}

func TestStrengthOfEachOfTwoTones(t *testing.T) {
	pcm, other := sine(440, 4096), sine(480, 4096)
	for i := range pcm {
		pcm[i] += other[i]
	}
	for freq, want := range map[float64]float64{440: 0.5, 480: 0.5, 1000: 0} {
		if got := Strength(pcm, 8000, freq); math.Abs(got-want) > 0.05 {
			t.Errorf("%v Hz: strength %.2f, want %.2f", freq, got, want)
		}
	}
}

func TestGeneratorGoesOnWhereItStopped(t *testing.T) {
	whole := sine(700, 320)
	parts, g := make([]int16, 320), Generator(700, 8000)
	g.ReadPCM(parts[:123])
	g.ReadPCM(parts[123:])
	for i := range whole {
		if whole[i] != parts[i] {
			t.Fatalf("sample %d: %d, want %d", i, parts[i], whole[i])
		}
	}
}
