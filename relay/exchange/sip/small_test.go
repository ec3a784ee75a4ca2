package sip

import (
	"strings"
	"testing"
	"time"
)

func TestCauseOf(t *testing.T) {
	for _, c := range []struct {
		reason, protocol string
		want             int
	}{
		{"Q.850;cause=16", "Q.850", 16},
		{`SIP;cause=200;text="a, Q.850;cause=3", q.850 ; CAUSE = 17 ;text=x`, "Q.850", 17},
		{`SIP ;text="a;cause=5\" ;cause=6" ;cause=486`, "SIP", 486},
		{"Q.850;cause=", "Q.850", 0},
		{"Q.850;cause=99999", "Q.850", 0},
		{"Q.850", "Q.850", 0},
		{"", "SIP", 0},
	} {
		if got := causeOf(c.reason, c.protocol); got != c.want {
			t.Errorf("%q: %d, want %d", c.reason, got, c.want)
		}
	}
}

func TestParseDigit(t *testing.T) {
	for _, c := range []struct {
		ct, body string
		want     byte
		dur      time.Duration
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160", '5', 160 * time.Millisecond},
		{"Application/DTMF-Relay; charset=x", "signal = # \nduration= 70000", '#', 0},
		{"application/dtmf-relay", "Duration=9\nSignal=11", '#', 9 * time.Millisecond},
		{"application/dtmf", " 10 ", '*', 0},
		{"application/dtmf", "d", 'D', 0},
		{"application/dtmf", "E", 0, 0},
		{"application/dtmf-relay", "Signal=", 0, 0},
		{"text/plain", "5", 0, 0},
	} {
		d, ok := parseDigit(c.ct, []byte(c.body))
		if ok != (c.want != 0) || ok && (d.Digit != c.want || d.Duration != c.dur) {
			t.Errorf("%q %q: %+v %v", c.ct, c.body, d, ok)
		}
	}
}

func TestMask(t *testing.T) {
	raw := "INVITE sip:a SIP/2.0\r\nproxy-authorization: Digest secret\r\nX-A: authorization\r\nAuthorization: y\r\n secret\r\n\r\nAuthorization: body"
	want := "INVITE sip:a SIP/2.0\r\nproxy-authorization: ***\r\nX-A: authorization\r\nAuthorization: ***\r\n ***\r\n\r\nAuthorization: body"
	if got := mask(raw); got != want {
		t.Errorf("%q", got)
	}
}

func FuzzSmallParsers(f *testing.F) {
	f.Add(`SIP;cause=200;text="x\"", Q.850;cause=1`, "application/dtmf-relay")
	f.Add("Signal=5\r\nDuration=160", "application/dtmf-relay")
	f.Add("5", "application/dtmf")
	f.Add("INVITE a\r\nAuthorization: x\r\n\r\n", "")
	f.Fuzz(func(t *testing.T, s, ct string) {
		if n := causeOf(s, "SIP"); n < 0 || n > 1023 {
			t.Fatalf("cause %d", n)
		}
		if d, ok := parseDigit(ct, []byte(s)); ok && !strings.ContainsRune("0123456789*#ABCD", rune(d.Digit)) {
			t.Fatalf("digit %q", d.Digit)
		}
		if got := mask(mask(s)); got != mask(s) {
			t.Fatalf("mask is not stable: %q", got)
		}
		summary(s)
		rawHeader(s, "Call-ID")
		if plain, ok := unescape(s); ok {
			if back, ok := unescape(escape(plain)); !ok || back != plain {
				t.Fatalf("%q does not survive quoting", plain)
			}
		}
	})
}
