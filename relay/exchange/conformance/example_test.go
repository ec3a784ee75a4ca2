//go:build thirdparty

package conformance

import (
	"os"
	"slices"
	"testing"
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
			p := listen(t, sdk, x.relay)
			user1 := newPhone(t, "user1", phoneKind{tone: low})
			user2 := newPhone(t, "user2", phoneKind{tone: high, at: x})

			user1.do("dial", x.at("support"))
			p.do(`call = await next(); await call.answer(); call = watched(call, "call")`)
			user1.expect(phoneEstablished)
			program := p.begin(string(example))

			user2.expect(phoneRings)
			if p.reached("call.connectSip resolved") {
				t.Error("connectSip resolved before the peer picked up")
			}
			user2.do("accept", "")
			p.trace("call.connectSip resolved")
			user2.expect(phoneEstablished)

			user1.hearsSpeech(t, 0, low, high)
			user2.hearsSpeech(t, 0, low, high)
			p.trace("peer.playTTS resolved")
			user1.hears(t, high)
			user2.hears(t, low)
			user1.hearsNot(t, low)
			user2.hearsNot(t, high)
			p.trace("call.disconnected")
			if p.reached("call.disconnected resolved") {
				t.Error("disconnected resolved while the phones talk")
			}

			since := len(user1.heard())
			user2.do("hangup", "")
			p.trace("call.disconnected resolved")
			user1.hearsSpeech(t, since, low, high)
			program.ok()
			if user1.closed() {
				t.Error("the caller's phone was hung up on with the peer")
			}
			p.do(`await call.hangup()`)
			user1.expect(phoneClosed)
		})
	}
}

// closed reports whether the phone has seen its call end.
func (p *phone) closed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.events, func(e phoneEvent) bool { return e.Type == phoneClosed })
}
