//go:build thirdparty

package conformance

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/zaf/g711"

	"cordpair/relay/relaytest/program"
)

// tone is a WAV of twenty seconds.
func tone(freq float64) []byte { return program.WAV(program.Tone(freq, 20*program.SampleRate)) }

// lame makes an MP3 of a WAV.
func lame(t *testing.T, wav []byte) []byte {
	t.Helper()
	in := file(t, "tone.wav", string(wav))
	out := filepath.Join(t.TempDir(), "tone.mp3")
	if text, err := exec.Command("lame", "--quiet", "--resample", "16", in, out).CombinedOutput(); err != nil {
		t.Fatalf("lame: %v: %s", err, text)
	}
	mp3, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return mp3
}

// serve is a web server with these files.
func serve(t *testing.T, files map[string][]byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(files[r.URL.Path]) }))
	t.Cleanup(s.Close)
	return s.URL
}

func media(kind string, params obj) obj { return obj{"type": kind, "params": params} }

// TestRingback: what the caller hears while SIPp rings, kind by kind; and that
// the sound of the phone that rings is heard in its place, where it sends one.
func TestRingback(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	d := talking(t, x)
	web := serve(t, map[string][]byte{"/tone.wav": tone(600), "/tone.mp3": lame(t, tone(800))})
	early := file(t, "early.ulaw", string(g711.EncodeUlaw(program.WAV(program.Tone(1500, 5*program.SampleRate))[44:])))
	streams := program.Callee().Reply("183 Session Progress", program.SDP("0", "", 1)).Stream(early).Take("CANCEL").Reply("200 OK", program.InDialog).
		Settle("487 Request Terminated").Take("ACK")
	for _, tc := range []struct {
		name     string
		scenario *program.Scenario
		ringback []obj
		hears    func()
	}{
		{"ringtone", ringsOn, []obj{media("ringtone", obj{"name": "fr"})}, func() { d.phone.Hears(440) }},
		{"WAV from the web", ringsOn, []obj{media("audio", obj{"url": web + "/tone.wav"})}, func() { d.phone.Hears(600) }},
		{"silence", ringsOn, []obj{media("silence", obj{"duration": 60})}, func() { d.phone.HearsSilence() }},
		{"MP3 from the web", ringsOn, []obj{media("audio", obj{"url": web + "/tone.mp3"})}, func() { d.phone.Hears(800) }},
		{"a file", ringsOn, []obj{media("audio", obj{"url": "file://" + file(t, "tone.wav", string(tone(1000)))})}, func() { d.phone.Hears(1000) }},
		{"one by one", ringsOn, []obj{media("silence", obj{"duration": 0.5}), media("ringtone", obj{"name": "de"})}, func() { d.phone.Hears(425) }},
		{"speech", ringsOn, []obj{media("tts", obj{"text": "please hold the line while we are calling the other party for you"})},
			func() { d.phone.HearsSpeech(len(d.phone.Heard()), 425) }},
		{"early media", streams, []obj{media("ringtone", obj{"name": "fr"})}, func() { d.phone.Hears(1500) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newSIPp(t, tc.scenario)
			d.must("calling.connect", d.with(obj{"tag": tc.name, "ringback": tc.ringback,
				"devices": [][]obj{{{"type": "sip", "params": obj{"from": "sip:desk@domain.com", "to": p.Address, "timeout": 120}}}}}))
			p.First(t, "SIP/2.0 18") // or it might never be called
			tc.hears()
			d.must("calling.disconnect", d.a)
			if e := d.connectEvent("failed"); e.str("failed_reason") != "cancel" {
				t.Errorf("failed: %v", e)
			}
			p.Content(t)
		})
	}
	d.hangUp()
}

// noise is talk as far as a detector can tell; a tone would be a machine's beep.
func noise(n int) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(r.IntN(16000) - 8000)
	}
	return pcm
}

