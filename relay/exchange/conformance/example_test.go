//go:build thirdparty

package conformance

import (
	"os"
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestTheExampleOfTheReference runs the SDK's own example of connectSip as it
// is printed: both phones are real, and the program talks to both.
func TestTheExampleOfTheReference(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("testdata/connectSip.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			const low, high = 440, 1000
			x := startExchange(t)
			p := listen(t, sdk, x.Relay)
			user1 := newPhone(t, "user1", phoneKind{tone: low})
			user2 := newPhone(t, "user2", phoneKind{tone: high, at: x})

			user1.Do("dial", x.At("support"))
			p.do(`call = await next(); await call.answer(); call = watched(call, "call")`)
			user1.Expect(program.PhoneEstablished)
			done := p.begin(string(example))

			user2.Expect(program.PhoneRings)
			if p.reached("call.connectSip resolved") {
				t.Error("connectSip resolved before the peer picked up")
			}
			user2.Do("accept", "")
			p.trace("call.connectSip resolved")
			user2.Expect(program.PhoneEstablished)

			user1.HearsSpeech(0, low, high)
			user2.HearsSpeech(0, low, high)
			p.trace("peer.playTTS resolved")
			user1.Hears(high)
			user2.Hears(low)
			user1.HearsNot(low)
			user2.HearsNot(high)
			p.trace("call.disconnected")
			if p.reached("call.disconnected resolved") {
				t.Error("disconnected resolved while the phones talk")
			}

			since := len(user1.Heard())
			user2.Do("hangup", "")
			p.trace("call.disconnected resolved")
			user1.HearsSpeech(since, low, high)
			done.ok()
			if user1.Told(program.PhoneClosed) {
				t.Error("the caller's phone was hung up on with the peer")
			}
			p.do(`await call.hangup()`)
			user1.Expect(program.PhoneClosed)
		})
	}
}
