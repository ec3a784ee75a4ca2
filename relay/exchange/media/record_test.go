package media

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// recorded is a recording's state over sound as detectors' tests write it,
// and how it ended.
type recorded struct {
	frames  int
	samples int
	st      *recordState
}

func runRecord(t *testing.T, o RecordOptions, parts string, paused func(frame int) pauseKind) recorded {
	t.Helper()
	o.Dir, o.Name = t.TempDir(), "x"
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	r := recorded{st: &recordState{o: o, quiet: sensitivity(o.Sensitivity)}}
	pcm := sound(t, parts)
	for len(pcm) >= 160 {
		f := &frame{speakPower: meanPower(pcm[:160])}
		copy(f.speak[:], pcm)
		pcm = pcm[160:]
		kind := pauseNone
		if paused != nil {
			kind = paused(r.frames)
		}
		out, more := r.st.step(f, nil, kind)
		r.frames++
		r.samples += len(out)
		if !more {
			break
		}
	}
	return r
}

func TestWhenARecordingEnds(t *testing.T) {
	const ms = time.Millisecond
	o := RecordOptions{Sensitivity: 44}
	for _, c := range []struct {
		name    string
		initial time.Duration
		end     time.Duration
		sound   string
		ms      int
		noInput bool
	}{
		{"no input", 1000 * ms, 500 * ms, "-3000", 1000, true},
		{"a whisper is no input", 1000 * ms, 500 * ms, "n3000", 1000, true},
		{"no initial timeout", 0, 500 * ms, "-3000", 3000, false},
		{"input, then silence", 1000 * ms, 500 * ms, "-500 v800 -2000", 1800, false},
		{"pauses in it", 1000 * ms, 500 * ms, "v800 -400 v800 -2000", 2500, false},
		{"no end", 1000 * ms, 0, "v800 -2000", 2800, false},
	} {
		o.InitialTimeout, o.EndSilence = c.initial, c.end
		r := runRecord(t, o, c.sound, nil)
		if got := r.frames * 20; got != c.ms || r.st.noInput != c.noInput {
			t.Errorf("%s: %d ms, no input %v", c.name, got, r.st.noInput)
		}
	}
}

func TestPausesOfARecording(t *testing.T) {
	o := RecordOptions{Sensitivity: 44, EndSilence: 500 * time.Millisecond}
	for kind, samples := range map[pauseKind]int{pauseSkip: 8000, pauseSilence: 16000} {
		// A second of voice, then a second of pause in which silence is no end.
		r := runRecord(t, o, "v1000 -1000", func(n int) pauseKind {
			if n >= 50 {
				return kind
			}
			return pauseNone
		})
		if r.frames != 100 || r.samples != samples {
			t.Errorf("%d: %d frames, %d samples", kind, r.frames, r.samples)
		}
	}
}

func TestSensitivity(t *testing.T) {
	for s, want := range map[int]float64{0: -20, 44: -42, 100: -70} {
		if got := dBFS(sensitivity(s)); got < want-0.01 || got > want+0.01 {
			t.Errorf("%d: %.1f dB", s, got)
		}
	}
}

// file reads a recording back: its channels.
func file(t *testing.T, path string) [][]int16 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < wavHeader || int(binary.LittleEndian.Uint32(b[40:])) != len(b)-wavHeader ||
		int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 {
		t.Fatalf("%s: sizes in the header of %d bytes are wrong", path, len(b))
	}
	wide := int(binary.LittleEndian.Uint16(b[22:]))
	out := make([][]int16, wide)
	for i := 0; wavHeader+2*i+2 <= len(b); i++ {
		out[i%wide] = append(out[i%wide], int16(binary.LittleEndian.Uint16(b[wavHeader+2*i:])))
	}
	if _, err := decodeWAV(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return out
}

// names are what a folder holds.
func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range list {
		all = append(all, f.Name())
	}
	return strings.Join(all, " ")
}

// flows waits until so much has gone over a leg, both ways.
func flows(t *testing.T, s *Stream, packets uint64) {
	t.Helper()
	from := s.Stats()
	until(t, s, "sound flows", func() bool {
		st := s.Stats()
		return st.PacketsIn >= from.PacketsIn+packets && st.PacketsOut >= from.PacketsOut+packets
	})
}

