package sip

import (
	"net"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// Messages in the spirit of RFC 4475: legal ones that look odd, and broken ones.
var odd = []string{
	"INVITE sip:bob@example.com;unknownparam SIP/2.0\r\nTO :\r\n sip:bob@example.com ;   x    = y\r\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: odd.1\r\nCSeq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\nContact: \"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam\r\nContent-Length: 0\r\n\r\n",
	"OPTIONS sip:bob@example.com SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKo2\r\nf: <sip:a@b>;tag=1\r\nt: <sip:c@d>\r\ni: odd.2\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n",
	"OPTIONS sip:x SIP/7.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKo3\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: odd.3\r\nCSeq: 1 OPTIONS\r\n\r\n",
	"INVITE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKo4;rport=99999999\r\nFrom: ;tag=\r\nTo: <\r\nCall-ID:\r\nCSeq: 99999999999 INVITE\r\n\r\n",
	"INVITE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:-1;branch=z9hG4bK\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: odd.5\r\nCSeq: 1 INVITE\r\nContact: *\r\nContent-Length: -1\r\n\r\n",
	"INVITE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKo6\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: odd.6\r\nCSeq: 1 INVITE\r\nContact: <sip:a@>\r\nContent-Length: 9999\r\n\r\nshort",
	"SIP/2.0 200 OK\r\n\r\n",
	"SIP/2.0 99999 Huge\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKo7\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: odd.7\r\nCSeq: 1 INVITE\r\n\r\n",
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:9\r\nFrom: a\r\nTo: b\r\nCall-ID: odd.8\r\nCSeq: 1 INVITE\r\nRecord-Route: <\r\n\r\n",
	"ACK sip:x@y SIP/2.0\r\n\r\n", "CANCEL sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n", "INVITE\r\n", "\r\n\r\n", "\x00\x00", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	"REGISTER sip:y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKo9\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: odd.9\r\nCSeq: 1 REGISTER\r\nContact: *, <sip:a@b>;expires=x;q=NaN\r\nExpires: 99999999999\r\n\r\n",
	strings.Repeat("A", 60000),
}

func TestOddMessagesDoNoHarm(t *testing.T) {
	in := make(calls, 64)
	s := listen(t, Config{Handler: in, Registrar: NewRegistrar(RegistrarConfig{})})
	w := newWire(t, s)
	for _, text := range odd {
		if _, err := w.c.WriteToUDP([]byte(text), w.to); err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	w.send(strings.ReplaceAll(invite("alive", "call-alive", ""), "INVITE", "OPTIONS"))
	w.response(200, "OPTIONS")
}

func TestTruncatedRequestGets400(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	w.send(strings.Replace(invite("t1", "call-t", ""), "Content-Length: ", "Content-Length: 9", 1))
	w.response(400, "INVITE")
}

func TestKeepAlives(t *testing.T) {
	s := listen(t, Config{})
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 2)
	if _, err := c.Write([]byte("\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(buf); err != nil || string(buf) != "\r\n" {
		t.Errorf("%q %v", buf, err)
	}
}

// A sloppy peer's BYE still ends its call.
func TestRequestURIIsNotMindedInADialog(t *testing.T) {
	for toTag, want := range map[string]string{"": "Bad Request-URI", ";tag=b": ""} {
		msg, err := sip.ParseMessage([]byte("BYE sip::5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n" +
			"From: <sip:a@127.0.0.1>;tag=a\r\nTo: <sip:b@127.0.0.1>" + toTag + "\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := malformed(msg.(*sip.Request)); got != want {
			t.Errorf("To%s: %q, want %q", toTag, got, want)
		}
	}
}
