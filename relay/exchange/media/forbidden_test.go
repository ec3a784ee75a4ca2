package media

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// TestForbiddenAddresses: never, only where private ones are allowed, always.
func TestForbiddenAddresses(t *testing.T) {
	const never, private, always = 0, 1, 2
	for addr, want := range map[string]int{
		"127.0.0.1:80": always, "[::1]:80": always, "93.184.216.34:443": always, "[2606:2800::1]:443": always,
		"10.0.0.1:80": private, "192.168.1.1:80": private, "172.16.9.9:80": private, "100.64.1.1:80": private,
		"[fd00::1]:80": private, "[::ffff:10.0.0.1]:80": private,
		"169.254.169.254:80": never, "169.254.0.1:80": never, "[fe80::1]:80": never, "[fe80::1%eth0]:80": never,
		"[::ffff:169.254.169.254]:80": never, "[fd00:ec2::254]:80": never, "100.100.100.200:80": never,
		"0.0.0.0:80": never, "[::]:80": never, "224.0.0.1:80": never, "[ff02::1]:80": never,
		"255.255.255.255:80": never, "nonsense": never,
	} {
		for level, allow := range map[int]bool{always: false, private: true} {
			err := DialControl(allow)("tcp", addr, nil)
			if (err == nil) != (want >= level) || err != nil && !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("%s, private allowed %v: %v", addr, allow, err)
			}
		}
	}
}

// TestNoWayAroundToLinkLocal: not by a redirect, and not by a name, where
// private addresses are allowed too.
func TestNoWayAroundToLinkLocal(t *testing.T) {
	web := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	t.Cleanup(web.Close)
	inside := netip.MustParseAddr("169.254.169.254")
	f := newFetcher(EngineConfig{AllowPrivate: true, resolver: resolving(t, inside)})
	for _, ref := range []string{web.URL, "http://169.254.169.254/x.wav", "http://[fe80::1]/x.wav", "http://cdn.example.test/x.wav"} {
		if _, err := f.get(t.Context(), ref); !errors.Is(err, ErrForbiddenAddress) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

// resolving is a resolver that knows one address under every name.
func resolving(t *testing.T, ip netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { server.Close(); <-done })
	go func() { // ends with the socket; the cleanup waits
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := answerDNS(buf[:n], ip); answer != nil {
				_, _ = server.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answerDNS answers a query with one A record, and other types with none.
func answerDNS(query []byte, ip netip.Addr) []byte {
	end := 12
	for end < len(query) && query[end] != 0 {
		end += int(query[end]) + 1
	}
	if end += 5; end > len(query) {
		return nil
	}
	answers := byte(0)
	var record []byte
	if query[end-3] == 1 { // type A
		v4 := ip.As4()
		answers, record = 1, append([]byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4}, v4[:]...)
	}
	out := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0}, query[12:end]...)
	return append(out, record...)
}
