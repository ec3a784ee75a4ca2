package exchange

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

func ringtone(country string, seconds float64) []wire.Media {
	return []wire.Media{{Type: wire.MediaRingtone, Params: wire.MediaParams{Name: country, Duration: seconds}}}
}

func silence(seconds float64) []wire.Media {
	return []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: seconds}}}
}

func (c *client) action(control, state string) event {
	c.t.Helper()
	return c.expect(control+" "+state, func(e event) bool { return e.action.ControlID == control && e.action.State == state })
}

// TestItem21PlayOrder: result, playing, finished; the control id comes back
// untouched.
func TestItem21PlayOrder(t *testing.T) {
	d := answeredCall(t, start(t))
	const control = "0b7d.prompt"
	p := wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: control, Play: silence(0.04)}
	if r := d.c.command(wire.MethodPlay, p); r.Code != "200" || r.ControlID != control || r.CallID != d.a {
		t.Errorf("%+v", r)
	}
	d.c.action(control, wire.Finished)
	d.check(t, "", "receive A", "A ringing", "A answered", "play "+control+" playing", "play "+control+" finished")
	d.c.must(wire.MethodPlay, p) // the id is free again
	d.c.action(control, wire.Finished)
}

func TestPlayIsHeardAndControlled(t *testing.T) {
	d := answeredCall(t, start(t))
	ref := wire.CallRef{CallID: d.a}
	forever := 0
	p := wire.PlayParams{CallRef: ref, ControlID: "p", Play: ringtone("fr", 1), Loop: &forever}
	d.c.must(wire.MethodPlay, p)
	d.caller.hears(440)
	if r := d.c.command(wire.MethodPlay, p); r.Code != wire.CodeConflict {
		t.Errorf("control id twice: %+v", r)
	}
	control := wire.ControlParams{CallRef: ref, ControlID: "p"}
	d.c.must(wire.MethodPlayPause, control)
	d.c.action("p", wire.Paused)
	d.caller.hearsNothing()
	d.c.must(wire.MethodPlayResume, control)
	d.c.action("p", wire.Playing)
	control.Volume = -6
	d.c.must(wire.MethodPlayVolume, control)
	d.caller.hears(440)
	control.Volume = 99
	if r := d.c.command(wire.MethodPlayVolume, control); r.Code != wire.CodeBad {
		t.Errorf("%+v", r)
	}
	d.c.must(wire.MethodPlayStop, control)
	d.c.action("p", wire.Finished)
	d.caller.hearsNothing()
	if r := d.c.command(wire.MethodPlayStop, control); r.Code != wire.CodeNotFound {
		t.Errorf("%+v", r)
	}
}

func TestPlayThatCannotBe(t *testing.T) {
	d := answeredCall(t, start(t))
	d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "gone",
		Play: []wire.Media{{Type: wire.MediaAudio, Params: wire.MediaParams{URL: "http://127.0.0.1:9/none.wav"}}}})
	d.c.action("gone", wire.Playing)
	d.c.action("gone", wire.ActionErr)
	for _, play := range [][]wire.Media{nil, {{Type: "video"}}, {{Type: wire.MediaTTS}}} {
		r := d.c.command(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "x", Play: play})
		if r.Code != wire.CodeBad {
			t.Errorf("%+v: %+v", play, r)
		}
	}
}

// TestPlayEndsBeforeItsCall: an action is over before the call that it is on.
func TestPlayEndsBeforeItsCall(t *testing.T) {
	d := answeredCall(t, start(t))
	d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p", Play: silence(600)})
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	d.check(t, "", "receive A", "A ringing", "A answered", "play p playing", "A ending hangup", "play p finished", "A ended hangup")
}

func TestSendDigits(t *testing.T) {
	d := answeredCall(t, start(t))
	heard := make(chan rune, 16)
	d.caller.stream.OnDigit(func(r rune) { heard <- r })
	d.c.must(wire.MethodSendDigits, wire.SendDigitsParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "d", Digits: "4#"})
	d.c.action("d", wire.Finished)
	if a, b := soon(t, heard), soon(t, heard); a != '4' || b != '#' {
		t.Errorf("%c %c", a, b)
	}
	for _, digits := range []string{"", "x"} {
		r := d.c.command(wire.MethodSendDigits, wire.SendDigitsParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "d", Digits: digits})
		if r.Code != wire.CodeBad {
			t.Errorf("%q: %+v", digits, r)
		}
	}
}

