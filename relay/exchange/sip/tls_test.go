package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// certify makes a self-signed certificate for names and addresses, and the pool
// that trusts it.
func certify(t testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestCallOverTLS(t *testing.T) {
	cert, pool := certify(t, "127.0.0.1")
	for _, scheme := range []string{"sip", "sips"} {
		for _, who := range []string{"caller", "callee"} {
			for name, listening := range map[string]string{"both listen": "127.0.0.1:0", "caller does not listen": ""} {
				t.Run(scheme+" "+who+" "+name, func(t *testing.T) {
					in := make(calls, 1)
					both := &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool}
					callee := listen(t, Config{Handler: in, TLS: both, TLSAddr: "127.0.0.1:0"})
					caller := listen(t, Config{TLS: both, TLSAddr: listening})
					uri := scheme + ":bob@" + callee.TLSAddr().String()
					if scheme == "sip" {
						uri += ";transport=tls"
					}
					out, outEvents := call(t, caller, uri)
					leg := in.next(t)
					inEvents := watch(t, leg)
					if err := leg.Answer([]byte(answer)); err != nil {
						t.Fatal(err)
					}
					await[Answered](outEvents)
					await[Established](inEvents)
					if leg.Transport() != "TLS" || out.Transport() != "TLS" {
						t.Errorf("transport %s, %s", leg.Transport(), out.Transport())
					}
					contact := headerOf(leg.Headers(), "Contact")
					if want := map[string]string{"sip": "transport=tls", "sips": "<sips:"}[scheme]; !strings.Contains(contact, want) {
						t.Errorf("contact %s", contact)
					}
					if who == "caller" {
						out.End(EndReason{})
						await[Ended](inEvents)
					} else {
						leg.End(EndReason{})
						await[Ended](outEvents)
					}
					eventually(t, "legs forgotten", func() bool {
						a, _, _ := caller.sizes()
						b, _, _ := callee.sizes()
						return a+b == 0
					})
				})
			}
		}
	}
}

func headerOf(hs []Header, name string) string {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func TestTLSWithoutTrustIsRefused(t *testing.T) {
	cert, pool := certify(t, "other.test")
	callee := listen(t, Config{TLSAddr: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	for name, conf := range map[string]*tls.Config{"unknown authority": nil, "wrong name": {RootCAs: pool}} {
		_, events := call(t, listen(t, Config{TLS: conf}), "sips:bob@"+callee.TLSAddr().String())
		got := await[Ended](events)
		var authority x509.UnknownAuthorityError
		var host x509.HostnameError
		if !errors.Is(got.Err, ErrUnreachable) || !errors.As(got.Err, &authority) && !errors.As(got.Err, &host) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTLSListenNeedsACertificate(t *testing.T) {
	_, err := Listen(t.Context(), Config{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
}

func TestPlainTextToTheTLSPort(t *testing.T) {
	cert, _ := certify(t, "127.0.0.1")
	s := listen(t, Config{TLSAddr: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	c, err := net.Dial("tcp", s.TLSAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(invite("p1", "call-p", ""))); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	for buf := make([]byte, 512); err == nil; _, err = c.Read(buf) {
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Error("the connection was not closed")
	}
}
