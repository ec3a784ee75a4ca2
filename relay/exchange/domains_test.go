package exchange

import (
	"context"
	"slices"
	"testing"

	"cordpair/relay/exchange/sip"
)

// TestIPv6Domain: phones may name an exchange by its IPv6 address, too.
func TestIPv6Domain(t *testing.T) {
	names := domains(Config{Domain: "demo", SIPAddr: "[::1]:5060"})
	if !slices.Contains(names, "[::1]") {
		t.Fatalf("%q", names)
	}
	r := sip.NewRegistrar(sip.RegistrarConfig{Domains: names})
	s, err := sip.Listen(context.Background(), sip.Config{Addr: "127.0.0.1:0", Registrar: r})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := newPhone(t).stack.Register(t.Context(), sip.RegisterRequest{
		AOR: "sip:zoe@[::1]", Registrar: "sip:" + s.Addr().String(), Expires: 10 * patience,
	}); err != nil {
		t.Fatal(err)
	}
	if got := r.Lookup("sip:zoe@[::1]"); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
