//go:build thirdparty

package e2e

import (
	"regexp"
	"strings"
	"syscall"
	"testing"

	"cordpair/relay/relaytest/program"
)

func TestConnectToSIPpCarriesEverythingInTheINVITE(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	x.caller(t, "caller-stays")
	call := x.liveCall(t)
	peer := callee(t, "callee-answers")
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", peer.Address, "--timeout", "60",
		"--codec", "PCMA", "--codec", "PCMU", "--header", "X-SomeKeyA=SomeValueA", "--header", "X-SomeKeyB=Some Value B",
		"--session-timeout", "720", "--ringback", "us", "--wait-end")
	for _, state := range []string{"dialing", "ringing", "connected"} {
		if r := c.await(t, "connect", state); r.CallID != call || r.At == "" {
			t.Errorf("%s: %+v", state, r)
		}
	}
	// A port has no place in To (RFC 3261 section 19.1.1); the Request-URI has it.
	invite := peer.First(t, "INVITE ")
	for _, want := range []string{
		`(?m)^INVITE ` + regexp.QuoteMeta(peer.Address) + ` SIP/2.0$`, `(?m)^From: .*<sip:support@demo>;tag=`, `(?m)^To: <sip:bob@127.0.0.1>$`,
		`(?m)^X-SomeKeyA: SomeValueA$`, `(?m)^X-SomeKeyB: Some Value B$`, `(?mi)^Session-Expires: 720`,
		`(?m)^m=audio \d+ RTP/AVP 8 0 `,
	} {
		if !regexp.MustCompile(want).MatchString(invite) {
			t.Errorf("the INVITE has no %s:\n%s", want, invite)
		}
	}
	hangUpPeer(t, x, c)
	peer.Content(t)
}

// hangUpPeer ends the peer by interrupting the command that connected it.
func hangUpPeer(t *testing.T, x *exchange, c *connection) {
	t.Helper()
	c.Signal(t, syscall.SIGINT)
	if r := c.await(t, "connect", "disconnected"); r.By != "operator" {
		t.Errorf("disconnected by %s: %+v", r.By, r)
	}
	if got := c.Wait(t); got != 3 {
		t.Errorf("exit %d after ctrl+c, want 3: %s", got, c.Output())
	}
}

func TestConnectOutcomesAgainstSIPp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		callee, state, reason, by string
		code, exit                int
		args                      []string
	}{
		{"callee-busy", "failed", "busy", "peer", 486, 3, nil},
		{"callee-declines", "failed", "decline", "peer", 603, 3, nil},
		{"callee-refuses-codec", "failed", "error", "peer", 488, 3, nil},
		// Long enough for a phone on a busy machine to say that it rings.
		{"callee-rings", "failed", "noAnswer", "exchange", 0, 3, []string{"--timeout", "12"}},
		{"callee-hangs-up", "disconnected", "hangup", "peer", 0, 0, []string{"--wait-end"}},
	} {
		t.Run(tc.callee, func(t *testing.T) {
			t.Parallel()
			x := startExchange(t)
			x.caller(t, "caller-stays")
			call := x.liveCall(t)
			p := callee(t, tc.callee)
			c := x.connect(t, append([]string{"--call", call, "--from", "sip:support@demo", "--to", p.Address}, tc.args...)...)
			r := c.await(t, "connect", tc.state)
			if r.Reason != tc.reason || r.By != tc.by || r.Text == "" || tc.code != 0 && r.SIPCode != tc.code {
				t.Errorf("%+v, want %s by %s with %d", r, tc.reason, tc.by, tc.code)
			}
			if got := c.Wait(t); got != tc.exit {
				t.Errorf("exit %d, want %d: %s", got, tc.exit, c.Output())
			}
			p.Content(t)
			if still := x.liveCall(t); still != call {
				t.Errorf("the caller is gone: %s", still)
			}
		})
	}
}

// callerPhone has a phone call the support context, for tests in which it
// leaves at a moment of their own.
func (x *exchange) callerPhone(t *testing.T) *program.Phone {
	t.Helper()
	p := program.StartPhone(t, program.PhoneConfig{Name: "erin"})
	p.Do("dial", x.At("support"))
	return p
}

func TestCallerLeavesWhileThePeerRings(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	caller := x.callerPhone(t)
	call := x.liveCall(t)
	p := callee(t, "callee-rings")
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", p.Address, "--timeout", "60")
	c.await(t, "connect", "ringing")
	caller.Expect(program.PhoneEstablished)
	caller.Do("hangup", "")
	if r := c.await(t, "connect", "failed"); r.Reason != "cancel" || r.By != "caller" {
		t.Errorf("%+v", r)
	}
	p.Content(t)
	if got := c.Wait(t); got != 3 {
		t.Errorf("exit %d", got)
	}
}

