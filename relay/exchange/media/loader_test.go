package media

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// wavFile writes a WAV; data is the sample bytes.
func wavFile(f wavFormat, data []byte) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00")
	le := binary.LittleEndian
	b = le.AppendUint16(b, uint16(f.tag))
	b = le.AppendUint16(b, uint16(f.channels))
	b = le.AppendUint32(b, uint32(f.rate))
	b = le.AppendUint32(b, uint32(f.rate*f.channels*f.bits/8))
	b = le.AppendUint16(b, uint16(f.channels*f.bits/8))
	b = le.AppendUint16(b, uint16(f.bits))
	b = le.AppendUint32(append(b, "data"...), uint32(len(data)))
	return append(b, data...)
}

// toneWAV is half a second of a tone, in the first channel only.
func toneWAV(f wavFormat, freq float64) []byte {
	pcm := make([]int16, f.rate/2)
	tone.Generator(freq, f.rate).ReadPCM(pcm)
	var data []byte
	mu, a := codecs[0], codecs[1]
	for _, v := range pcm {
		frame := make([]byte, f.channels*f.bits/8)
		switch f.tag {
		case wavMuLaw:
			mu.encode(frame[:1], []int16{v})
		case wavALaw:
			a.encode(frame[:1], []int16{v})
		default:
			binary.LittleEndian.PutUint16(frame, uint16(v))
		}
		data = append(data, frame...)
	}
	return wavFile(f, data)
}

func TestWAVKinds(t *testing.T) {
	for _, f := range []wavFormat{
		{wavPCM, 1, 16, 8000}, {wavPCM, 1, 16, 22050}, {wavPCM, 2, 16, 44100}, {wavPCM, 1, 16, 48000},
		{wavPCM, 2, 16, 16000}, {wavPCM, 1, 16, 6000}, {wavMuLaw, 1, 8, 8000}, {wavALaw, 1, 8, 8000},
	} {
		t.Run(fmt.Sprintf("%d/%d/%d", f.tag, f.rate, f.channels), func(t *testing.T) {
			pcm, err := decodeWAV(context.Background(), toneWAV(f, 1004))
			if err != nil {
				t.Fatal(err)
			}
			if len(pcm) != pcmRate/2 {
				t.Fatalf("%d samples", len(pcm))
			}
			if freq, strength := tone.Detect(pcm, pcmRate); math.Abs(freq-1004) > 2 || strength < 0.98 {
				t.Errorf("%.1f Hz, strength %.3f", freq, strength)
			}
		})
	}
}

func TestResamplingKeepsWhatIsAboveOut(t *testing.T) {
	f := wavFormat{wavPCM, 1, 16, 22050}
	level := func(freq float64) float64 {
		pcm, err := decodeWAV(context.Background(), toneWAV(f, freq))
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		for _, v := range pcm[400:3600] {
			sum += power(v)
		}
		return dBFS(sum / 3200)
	}
	pass, stop := level(1000), level(6000) // 6000 Hz would fold to 2000
	if math.Abs(pass+15) > 1 || stop > pass-40 {
		t.Errorf("1000 Hz at %.1f dB, 6000 Hz at %.1f dB", pass, stop)
	}
}

