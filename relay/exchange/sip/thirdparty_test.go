//go:build thirdparty

package sip

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// These tests run against SIPp, so that our reading of the RFCs is not only
// checked against itself: go test -tags thirdparty.

// sipp starts SIPp on a free port of 127.0.0.1; done waits for its verdict.
func sipp(t *testing.T, args ...string) (port string, done func()) {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		t.Fatal("SIPp is not installed: apt-get install sip-tester")
	}
	_, port, _ = net.SplitHostPort(deadPort(t))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	args = append([]string{"-i", "127.0.0.1", "-p", port, "-nostdin", "-timeout", "15s", "-timeout_error"}, args...)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = t.TempDir()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return port, func() {
		t.Helper()
		defer cancel()
		if err := cmd.Wait(); err != nil {
			t.Errorf("sipp %s: %v\n%s", strings.Join(args, " "), err, out.String())
		}
	}
}

// scenario is the absolute path of a SIPp scenario in testdata.
func scenario(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// awaitUDP waits until SIPp has its port, by asking whether it refuses.
func awaitUDP(t *testing.T, port string) string {
	t.Helper()
	addr := "127.0.0.1:" + port
	eventually(t, "sipp listens", func() bool {
		c, err := net.ListenPacket("udp", addr)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	return addr
}

func TestSIPpCalls(t *testing.T) {
	for _, transport := range []string{"u1", "t1"} {
		t.Run(transport, func(t *testing.T) {
			in := make(calls, 1)
			s := listen(t, Config{Handler: in})
			_, done := sipp(t, "-sn", "uac", "-m", "1", "-t", transport, "-s", "bob", s.Addr().String())
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
			done()
			if got := events.names(); got != "Established Ended" {
				t.Errorf("events %s", got)
			}
		})
	}
}

func TestSIPpCancels(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	_, done := sipp(t, "-sf", scenario(t, "cancel.xml"), "-m", "1", s.Addr().String())
	leg := in.next(t)
	if err := leg.Ring(); err != nil {
		t.Fatal(err)
	}
	if got := await[Ended](watch(t, leg)); got.By != Remote || got.Code != 487 {
		t.Errorf("%+v", got)
	}
	done()
}

func TestSIPpIsCalled(t *testing.T) {
	s := listen(t, Config{})
	port, done := sipp(t, "-sn", "uas", "-m", "1")
	l, events := call(t, s, "sip:bob@"+awaitUDP(t, port))
	await[Answered](events)
	l.End(EndReason{})
	await[Ended](events)
	done()
}

// The scenario itself asserts on the INVITE that SIPp received.
func TestSIPpChecksOurINVITE(t *testing.T) {
	s := listen(t, Config{})
	port, done := sipp(t, "-sf", scenario(t, "busy.xml"), "-m", "1")
	_, events := call(t, s, "sip:bob@"+awaitUDP(t, port), func(r *OutboundInvite) {
		r.Headers = []Header{{"X-Account", "42"}}
		r.SessionExpires = 10 * time.Minute
	})
	if got := await[Ended](events); got.Code != 486 || got.Q850 != 17 {
		t.Errorf("%+v", got)
	}
	done()
}

func TestSIPpLoad(t *testing.T) {
	const n = 300
	s := listen(t, Config{Handler: HandlerFunc(func(l *Leg) {
		if l.Ring() == nil {
			_ = l.Answer([]byte(answer)) // SIPp reports a call that fails
		}
	})})
	_, done := sipp(t, "-sn", "uac", "-m", strconv.Itoa(n), "-r", "150", "-s", "bob", s.Addr().String())
	done()
	eventually(t, "all legs forgotten", func() bool { legs, _, _ := s.sizes(); return legs == 0 })
}
