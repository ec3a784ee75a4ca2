package exchange

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"cordpair/relay/wire"
)

// TestRedirectsKeepToTheRules: a phone sends us on to an emergency number, to
// one that no trunk may dial, to one that nobody has dialled, and last to
// another phone; only there we go.
func TestRedirectsKeepToTheRules(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Trunks = []Trunk{{Name: "out", Server: "sip:127.0.0.1:9", Prefixes: []string{"+49"}}}
	})
	d, other := answeredCall(t, x), newPhone(t)
	p := newRawCallee(t)
	d.mustConnect("sip:callee@" + p.sock.LocalAddr().String())
	p.sends(p.request("INVITE", ""), "302 Moved Temporarily", "Contact: <sip:911@"+p.sock.LocalAddr().String()+">;q=0.9, <sip:9-1-1@gateway.test>;q=0.8, "+
		"<sip:+441@127.0.0.1:9>;q=0.7, <sip:+491@127.0.0.1:9>;q=0.6, <"+other.uri("bob")+">;q=0.5\r\n")
	p.request("ACK", "")
	other.answer(other.next())
	d.c.connectState(d.a, wire.ConnectConnected)
}

// sends is reply without a Contact of its own.
func (p *rawCallee) sends(request, status, headers string) {
	p.t.Helper()
	p.contact = headers
	p.reply(request, status, "", "")
	p.contact = ""
}

// TestAnswersWaitForNobody: each request is answered while phones, web servers
// and name servers that it has to do with are silent.
func TestAnswersWaitForNobody(t *testing.T) {
	release := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer web.Close()
	defer close(release)
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	silent := newRawCallee(t)
	x := start(t)
	c := connect(t, x, receiving("support"))
	audio := []wire.Media{{Type: wire.MediaAudio, Params: wire.MediaParams{URL: web.URL + "/a.wav"}}}
	call := func() wire.CallRef {
		p := newRawPhone(t, x)
		p.send("INVITE", "support", sdpOf(40000))
		id := c.receive().call.CallID
		c.must(wire.MethodAnswer, wire.CallRef{CallID: id})
		p.response(200)
		p.send("ACK", "support", "") // the last that is heard of it
		return wire.CallRef{CallID: id}
	}
	for method, params := range map[string]func(wire.CallRef) any{
		wire.MethodHold: func(r wire.CallRef) any { return r },
		wire.MethodRefer: func(r wire.CallRef) any {
			return wire.ReferParams{CallRef: r, Device: wire.ReferDevice{Type: "sip", Params: wire.ReferDeviceParams{To: "sip:bob@example.test"}}}
		},
		wire.MethodSendDigits: func(r wire.CallRef) any {
			return wire.SendDigitsParams{CallRef: r, ControlID: "1", Digits: "1"}
		},
		wire.MethodPlay: func(r wire.CallRef) any { return wire.PlayParams{CallRef: r, ControlID: "1", Play: audio} },
		wire.MethodTap: func(r wire.CallRef) any {
			return wire.TapParams{CallRef: r, ControlID: "1", Tap: wire.Tap{Type: "audio"},
				Device: wire.TapDevice{Type: "ws", Params: wire.TapDeviceParams{URI: "ws://" + deaf.Addr().String()}}}
		},
		wire.MethodJoinConference: func(r wire.CallRef) any {
			no := false
			return wire.JoinConferenceParams{CallRef: r, Name: "r", WaitURL: web.URL + "/a.wav", StartOnEnter: &no}
		},
		wire.MethodCallConnect: func(r wire.CallRef) any {
			p := connectParams(r.CallID, "sip:callee@"+silent.sock.LocalAddr().String())
			p.Devices[0] = append(p.Devices[0], sipDevice("sip:bob@no-such-host.invalid"))
			p.Ringback, p.Devices[0][0].Params.CallStateURL, p.StatusURL = audio, web.URL, web.URL
			return p
		},
		wire.MethodDial: func(wire.CallRef) any {
			return wire.DialParams{Tag: "t", Devices: [][]wire.Device{{sipDevice("sip:callee@" + silent.sock.LocalAddr().String())}}}
		},
		wire.MethodEnd: func(r wire.CallRef) any { return wire.EndParams{CallRef: r} },
	} {
		if r := c.command(method, params(call())); r.Code != wire.CodeOK {
			t.Errorf("%s: %+v", method, r)
		}
	}
}
