package exchange

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"cordpair/relay/exchange/media/tone"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// record starts a recording and returns where it will be.
func (d *desk) record(control string, a wire.RecordAudio) string {
	d.c.t.Helper()
	f := d.c.request(wire.MethodRecord, wire.RecordParams{
		CallRef: wire.CallRef{CallID: d.a}, ControlID: control, Record: wire.Record{Audio: a},
	})
	var r wire.StartedResult
	if err := wire.Decode(f.Result, &r); err != nil || r.Code != wire.CodeOK || r.ControlID != control {
		d.c.t.Fatalf("%+v %v", r, err)
	}
	d.c.action(control, wire.Recording)
	return r.URL
}

// recorded waits for the end and returns it.
func (c *client) recorded(control, state string) wire.RecordEvent {
	c.t.Helper()
	c.action(control, state)
	all := bodies(c, wire.EventRecord, func(e wire.RecordEvent) bool { return e.ControlID == control })
	return all[len(all)-1]
}

func fetch(t *testing.T, url string) (body []byte, status int, kind string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body, res.StatusCode, res.Header.Get("Content-Type")
}

// pcmOf are the samples of a 16-bit WAV.
func pcmOf(t *testing.T, wav []byte) []int16 {
	t.Helper()
	i := bytes.Index(wav, []byte("data"))
	if i < 0 || !bytes.HasPrefix(wav, []byte("RIFF")) {
		t.Fatalf("no WAV: %.40q", wav)
	}
	var pcm []int16
	for b := wav[i+8:]; len(b) > 1; b = b[2:] {
		pcm = append(pcm, int16(uint16(b[0])|uint16(b[1])<<8))
	}
	return pcm
}

// holds reports that an eighth of a second of a recording is a tone: a machine
// that stalls leaves gaps.
func holds(pcm []int16, freq float64) bool {
	const window = 1024
	for ; len(pcm) >= window; pcm = pcm[window/4:] {
		if f, strength := tone.Detect(pcm[:window], 8000); strength > 0.9 && f > freq-15 && f < freq+15 {
			return true
		}
	}
	return false
}

var off = 0.0

// TestRecord: what the caller says is in the file that is served, and nobody
// who does not know its name gets it.
func TestRecord(t *testing.T) {
	d := answeredCall(t, start(t))
	d.caller.sings(440)
	url := d.record("r", wire.RecordAudio{Format: "wav", EndSilenceTimeout: &off})
	if !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.HasSuffix(url, ".wav") {
		t.Errorf("%s", url)
	}
	control := wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "r", Behavior: "skip"}
	d.c.must(wire.MethodRecordPause, control)
	d.c.action("r", wire.Paused)
	d.c.must(wire.MethodRecordResume, control)
	d.c.action("r", wire.Recording)
	d.listenFor(t, 4000)
	d.c.must(wire.MethodRecordStop, control)
	e := d.c.recorded("r", wire.Finished)
	if e.URL != url || e.Duration <= 0 || e.Size <= 44 || e.Record.Audio.Format != "wav" {
		t.Errorf("%+v", e)
	}
	body, status, kind := fetch(t, url)
	if status != 200 || kind != "audio/wav" || int64(len(body)) != e.Size {
		t.Fatalf("%d %s, %d bytes of %d", status, kind, len(body), e.Size)
	}
	if pcm := pcmOf(t, body); !holds(pcm, 440) {
		t.Errorf("recorded %d samples, and nowhere 440 Hz", len(pcm))
	}
	base := url[:strings.LastIndexByte(url, '/')+1]
	for _, name := range []string{"", "..%2f", strings.Repeat("a", 26) + ".wav", "x.wav"} {
		if _, status, _ := fetch(t, base+name); status != 404 {
			t.Errorf("%q: %d", name, status)
		}
	}
	if r := d.c.command(wire.MethodRecordStop, control); r.Code != wire.CodeNotFound {
		t.Errorf("%+v", r)
	}
}

