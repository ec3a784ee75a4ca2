package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

func addrInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// deadPort is a port of 127.0.0.1 that refuses whatever comes by UDP or TCP. It is
// held for as long as the test takes, so that nobody else gets it: by a UDP socket
// that hears one peer only, and a TCP socket that does not listen.
func deadPort(t *testing.T) string {
	t.Helper()
	local := syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	for {
		udp, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { udp.Close() })
		tcp, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Close(tcp) })
		local.Port = udp.LocalAddr().(*net.UDPAddr).Port
		if err := syscall.Bind(tcp, &local); err == nil {
			return udp.LocalAddr().String()
		} else if !addrInUse(err) {
			t.Fatal(err)
		}
	}
}

func TestUnreachableTCP(t *testing.T) {
	_, events := call(t, listen(t, Config{}), "sip:bob@"+deadPort(t)+";transport=tcp")
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrUnreachable) || got.Text == "" {
		t.Errorf("%+v", got)
	}
}

// With default timers Timer B is 32 s, longer than the patience of a test: that
// the end comes at all shows that the probe found it.
func TestUnreachableUDPIsFoundByProbe(t *testing.T) {
	_, events := call(t, listen(t, Config{}), "sip:bob@"+deadPort(t))
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrUnreachable) || errors.Is(got.Err, errTimeout) {
		t.Errorf("%+v", got)
	}
}

// A refusal is found also where the wait for it was over before it began.
func TestProbeOnASlowMachine(t *testing.T) {
	if at := netip.MustParseAddrPort(deadPort(t)); !probe(at, -time.Second) {
		t.Errorf("%s is taken for a silent host", at)
	}
	w := newWire(t, listen(t, Config{}))
	if at := netip.MustParseAddrPort(w.addr()); probe(at, -time.Second) {
		t.Errorf("%s refuses nothing", at)
	}
}

func TestSilentHost(t *testing.T) {
	t.Run("Timer B", func(t *testing.T) {
		s := listen(t, Config{T1: 5 * time.Millisecond})
		w := newWire(t, s)
		_, events := call(t, s, "sip:bob@"+w.addr())
		got := await[Ended](events)
		if got.By != Network || got.Code != 408 || got.TimedOut || !errors.Is(got.Err, ErrUnreachable) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("ring timeout", func(t *testing.T) {
		s := listen(t, Config{})
		w := newWire(t, s)
		_, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.Timeout = 50 * time.Millisecond })
		got := await[Ended](events)
		if got.By != Network || !got.TimedOut || !errors.Is(got.Err, ErrUnreachable) || got.Text == "" {
			t.Errorf("%+v", got)
		}
		// Whoever wakes up late is told that it is over: CANCEL, then 487.
		inv := w.request("INVITE")
		w.reply(inv, 180, "Ringing", "", "")
		cancel := w.request("CANCEL")
		w.reply(cancel, 200, "OK", "", "")
		w.reply(inv, 487, "Request Terminated", "", "")
		w.request("ACK")
		eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
	})
}

type noNames struct{}

func (noNames) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == "good.test" {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestNames(t *testing.T) {
	s := listen(t, Config{Resolver: noNames{}})
	_, events := call(t, s, "sip:bob@bad.test")
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrUnreachable) || got.Text == "" {
		t.Errorf("%+v", got)
	}
	w := newWire(t, s)
	_, port, _ := net.SplitHostPort(w.addr())
	_, events = call(t, s, "sip:bob@good.test:"+port)
	w.reply(w.request("INVITE"), 486, "Busy Here", "", "")
	if got := await[Ended](events); got.Code != 486 {
		t.Errorf("%+v", got)
	}
}

type stuckNames struct{}

func (stuckNames) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestEndWhileLookingTheNameUp(t *testing.T) {
	s := listen(t, Config{Resolver: stuckNames{}})
	l, events := call(t, s, "sip:bob@slow.test")
	l.End(EndReason{Word: "cancel"})
	if got := await[Ended](events); got.By != Local || got.Word != "cancel" {
		t.Errorf("%+v", got)
	}
	eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
}

func TestNextTargetIsTried(t *testing.T) {
	in := make(calls, 1)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	_, events := call(t, caller, "sip:bob@example.com", func(r *OutboundInvite) {
		r.Targets = []string{"sip:bob@" + deadPort(t) + ";transport=tcp", uriOf("bob", callee)}
	})
	if err := in.next(t).Answer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	await[Answered](events)
}

func TestTCPPeerThatHangsUpUnanswered(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, events := call(t, listen(t, Config{}), "sip:bob@"+ln.Addr().String()+";transport=tcp")
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 4096)); err != nil {
		t.Error(err)
	}
	c.Close()
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrUnreachable) {
		t.Errorf("%+v", got)
	}
}
