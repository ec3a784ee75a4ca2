//go:build thirdparty

package conformance

import (
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestTheBridgeSurvivesACutSocket: the phones go on talking while the program
// is away, what it asked for before it was cut off comes true after it is back,
// and its call objects work.
func TestTheBridgeSurvivesACutSocket(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			const low, high = 440, 1000
			x := startExchange(t)
			line := newCable(t, x.Relay)
			p := listen(t, sdk, line.url())
			b := benchOf(t, x, p, phoneKind{tone: low})
			ann := newPhone(t, "ann", phoneKind{tone: high, auto: true})
			b.connectSip(ann.Address).ok()
			p.do(`parted = call.disconnected(); return null`)

			line.cut()
			b.caller.Hears(high)
			ann.Hears(low)
			program.Until(t, "the program is back", func() bool { return line.times() >= 2 })
			ann.Do("hangup", "")
			p.do(`await parted`)
			since := len(b.caller.Heard())
			p.do(`await call.playTTS({ text: "The peer disconnected" })`)
			b.caller.HearsSpeech(since)

			// What happens while it is away is told when it is back.
			bob := newPhone(t, "bob", phoneKind{auto: true})
			b.connectSip(bob.Address).ok()
			p.do(`parted = call.disconnected(); return null`)
			line.cut()
			bob.Do("hangup", "")
			bob.Expect(program.PhoneClosed)
			p.do(`await parted`)

			// And it takes calls again.
			frank := newPhone(t, "frank", phoneKind{})
			frank.Do("dial", x.At("support"))
			p.do(`other = await next(); await other.answer()`)
			frank.Expect(program.PhoneEstablished)
			p.do(`await other.hangup(); await call.hangup()`)
			b.caller.Expect(program.PhoneClosed)
			frank.Expect(program.PhoneClosed)
		})
	}
}

// TestWrongCredentials: each generation gives up at once and says so.
func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	t.Run(v4, func(t *testing.T) {
		t.Parallel()
		p := newProgram(t, v4)
		var got []string
		p.do(`
			errors = [];
			client = await sdk.SignalWire({ host: "`+x.Relay+`", project: "P", token: "wrong",
				listen: { onAuthError: () => errors.push("auth error") } });
			return [client.authStatus, ...errors]`, &got)
		if len(got) == 0 || got[0] != "unauthorized" {
			t.Errorf("authStatus and errors: %q", got)
		}
	})
	t.Run(v3, func(t *testing.T) {
		t.Parallel()
		line := newCable(t, x.Relay)
		p := newProgram(t, v3)
		p.mayThrow = true
		p.do(`
			client = new sdk.Voice.Client({ host: "` + line.url() + `", project: "P", token: "wrong", topics: ["support"] });
			client.on("call.received", received)`)
		program.Until(t, "3.13 tells that it gives up", func() bool { return strings.Contains(p.Output(), "Wrong credentials") })
		program.Until(t, "the exchange has closed the socket", func() bool { return line.open() == 0 })
		if n := line.times(); n != 1 {
			t.Errorf("%d tries", n)
		}
	})
}
