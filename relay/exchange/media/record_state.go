package media

import (
	"strings"
	"time"
)

// recordState decides, frame by frame, what is written and when a recording
// ends. Its only clock is the frames.
type recordState struct {
	o     RecordOptions
	quiet float64 // mean power below which it is silence
	skip  int     // frames left out at the beginning

	heard   bool // there has been sound
	silent  time.Duration
	noInput bool
	ended   rune
	err     error
	mono    [160]int16
	pair    [320]int16
}

// sensitivity is RELAY's input_sensitivity as a mean power.
func sensitivity(s int) float64 { return powerOf(-20 - float64(s)/2) }

func (st *recordState) channels() int {
	if st.o.Stereo && st.o.Side == Both {
		return 2
	}
	return 1
}

// step takes one frame and what was keyed by other ways; it returns what to
// write (it lives until the next step) and whether to go on.
func (st *recordState) step(f *frame, keyed []rune, paused pauseKind) (pcm []int16, more bool) {
	for _, d := range append(keyed, f.digits...) { // keyed is the caller's to give
		if strings.ContainsRune(st.o.Terminators, d) {
			st.ended = d
			return nil, false
		}
	}
	if st.skip > 0 {
		st.skip--
		return nil, true
	}
	switch paused {
	case pauseSkip:
		return nil, true
	case pauseSilence:
		clear(st.pair[:])
		return st.pair[:160*st.channels()], true
	}
	return st.mix(f), st.wait(f)
}

// wait watches the timeouts.
func (st *recordState) wait(f *frame) bool {
	loud := st.o.Side&Speak != 0 && f.speakPower > st.quiet ||
		st.o.Side&Listen != 0 && f.listenPower > st.quiet
	if loud {
		st.heard, st.silent = true, 0
		return true
	}
	st.silent += Frame
	if !st.heard {
		st.noInput = st.o.InitialTimeout > 0 && st.silent >= st.o.InitialTimeout
		return !st.noInput
	}
	return st.o.EndSilence == 0 || st.silent < st.o.EndSilence
}

// mix is the frame as it is written.
func (st *recordState) mix(f *frame) []int16 {
	switch {
	case st.o.Side == Speak:
		return f.speak[:]
	case st.o.Side == Listen:
		return f.listen[:]
	case st.o.Stereo:
		for i := range f.speak {
			st.pair[2*i], st.pair[2*i+1] = f.speak[i], f.listen[i]
		}
		return st.pair[:]
	}
	for i := range f.speak {
		st.mono[i] = int16(sat16(int32(f.speak[i]) + int32(f.listen[i])))
	}
	return st.mono[:]
}
