//go:build thirdparty

package sip

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSIPpRegistersByDigest(t *testing.T) {
	// SIPp 3.6 knows MD5 only, and looks at one challenge only.
	r := NewRegistrar(RegistrarConfig{Domains: []string{"demo"}})
	s := listen(t, Config{Registrar: r, Auth: &Auth{
		Algorithms: []string{"MD5"}, Credentials: users(map[string]Secret{"alice": {Password: "secret"}})}})
	_, done := sipp(t, "-sf", scenario(t, "register.xml"), "-m", "1", s.Addr().String())
	done()
	if list := r.List(); len(list) != 1 || list[0].AOR != "sip:alice@demo" {
		t.Errorf("%+v", list)
	}
}

func TestSIPpWants100relAndRefers(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	_, done := sipp(t, "-sf", scenario(t, "refer.xml"), "-m", "1", s.Addr().String())
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
	done()
}

func TestSIPpChallengesAndIsReliable(t *testing.T) {
	s := listen(t, Config{})
	port, done := sipp(t, "-sf", scenario(t, "reliable.xml"), "-m", "1")
	l, events := call(t, s, "sip:bob@"+awaitUDP(t, port), func(r *OutboundInvite) { r.Username, r.Password = "ann", "secret" })
	if got := await[Progress](events); len(got.SDP) == 0 {
		t.Errorf("%+v", got)
	}
	l.End(EndReason{})
	done()
}

// baresip starts a headless phone with an account and the given configuration
// lines; it ends with the test.
func baresip(t *testing.T, account, more string) {
	t.Helper()
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is not installed: apt-get install baresip-core")
	}
	found, _ := filepath.Glob("/usr/lib*/baresip/modules")
	if deeper, _ := filepath.Glob("/usr/lib/*/baresip/modules"); len(found) == 0 {
		found = deeper
	}
	if len(found) == 0 {
		t.Fatal("baresip's modules are nowhere")
	}
	dir := t.TempDir()
	_, port, _ := net.SplitHostPort(deadPort(t))
	for name, text := range map[string]string{
		"accounts": account + "\n", "contacts": "",
		"config": fmt.Sprintf("sip_listen 127.0.0.1:%s\nnet_interface 127.0.0.1\nmodule_path %s\nmodule g711.so\nmodule_tmp account.so\nmodule_app menu.so\n%s",
			port, found[0], strings.ReplaceAll(more, "{dir}", dir)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), path, "-f", dir)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip:\n%s", out.String())
		}
	})
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
			news := make(chan struct{}, 8)
			r := NewRegistrar(RegistrarConfig{OnChange: func() { news <- struct{}{} }})
			s := listen(t, Config{
				Registrar: r, TLSAddr: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool},
				Auth: &Auth{Credentials: users(map[string]Secret{"alice": {Password: "secret"}})},
			})
			at := s.Addr()
			if transport == "tls" {
				at = s.TLSAddr()
			}
			baresip(t, fmt.Sprintf("<sip:alice@%s;transport=%s>;auth_pass=secret;answermode=auto;regint=600;audio_codecs=PCMU", at, transport),
				"sip_cafile "+ca+"\n")
			select {
			case <-news:
			case <-time.After(patience):
				t.Fatal("not registered")
			}
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
