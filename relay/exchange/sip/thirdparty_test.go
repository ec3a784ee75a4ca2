//go:build thirdparty

package sip

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// These tests run against SIPp, so that our reading of the RFCs is not only
// checked against itself: go test -tags thirdparty.

// scenario is the absolute path of a SIPp scenario in testdata.
func scenario(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSIPpCalls(t *testing.T) {
	for _, transport := range []string{"u1", "t1"} {
		t.Run(transport, func(t *testing.T) {
			in := make(calls, 1)
			s := listen(t, Config{Handler: in})
			caller := program.StartSIPp(t, "-sn", "uac", "-t", transport, "-s", "bob", s.Addr().String())
			leg := in.next(t)
			events := watch(t, leg)
			if err := leg.Ring(); err != nil {
				t.Fatal(err)
			}
			if err := leg.Answer([]byte(answer)); err != nil {
				t.Fatal(err)
			}
			if got := await[Ended](events); got.By != Remote || got.Err != nil {
				t.Errorf("%+v", got)
			}
			caller.Content(t)
			if got := events.names(); got != "Established Ended" {
				t.Errorf("events %s", got)
			}
		})
	}
}

func TestSIPpCancels(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	caller := program.StartSIPp(t, "-sf", scenario(t, "cancel.xml"), s.Addr().String())
	leg := in.next(t)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	if got := await[Ended](watch(t, leg)); got.By != Remote || got.Code != 487 {
		t.Errorf("%+v", got)
	}
	caller.Content(t)
}

func TestSIPpIsCalled(t *testing.T) {
	s := listen(t, Config{})
	callee := program.StartCallee(t, "-sn", "uas")
	l, events := call(t, s, callee.Address)
	await[Answered](events)
	l.End(EndReason{})
	await[Ended](events)
	callee.Content(t)
}

// The scenario itself asserts on the INVITE that SIPp received.
func TestSIPpChecksOurINVITE(t *testing.T) {
	s := listen(t, Config{})
	callee := program.StartCallee(t, "-sf", scenario(t, "busy.xml"))
	_, events := call(t, s, callee.Address, func(r *OutboundInvite) {
		r.Headers = []Header{{"X-Account", "42"}}
		r.SessionExpires = 10 * time.Minute
	})
	if got := await[Ended](events); got.Code != 486 || got.Q850 != 17 {
		t.Errorf("%+v", got)
	}
	callee.Content(t)
}

func TestSIPpLoad(t *testing.T) {
	const n = 300
	s := listen(t, Config{Handler: HandlerFunc(func(l *Leg) {
		if l.Ring() == nil {
			_ = l.Answer([]byte(answer)) // SIPp reports a call that fails
		}
	})})
	caller := program.StartSIPp(t, "-sn", "uac", "-m", strconv.Itoa(n), "-r", "150", "-s", "bob", s.Addr().String())
	caller.Content(t)
	eventually(t, "all legs forgotten", func() bool { legs, _, _ := s.sizes(); return legs == 0 })
}
