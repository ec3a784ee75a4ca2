package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// fuzzed is a stack with everything switched on, one call in and one call out.
type fuzzed struct {
	s    *Stack
	sink *net.UDPConn // takes what it sends, and never answers
	from flow
}

// busyHandler does with every call all that a call can be asked to do.
type busyHandler struct{}

func (busyHandler) Replace(_, fresh *Leg) { busyHandler{}.Invite(fresh) }

func (busyHandler) Invite(l *Leg) {
	l.Notify(func(ev Event) {
		switch ev := ev.(type) {
		case Referred:
			_ = ev.Referral.Notify(180, "Ringing")
			_ = ev.Referral.Notify(200, "OK")
		case Reoffer:
			_ = l.AnswerReoffer([]byte(answer))
		case Established:
			_ = l.SendInfoDigit('1', 0)
			_ = l.Refer("sip:carol@127.0.0.1:9", nil)
			_ = l.Update([]byte(offer))
		}
	})
	_ = l.Ring()
	_ = l.Progress([]byte(answer))
	_ = l.Answer([]byte(answer))
}

func newFuzzed(f *testing.F) *fuzzed {
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		f.Fatal(err)
	}
	z := &fuzzed{sink: sink, from: flow{remote: sink.LocalAddr().(*net.UDPAddr).AddrPort()}}
	z.s, err = Listen(context.Background(), Config{
		Addr: "127.0.0.1:0", Handler: busyHandler{}, T1: 2 * time.Millisecond, Trace: func(Message) {},
		Registrar: NewRegistrar(RegistrarConfig{}),
		Auth:      &Auth{Credentials: users(map[string]Secret{"alice": {Password: "x"}}), Trusted: netip.Addr.IsLoopback, Invites: true},
		Resolver:  noNames{},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { z.s.Close(); sink.Close() })
	return z
}

// text fills in what a peer would know: its address, our tag of the call "fuzz",
// the branch of a request of ours.
func (z *fuzzed) text(data []byte) string {
	tag, branch := "none", "none"
	z.s.mu.Lock()
	for key := range z.s.legs {
		if id, t, _ := strings.Cut(key, "|"); id == "fuzz" {
			tag = t
		}
	}
	for key := range z.s.clients {
		branch, _, _ = strings.Cut(key, "|")
	}
	z.s.mu.Unlock()
	return strings.NewReplacer("{me}", z.from.remote.String(), "{tag}", tag, "{branch}", branch).Replace(string(data))
}

// FuzzReceive feeds whole datagrams to a stack as its reader would, but without
// the reader's recovery from panics.
func FuzzReceive(f *testing.F) {
	crlf := func(text string) []byte {
		return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
	}
	for _, text := range odd {
		f.Add([]byte(text))
	}
	for i, c := range torture {
		f.Add(crlf(strings.Replace(plainRequest(c.method, fmt.Sprint(i)), c.from, c.to, 1)))
	}
	f.Add(crlf(invite("z1", "call-z", "Session-Expires: 90;refresher=uac\nRequire: 100rel\nReplaces: fuzz;to-tag={tag};from-tag=c1\n")))
	for i, c := range [][3]string{
		{"ACK", "", ""}, {"BYE", "Reason: Q.850;cause=16\n", ""}, {"INFO", "Content-Type: application/dtmf-relay\n", "Signal=1"},
		{"INVITE", "Content-Type: application/sdp\n", offer}, {"UPDATE", "Content-Type: application/sdp\n", offer},
		{"PRACK", "RAck: 1 10 INVITE\n", ""}, {"REFER", "Refer-To: <sip:c@d?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\n", ""},
		{"NOTIFY", "Event: refer\nSubscription-State: active\n", "SIP/2.0 180 Ringing"}, {"OPTIONS", "", ""},
	} {
		f.Add(crlf(inDialog(c[0], fmt.Sprint("fz", i), "fuzz", "{tag}", 20+i, c[1], c[2])))
	}
	for _, line := range []string{"180 Ringing", "183 X", "200 OK", "302 Moved", "401 Unauthorized", "422 Small", "487 X", "491 X", "503 X"} {
		f.Add(crlf("SIP/2.0 " + line + "\nVia: SIP/2.0/UDP 127.0.0.1;branch={branch}\nFrom: <sip:a@b>;tag=x\nTo: <sip:c@d>;tag=y\nCall-ID: z\n" +
			"CSeq: 2 INVITE\nContact: <sip:c@{me}>\nRequire: 100rel\nRSeq: 1\nMin-SE: 100\nAllow: UPDATE\n" +
			"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\nContent-Type: application/sdp\n\n" + answer))
	}
	f.Add(crlf(strings.Replace(registerText(1, "Contact: <sip:alice@h>\nAuthorization: Digest username=\"alice\", realm=\"cordpair\", nonce=\"n\", uri=\"sip:demo\", response=\"0\"\n"), "DEMO", "demo", 1)))
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if legs, _, _ := z.s.sizes(); legs < 10 {
			z.s.datagram(z.from, []byte(z.text(crlf(invite(token(4), "fuzz", "")))))
			_, _ = z.s.Invite(OutboundInvite{From: "sip:a@b", To: "sip:b@" + z.from.remote.String(), SDP: []byte(offer),
				Username: "u", Password: "p", SessionExpires: 90 * time.Second, Timeout: 50 * time.Millisecond})
		}
		z.s.datagram(z.from, []byte(z.text(data)))
	})
}