func TestARecordingHoldsTheSideAskedFor(t *testing.T) {
	for side := range sideTones {
		for _, stereo := range []bool{false, true} {
			for _, codec := range []string{"PCMU", "G722"} {
				t.Run(side.String()+" of "+codec, func(t *testing.T) {
					t.Parallel()
					p, dir := newPair(t, codec), t.TempDir()
					rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: "a", Side: side, Stereo: stereo})
					if err != nil {
						t.Fatal(err)
					}
					flows(t, p.leg, 40)
					if got := names(t, dir); got != "a.wav.part" {
						t.Errorf("while it runs: %s", got)
					}
					rec.Stop()
					closed(t, "it ends", rec.Done())
					res := rec.Result()
					if res.Err != nil || res.Path != filepath.Join(dir, "a.wav") || names(t, dir) != "a.wav" {
						t.Fatalf("%+v, folder has %s", res, names(t, dir))
					}
					tracks := file(t, res.Path)
					if d := time.Duration(len(tracks[0])) * time.Second / pcmRate; d != res.Duration ||
						res.Size != int64(wavHeader+2*len(tracks)*len(tracks[0])) || res.Duration < 500*time.Millisecond {
						t.Errorf("%v of %d bytes, the file has %v", res.Duration, res.Size, d)
					}
					want := []Side{side}
					if stereo && side == Both {
						want = []Side{Speak, Listen}
					}
					if len(tracks) != len(want) {
						t.Fatalf("%d tracks", len(tracks))
					}
					for i, pcm := range tracks {
						if !hearsSide(pcm, want[i]) {
							t.Errorf("track %d is not %s", i, want[i])
						}
					}
				})
			}
		}
	}
}

func TestABridgedLegIsRecorded(t *testing.T) {
	c := newCall(t, "PCMU", "PCMA")
	c.alice.SetSource(tone.Generator(farTone, pcmRate))
	c.bob.SetSource(tone.Generator(legTone, pcmRate))
	if _, err := Bridge(c.a, c.b); err != nil {
		t.Fatal(err)
	}
	c.hearA.hears(t, "alice", legTone)
	rec, err := c.a.Record(RecordOptions{Dir: t.TempDir(), Name: "both", Side: Both, Stereo: true})
	if err != nil {
		t.Fatal(err)
	}
	flows(t, c.a, 40)
	c.a.Close() // what there is, is kept
	closed(t, "it ends", rec.Done())
	tracks := file(t, rec.Result().Path)
	if !hearsSide(tracks[0], Speak) || !hearsSide(tracks[1], Listen) {
		t.Error("the tracks are not the two sides")
	}
}

func TestARecordingEndsByADigit(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	for i, key := range []func(*Recording){
		func(*Recording) {
			if _, err := p.far.SendDigits("5#"); err != nil {
				t.Fatal(err)
			}
		},
		func(r *Recording) { r.Digit('5'); r.Digit('#') }, // by SIP INFO
	} {
		rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: string(rune('a' + i)), Terminators: "#*"})
		if err != nil {
			t.Fatal(err)
		}
		key(rec)
		ends(t, p.leg, "it ends", rec.Done())
		if res := rec.Result(); res.Err != nil || res.Terminator != '#' || res.Path == "" {
			t.Errorf("%+v", res)
		}
	}
}

func TestARecordingWithABeep(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	p.leg.SetSource(nil)
	heard := listenTo(p.far)
	rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: "b", Beep: true, Side: Both})
	if err != nil {
		t.Fatal(err)
	}
	until(t, p.far, "the far end hears the beep", func() bool {
		return tone.Strength(heard.newest(1024), pcmRate, 1000) > 0.9
	})
	flows(t, p.leg, 30)
	rec.Stop()
	closed(t, "it ends", rec.Done())
	if pcm := file(t, rec.Result().Path)[0]; !isSide(pcm, Speak) {
		t.Error("the beep is in the recording")
	}
}

