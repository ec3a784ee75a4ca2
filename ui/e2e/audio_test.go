//go:build thirdparty

package e2e

import (
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestTheTwoPhonesHearEachOther proves the bridge by content: each phone sends
// its own tone, the other hears that one, and nobody hears himself.
func TestTheTwoPhonesHearEachOther(t *testing.T) {
	t.Parallel()
	const low, high = 700, 1600 // neither is in the ringback, of 440 and 480 Hz
	x := startExchange(t)
	b := program.StartPhone(t, program.PhoneConfig{Name: "bob", Tone: high, Answers: true})
	a := program.StartPhone(t, program.PhoneConfig{Name: "alice", Tone: low})
	a.Do("dial", x.At("support"))
	call := x.liveCall(t)
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", b.Address, "--ringback", "us", "--wait-end")
	c.await(t, "connect", "connected")
	a.Hears(high)
	b.Hears(low)
	a.HearsNot(low)
	b.HearsNot(high)
	b.End(t)
	if r := c.await(t, "connect", "disconnected"); r.By != "peer" {
		t.Errorf("%+v", r)
	}
	if got := c.Wait(t); got != 0 {
		t.Errorf("exit %d", got)
	}
	if !stillListed(t, x, call) {
		t.Error("alice's leg did not stay up")
	}
}

func stillListed(t *testing.T, x *exchange, call string) bool {
	t.Helper()
	return x.liveCall(t) == call
}
