//go:build thirdparty

package conformance

import (
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// bench is an exchange with a program and a caller's phone in an answered call,
// which the program knows as call.
type bench struct {
	*exchange
	t      *testing.T
	p      *app
	caller *phone
}

// newBench has a silent phone call a program, and the program answer.
func newBench(t *testing.T, sdk string, more ...string) *bench {
	t.Helper()
	x := startExchange(t, more...)
	return benchOf(t, x, listen(t, sdk, x.Relay), phoneKind{})
}

func benchOf(t *testing.T, x *exchange, p *app, kind phoneKind) *bench {
	t.Helper()
	b := &bench{x, t, p, newPhone(t, "erin", kind)}
	b.caller.Do("dial", x.At("support"))
	p.do(`call = await next(); await call.answer()`)
	b.caller.Expect(program.PhoneEstablished)
	return b
}

// connectSip begins to connect the call, as a program would.
func (b *bench) connectSip(to string) *piece {
	b.t.Helper()
	return b.p.begin(`peer = await call.connectSip({ from: "sip:desk@domain.com", to: "` + to + `", timeout: 20 }); return peer`)
}

// TestConnectAndWhatFollows is one call that is connected twice: the program
// parts it from its first peer, both stay up, and hangs up the second.
func TestConnectAndWhatFollows(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			first, second := newPhone(t, "ann", phoneKind{auto: true}), newSIPp(t, picksUp)

			var peer jsCall
			b.connectSip(first.Address).ok(&peer)
			if peer.ID == "" || peer.State != "answered" || peer.Direction != "outbound" || peer.Type != "sip" || peer.To != first.Address {
				t.Errorf("the peer is %+v", peer)
			}
			e := b.connectSip(second.Address).fails()
			if e["code"] != "409" {
				t.Errorf("a second connect: %v", e)
			}
			b.p.do(`parted = call.disconnected(); old = peer; await call.disconnect(); await parted`)
			if first.Told(program.PhoneClosed) || b.caller.Told(program.PhoneClosed) {
				t.Error("disconnect hung up on somebody")
			}
			b.p.do(`await old.playSilence({ duration: 0.1 })`)

			b.connectSip(second.Address).ok(&peer)
			b.p.do(`parted = call.disconnected(); await peer.hangup(); await parted`)
			second.Content(t)
			b.p.do(`await old.hangup()`)
			first.Expect(program.PhoneClosed)
			b.p.do(`await call.hangup()`)
			b.caller.Expect(program.PhoneClosed)
		})
	}
}

// TestConnectOptionsReachThePhone compares what a program asks for with the
// INVITE that SIPp got.
func TestConnectOptionsReachThePhone(t *testing.T) {
	t.Parallel()
	b := newBench(t, v4)
	peer := newSIPp(t, picksUp)
	b.p.do(`
		peer = await call.connectSip({
			from: "sip:desk@domain.com", to: "` + peer.Address + `", timeout: 25, sessionTimeout: 720,
			headers: [{ name: "X-SomeKeyA", value: "SomeValueA" }, { name: "X-SomeKeyB", value: "SomeValueB" }],
			codecs: ["PCMA", "PCMU"], maxPricePerMinute: 0.0075, callStateEvents: ["answered", "ended"],
			ringback: new sdk.Voice.Playlist().add(sdk.Voice.Playlist.Ringtone({ name: "it" })),
		});
		await peer.hangup()`)
	invite := peer.First(t, "INVITE ")
	for _, want := range []string{"\nX-SomeKeyA: SomeValueA\n", "\nX-SomeKeyB: SomeValueB\n", "<sip:desk@domain.com>", " RTP/AVP 8 0 ", "\nSession-Expires: 720"} {
		if !strings.Contains(invite, want) {
			t.Errorf("the INVITE has no %q:\n%s", want, invite)
		}
	}
	peer.Content(t)
}

// TestRefusedConnects are decided before anything is sent, so that every
// generation's promise rejects.
func TestRefusedConnects(t *testing.T) {
	t.Parallel()
	for _, sdk := range []string{v3, v4} {
		t.Run(sdk, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sdk)
			for options, code := range map[string]string{
				`to: "nonsense"`: "400",
				`to: "sip:ann@127.0.0.1:9", headers: [{ name: "Via", value: "x" }]`:      "400",
				`to: "sip:ann@127.0.0.1:9", headers: [{ name: "X-A", value: "a\r\nb" }]`: "400",
				`to: "sip:ann@127.0.0.1:9", codecs: ["MP3"]`:                             "400",
				`to: "sip:ann@127.0.0.1:9", webrtcMedia: true`:                           "400",
				`to: "sip:ann@127.0.0.1:9", sessionTimeout: -1`:                          "400",
				`to: "sip:ann@127.0.0.1:9", maxPricePerMinute: 0.00001`:                  "400",
			} {
				e := b.p.begin(`await call.connectSip({ from: "sip:desk@domain.com", ` + options + ` })`).fails()
				if e["code"] != code || e["message"] == "" {
					t.Errorf("%s: %v", options, e)
				}
			}
			b.p.do(`await call.hangup()`)
			if e := b.connectSip("sip:ann@127.0.0.1:9").fails(); e["code"] != "410" {
				t.Errorf("connect on a call that has ended: %v", e)
			}
		})
	}
}

