package sip

import (
	"fmt"
	"strings"
	"testing"
)

// plainRequest is a decent request, for tests to spoil; n makes it a new one.
func plainRequest(method, n string) string {
	return method + " sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bKtort" + n + ";rport\nMax-Forwards: 70\n" +
		"From: \"Cleo\" <sip:cleo@example.com>;tag=t1\nTo: <sip:bob@example.com>\nCall-ID: tort" + n + "\nCSeq: 8 " + method + "\n" +
		"Contact: <sip:cleo@{me}>\nContent-Length: 0\n\n"
}

// The categories of RFC 4475, with messages of our own: what is legal however
// odd, what breaks the grammar, what breaks a transaction, what asks for
// something that is not there. want 0: dropped, and nothing comes to harm.
var torture = []struct {
	name, method, from, to string
	want                   int
}{
	// Legal (§3.1.1).
	{"folded, spaced and compact headers", "OPTIONS", "Max-Forwards: 70\nFrom: \"Cleo\" <", "MAX-forwards :   0070\nSubject  :\ns: a\n \t b\nf\t:\n \"Cleo \\\\\\\" X\"   <", 200},
	{"every character of a token as method", "!ODD-.%*_+`'~9", "", "", 405},
	{"an escape in the method is none", "OPT%49ONS", "", "", 405},
	{"a method in small letters is taken as it is meant", "options", "", "", 200},
	{"escaped characters in a user", "OPTIONS", "OPTIONS sip:bob@example.com", "OPTIONS sip:sips%3Aa%40b%20c@example.com", 200},
	{"escaped NUL in a user", "OPTIONS", "From: \"Cleo\" <sip:cleo@", "From: \"Cleo\" <sip:nul-%00-l@", 200},
	{"no space before <", "OPTIONS", "From: \"Cleo\" <sip:", "From: Cleo<sip:", 200},
	{"bare address with header parameter", "OPTIONS", "From: \"Cleo\" <sip:cleo@example.com>;", "From: sip:cleo@example.com;", 200},
	{"semicolons in a user", "OPTIONS", "OPTIONS sip:bob@", "OPTIONS sip:bob;par=x%40y;lr@", 200},
	{"long values", "OPTIONS", "Contact:", "X-Long: " + strings.Repeat("very ", 800) + "long\nContact:", 200},
	{"a header nobody knows, empty", "OPTIONS", "Contact:", "NewFangled:\nContact:", 200},
	{"octets behind the body", "OPTIONS", "Content-Length: 0\n\n", "Content-Length: 0\n\nOPTIONS sip:x SIP/2.0\nVia: y\n\n", 200},
	{"Vias of unknown transports below ours", "OPTIONS", "Max-Forwards", "Via: SIP/2.0/SPIRAL h.test:9;branch=z9hG4bKx, SIP / 2.0 / SCTP [2001:db8::1];branch=z9hG4bKy\nMax-Forwards", 200},
	{"UTF-8 display name", "OPTIONS", "\"Cleo\"", "\"Kleopatra Ω 日本\"", 200},
	{"unusual scheme in From and To", "OPTIONS", "To: <sip:bob@example.com>", "To: <isbn:2983792873>", 200},
	{"Max-Forwards 0 is for proxies", "OPTIONS", "Max-Forwards: 70", "Max-Forwards: 0", 200},
	{"a date not in GMT", "OPTIONS", "Contact:", "Date: Fri, 01 Jan 2010 16:00:00 EST\nContact:", 200},
	{"parts in the body", "INVITE", "Content-Length: 0\n\n", "Content-Type: multipart/mixed;boundary=x\nContent-Length: 5\n\n--x--", 415},
	// Broken (§3.1.2).
	{"empty Contact parts", "INVITE", "Contact: <sip:cleo@{me}>", "Contact: \"\" <>;,;", 400},
	{"separators in Via", "OPTIONS", "Max-Forwards", "Via: SIP/2.0/UDP x;;,;,,\nMax-Forwards", 400},
	{"Content-Length beyond the datagram", "OPTIONS", "Content-Length: 0", "Content-Length: 9999", 400},
	{"negative Content-Length", "OPTIONS", "Content-Length: 0", "Content-Length: -999", 400},
	{"Content-Length that is no number", "OPTIONS", "Content-Length: 0", "Content-Length: many", 400},
	{"CSeq beyond 32 bits", "OPTIONS", "CSeq: 8", "CSeq: 36893488147419103232", 400},
	{"CSeq from 2^31 on", "OPTIONS", "CSeq: 8", "CSeq: 3000000000", 400},
	{"CSeq without number", "OPTIONS", "CSeq: 8 ", "CSeq: ", 400},
	{"Max-Forwards above 255", "OPTIONS", "Max-Forwards: 70", "Max-Forwards: 300", 400},
	{"Max-Forwards below 0", "OPTIONS", "Max-Forwards: 70", "Max-Forwards: -1", 400},
	{"unterminated quote", "OPTIONS", "To: <sip:bob@example.com>", "To: \"Bob <sip:bob@example.com>", 400},
	{"no > in From", "OPTIONS", "cleo@example.com>;", "cleo@example.com;", 400},
	{"brackets around the Request-URI", "OPTIONS", "sip:bob@example.com SIP/2.0", "<sip:bob@example.com> SIP/2.0", 400},
	{"space inside the Request-URI", "OPTIONS", "sip:bob@example.com SIP/2.0", "sip:bob@example.com; lr SIP/2.0", 400},
	{"two spaces in the start line", "OPTIONS", "sip:bob@example.com SIP/2.0", "sip:bob@example.com  SIP/2.0", 400},
	{"space behind the start line", "OPTIONS", "SIP/2.0\nVia", "SIP/2.0 \nVia", 400},
	{"headers in the Request-URI", "OPTIONS", "sip:bob@example.com SIP", "sip:bob@example.com?Route=%3Csip:x%3E SIP", 400},
	{"no host in the Request-URI", "OPTIONS", "sip:bob@example.com SIP", "sip:bob@ SIP", 400},
	{"another version", "OPTIONS", " SIP/2.0\nVia", " SIP/7.0\nVia", 505},
	{"CSeq of another method", "OPTIONS", "8 OPTIONS", "8 INVITE", 400},
	{"CSeq of another method, both unknown", "NEWMETHOD", "8 NEWMETHOD", "8 OTHER", 400},
	{"no colon in a header", "OPTIONS", "Contact:", "Nonsense\nContact:", 400},
	// Transactions (§3.2).
	{"a branch that is only the cookie", "OPTIONS", "branch=z9hG4bKtort", "branch=z9hG4bK;x=", 200},
	{"no branch at all", "OPTIONS", "branch=z9hG4bKtort", "x=", 200},
	// Things that are not there (§3.3).
	{"no From", "OPTIONS", "From:", "X-From:", 400},
	{"no To", "OPTIONS", "To:", "X-To:", 400},
	{"no Call-ID", "OPTIONS", "Call-ID:", "X-Call-ID:", 400},
	{"no CSeq", "OPTIONS", "CSeq:", "X-CSeq:", 400},
	{"no Via", "OPTIONS", "Via:", "X-Via:", 0},
	{"no Max-Forwards, as RFC 2543 allowed", "OPTIONS", "Max-Forwards:", "X-Max:", 200},
	{"a scheme nobody knows", "OPTIONS", "sip:bob@example.com SIP", "nobodyKnowsThisScheme:totallyopaquecontent SIP", 416},
	{"a scheme that is not for calls", "INVITE", "sip:bob@example.com SIP", "soap.beep://192.0.2.103:3002 SIP", 416},
	{"extensions nobody has", "OPTIONS", "Contact:", "Require: nothingSupportsThis, nothingSupportsThisEither\nContact:", 420},
	{"Proxy-Require is not for us", "OPTIONS", "Contact:", "Proxy-Require: noProxiesSupportThis\nContact:", 200},
	{"a body nobody understands", "INVITE", "Content-Length: 0\n\n", "Content-Type: application/unknownformat\nContent-Length: 3\n\nabc", 415},
	{"an authentication nobody knows", "OPTIONS", "Contact:", "Authorization: NoOneKnowsThisScheme opaque-data=here\nContact:", 200},
	{"two From", "OPTIONS", "To:", "From: <sip:other@example.com>;tag=9\nTo:", 400},
	{"two To", "OPTIONS", "To:", "To: <sip:other@example.com>\nTo:", 400},
	{"two Call-ID", "OPTIONS", "Call-ID:", "Call-ID: other\nCall-ID:", 400},
	{"two CSeq", "OPTIONS", "CSeq:", "CSeq: 9 OPTIONS\nCSeq:", 400},
	{"two Max-Forwards", "OPTIONS", "Max-Forwards:", "Max-Forwards: 5\nMax-Forwards:", 400},
	{"two Content-Length", "OPTIONS", "Content-Length:", "Content-Length: 8\nContent-Length:", 400},
	{"two Contacts in an INVITE", "INVITE", "Contact:", "Contact: <sip:x@y>\nContact:", 400},
	{"headers in a registered address", "REGISTER", "Contact: <sip:cleo@{me}>", "Contact: <sip:cleo@{me}?Route=%3Csip:x%3E>", 400},
	{"a parameter of a registered address", "REGISTER", "Contact: <sip:cleo@{me}>", "Contact: sip:cleo@{me};unknown=\"a;b\"", 200},
}

