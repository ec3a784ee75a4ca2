package media

import (
	"fmt"
	"math"
	"time"
)

// MachineDetector tells an answering machine from a person by nothing but
// energy and time: a person says a word or two and waits, a machine talks on.
// It does not understand speech. A talkative person is a MACHINE to it, a
// curt announcement a HUMAN, and music is speech; every detector of this kind
// errs so. Zero fields mean RELAY's defaults (RELAY.md 4.12).
type MachineDetector struct {
	// InitialTimeout (4.5 s) without any voice makes it UNKNOWN.
	InitialTimeout time.Duration
	// EndSilence (1 s) behind the first words makes it HUMAN.
	EndSilence time.Duration
	// VoiceThreshold (1.25 s) of voice makes it MACHINE, and so do
	// WordsThreshold (6) bursts of it.
	VoiceThreshold time.Duration
	WordsThreshold int
	// ReadyTimeout (EndSilence) of silence behind a machine's words, or its
	// beep, makes it READY for a message.
	ReadyTimeout time.Duration
	// Interruptions tells NOT_READY when the machine talks on after READY, and
	// READY again: the search goes on until its timeout.
	Interruptions bool
	// NoMessageEnd ends the search with MACHINE, without READY (RELAY's
	// detect_message_end false).
	NoMessageEnd bool
}

const (
	voiceLevel = 1e-4 // -40 dB: what counts as voice
	// wordGap is the silence between two words; shorter ones are consonants.
	wordGap = 80 * time.Millisecond
	// wordLeast is the shortest burst that is a word and not a click.
	wordLeast = 60 * time.Millisecond
	// A beep is a pure tone that keeps its frequency so long.
	beepLeast            = 160 * time.Millisecond
	beepLow, beepHigh    = 350.0, 3000.0
	beepDrift, beepLevel = 15.0, 3e-4
)

func (o MachineDetector) begin() (detector, error) {
	for _, d := range []time.Duration{o.InitialTimeout, o.EndSilence, o.VoiceThreshold, o.ReadyTimeout} {
		if d < 0 || d > maxDuration {
			return nil, fmt.Errorf("%w: %v", ErrBadDetector, d)
		}
	}
	if o.WordsThreshold < 0 {
		return nil, fmt.Errorf("%w: %d words", ErrBadDetector, o.WordsThreshold)
	}
	fill(&o.InitialTimeout, 4500*time.Millisecond)
	fill(&o.EndSilence, time.Second)
	fill(&o.VoiceThreshold, 1250*time.Millisecond)
	fill(&o.WordsThreshold, 6)
	fill(&o.ReadyTimeout, o.EndSilence)
	return &machineSearch{o: o}, nil
}

func fill[T int | time.Duration](v *T, unset T) {
	if *v == 0 {
		*v = unset
	}
}

// machineSearch is one run of a MachineDetector.
type machineSearch struct {
	o       MachineDetector
	voice   time.Duration // of voice so far
	burst   time.Duration // of the voice going on
	silence time.Duration // since the last voice, or since the beginning
	words   int
	machine bool
	ready   bool

	toneHz  float64 // of the pure tone going on
	toneFor time.Duration
	beeped  bool // the tone going on has been told
}

func (s *machineSearch) step(f *frame, found func(Detection)) bool {
	beep := s.listenForBeep(f)
	if s.toneFor == 0 { // a beep is neither voice nor silence
		s.count(f.speakPower >= voiceLevel)
	}
	if !s.machine {
		return s.decide(beep, found)
	}
	return s.follow(beep, found)
}

// count keeps the times of voice and silence.
func (s *machineSearch) count(voice bool) {
	if !voice {
		s.silence += Frame
		if s.silence >= wordGap {
			s.burst = 0
		}
		return
	}
	s.silence = 0
	s.voice += Frame
	if s.burst += Frame; s.burst == wordLeast {
		s.words++
	}
}

// decide tells who answered.
func (s *machineSearch) decide(beep bool, found func(Detection)) (over bool) {
	switch {
	case beep || s.voice >= s.o.VoiceThreshold || s.words >= s.o.WordsThreshold:
		s.machine = true
		found(Detection{Event: "MACHINE", Beep: beep})
		if beep && !s.o.NoMessageEnd {
			return s.turnReady(found)
		}
		return s.o.NoMessageEnd
	case s.words == 0 && s.silence >= s.o.InitialTimeout:
		found(Detection{Event: "UNKNOWN"})
		return true
	case s.words > 0 && s.silence >= s.o.EndSilence:
		found(Detection{Event: "HUMAN"})
		return true
	}
	return false
}

// follow waits for the end of the machine's words.
func (s *machineSearch) follow(beep bool, found func(Detection)) (over bool) {
	switch {
	case beep:
		found(Detection{Event: "MACHINE", Beep: true})
		if !s.ready {
			return s.turnReady(found)
		}
	case !s.ready && s.silence >= s.o.ReadyTimeout:
		return s.turnReady(found)
	case s.ready && s.burst >= wordLeast:
		s.ready = false
		found(Detection{Event: "NOT_READY"})
	}
	return false
}

// turnReady tells that a message may be left.
func (s *machineSearch) turnReady(found func(Detection)) (over bool) {
	s.ready, s.burst = true, 0
	found(Detection{Event: "READY"})
	return !s.o.Interruptions
}

// listenForBeep reports a beep, once, when it has lasted long enough.
func (s *machineSearch) listenForBeep(f *frame) bool {
	hz := pureTone(f.speak[:], beepLevel)
	switch {
	case hz < beepLow || hz > beepHigh:
		s.toneHz, s.toneFor, s.beeped = 0, 0, false
	case s.toneFor > 0 && math.Abs(hz-s.toneHz) <= beepDrift:
		s.toneFor += Frame
	default:
		s.toneHz, s.toneFor, s.beeped = hz, Frame, false
	}
	if s.toneFor < beepLeast || s.beeped {
		return false
	}
	s.beeped = true
	return true
}
