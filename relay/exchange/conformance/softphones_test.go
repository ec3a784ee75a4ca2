//go:build thirdparty

package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// guarded is an exchange that asks phones for passwords, with TLS.
type guarded struct {
	*exchange
	tls, ca string // host:port, file
}

// users of a guarded exchange; all have the same password.
var users = []string{"ann", "bob", "eve", "fay"}

const password = "secret"

func startGuarded(t *testing.T) *guarded {
	t.Helper()
	cert, key := certificate(t)
	g := &guarded{tls: fmt.Sprintf("127.0.0.1:%d", program.FreePorts(t, 2)), ca: cert}
	toml := fmt.Sprintf("[exchange]\ntls_addr = %q\ntls_cert = %q\ntls_key = %q\n", g.tls, cert, key)
	secret := file(t, "password", password+"\n")
	for _, name := range users {
		toml += fmt.Sprintf("[exchange.users.%s]\npassword_file = %q\n", name, secret)
	}
	// Of one the exchange knows the hash only.
	toml += fmt.Sprintf("[exchange.users.hal]\nmd5 = \"%x\"\n", md5.Sum([]byte("hal:"+domain+":"+password)))
	g.exchange = configured(t, toml)
	return g
}

// certificate makes one for 127.0.0.1, which is its own authority.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		file(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// phone starts one of a user, by a transport.
func (g *guarded) phone(t *testing.T, name, transport string, c program.PhoneConfig) *phone {
	t.Helper()
	c.Name, c.Domain, c.Server, c.Transport, c.CAFile = name, domain, g.SIP, transport, g.ca
	if transport == "tls" {
		c.Server = g.tls
	}
	if c.Password == "" {
		c.Password = password
	}
	return program.StartPhone(t, c)
}

// TestSoftphones: phones register by digest and are asked when they call; a
// program answers one and connects it to another, and they hear each other.
func TestSoftphones(t *testing.T) {
	t.Parallel()
	const low, high = 440, 1000
	for _, tc := range []struct{ transport, codec, callee string }{
		{"udp", "PCMU", "bob"}, {"tcp", "G722", "bob"}, {"tls", "PCMA", "hal"}, {"udp", "opus/48000/2", "bob"},
	} {
		t.Run(tc.transport+" "+tc.codec, func(t *testing.T) {
			t.Parallel()
			g := startGuarded(t)
			c, _ := session(t, g.exchange, obj{"contexts": []string{"support"}, "params": obj{"cordpair": obj{"details": true}}})
			bob := g.phone(t, tc.callee, tc.transport, program.PhoneConfig{Tone: high, Answers: true, Codecs: tc.codec})
			ann := g.phone(t, "ann", tc.transport, program.PhoneConfig{Tone: low, Codecs: tc.codec})
			bob.Registered()
			ann.Registered()
			ann.Do("dial", "sip:support@"+domain)
			a := ref(c.event("calling.call.receive", nil))
			c.must("calling.answer", a)
			ann.Expect(program.PhoneEstablished)
			c.must("calling.connect", with(a, obj{"tag": "T1", "devices": to(tc.callee)}))
			c.connectEvent("connected")
			ann.Hears(high)
			bob.Hears(low)
			ann.Do("sndcode", "5")
			if e := bob.Expect(program.PhoneDigit); e.Param != "5" {
				t.Errorf("the key arrives as %q", e.Param)
			}
			c.event("cordpair.media", func(e obj) bool { return measured(e) })
			for _, leg := range c.events("cordpair.leg") {
				if got := leg.str("transport"); got != "" && !strings.EqualFold(got, tc.transport) {
					t.Errorf("a leg goes by %s", got)
				}
			}
			c.must("calling.end", a)
			ann.Expect(program.PhoneClosed)
			bob.Expect(program.PhoneClosed)
		})
	}
}

// measured reports whether two legs have figures of sound that goes both ways,
// and none is one-way.
func measured(e obj) bool {
	legs, _ := e["legs"].([]any)
	for _, l := range legs {
		leg, _ := l.(map[string]any)
		in, _ := leg["packets_in"].(float64)
		out, _ := leg["packets_out"].(float64)
		trip, _ := leg["round_trip"].(float64)
		if in == 0 || out == 0 || trip == 0 || leg["one_way"] != nil {
			return false
		}
	}
	return len(legs) == 2
}

// TestWrongPassword: such a phone is neither registered nor let in.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	g := startGuarded(t)
	c, _ := session(t, g.exchange, obj{"contexts": []string{"support"}})
	eve := g.phone(t, "eve", "udp", program.PhoneConfig{Password: "guess"})
	// baresip tries on and on, until too many failures came from its address.
	refused := regexp.MustCompile(`reg: sip:eve@\S+ (401|403|503) `)
	eve.Until(t, "the phone is told that it may not register", func() bool { return refused.MatchString(eve.Output()) })
	eve.Do("dial", "sip:support@"+domain)
	if e := eve.Expect(program.PhoneClosed); !regexp.MustCompile(`401|403|503`).MatchString(e.Param) {
		t.Errorf("its call ends with %q", e.Param)
	}
	c.must("calling.dial", obj{"tag": "T", "devices": to("eve")})
	if e := c.event("calling.call.dial", nil); e.str("dial_state") != "failed" || e.str("reason") != "notFound" {
		t.Errorf("dial: %v", e)
	}
	if got := c.events("calling.call.receive"); len(got) > 0 {
		t.Errorf("offered: %v", got)
	}
}

// TestTwoPhonesOfOneUser ring at the same time; who answers has the call.
func TestTwoPhonesOfOneUser(t *testing.T) {
	t.Parallel()
	g := startGuarded(t)
	c, _ := session(t, g.exchange, nil)
	desk := g.phone(t, "fay", "udp", program.PhoneConfig{})
	mobile := g.phone(t, "fay", "tcp", program.PhoneConfig{})
	desk.Registered()
	mobile.Registered()
	c.must("calling.dial", obj{"tag": "T", "devices": to("fay")})
	desk.Expect(program.PhoneRings)
	mobile.Expect(program.PhoneRings)
	mobile.Do("accept", "")
	mobile.Expect(program.PhoneEstablished)
	desk.Expect(program.PhoneClosed)
	e := c.event("calling.call.dial", nil)
	if e.str("dial_state") != "answered" {
		t.Fatalf("dial: %v", e)
	}
	c.must("calling.end", ref(e.sub("call")))
	mobile.Expect(program.PhoneClosed)
}