// TestFailedConnects are decided by the phone that was called. 4.x rejects;
// 3.13 never settles, by a defect of its own, but the call goes on.
func TestFailedConnects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ status, reason string }{
		{"486 Busy Here", "busy"},
		{"600 Busy Everywhere", "busy"},
		{"603 Decline", "decline"},
		{"404 Not Found", "notFound"},
		{"488 Not Acceptable Here", "error"},
	} {
		t.Run(tc.status, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, v4)
			ann, bob := newSIPp(t, refuses(tc.status)), newSIPp(t, picksUp)
			e := b.connectSip(ann.Address).fails()
			if e["connectState"] != "failed" || e["failedReason"] != tc.reason || e["callId"] == "" || e["tag"] == "" {
				t.Errorf("the promise rejects with %v", e)
			}
			ann.Content(t)
			b.connectSip(bob.Address).ok() // the call is still there
			b.p.do(`await peer.hangup()`)
			bob.Content(t)
		})
	}
	t.Run("3.13", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, v3)
		b.p.mayThrow = true
		w := watch(t, b.exchange)
		ann, bob := newSIPp(t, refuses("486 Busy Here")), newSIPp(t, picksUp)
		lost := b.connectSip(ann.Address)
		e := w.connectEvent("failed")
		if e.str("failed_reason") != "busy" {
			t.Errorf("the exchange told %v", e)
		}
		ann.Content(t)
		b.connectSip(bob.Address).ok()
		b.p.do(`await peer.hangup()`)
		bob.Content(t)
		if lost.settled() {
			t.Error("3.13 settles a failed connect: the workarounds for it can go")
		}
	})
}

// TestConnectWhileRinging: who can end the ringing, and how the program and the
// phone that rings hear of it.
func TestConnectWhileRinging(t *testing.T) {
	t.Parallel()
	t.Run("the program cancels", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, v4)
		ann, bob := newSIPp(t, ringsOn), newSIPp(t, picksUp)
		connecting := b.connectSip(ann.Address)
		ann.First(t, "SIP/2.0 180")
		b.p.begin(`await call.disconnect()`).fails() // rejects locally, and is sent all the same
		if e := connecting.fails(); e["failedReason"] != "cancel" {
			t.Errorf("the promise rejects with %v", e)
		}
		ann.Content(t)
		b.connectSip(bob.Address).ok()
		b.p.do(`await peer.hangup()`)
		bob.Content(t)
	})
	t.Run("the program cancels in 3.13", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, v3)
		b.p.mayThrow = true
		ann, bob := newSIPp(t, ringsOn), newSIPp(t, picksUp)
		b.connectSip(ann.Address)
		ann.First(t, "SIP/2.0 180")
		b.p.begin(`await call.disconnect()`).fails()
		ann.Content(t)
		b.connectSip(bob.Address).ok()
		b.p.do(`await peer.hangup()`)
		bob.Content(t)
	})
	t.Run("the caller leaves", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, v4)
		ann := newSIPp(t, ringsOn)
		connecting := b.connectSip(ann.Address)
		ann.First(t, "SIP/2.0 180")
		b.p.do(`ended = new Promise((done) => call.listen({ onStateChanged: (c) => c.state === "ended" && done() })); return null`)
		b.caller.Do("hangup", "")
		if e := connecting.fails(); e["failedReason"] != "cancel" {
			t.Errorf("the promise rejects with %v", e)
		}
		b.p.do(`await ended`)
		ann.Content(t)
	})
	t.Run("nobody answers", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, v4)
		ann := newSIPp(t, ringsOn)
		e := b.p.begin(`await call.connectSip({ from: "sip:desk@domain.com", to: "` + ann.Address + `", timeout: 8 })`).fails()
		if e["failedReason"] != "noAnswer" {
			t.Errorf("the promise rejects with %v", e)
		}
		ann.Content(t)
	})
}

// TestTheCallerLeavesTheBridge: the peer is hung up as well, and both
// disconnected promises resolve.
func TestTheCallerLeavesTheBridge(t *testing.T) {
	t.Parallel()
	b := newBench(t, v4)
	ann := newSIPp(t, picksUp)
	b.connectSip(ann.Address).ok()
	b.p.do(`parted = Promise.all([call.disconnected(), peer.disconnected()]); return null`)
	b.caller.Do("hangup", "")
	b.p.do(`await parted`)
	ann.Content(t)
}
