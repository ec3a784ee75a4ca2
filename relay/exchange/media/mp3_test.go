package media

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"cordpair/relay/exchange/media/tone"
)

// mp3Files are half a second of 1004 Hz each, made by an encoder that is not
// needed to test.
func mp3Files(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.mp3")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	files := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(p)] = b
	}
	return files
}

func TestMP3IsDecoded(t *testing.T) {
	for name, b := range mp3Files(t) {
		// With an ID3 tag in front, as most have.
		tagged := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x0a0123456789"), b...)
		for _, b := range [][]byte{b, tagged} {
			pcm, err := decodeAudio(context.Background(), b)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := float64(len(pcm)) / pcmRate; d < 0.45 || d > 0.7 {
				t.Errorf("%s: %.2f s", name, d)
			}
			if hz, strength := tone.Detect(pcm[:pcmRate/2], pcmRate); math.Abs(hz-1004) > 2 || strength < 0.95 {
				t.Errorf("%s: %.1f Hz, strength %.2f", name, hz, strength)
			}
		}
	}
}

func TestMP3IsPlayedFromTheWebAndFromAFile(t *testing.T) {
	b := mp3Files(t)["tone-mpeg1-stereo.mp3"]
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/mpeg")
		_, _ = w.Write(b)
	}))
	defer web.Close()
	e := newEngine(t, EngineConfig{})
	for _, ref := range []string{web.URL + "/ring.mp3", "testdata/tone-mpeg1-stereo.mp3"} {
		a, far := open(t, e), open(t, e)
		start(t, a, far.LocalAddr(), "PCMU")
		start(t, far, a.LocalAddr(), "PCMU")
		heard := listenTo(far)
		play, err := a.Play(Playlist{Media: []Media{Audio{ref}}, Loop: LoopForever})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the tone is heard", func() bool {
			return tone.Strength(heard.newest(1024), pcmRate, 1004) > 0.95
		})
		play.Stop()
	}
}

func TestBadMP3(t *testing.T) {
	whole := mp3Files(t)["tone-mpeg1-stereo.mp3"]
	for name, b := range map[string][]byte{
		"only a tag":    []byte("ID3\x04\x00\x00\x00\x00\x00\x00"),
		"only a header": {0xff, 0xfb, 0x90, 0x64},
		"MPEG 2.5":      append([]byte{0xff, 0xe3, 0x28, 0xc4}, make([]byte, 400)...),
		"free bitrate":  append([]byte{0xff, 0xfb, 0x04, 0x64}, make([]byte, 400)...),
	} {
		if _, err := decodeAudio(context.Background(), b); !errors.Is(err, ErrUnsupportedAudio) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What once took this decoder down: whatever it makes of it, it returns.
	_, _ = decodeAudio(context.Background(), append([]byte("\xff\xfa%"), bytes.Repeat([]byte("0"), 140)...))
	if pcm, err := decodeAudio(context.Background(), whole[:len(whole)-100]); err != nil || len(pcm) < pcmRate/4 {
		t.Errorf("cut short: %d samples, %v", len(pcm), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := decodeAudio(ctx, whole); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzDecodeAudio(f *testing.F) {
	for _, b := range mp3Files(f) {
		f.Add(b)
	}
	f.Add(toneWAV(wavFormat{wavPCM, 2, 16, 16000}, 440))
	f.Fuzz(func(t *testing.T, b []byte) {
		pcm, err := decodeAudio(context.Background(), b)
		if err != nil && !errors.Is(err, ErrUnsupportedAudio) && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("%v", err)
		}
		if err == nil && len(pcm) > 100*len(b)+pcmRate {
			t.Fatalf("%d samples of %d bytes", len(pcm), len(b))
		}
	})
}
