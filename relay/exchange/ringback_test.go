package exchange

import (
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cordpair/relay/exchange/media/tone"
	"cordpair/relay/wire"
)

// wavOf is a tone of a second as 16-bit WAV.
func wavOf(freq float64) []byte {
	pcm := make([]int16, 8000)
	tone.Generator(freq, 8000).ReadPCM(pcm)
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	b = binary.LittleEndian.AppendUint32(b, 8000)
	b = binary.LittleEndian.AppendUint32(b, 16000)
	b = append(b, 2, 0, 16, 0)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// musicFile is such a file, as a file URL.
func musicFile(t *testing.T, freq float64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tone.wav")
	if err := os.WriteFile(path, wavOf(freq), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// TestRingbackOfEveryKind: what connect asks for is what the caller hears while
// the peer rings.
func TestRingbackOfEveryKind(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(wavOf(1200))
	}))
	defer server.Close()
	x := start(t)
	audio := func(url string) []wire.Media {
		return []wire.Media{{Type: wire.MediaAudio, Params: wire.MediaParams{URL: url}}}
	}
	for name, tc := range map[string]struct {
		list  []wire.Media
		hears func(k *talk)
	}{
		"ringtone":        {ringtone("fr", 1), func(k *talk) { k.hears(440) }},
		"file":            {audio(musicFile(t, 600)), func(k *talk) { k.hears(600) }},
		"http":            {audio(server.URL + "/a.wav"), func(k *talk) { k.hears(1200) }},
		"silence":         {silence(600), (*talk).hearsNothing},
		"one by one":      {append(silence(0.3), audio(server.URL)...), func(k *talk) { k.hears(1200) }},
		"that is missing": {audio(server.URL[:len("http://127.0.0.1:")] + "9/x"), (*talk).hearsNothing},
	} {
		t.Run(name, func(t *testing.T) {
			d := answeredCall(t, x)
			other := newPhone(t)
			d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Ringback = tc.list })
			k := other.next()
			if err := k.leg.Ring(); err != nil {
				t.Fatal(err)
			}
			tc.hears(d.caller)
			other.answer(k)
			d.c.connectState(d.a, wire.ConnectConnected)
			k.sings(900)
			d.caller.hears(900)
		})
	}
}

// TestSpeech: with an engine it is heard, as ringback and as play; without one
// the playback ends in error and the ringback is silence.
func TestSpeech(t *testing.T) {
	speech := []wire.Media{{Type: wire.MediaTTS, Params: wire.MediaParams{Text: "please hold the line, we are calling the other party for you"}}}
	d := answeredCall(t, start(t))
	forever := 0
	play := wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "tts", Play: speech, Loop: &forever}
	if _, err := exec.LookPath("espeak-ng"); err == nil {
		other := newPhone(t)
		d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Ringback = speech })
		k := other.next()
		if err := k.leg.Ring(); err != nil {
			t.Fatal(err)
		}
		d.caller.hearsSomething()
		d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
		d.c.connectState(d.a, wire.ConnectFailed)
		d.c.must(wire.MethodPlay, play)
		d.caller.hearsSomething()
		d.c.must(wire.MethodPlayStop, wire.ControlParams{CallRef: play.CallRef, ControlID: "tts"})
		d.c.action("tts", wire.Finished)
	}
	t.Setenv("PATH", t.TempDir())
	play.Play[0].Params.Text = "nobody says this"
	d.c.must(wire.MethodPlay, play)
	d.c.action("tts", wire.Playing)
	d.c.action("tts", wire.ActionErr)
}

// hearsSomething waits until a phone hears more than silence.
func (k *talk) hearsSomething() {
	k.t.Helper()
	eventually(k.t, "sound", func() bool {
		k.ear.mu.Lock()
		defer k.ear.mu.Unlock()
		loud := 0
		for _, v := range k.ear.pcm {
			if v > 500 || v < -500 {
				loud++
			}
		}
		return loud > earful/10
	})
}

// TestPlayOnBridgedLegs: on either leg, heard there alone and over its peer,
// who is heard again afterwards.
func TestPlayOnBridgedLegs(t *testing.T) {
	d, callee, b := connected(t, start(t))
	d.caller.sings(700)
	callee.sings(1000)
	d.caller.hears(1000)
	callee.hears(700)
	forever := 0
	for id, who := range map[string]*talk{d.a: d.caller, b: callee} {
		p := wire.PlayParams{CallRef: wire.CallRef{CallID: id}, ControlID: "p-" + id, Play: ringtone("fr", 600), Loop: &forever, Volume: 3}
		d.c.must(wire.MethodPlay, p)
		who.hears(440)
		control := wire.ControlParams{CallRef: p.CallRef, ControlID: p.ControlID}
		d.c.must(wire.MethodPlayPause, control)
		d.c.action(p.ControlID, wire.Paused)
		own := map[*talk]float64{d.caller: 1000, callee: 700}[who]
		who.hears(own)
		d.c.must(wire.MethodPlayResume, control)
		d.c.action(p.ControlID, wire.Playing)
		who.hears(440)
		d.c.must(wire.MethodPlayStop, control)
		d.c.action(p.ControlID, wire.Finished)
		who.hears(own)
	}
}
