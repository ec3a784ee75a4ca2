package sip

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

func parseURIs(t *testing.T, texts ...string) []sip.Uri {
	t.Helper()
	var out []sip.Uri
	for _, s := range texts {
		var u sip.Uri
		if err := sip.ParseUri(s, &u); err != nil {
			t.Fatal(err)
		}
		out = append(out, u)
	}
	return out
}

// RFC 3261 §12.2.1.1, and its example of a strict router.
func TestRouteSets(t *testing.T) {
	for _, c := range []struct {
		routes []string
		uri    string
		route  []string
		next   string
	}{
		{nil, "sip:bob@there", nil, "sip:bob@there"},
		{[]string{"sip:p1;lr", "sip:p2"}, "sip:bob@there", []string{"<sip:p1;lr>", "<sip:p2>"}, "sip:p1;lr"},
		{[]string{"sip:p1", "sip:p2;lr"}, "sip:p1", []string{"<sip:p2;lr>", "<sip:bob@there>"}, "sip:p1"},
	} {
		d := dialog{routes: parseURIs(t, c.routes...), target: parseURIs(t, "sip:bob@there")[0]}
		for range 2 { // a request must not change the route set
			req := d.request(sip.BYE, 0)
			if req.Recipient.String() != c.uri || d.next().String() != c.next {
				t.Errorf("%v: to %s by %s", c.routes, req.Recipient.String(), d.next())
			}
			var got []string
			for _, h := range req.GetHeaders("Route") {
				got = append(got, h.Value())
			}
			if len(got) != len(c.route) || len(got) == 2 && (got[0] != c.route[0] || got[1] != c.route[1]) {
				t.Errorf("%v: Route %v", c.routes, got)
			}
		}
		if d.localSeq != 2 {
			t.Errorf("CSeq %d after two requests", d.localSeq)
		}
	}
}
