package sip

import (
	"errors"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestValidateURI(t *testing.T) {
	good := []string{
		"sip:busy@demo", "sip:bob@127.0.0.1:5060", "sip:127.0.0.1", "SIP:bob@EXAMPLE.com", "sip:bob@[::1]:5060",
		"sip:+49301234@gw.example.com;user=phone", "sip:bob@example.com;transport=tcp", "sip:a%20b@example.com",
		`"Ann \"A\" B" <sip:ann@example.com>`, "Ann B <sip:ann@example.com>", "<sip:ann@example.com>", "sip:bob@example.com.",
	}
	for _, s := range good {
		if err := ValidateURI(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	bad := []string{
		"", " ", "bob", "bob@example.com", "sip:", "sip:@example.com", "sip:bob@", "sip:bob@@x", "sipss:bob@example.com",
		"tel:+49301234", "sip:bob@exa mple.com", "sip:bob@example.com:0", "sip:bob@example.com:70000", "sip:bob@[::1",
		"sip:bob@[zz]", "sip:bob@-x", "sip:bob@a..b", "sip:bob@x?Route=evil", "sip:bob@x\r\nVia: y", "sip:b\x00b@x",
		"<sip:bob@x", `"Ann <sip:ann@x>`, `Ann" <sip:ann@x>`, "sip:" + strings.Repeat("a", 1100) + "@x", "sip:bob@x>",
	}
	for _, s := range bad {
		err := ValidateURI(s)
		var ue *URIError
		if !errors.Is(err, ErrBadURI) || !errors.As(err, &ue) || ue.Problem == "" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestDisplayNamesSurvive(t *testing.T) {
	in := make(calls, 1)
	callee, caller := listen(t, Config{Handler: in}), listen(t, Config{})
	_, events := call(t, caller, uriOf("bob", callee), func(r *OutboundInvite) {
		r.From = `"Ann \"the\\ \" B, Zoë" <sip:ann@example.com>`
	})
	leg := in.next(t)
	if got := leg.From().Display; got != `Ann "the\ " B, Zoë` {
		t.Errorf("display name %q", got)
	}
	leg.End(EndReason{})
	await[Ended](events)
}

// FuzzValidateURI: whatever passes can be written into a header line and comes
// back as one URI with the same host.
func FuzzValidateURI(f *testing.F) {
	for _, s := range []string{"sip:a@b", `"x" <sip:a@b:1;c=d>`, "sip:[::1]", "sip:a@b?c", "<sip:a@b>", "sip:a;b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, uri, err := parseAddress(s)
		if err != nil {
			return
		}
		text := uri.String()
		if strings.ContainsAny(text, "\r\n <>\"") || uri.Host == "" {
			t.Fatalf("%q became %q", s, text)
		}
		var again sip.Uri
		if err := sip.ParseUri(text, &again); err != nil || again.Host != uri.Host {
			t.Fatalf("%q became %q: %v", s, text, err)
		}
	})
}
