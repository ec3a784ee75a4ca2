//go:build thirdparty

package sip

import (
	"crypto/tls"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

func TestSIPpRegistersByDigest(t *testing.T) {
	// SIPp 3.6 knows MD5 only, and looks at one challenge only.
	r := NewRegistrar(RegistrarConfig{Domains: []string{"demo"}})
	s := listen(t, Config{Registrar: r, Auth: &Auth{
		Algorithms: []string{"MD5"}, Credentials: users(map[string]Secret{"alice": {Password: "secret"}})}})
	caller := program.StartSIPp(t, "-sf", scenario(t, "register.xml"), s.Addr().String())
	caller.Content(t)
	if list := r.List(); len(list) != 1 || list[0].AOR != "sip:alice@demo" {
		t.Errorf("%+v", list)
	}
}

func TestSIPpWants100relAndRefers(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	caller := program.StartSIPp(t, "-sf", scenario(t, "refer.xml"), s.Addr().String())
	leg := in.next(t)
	events := watch(t, leg)
	for _, err := range []error{leg.Progress([]byte(answer)), leg.Answer([]byte(answer))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	await[Reoffer](events)
	if err := leg.AnswerReoffer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	if err := await[Referred](events).Referral.Notify(200, "OK"); err != nil {
		t.Fatal(err)
	}
	await[Ended](events)
	caller.Content(t)
}

func TestSIPpChallengesAndIsReliable(t *testing.T) {
	s := listen(t, Config{})
	callee := program.StartCallee(t, "-sf", scenario(t, "reliable.xml"))
	l, events := call(t, s, callee.Address, func(r *OutboundInvite) { r.Username, r.Password = "ann", "secret" })
	if got := await[Progress](events); len(got.SDP) == 0 {
		t.Errorf("%+v", got)
	}
	callee.First(t, "PRACK ") // a CANCEL before it would be a surprise
	l.End(EndReason{})
	callee.Content(t)
}

// A softphone registers by digest and is called at its contact, by UDP and TLS.
func TestBaresipRegistersAndIsCalled(t *testing.T) {
	cert, pool := certify(t, "127.0.0.1")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, transport := range []string{"udp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			r := NewRegistrar(RegistrarConfig{})
			s := listen(t, Config{
				Registrar: r, TLSAddr: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool},
				Auth: &Auth{Credentials: users(map[string]Secret{"alice": {Password: "secret"}})},
			})
			at := s.Addr()
			if transport == "tls" {
				at = s.TLSAddr()
			}
			program.StartPhone(t, program.PhoneConfig{Name: "alice", Domain: at.String(), Server: at.String(), Transport: transport,
				Password: "secret", CAFile: ca, Answers: true, Codecs: "PCMU"}).Registered()
			list := r.List()
			if len(list) != 1 || !strings.EqualFold(list[0].Transport, transport) {
				t.Fatalf("%+v", list)
			}
			l, events := call(t, s, list[0].Target)
			if got := await[Answered](events); len(got.SDP) == 0 {
				t.Errorf("%+v", got)
			}
			if err := l.Reinvite([]byte(changed(offer, "2") + "a=sendonly\r\n")); err != nil {
				t.Fatal(err)
			}
			if got := await[Reanswered](events); !strings.Contains(string(got.SDP), "a=recvonly") && !strings.Contains(string(got.SDP), "a=inactive") {
				t.Errorf("hold: %s", got.SDP)
			}
			l.End(EndReason{})
			eventually(t, "leg forgotten", func() bool { n, _, _ := s.sizes(); return n == 0 })
		})
	}
}
