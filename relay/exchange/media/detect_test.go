package media

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// told runs a detector over sound and says what it found: "1.24 MACHINE" is
// in whole frames, the end of the search is "over".
func told(t *testing.T, what Detector, pcm []int16) string {
	t.Helper()
	d, err := what.begin()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for len(pcm) >= 160 {
		f := &frame{speakPower: meanPower(pcm[:160])}
		copy(f.speak[:], pcm)
		pcm = pcm[160:]
		if d.step(f, func(d Detection) {
			if d.Beep {
				d.Event += "+beep"
			}
			out = append(out, d.Event)
		}) {
			out = append(out, "over")
			break
		}
	}
	return strings.Join(out, " ")
}

// sound is written as a sum of parts: v voice, n noise, - silence and b a beep,
// each with its milliseconds: "v400 -2000".
func sound(t *testing.T, parts string) []int16 {
	t.Helper()
	var pcm []int16
	for _, p := range strings.Fields(parts) {
		var kind byte
		var ms int
		if _, err := fmt.Sscanf(p, "%c%d", &kind, &ms); err != nil {
			t.Fatal(err)
		}
		n := ms * pcmRate / 1000
		one := make([]int16, n)
		switch kind {
		case 'v':
			one = voiceLike(n, 120)
		case 'n':
			one = noise(n, 100)
		case 'b':
			tone.Generator(1000, pcmRate).ReadPCM(one)
		}
		pcm = append(pcm, one...)
	}
	return throughALine(pcm)
}

// throughALine is what G.711 leaves of a sound.
func throughALine(pcm []int16) []int16 {
	c, b, out := codecs[0], make([]byte, len(pcm)), make([]int16, len(pcm))
	c.encode(b, pcm)
	for i, v := range b {
		out[i] = c.law().pcm[v]
	}
	return out
}

