package program

import (
	"bufio"
	"slices"
	"strings"
	"testing"
)

func TestSpeechIsWhatIsInNoTone(t *testing.T) {
	low, high := Tone(440, SampleRate), Tone(1000, SampleRate)
	if s := Speech(slices.Concat(low, high, Tone(0, SampleRate)), 440, 1000); s > 0.1 {
		t.Errorf("tones and silence count as %.1f s of speech", s)
	}
	if s := Speech(low, 1000); s < 0.9 {
		t.Errorf("another tone counts as %.1f s of speech, want 1 s", s)
	}
}

func TestSoundsIsWhatIsInOneTone(t *testing.T) {
	low, high := Tone(440, SampleRate), Tone(1000, SampleRate)
	for i := range high {
		if i/250%3 == 2 { // as when every third packet is lost
			high[i] = 0
		}
	}
	if s := Sounds(slices.Concat(low, Tone(0, SampleRate)), 440); s < 0.9 || s > 1.1 {
		t.Errorf("a tone counts as %.1f s, want 1 s", s)
	}
	if s := Sounds(high, 440); s > 0 {
		t.Errorf("another tone, with gaps, counts as %.1f s", s)
	}
}

func TestWAV(t *testing.T) {
	pcm := Tone(440, 100)
	if got := Samples(WAV(pcm)); !slices.Equal(got, pcm) {
		t.Errorf("%d samples of %d", len(got), len(pcm))
	}
	if got := Samples([]byte("RIFF")); got != nil {
		t.Errorf("%v", got)
	}
}

func TestReadNetstring(t *testing.T) {
	for text, want := range map[string]string{"5:hello,": "hello", "0:,": ""} {
		if got, err := readNetstring(bufio.NewReader(strings.NewReader(text))); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x:hello,", "-1:,", "9999999999:,", "5:hel"} {
		if got, err := readNetstring(bufio.NewReader(strings.NewReader(text))); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}