func TestCallerLeavesAfterThePeerAnswered(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	caller := x.callerPhone(t)
	call := x.liveCall(t)
	p := callee(t, "callee-answers")
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", p.Address, "--wait-end")
	c.await(t, "connect", "connected")
	caller.Expect(program.PhoneEstablished)
	caller.Do("hangup", "")
	if r := c.await(t, "connect", "disconnected"); r.Reason != "hangup" || r.By != "caller" || r.Text != "The caller hung up." {
		t.Errorf("%+v", r)
	}
	p.Content(t)
	if got := c.Wait(t); got != 0 {
		t.Errorf("exit %d", got)
	}
}

func TestOperatorCancelsWhileThePeerRings(t *testing.T) {
	t.Parallel()
	x := startExchange(t)
	x.caller(t, "caller-stays")
	call := x.liveCall(t)
	p := callee(t, "callee-rings")
	c := x.connect(t, "--call", call, "--from", "sip:support@demo", "--to", p.Address)
	c.await(t, "connect", "ringing")
	c.Signal(t, syscall.SIGINT)
	if r := c.await(t, "connect", "failed"); r.Reason != "cancel" || r.By != "operator" {
		t.Errorf("%+v", r)
	}
	if got := c.Wait(t); got != 3 {
		t.Errorf("exit %d", got)
	}
	p.Content(t)
}

func TestRefusedOutright(t *testing.T) {
	t.Parallel()
	x := startExchange(t, "--people", "answering")
	first := x.connect(t, "--dial", "sip:alice@demo", "--from", "sip:support@demo", "--to", "sip:bob@demo", "--wait-end")
	answered := first.await(t, "call", "answered")
	connected := first.await(t, "connect", "connected")
	if answered.CallID != connected.CallID || connected.PeerID == "" {
		t.Errorf("%+v %+v", answered, connected)
	}
	second := x.connect(t, "--call", connected.CallID, "--from", "sip:support@demo", "--to", "sip:carol@demo")
	if r := second.await(t, "connect", "failed"); r.By != "exchange" || r.Reason != "refused" {
		t.Errorf("a second connect: %+v", r)
	}
	gone := x.connect(t, "--call", "no-such-call", "--from", "sip:support@demo", "--to", "sip:carol@demo")
	if r := gone.await(t, "connect", "failed"); r.By != "exchange" {
		t.Errorf("a call that is not there: %+v", r)
	}
	for _, tc := range []struct{ flags, says string }{
		{"--to nonsense", "--to"},
		{"--header Subject=x", "X-"},
		{"--codec MP3", "--codec"},
		{"--max-price 0.00001", "four decimals"},
		{"--timeout soon", "--timeout"},
		{"--ringback xx", "--ringback"},
		{"--webrtc maybe", "--webrtc"},
		{"--state-event bogus", "--state-event"},
		{"--bogus 1", "bogus"},
	} {
		args := append([]string{"--call", connected.CallID, "--from", "sip:a@demo", "--to", "sip:b@demo"}, strings.Fields(tc.flags)...)
		c := x.connect(t, args...)
		if got := c.Wait(t); got != 2 || !strings.Contains(c.Output(), tc.says) {
			t.Errorf("%s: exit %d: %s", tc.flags, got, c.Output())
		}
	}
	hangUpPeer(t, x, first)
}

func TestPeopleCoverEveryOutcome(t *testing.T) {
	t.Parallel()
	x := startExchange(t, "--people", "answering")
	ask := func(t *testing.T, to, timeout string, more ...string) *connection {
		t.Helper()
		return x.connect(t, append([]string{"--dial", "sip:alice@demo", "--from", "sip:support@demo", "--to", "sip:" + to + "@demo", "--timeout", timeout}, more...)...)
	}
	// It rings beside the others, and long enough for alice to have picked up.
	silent := ask(t, "noanswer", "12")
	for _, tc := range []struct {
		to, state, reason, by string
		code                  int
	}{
		{"busy", "failed", "busy", "peer", 486},
		{"decline", "failed", "decline", "peer", 603},
		{"notfound", "failed", "notFound", "peer", 404},
		{"unreachable", "failed", "unreachable", "network", 0},
		{"hangup2", "disconnected", "hangup", "peer", 0},
		{"late2", "connected", "", "", 0},
		{"nobody-of-that-name", "failed", "notFound", "exchange", 404},
		{"noanswer", "failed", "noAnswer", "exchange", 0},
	} {
		t.Run(tc.to, func(t *testing.T) {
			c := silent
			switch {
			case tc.state == "disconnected":
				c = ask(t, tc.to, "60", "--wait-end")
			case tc.reason != "noAnswer":
				c = ask(t, tc.to, "60")
			}
			r := c.await(t, "connect", tc.state)
			if r.Reason != tc.reason || r.By != tc.by || tc.code != 0 && r.SIPCode != tc.code {
				t.Errorf("%+v", r)
			}
			c.Wait(t)
		})
	}
}