// TestDetectors: what is found in the sound of a real phone.
func TestDetectors(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	second := program.SampleRate
	for _, tc := range []struct {
		name, want string
		sound      []int16
		detect     obj
	}{
		{"a fax that answers", "CED", program.Tone(2100, second), obj{"type": "fax", "params": obj{"tone": "CED"}}},
		{"a fax that calls", "CNG", slices.Concat(program.Tone(1100, second/2), program.Tone(0, 3*second)), obj{"type": "fax", "params": obj{"tone": "CNG"}}},
		{"a machine", "MACHINE", noise(second), obj{"type": "machine", "params": obj{"initial_timeout": 20, "end_silence_timeout": 20}}},
		{"a person", "HUMAN", slices.Concat(noise(8*second/10), program.Tone(0, 6*second)), obj{"type": "machine", "params": obj{"initial_timeout": 20}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, _ := session(t, x, nil)
			p := program.StartPhone(t, program.PhoneConfig{Name: "fax", Answers: true, Sound: tc.sound})
			c.must("calling.dial", obj{"tag": "T", "devices": [][]obj{{{"type": "sip", "params": obj{"from": "sip:desk@domain.com", "to": p.Address}}}}})
			l := ref(c.event("calling.call.dial", nil).sub("call"))
			c.must("calling.detect", with(l, obj{"control_id": "k", "detect": tc.detect, "timeout": 60}))
			if got := c.event("calling.call.detect", nil).str("detect", "params", "event"); got != tc.want {
				t.Errorf("detected %s, want %s", got, tc.want)
			}
			c.request("calling.detect.stop", with(l, obj{"control_id": "k"})) // it may have ended by itself
			c.event("calling.call.detect", func(e obj) bool { return e.str("detect", "params", "event") == "finished" })
			c.must("calling.end", l)
			p.Expect(program.PhoneClosed)
		})
	}
}

// TestConference: of three in it each hears the two others, and who leaves is
// heard no more.
func TestConference(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	c, _ := session(t, x, nil)
	freqs := []float64{440, 1000, 1600}
	phones, legs := make([]*phone, len(freqs)), make([]obj, len(freqs))
	conference := ""
	for i, freq := range freqs {
		phones[i] = program.StartPhone(t, program.PhoneConfig{Name: "guest", Answers: true, Tone: freq})
		c.must("calling.dial", obj{"tag": "T", "devices": [][]obj{{{"type": "sip", "params": obj{"from": "sip:desk@domain.com", "to": phones[i].Address}}}}})
		legs[i] = ref(c.event("calling.call.dial", nil).sub("call"))
		c.must("calling.join_conference", with(legs[i], obj{"name": "daily", "beep": "false"}))
		conference = c.event("calling.conference", func(e obj) bool { return e.str("status") == "participant-join" }).str("conference_id")
	}
	phones[0].HearsAll(1000, 1600)
	phones[1].HearsAll(440, 1600)
	phones[2].HearsAll(440, 1000)
	phones[0].HearsNot(440)
	c.must("calling.leave_conference", with(legs[2], obj{"conference_id": conference}))
	phones[0].Hears(1000)
	phones[1].Hears(440)
	for _, l := range legs {
		c.must("calling.end", l)
	}
	for _, p := range phones {
		p.Expect(program.PhoneClosed)
	}
}