// TestRingback: the caller hears it while the peer rings, then the peer.
func TestRingback(t *testing.T) {
	d := answeredCall(t, start(t))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Ringback = ringtone("fr", 1) })
	k := other.next()
	if err := k.leg.Ring(); err != nil {
		t.Fatal(err)
	}
	d.caller.hears(440)
	other.answer(k)
	d.c.connectState(d.a, wire.ConnectConnected)
	k.sings(900)
	d.caller.hears(900)
}

// TestEarlyMedia: what the peer plays before its answer is heard instead of
// the ringback, and the failure gives the caller silence again.
func TestEarlyMedia(t *testing.T) {
	d := answeredCall(t, start(t))
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) { p.Ringback = ringtone("fr", 1) })
	k := other.next()
	stream, err := other.engine.Open(other.stack.Addr().Addr())
	if err != nil {
		t.Fatal(err)
	}
	offer, err := media.ParseSDP(k.leg.RemoteSDP())
	if err != nil {
		t.Fatal(err)
	}
	body, f, err := media.Answer(stream.LocalAddr(), offer, g711, media.SDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Start(offer.Addr, f, 0, media.SendRecv); err != nil {
		t.Fatal(err)
	}
	if err := k.leg.Progress(body); err != nil {
		t.Fatal(err)
	}
	k.stream = stream
	k.sings(1200)
	d.caller.hears(1200)
	k.leg.End(sip.EndReason{Code: 486, Phrase: "Busy Here"})
	d.c.connectState(d.a, wire.ConnectFailed)
	d.caller.hearsNothing()
}

// TestWebhook: states are posted in order, signed, and tried again.
func TestWebhook(t *testing.T) {
	type post struct {
		body      []byte
		signature string
	}
	posts := make(chan post, 16)
	var tries atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if tries.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		posts <- post{body, r.Header.Get(SignatureHeader)}
	}))
	defer server.Close()
	x := start(t)
	d := answeredCall(t, x)
	other := newPhone(t)
	d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) {
		p.Devices[0][0].Params.CallStateURL = server.URL + "/hook"
		p.Devices[0][0].Params.CallStateEvents = []string{"created", "answered", "ended"}
	})
	k := other.next()
	other.answer(k)
	d.c.connectState(d.a, wire.ConnectConnected)
	k.leg.End(sip.EndReason{})
	var states []string
	var last []byte
	for len(states) < 3 {
		p := soon(t, posts)
		if bytes.Equal(p.body, last) {
			continue // a try that took too long comes again
		}
		last = p.body
		mac := hmac.New(sha256.New, []byte(testToken))
		mac.Write(p.body)
		if p.signature != hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("signature %q", p.signature)
		}
		var e wire.EventParams
		var call wire.CallParams
		if err := wire.Decode(p.body, &e); err != nil || wire.Decode(e.Params, &call) != nil {
			t.Fatalf("%s", p.body)
		}
		if e.EventType != wire.EventCallState || call.Parent == nil || call.Parent.CallID != d.a || call.CreatedBy != "connect" {
			t.Errorf("%s", p.body)
		}
		states = append(states, string(call.CallState))
	}
	if !slices.Equal(states, []string{"created", "answered", "ended"}) {
		t.Errorf("%q", states)
	}
}

func TestWebhookAddresses(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "10.1.2.3:80": false, "[fd00::1]:80": false, "169.254.169.254:80": false, "[fe80::1]:80": false,
		"0.0.0.0:80": false, "[::ffff:169.254.1.1]:80": false, "224.0.0.1:80": false,
	} {
		if err := (fetchRules{}).dialer(0).Control("tcp", addr, nil); (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
		private := ok || addr == "10.1.2.3:80" || addr == "[fd00::1]:80"
		if err := (fetchRules{private: true}).dialer(0).Control("tcp", addr, nil); (err == nil) != private {
			t.Errorf("private %s: %v", addr, err)
		}
	}
}
