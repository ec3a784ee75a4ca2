package sip

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// registerText is a REGISTER for sip:alice@demo from a wire.
func registerText(seq int, extra string) string {
	return fmt.Sprintf("REGISTER sip:demo SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bKreg%d;rport\nMax-Forwards: 70\n"+
		"From: <sip:alice@demo>;tag=r\nTo: <sip:alice@DEMO>\nCall-ID: reg\nCSeq: %d REGISTER\nUser-Agent: phone\n%sContent-Length: 0\n\n", seq, seq, extra)
}

func TestRegistrar(t *testing.T) {
	var changes atomic.Int32
	r := NewRegistrar(RegistrarConfig{Domains: []string{"Demo"}, OnChange: func() { changes.Add(1) }})
	s := listen(t, Config{Registrar: r})
	w := newWire(t, s)
	seq := 0
	register := func(extra string, want int) string {
		t.Helper()
		seq++
		w.send(registerText(seq, extra))
		w.response(want, "REGISTER")
		return string(w.last)
	}
	if got := register("Contact: <sip:alice@10.9.9.9:7777;x=y>;q=0.5\nExpires: 600\n", 200); !strings.Contains(got, "<sip:alice@10.9.9.9:7777;x=y>;expires=600") {
		t.Error(got)
	}
	list := r.List()
	if len(list) != 1 || list[0].AOR != "sip:alice@demo" || list[0].UserAgent != "phone" || list[0].Transport != "UDP" ||
		list[0].Source.String() != w.addr() || list[0].Contact != "sip:alice@10.9.9.9:7777;x=y" {
		t.Fatalf("%+v", list)
	}
	if got := r.Lookup("sip:alice@DEMO:9999"); len(got) != 1 || got[0] != "sip:alice@"+w.addr()+";x=y" {
		t.Errorf("lookup: %v", got)
	}
	register("Contact: <sip:alice@10.9.9.8>;expires=120\n", 200)
	if got := r.Lookup("sip:alice@demo"); len(got) != 2 || strings.Contains(got[0], "x=y") {
		t.Errorf("best q first: %v", got)
	}
	if got := register("", 200); strings.Count(got, "Contact:") != 2 { // a query
		t.Error(got)
	}
	if got := register("Contact: <sip:alice@10.9.9.7>;expires=5\n", 423); !strings.Contains(got, "Min-Expires: 60") {
		t.Error(got)
	}
	if got := register("Contact: <sip:alice@10.9.9.8>;expires=999999\n", 200); !strings.Contains(got, "expires=7200") {
		t.Error(got)
	}
	// The same CSeq again, from a phone that lost its memory: another branch and tag.
	again := strings.Replace(registerText(seq, "Contact: <sip:alice@10.9.9.8>\n"), "z9hG4bKreg", "z9hG4bKold", 1)
	w.send(strings.Replace(again, "tag=r", "tag=other", 1))
	w.response(500, "REGISTER")
	register("Contact: <sip:alice@10.9.9.8>;expires=0\n", 200)
	if len(r.List()) != 1 {
		t.Errorf("%+v", r.List())
	}
	register("Contact: *\nExpires: 60\n", 400)
	register("Contact: *\nContact: <sip:a@b>\nExpires: 0\n", 400)
	register("Contact: <mailto:a@b>\n", 400)
	register("Contact: *\nExpires: 0\n", 200)
	if len(r.List()) != 0 || r.Lookup("sip:alice@demo") != nil {
		t.Errorf("%+v", r.List())
	}
	if got := changes.Load(); got != 5 {
		t.Errorf("%d changes", got)
	}
	seq++
	w.send(strings.Replace(registerText(seq, "Contact: <sip:x@y>\n"), "DEMO", "elsewhere", 1))
	w.response(404, "REGISTER")
}

func TestRegistrationExpires(t *testing.T) {
	gone := make(chan struct{}, 8)
	r := NewRegistrar(RegistrarConfig{Min: time.Second, OnChange: func() { gone <- struct{}{} }})
	s := listen(t, Config{Registrar: r})
	w := newWire(t, s)
	w.send(registerText(1, "Contact: <sip:alice@h>;expires=1\n"))
	w.response(200, "REGISTER")
	<-gone
	select {
	case <-gone:
	case <-time.After(patience):
		t.Fatal("expiry was not told")
	}
	if len(r.List()) != 0 {
		t.Errorf("%+v", r.List())
	}
}

func TestRegistrarWithoutDomainsFindsByUser(t *testing.T) {
	r := NewRegistrar(RegistrarConfig{})
	s := listen(t, Config{Registrar: r})
	w := newWire(t, s)
	w.send(registerText(1, "Contact: <sip:alice@h>\n"))
	w.response(200, "REGISTER")
	for uri, n := range map[string]int{"sip:alice@127.0.0.1:5060": 1, "sip:alic@demo": 0, "nonsense": 0} {
		if got := r.Lookup(uri); len(got) != n {
			t.Errorf("%s: %v", uri, got)
		}
	}
}

func TestRegistrarIsBounded(t *testing.T) {
	r := NewRegistrar(RegistrarConfig{})
	s := listen(t, Config{Registrar: r})
	w := newWire(t, s)
	var many strings.Builder
	for i := range maxContacts + 1 {
		fmt.Fprintf(&many, "Contact: <sip:alice@h%d>\n", i)
	}
	w.send(registerText(1, many.String()))
	w.response(503, "REGISTER")
	if len(r.List()) != 0 {
		t.Error("half a REGISTER was applied")
	}
}