func TestWAVRefusals(t *testing.T) {
	some := make([]byte, 64)
	for name, b := range map[string][]byte{
		"MP3":        []byte("ID3\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"no chunks":  []byte("RIFF\x00\x00\x00\x00WAVE"),
		"no data":    wavFile(wavFormat{wavPCM, 1, 16, 8000}, nil)[:44],
		"float":      wavFile(wavFormat{3, 1, 32, 8000}, some),
		"24 bits":    wavFile(wavFormat{wavPCM, 1, 24, 8000}, some),
		"no channel": wavFile(wavFormat{wavPCM, 0, 16, 8000}, some),
		"slow":       wavFile(wavFormat{wavPCM, 1, 16, 1}, some),
		"fast":       wavFile(wavFormat{wavPCM, 1, 16, 1 << 30}, some),
	} {
		if _, err := decodeWAV(context.Background(), b); !errors.Is(err, ErrUnsupportedAudio) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecodeWAV(f *testing.F) {
	f.Add(wavFile(wavFormat{wavPCM, 2, 16, 22050}, make([]byte, 99)))
	f.Add(wavFile(wavFormat{wavMuLaw, 1, 8, 8000}, make([]byte, 20)))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pcm, err := decodeWAV(context.Background(), b)
		if err == nil && len(pcm) > 2*len(b) {
			t.Fatalf("%d samples out of %d bytes", len(pcm), len(b))
		}
	})
}

func TestFetchFromTheWeb(t *testing.T) {
	good := toneWAV(wavFormat{wavPCM, 1, 16, 8000}, 1004)
	mux := http.NewServeMux()
	mux.HandleFunc("/good.wav", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(good) })
	mux.HandleFunc("/song.ogg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/ogg")
		_, _ = w.Write([]byte("OggS"))
	})
	mux.HandleFunc("/huge.wav", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(append(slices.Clone(good), make([]byte, maxAudio)...))
	})
	mux.Handle("/moved.wav", http.RedirectHandler("/good.wav", http.StatusFound))
	mux.Handle("/round.wav", http.RedirectHandler("/round.wav", http.StatusFound))
	mux.Handle("/inside.wav", http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	mux.Handle("/other.wav", http.RedirectHandler("ftp://127.0.0.1/x.wav", http.StatusFound))
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	f := newFetcher(EngineConfig{})
	for _, c := range []struct {
		path string
		want error
		says string
	}{
		{"/good.wav", nil, ""}, {"/moved.wav", nil, ""},
		{"/song.ogg", ErrUnsupportedAudio, "audio/ogg"}, {"/huge.wav", ErrTooLarge, "10 MiB"},
		{"/absent.wav", ErrFetch, "404"}, {"/round.wav", ErrFetch, "redirects"},
		{"/inside.wav", ErrForbiddenAddress, "169.254.169.254"}, {"/other.wav", ErrFetch, "ftp"},
	} {
		b, err := f.get(context.Background(), web.URL+c.path)
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.path, err)
		}
		if err == nil && len(b) != len(good) {
			t.Errorf("%s: %d bytes", c.path, len(b))
		}
	}
	for ref, want := range map[string]error{
		"http://10.255.255.1/x.wav": ErrForbiddenAddress, "gopher://x": ErrFetch, "http://%zz": ErrFetch,
		"http://": ErrFetch,
	} {
		if _, err := f.get(context.Background(), ref); !errors.Is(err, want) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestFetchIsBoundedByItsContext(t *testing.T) {
	arrived := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	t.Cleanup(web.Close)
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	play, err := l.Play(Playlist{Media: []Media{Audio{web.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, "the server is asked", arrived)
	if p := l.beat(t); !quiet(decoded(l, p.Payload)) {
		t.Fatal("sound before the audio is there")
	}
	play.Stop()
	l.Close() // waits for the loader
}

func TestFetchFromFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tone.wav")
	if err := os.WriteFile(path, toneWAV(wavFormat{wavPCM, 1, 16, 16000}, 1004), 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFetcher(EngineConfig{})
	for ref, want := range map[string]error{
		path: nil, "file://" + path: nil, text: ErrUnsupportedAudio, dir: ErrFetch,
		filepath.Join(dir, "absent.wav"): ErrFetch, os.DevNull: ErrFetch,
	} {
		if _, err := f.get(context.Background(), ref); !errors.Is(err, want) {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if _, err := newFetcher(EngineConfig{NoFiles: true}).get(context.Background(), path); !errors.Is(err, ErrFetch) {
		t.Errorf("files forbidden: %v", err)
	}

	// Played in its order: a ring, the file, and an item that fails.
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMA")
	play, err := l.Play(Playlist{Media: []Media{Ringtone{"de", 40 * time.Millisecond}, Audio{path}, Audio{text}}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "all loaded", func() bool {
		play.mu.Lock()
		defer play.mu.Unlock()
		return play.clips[1] != nil && play.failed[2] != nil
	})
	var pcm []int16
	for play.Err() == nil {
		pcm = append(pcm, decoded(l, l.beat(t).Payload)...)
	}
	if !errors.Is(play.Err(), ErrUnsupportedAudio) {
		t.Errorf("ends with %v", play.Err())
	}
	if freq, _ := tone.Detect(pcm[:4000], pcmRate); math.Abs(freq-1004) > 2 {
		t.Errorf("heard %.1f Hz", freq)
	}
}

func TestSpeech(t *testing.T) {
	m := TTS{Text: "Please hold the line, $(someone) will be with you.", Language: "en-GB", Gender: "female", Voice: "polly.Amy"}
	wav, err := speak(context.Background(), m)
	if _, none := speechEngine(); none != nil {
		if !errors.Is(err, ErrNoSpeech) {
			t.Fatalf("without an engine: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	pcm, err := decodeWAV(context.Background(), wav)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, v := range pcm {
		sum += power(v)
	}
	if d := len(pcm) / pcmRate; d < 1 || d > 20 || dBFS(sum/float64(len(pcm))) < -40 {
		t.Errorf("%d s of speech at %.1f dB", d, dBFS(sum/float64(len(pcm))))
	}
	for _, m := range []TTS{{Text: "x", Language: "xx-XX"}, {Text: "x", Voice: "nobody"}, {Text: "ciao", Language: "it", Gender: "male"}, {Text: "-v"}} {
		if _, err := speak(context.Background(), m); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := speak(ctx, m); !errors.Is(err, ErrSpeech) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestNoSpeechEngine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	play, err := l.Play(Playlist{Media: []Media{TTS{Text: "hello"}}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it fails", func() bool { l.beat(t); return play.Err() != nil })
	if !errors.Is(play.Err(), ErrNoSpeech) {
		t.Errorf("%v", play.Err())
	}
}

func TestSpeechOutputIsBounded(t *testing.T) {
	c := capBuffer{limit: 4}
	if n, err := c.Write([]byte("abcdef")); n != 4 || !errors.Is(err, ErrTooLarge) || !c.over {
		t.Errorf("%d, %v", n, err)
	}
	q := capBuffer{limit: 4, quiet: true}
	if n, err := q.Write([]byte("abcdef")); n != 6 || err != nil || q.buf.String() != "abcd" {
		t.Errorf("%d, %v, %q", n, err, q.buf.String())
	}
}