func TestMachineOrHuman(t *testing.T) {
	words := "v150 -150 v150 -150 v150 -150 v150 -150 v150 -150 v150 -150 "
	for _, c := range []struct {
		name  string
		o     MachineDetector
		sound string
		want  string
	}{
		{"hello", MachineDetector{}, "-500 v400 -1200", "HUMAN over"},
		{"hello on a noisy line", MachineDetector{}, "n500 v400 n1200", "HUMAN over"},
		{"two words", MachineDetector{}, "v300 -300 v300 -1200", "HUMAN over"},
		{"nobody", MachineDetector{}, "-5000", "UNKNOWN over"},
		{"a click is nobody", MachineDetector{}, "-1000 v20 -6000", "UNKNOWN over"},
		{"a greeting", MachineDetector{}, "-300 v1500 -400 v2000 -1200", "MACHINE READY over"},
		{"a greeting with a beep", MachineDetector{}, "v3000 -500 b400 -2000", "MACHINE MACHINE+beep READY over"},
		{"many words", MachineDetector{}, words + "-1200", "MACHINE READY over"},
		{"a beep alone", MachineDetector{}, "-1000 b500 -1000", "MACHINE+beep READY over"},
		{"no message end", MachineDetector{NoMessageEnd: true}, "v3000 -2000", "MACHINE over"},
		{"interruptions", MachineDetector{Interruptions: true}, "v2000 -1200 v500 -1200 b300 -500",
			"MACHINE READY NOT_READY READY MACHINE+beep"},
		{"own thresholds", MachineDetector{VoiceThreshold: 3 * time.Second, WordsThreshold: 50, EndSilence: 2 * time.Second},
			"v1000 -1500 v1000 -2200", "HUMAN over"},
		{"own initial timeout", MachineDetector{InitialTimeout: time.Second}, "-1100 v3000", "UNKNOWN over"},
		{"own ready timeout", MachineDetector{ReadyTimeout: 3 * time.Second}, "v2000 -2000", "MACHINE"},
	} {
		if got := told(t, c.o, sound(t, c.sound)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// burstOf is a tone of hz, then silence.
func burstOf(hz float64, on, off int) []int16 {
	pcm := make([]int16, (on+off)*pcmRate/1000)
	tone.Generator(hz, pcmRate).ReadPCM(pcm[:on*pcmRate/1000])
	return throughALine(pcm)
}

func TestFaxTones(t *testing.T) {
	reversed := burstOf(2100, 2600, 0) // with the phase reversals of V.25
	for i := range reversed {
		if i/(450*pcmRate/1000)%2 == 1 {
			reversed[i] = -reversed[i]
		}
	}
	ansam := slices.Clone(reversed)
	for i := range ansam { // and with the 15 Hz of V.8
		ansam[i] = int16(float64(ansam[i]) * (1 + 0.2*math.Sin(2*math.Pi*15*float64(i)/pcmRate)))
	}
	cng := slices.Concat(make([]int16, 4000), burstOf(1100, 500, 3000), burstOf(1100, 500, 3000))
	for _, c := range []struct {
		name, tone string
		pcm        []int16
		want       string
	}{
		{"CED", "", burstOf(2100, 2600, 500), "CED over"},
		{"CED at its edge", "CED", burstOf(2115, 2600, 500), "CED over"},
		{"CED with reversals", "CED", reversed, "CED over"},
		{"ANSam", "ced", ansam, "CED over"},
		{"CNG", "CNG", cng, "CNG over"},
		{"CNG at its edge", "CNG", burstOf(1138, 430, 500), "CNG over"},
		{"an endless 1100 Hz", "CNG", burstOf(1100, 5000, 500), ""},
		{"a short 1100 Hz", "CNG", burstOf(1100, 200, 500), ""},
		{"a short 2100 Hz", "CED", burstOf(2100, 300, 500), ""},
		{"another tone", "CED", burstOf(1900, 2600, 500), ""},
		{"CNG for CED", "CED", cng, ""},
		{"CED for CNG", "CNG", burstOf(2100, 500, 500), ""},
		{"voice for CED", "CED", voiceLike(10*pcmRate, 120), ""},
		{"voice for CNG", "CNG", voiceLike(10*pcmRate, 230), ""},
		{"noise for CNG", "CNG", noise(10*pcmRate, 9000), ""},
		{"a ringback for CNG", "CNG", new(ringtones).cycle("us"), ""},
	} {
		if got := told(t, FaxDetector{Tone: c.tone}, c.pcm); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDetectorsOnARealLeg(t *testing.T) {
	p := newPair(t, "PCMA")
	run := func(what Detector, timeout time.Duration) (*Detecting, chan Detection) {
		found := make(chan Detection, 64)
		d, err := p.leg.Detect(what, timeout, func(d Detection) { found <- d })
		if err != nil {
			t.Fatal(err)
		}
		return d, found
	}
	next := func(c chan Detection) (d Detection) {
		until(t, p.leg, "something is found", func() bool {
			select {
			case d = <-c:
				return true
			default:
				return false
			}
		})
		return d
	}
	p.far.SetSource(tone.Generator(2100, pcmRate))
	fax, found := run(FaxDetector{}, 0)
	if d := next(found); d.Event != "CED" {
		t.Errorf("%+v", d)
	}
	ends(t, p.leg, "the search ends", fax.Done())
	if fax.Err() != nil {
		t.Error(fax.Err())
	}

	digits, found := run(DigitDetector{Digits: "12"}, 0)
	if _, err := p.far.SendDigits("132"); err != nil {
		t.Fatal(err)
	}
	if a, b := next(found), next(found); a.Event != "1" || b.Event != "2" {
		t.Errorf("%v %v", a, b)
	}
	digits.Stop()
	closed(t, "the search ends", digits.Done())
	if !errors.Is(digits.Err(), ErrStopped) {
		t.Error(digits.Err())
	}

	timed, found := run(DigitDetector{}, 5*Frame)
	ends(t, p.leg, "the search runs out", timed.Done())
	if timed.Err() != nil || len(found) != 0 {
		t.Errorf("%v, %d found", timed.Err(), len(found))
	}
	machine, _ := run(MachineDetector{}, 0)
	p.leg.Close()
	closed(t, "the search ends with the leg", machine.Done())
	if !errors.Is(machine.Err(), ErrClosed) {
		t.Error(machine.Err())
	}
}

func TestDetectorRefusals(t *testing.T) {
	p := newPair(t, "PCMU")
	for _, d := range []Detector{nil, FaxDetector{Tone: "V21"}, DigitDetector{Digits: "x"}, MachineDetector{WordsThreshold: -1},
		MachineDetector{EndSilence: -1}, MachineDetector{VoiceThreshold: 48 * time.Hour}} {
		if _, err := p.leg.Detect(d, 0, func(Detection) {}); !errors.Is(err, ErrBadDetector) {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if _, err := p.leg.Detect(FaxDetector{}, -1, nil); !errors.Is(err, ErrBadDetector) {
		t.Errorf("timeout: %v", err)
	}
}

func TestPureTones(t *testing.T) {
	for _, hz := range []float64{400, 440, 1000, 1100, 1400, 2000, 2100, 2800} {
		if got := pureTone(burstOf(hz, 20, 0), beepLevel); math.Abs(got-hz) > 8 {
			t.Errorf("%v Hz is %.1f", hz, got)
		}
	}
	for name, pcm := range map[string][]int16{"noise": noise(160, 9000), "silence": make([]int16, 160),
		"a constant": slices.Repeat([]int16{5000}, 160), "a digit": keyTone('5', 160, 1, 1, 1)} {
		if hz := pureTone(pcm, beepLevel); hz != 0 {
			t.Errorf("%s is %.1f Hz", name, hz)
		}
	}
}
