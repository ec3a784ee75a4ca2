package sip

import (
	"strings"
	"testing"
)

// TestFoldedVia: the answer finds its way back, however the Via is written.
func TestFoldedVia(t *testing.T) {
	w := newWire(t, listen(t, Config{}))
	for n, via := range map[string]string{
		"1": "Via: SIP/2.0/UDP {me}\n ;branch=z9hG4bKfold1;rport",
		"2": "v:  SIP  / 2.0\n\t/ UDP     {me}   ;\n  branch  =   z9hG4bKfold2  ; rport",
		"3": "Via:\n SIP/2.0/UDP {me};branch=\n z9hG4bKfold3;rport",
	} {
		text := strings.Replace(plainRequest("OPTIONS", n), "Via: SIP/2.0/UDP {me};branch=z9hG4bKtort"+n+";rport", via, 1)
		w.send(text)
		if res := w.response(200, "OPTIONS"); param(res.Via().Params, "branch") != "z9hG4bKfold"+n {
			t.Errorf("%q", res.Via().Value())
		}
	}
}

// TestUnfold: what is not folded, and every body, stays as it is.
func TestUnfold(t *testing.T) {
	for in, want := range map[string]string{
		"INVITE a\r\nSubject: b\r\n c\r\n\t d\r\n\r\n body\r\n stays": "INVITE a\r\nSubject: b c d\r\n\r\n body\r\n stays",
		"INVITE a\r\nVia: SIP / 2.0\r\n\r\n body\r\n stays":           "INVITE a\r\nVia: SIP / 2.0\r\n\r\n body\r\n stays",
		"no end\r\n here": "no end\r\n here",
	} {
		data := []byte(in)
		if got := string(unfold(data)); got != want || string(data) != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}