// listenFor waits until the caller heard so many more samples: time as the
// media counts it.
func (d *desk) listenFor(t *testing.T, samples int) {
	t.Helper()
	total := func() int {
		d.caller.ear.mu.Lock()
		defer d.caller.ear.mu.Unlock()
		return d.caller.ear.total
	}
	from := total()
	eventually(t, "more sound", func() bool { return total() >= from+samples })
}

func TestRecordEndsByItself(t *testing.T) {
	d := answeredCall(t, start(t))
	short := 0.1
	d.record("quiet", wire.RecordAudio{Format: "wav", InitialTimeout: &short})
	if e := d.c.recorded("quiet", wire.NoInput); e.URL != "" {
		t.Errorf("%+v", e)
	}
	d.record("key", wire.RecordAudio{Format: "wav", InitialTimeout: &off, EndSilenceTimeout: &off})
	d.caller.keys("#")
	d.c.recorded("key", wire.Finished)
	d.caller.sings(440)
	url := d.record("call", wire.RecordAudio{Format: "wav", InitialTimeout: &off, EndSilenceTimeout: &off})
	d.listenFor(t, 1600)
	d.caller.leg.End(sip.EndReason{})
	if e := d.c.recorded("call", wire.Finished); e.Size <= 44 || e.URL != url {
		t.Errorf("%+v", e)
	}
	d.c.state(d.a, wire.CallEnded)
	if body, status, _ := fetch(t, url); status != 200 || len(pcmOf(t, body)) == 0 {
		t.Errorf("%d, %d bytes", status, len(body))
	}
}

// TestRecordMP3: with an encoder it is made, without one that is said.
func TestRecordMP3(t *testing.T) {
	_, err1 := exec.LookPath("lame")
	_, err2 := exec.LookPath("ffmpeg")
	d := answeredCall(t, start(t))
	if err1 == nil || err2 == nil {
		d.caller.sings(440)
		url := d.record("m", wire.RecordAudio{EndSilenceTimeout: &off})
		d.listenFor(t, 4000)
		d.c.must(wire.MethodRecordStop, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "m"})
		e := d.c.recorded("m", wire.Finished)
		body, status, kind := fetch(t, url)
		if status != 200 || kind != "audio/mpeg" || len(body) < 100 || e.Record.Audio.Format != "mp3" {
			t.Errorf("%d %s %d bytes, %+v", status, kind, len(body), e)
		}
	}
	t.Setenv("PATH", t.TempDir())
	p := wire.RecordParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "n", Record: wire.Record{Audio: wire.RecordAudio{Format: "mp3"}}}
	if r := d.c.command(wire.MethodRecord, p); r.Code != wire.CodeMedia || !strings.Contains(r.Message, "MP3") {
		t.Errorf("%+v", r)
	}
	url := d.record("w", wire.RecordAudio{})
	if !strings.HasSuffix(url, ".wav") {
		t.Errorf("%s", url)
	}
}

func TestRecordRefused(t *testing.T) {
	d := answeredCall(t, start(t))
	n, minus, word := 101, -1.0, "x"
	for name, a := range map[string]wire.RecordAudio{
		"format": {Format: "ogg"}, "direction": {Direction: "up"}, "sensitivity": {InputSensitivity: &n},
		"initial": {InitialTimeout: &minus}, "silence": {EndSilenceTimeout: &minus}, "terminators": {Terminators: &word},
	} {
		p := wire.RecordParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "r", Record: wire.Record{Audio: a}}
		if r := d.c.command(wire.MethodRecord, p); r.Code != wire.CodeBad {
			t.Errorf("%s: %+v", name, r)
		}
	}
	d.record("r", wire.RecordAudio{Format: "wav"})
	if r := d.c.command(wire.MethodRecordPause, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "r", Behavior: "x"}); r.Code != wire.CodeBad {
		t.Errorf("%+v", r)
	}
}
