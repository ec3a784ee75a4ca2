package sip

import (
	"fmt"
	"strings"
	"testing"
)

// inParts is a description among other parts, as gateways send it.
func inParts(sdp string) string {
	return "--b 1\r\nContent-Type: application/isup;version=x\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x00\x01\r\n" +
		"--b 1\r\nContent-Type: application/SDP\r\n\r\n" + sdp + "\r\n--b 1--\r\n"
}

const partsType = `Content-Type: multipart/mixed; boundary="b 1"` + "\n"

// inviteWith is invite with another body.
func inviteWith(n, headers, body string) string {
	head, _, _ := strings.Cut(invite(n, "call-"+n, ""), "Content-Type:")
	return head + headers + fmt.Sprintf("Content-Length: %d\n\n", len(body)) + body
}

func TestDescriptionAmongParts(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(inviteWith("p", partsType, inParts(offer)))
	caller := in.next(t)
	if got := string(caller.RemoteSDP()); got != offer {
		t.Errorf("offer %q", got)
	}
	caller.End(EndReason{})
	w.response(480, "INVITE")

	callee, events := call(t, s, "sip:bob@"+w.addr())
	w.reply(w.request("INVITE"), 200, "OK", partsType, inParts(answer))
	w.request("ACK")
	if got := string(await[Answered](events).SDP); got != answer {
		t.Errorf("answer %q", got)
	}
	w.hangUp(callee)
}

func TestBodiesThatMayBeLeftOut(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	w.send(inviteWith("o", "Content-Type: text/plain\nContent-Disposition: session; handling=optional\n", "hello"))
	leg := in.next(t)
	if got := leg.RemoteSDP(); len(got) != 0 {
		t.Errorf("taken for an offer: %q", got)
	}
	leg.End(EndReason{})
	w.response(480, "INVITE")
	for n, headers := range map[string]string{
		"text": "Content-Type: text/plain\n", "no parts": partsType, "coded": "Content-Type: application/sdp\nContent-Encoding: gzip\n",
		"no boundary": "Content-Type: multipart/mixed\n",
	} {
		w.send(inviteWith(strings.ReplaceAll(n, " ", ""), headers, "hello"))
		w.response(415, "INVITE")
	}

	callee, events := call(t, s, "sip:bob@"+w.addr())
	req := w.request("INVITE")
	w.reply(req, 180, "Ringing", "Content-Type: text/plain\n", "one moment")
	if e := await[Ringing](events); e.Code != 180 {
		t.Errorf("%+v", e)
	}
	w.reply(req, 200, "OK", "", answer)
	w.request("ACK")
	await[Answered](events)
	if strings.Contains(events.names(), "Progress") {
		t.Errorf("text taken for early media: %s", events.names())
	}
	w.hangUp(callee)
}
