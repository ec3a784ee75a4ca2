//go:build thirdparty

package conformance

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// started is what both generations have in common: the object of an action that
// has begun. 4.x gives it by a method of its promise, which itself waits for the
// end; 3.x gives it by the promise.
const started = `started = async (p) => ({ action: p.onStarted ? await p.onStarted() : await p });`

// TestWhatAProgramHears: digits collected, with and without a prompt, and
// detected, from the keys of a real phone.
func TestWhatAProgramHears(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			b.p.do(started)
			for _, tc := range []struct{ name, begin, keys, want string }{
				{"collect to the terminator", `call.collect({ digits: { max: 5, digitTimeout: 20, terminators: "#" }, initialTimeout: 20 })`, "12#", "digit 12 #"},
				{"collect to the maximum", `call.collect({ digits: { max: 2, digitTimeout: 20 }, initialTimeout: 20 })`, "47", "digit 47 "},
				{"prompt", `call.promptTTS({ text: "press two keys", digits: { max: 2, digitTimeout: 20 }, initialTimeout: 20 })`, "89", "digit 89 "},
			} {
				b.p.do(`({ action } = await started(` + tc.begin + `)); over = action.ended(); return null`)
				b.caller.Do("sndcode", tc.keys)
				var got string
				b.p.do(`e = await over; return [e.type, e.digits, e.terminator ?? ""].join(" ")`, &got)
				if got != tc.want {
					t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
				}
			}
			b.p.do(`({ action } = await started(call.detectDigit({ digits: "5", timeout: 20 }))); over = action.ended(); return null`)
			b.caller.Do("sndcode", "5")
			// It goes on after a digit, until its time is up or it is stopped.
			program.Until(t, "the digit is detected", func() bool {
				var got *string
				b.p.do(`return action.result`, &got)
				return got != nil && *got == "5"
			})
			b.p.do(`await action.stop(); await over`)
			b.p.do(`({ action } = await started(call.promptTTS({ text: "press a key", digits: { max: 1 }, initialTimeout: 20 }))); await action.stop()`)
			b.p.do(`await call.hangup()`)
		})
	}
}

// TestRecording: the file that the SDK names holds what the phone sent, and
// nothing of what it was played.
func TestRecording(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			const french, high = 440, 1000
			x := startExchange(t)
			b := benchOf(t, x, listen(t, sdk, x.Relay), phoneKind{tone: high})
			b.p.do(started + `
				({ action } = await started(call.recordAudio({ format: "wav", direction: "speak", initialTimeout: 0, endSilenceTimeout: 0 })));
				await action.pause(); await action.resume();
				({ action: playback } = await started(call.playRingtone({ name: "fr", duration: 600 })));
				return null`)
			since := len(b.caller.Sent())
			b.caller.Hears(french)
			program.Until(t, "the phone sends on for three seconds", func() bool { return len(b.caller.Sent()) > since+3*program.SampleRate })
			var url string
			b.p.do(`await playback.stop(); over = action.ended(); await action.stop(); rec = await over; return rec.url`, &url)
			resp, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			data, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(data), "RIFF") || len(data) < 2*program.SampleRate {
				t.Fatalf("%s: %s, %d bytes, %v", url, resp.Status, len(data), err)
			}
			if pcm := program.Samples(data); program.Sounds(pcm, high) < 1 || program.Sounds(pcm, french) > 0 {
				t.Errorf("recorded %.1f s of the phone's tone, %.1f s of the ringtone", program.Sounds(pcm, high), program.Sounds(pcm, french))
			}
		})
	}
}

// TestTap: the call's sound comes as RTP where the program wants it.
func TestTap(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			l, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			_, port, _ := net.SplitHostPort(l.LocalAddr().String())
			b.p.do(started + `
				({ action } = await started(call.tapAudio({ direction: "both", device: { type: "rtp", addr: "127.0.0.1", port: "` + port + `", codec: "PCMU" } })));`)
			buf := make([]byte, 1500)
			for range 10 {
				if err := l.SetReadDeadline(time.Now().Add(program.Patience)); err != nil {
					t.Fatal(err)
				}
				n, _, err := l.ReadFrom(buf)
				if err != nil {
					t.Fatal(err)
				}
				if n < 13 || buf[0]>>6 != 2 || buf[1]&0x7f != 0 {
					t.Errorf("no RTP of PCMU: %x", buf[:min(n, 16)])
				}
			}
			b.p.do(`await action.stop()`)
		})
	}
}