// TestTapAndRecord: what a phone says, and nothing of what it is played, goes to
// a WebSocket as it is said, and into an MP3 that can be fetched.
func TestTapAndRecord(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	c, _ := session(t, x, nil)
	heard, over := make(chan []byte), make(chan struct{})
	up := websocket.Upgrader{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return // the test misses what it waits for
		}
		defer ws.Close()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil {
				return
			}
			if kind != websocket.BinaryMessage {
				continue
			}
			select {
			case heard <- data:
			case <-over: // nobody wants more
			}
		}
	}))
	defer web.Close()
	defer close(over)
	const french, high = 440, 1000
	p := program.StartPhone(t, program.PhoneConfig{Name: "ann", Answers: true, Tone: high})
	c.must("calling.dial", obj{"tag": "T", "devices": [][]obj{{{"type": "sip", "params": obj{"from": "sip:desk@domain.com", "to": p.Address}}}}})
	l := ref(c.event("calling.call.dial", nil).sub("call"))
	c.must("calling.record", with(l, obj{"control_id": "r", "record": obj{"audio": obj{"format": "mp3", "direction": "speak", "initial_timeout": 0, "end_silence_timeout": 0}}}))
	c.must("calling.tap", with(l, obj{"control_id": "t", "tap": obj{"type": "audio", "params": obj{"direction": "speak"}},
		"device": obj{"type": "ws", "params": obj{"uri": "ws" + strings.TrimPrefix(web.URL, "http"), "codec": "PCMU"}}}))
	c.must("calling.play", with(l, obj{"control_id": "p", "play": []obj{media("ringtone", obj{"name": "fr"})}, "loop": 0}))
	var pcm []int16
	program.Until(t, "the tap gives three seconds of the phone's tone, and the phone hears the ringtone", func() bool {
		for {
			select {
			case data := <-heard:
				pcm = append(pcm, program.Samples(slices.Concat(make([]byte, 44), g711.DecodeUlaw(data)))...)
				continue
			default:
			}
			return program.Sounds(pcm, high) >= 3 && program.Sounds(p.Heard(), french) > 0.5
		}
	})
	if s := program.Sounds(pcm, french); s > 0 {
		t.Errorf("%.1f s of the ringtone were tapped", s)
	}
	c.must("calling.tap.stop", with(l, obj{"control_id": "t"}))
	c.event("calling.call.tap", func(e obj) bool { return e.str("state") == "finished" })
	c.must("calling.record.stop", with(l, obj{"control_id": "r"}))
	end := c.event("calling.call.record", func(e obj) bool { return e.str("state") == "finished" })
	url := end.str("url")
	if url == "" {
		url = end.str("record", "url")
	}
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	mp3, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "audio/mpeg" {
		t.Fatalf("%s: %s %s, %v", url, resp.Status, resp.Header.Get("Content-Type"), err)
	}
	wav := filepath.Join(t.TempDir(), "back.wav")
	if out, err := exec.Command("lame", "--quiet", "--decode", file(t, "tone.mp3", string(mp3)), wav).CombinedOutput(); err != nil {
		t.Fatalf("lame: %v: %s", err, out)
	}
	back, err := os.ReadFile(wav)
	if pcm := program.Samples(back); err != nil || program.Sounds(pcm, high) < 2 || program.Sounds(pcm, french) > 0 {
		t.Errorf("the MP3 has %.1f s of the phone's tone, %.1f s of the ringtone, %v", program.Sounds(pcm, high), program.Sounds(pcm, french), err)
	}
	c.must("calling.end", l)
}

// TestWithoutHelpers: where no speech engine and no MP3 encoder is installed, the
// exchange says so, and everything else works.
func TestWithoutHelpers(t *testing.T) {
	t.Parallel()
	env := append(program.Env(t), "PATH="+t.TempDir())
	x := program.StartExchangeIn(t, env, cordpair, "--domain", domain, "--people", "off")
	d := talking(t, x)
	d.must("calling.play", d.with(obj{"control_id": "say", "play": []obj{media("tts", obj{"text": "nobody says this"})}}))
	d.event("calling.call.play", func(e obj) bool { return e.str("state") == "playing" })
	d.event("calling.call.play", func(e obj) bool { return e.str("state") == "error" })
	record := func(format string) obj {
		return d.with(obj{"control_id": "rec" + format, "record": obj{"audio": obj{"format": format, "initial_timeout": 0, "end_silence_timeout": 0}}})
	}
	if answer := d.request("calling.record", record("mp3")); answer.str("result", "code") != "415" || !strings.Contains(answer.str("result", "message"), "MP3") {
		t.Errorf("record: %v", answer)
	}
	d.must("calling.record", record("wav"))
	d.hangUp()
}