func TestNoInputLeavesNoFile(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	p.far.SetSource(nil)
	rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: "n", InitialTimeout: 200 * time.Millisecond, Sensitivity: 44})
	if err != nil {
		t.Fatal(err)
	}
	ends(t, p.leg, "it ends", rec.Done())
	if res := rec.Result(); !res.NoInput || res.Path != "" || res.Err != nil || names(t, dir) != "" {
		t.Errorf("%+v, folder has %q", res, names(t, dir))
	}
}

func TestARecordingIsBounded(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: "m", MaxBytes: wavHeader + 1000})
	if err != nil {
		t.Fatal(err)
	}
	ends(t, p.leg, "it ends", rec.Done())
	if res := rec.Result(); res.Err != nil || res.Size > wavHeader+1000 || res.Duration == 0 {
		t.Errorf("%+v", res)
	}
}

func TestRecordRefusals(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	outside := filepath.Join(dir, "file")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "taken.wav"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]RecordOptions{
		"no folder": {Dir: filepath.Join(dir, "none"), Name: "a"}, "a file": {Dir: outside, Name: "a"},
		"no name": {Dir: dir}, "up": {Dir: dir, Name: "../a"}, "hidden": {Dir: dir, Name: ".a"}, "dots": {Dir: dir, Name: "a..b"},
		"absolute": {Dir: dir, Name: "/a"}, "option": {Dir: dir, Name: "-a"}, "long": {Dir: dir, Name: strings.Repeat("a", 101)},
		"NUL": {Dir: dir, Name: "a\x00"}, "taken": {Dir: dir, Name: "taken"},
		"format": {Dir: dir, Name: "a", Format: "ogg"}, "timeout": {Dir: dir, Name: "a", InitialTimeout: -1},
		"sensitivity": {Dir: dir, Name: "a", Sensitivity: 101}, "terminators": {Dir: dir, Name: "a", Terminators: "x"},
		"side": {Dir: dir, Name: "a", Side: 9},
	} {
		if _, err := p.leg.Record(o); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := open(t, newEngine(t, EngineConfig{})).Record(RecordOptions{Dir: dir, Name: "raw"}); !errors.Is(err, ErrNotStarted) {
		t.Errorf("%v", err)
	}
	if got := names(t, dir); got != "file taken.wav" {
		t.Errorf("the folder has %s", got)
	}
}

// program puts a shell script in place of an encoder, and nothing else.
func program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if name != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestMP3NeedsAnEncoder(t *testing.T) {
	p, dir := newPair(t, "PCMU"), t.TempDir()
	program(t, "", "")
	_, err := p.leg.Record(RecordOptions{Dir: dir, Name: "a", Format: "MP3"})
	if !errors.Is(err, ErrNoEncoder) || !strings.Contains(err.Error(), "install lame or ffmpeg") {
		t.Errorf("%v", err)
	}
}

func TestMP3IsMadeByTheEncoder(t *testing.T) {
	for name, c := range map[string]struct {
		program, script string
		files           string
		fails           bool
	}{
		"lame":     {"lame", `[ "$*" = "--quiet --resample 16 - -" ] && while read -r line; do :; done; echo mp3`, "a.mp3", false},
		"ffmpeg":   {"ffmpeg", `while read -r line; do :; done; echo mp3`, "a.mp3", false},
		"a broken": {"lame", `echo no >&2; exit 3`, "a.wav", true},
	} {
		t.Run(name, func(t *testing.T) {
			p, dir := newPair(t, "PCMU"), t.TempDir()
			program(t, c.program, c.script)
			rec, err := p.leg.Record(RecordOptions{Dir: dir, Name: "a", Format: "mp3"})
			if err != nil {
				t.Fatal(err)
			}
			flows(t, p.leg, 20)
			rec.Stop()
			closed(t, "it ends", rec.Done())
			res := rec.Result()
			if (res.Err != nil) != c.fails || filepath.Base(res.Path) != c.files || names(t, dir) != c.files || res.Size == 0 {
				t.Fatalf("%+v, folder has %s", res, names(t, dir))
			}
			if c.fails {
				if !errors.Is(res.Err, ErrRecord) || !strings.Contains(res.Err.Error(), "no") {
					t.Errorf("%v", res.Err)
				}
				file(t, res.Path)
			}
		})
	}
}