func TestTorture(t *testing.T) {
	s := listen(t, Config{
		Handler: HandlerFunc(func(l *Leg) { l.End(EndReason{}) }), Registrar: NewRegistrar(RegistrarConfig{}),
	})
	for i, c := range torture {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, s)
			text := plainRequest(c.method, fmt.Sprint(i))
			spoilt := strings.Replace(text, c.from, c.to, 1)
			if c.from != "" && spoilt == text {
				t.Fatal("the test changes nothing")
			}
			w.send(spoilt)
			if c.want == 0 {
				w.send(plainRequest("OPTIONS", fmt.Sprint("alive", i)))
				if res := w.response(200, "OPTIONS"); res.CallID().Value() != fmt.Sprint("tortalive", i) {
					t.Error("it was answered")
				}
				return
			}
			w.readRaw()
			if got := fmt.Sprintf("SIP/2.0 %d ", c.want); !strings.HasPrefix(string(w.last), got) {
				t.Errorf("want %d: %s\n%s", c.want, w.last, spoilt)
			}
		})
	}
}

// Responses that nobody asked for, or that no grammar allows, are dropped.
func TestTortureResponses(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := call(t, s, "sip:bob@"+w.addr())
	inv := w.request("INVITE")
	via := inv.Via().Value()
	head := "From: " + inv.From().Value() + "\nTo: " + inv.To().Value() + ";tag=x\nCall-ID: " + inv.CallID().Value() + "\nCSeq: " + inv.CSeq().Value() + "\n"
	for _, text := range []string{
		"SIP/2.0 4294967301 better not break\nVia: " + via + "\n" + head + "\n",
		"SIP/2.0 99 Too Low\nVia: " + via + "\n" + head + "\n",
		"SIP/2.0 700 Too High\nVia: " + via + "\n" + head + "\n",
		"SIP/2.0 200 No Via\n" + head + "\n",
		"SIP/2.0 200 Broadcast\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKother\n" + head + "\n",
		"SIP/2.0 200 No CSeq\nVia: " + via + "\n" + strings.Replace(head, "CSeq", "X-CSeq", 1) + "\n",
		"SIP/2.0 200 Of another method\nVia: " + via + "\n" + strings.Replace(head, "INVITE", "OPTIONS", 1) + "\n",
		"SIP/2.0  \nVia: " + via + "\n" + head + "\n",
		"SIP/2.0 200\n\n", "SIP/3.0 200 OK\nVia: x\n\n",
	} {
		w.send(text)
	}
	w.reply(inv, 180, "= 2**3 * 100 ÷ 10 ☎", "", "") // an odd phrase is one all the same
	if got := await[Ringing](events); got.Phrase != "= 2**3 * 100 ÷ 10 ☎" {
		t.Errorf("%+v", got)
	}
	if got := events.names(); got != "Ringing" {
		t.Errorf("%s", got)
	}
	l.End(EndReason{})
	w.reply(w.request("CANCEL"), 200, "OK", "", "")
	w.reply(inv, 487, "", "", "") // a phrase may be empty
	if got := await[Ended](events); got.By != Local {
		t.Errorf("%+v", got)
	}
}
