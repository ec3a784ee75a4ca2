//go:build thirdparty

package conformance

import (
	"testing"

	"cordpair/relay/relaytest/program"
)

type phone = program.Phone

// phoneKind is how a phone behaves. The zero value is a silent one that waits
// to be told to answer, at an address of its own.
type phoneKind struct {
	tone   float64 // Hz; 0: silence
	auto   bool    // answers at once
	codecs string  // default PCMU,PCMA
	at     *exchange
}

// newPhone starts a phone. With an exchange it registers there as name@domain.
func newPhone(t *testing.T, name string, kind phoneKind) *phone {
	t.Helper()
	c := program.PhoneConfig{Name: name, Tone: kind.tone, Answers: kind.auto, Codecs: kind.codecs}
	if kind.at == nil {
		return program.StartPhone(t, c)
	}
	c.Domain, c.Server = domain, kind.at.SIP
	p := program.StartPhone(t, c)
	p.Registered()
	return p
}
