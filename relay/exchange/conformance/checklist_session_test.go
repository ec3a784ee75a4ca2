//go:build thirdparty

package conformance

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/relaytest/program"
)

var sessionItems = []item{
	{1, "any path, no sub-protocol, no User-Agent, no compression", checkPaths},
	{2, "string ids, integer error codes, string result codes", checkTypes},
	{3, "what signalwire.connect answers", checkWelcome},
	{4, "every version, with and without acks, contexts here or there", checkVersions},
	{5, "bad credentials: -32002, then closed", checkCredentials},
	{6, "reconnect by protocol", checkResume},
	{7, "calls survive a gap of 35 s", checkGap},
	{8, "pings every 5 to 10 s, and any pong or none", checkPings},
	{9, "client pings are answered", checkClientPing},
	{10, "every request is answered, unknown ones by an error", checkAnswers},
	{11, "acks are not waited for, noise is ignored", checkNoise},
	{12, "restart: signalwire.disconnect, then closed", checkRestart},
}

func checkPaths(t *testing.T, x *exchange) {
	for _, path := range []string{"", "/", "/api/relay/ws", "/any/where?a=1"} {
		dialer := websocket.Dialer{Subprotocols: []string{"blade"}, EnableCompression: true, HandshakeTimeout: program.Patience}
		ws, resp, err := dialer.Dial(x.Relay+path, http.Header{"User-Agent": {""}})
		if err != nil {
			t.Errorf("path %q: %v", path, err)
			continue
		}
		resp.Body.Close()
		if p := ws.Subprotocol(); p != "" {
			t.Errorf("path %q: sub-protocol %q", path, p)
		}
		ws.Close()
		c := dialWire(t, x.Relay+path)
		if answer := c.request("signalwire.connect", hello(nil)); answer["result"] == nil {
			t.Errorf("path %q: %v", path, answer)
		}
	}
}

// callMethods are all methods of the reference's section 4.
var callMethods = strings.Fields(`
	calling.connect calling.disconnect calling.answer calling.end calling.pass calling.transfer calling.hold calling.unhold
	calling.denoise calling.denoise.stop calling.echo calling.user_event calling.bind_digit calling.clear_digit_bindings
	calling.play calling.play.pause calling.play.resume calling.play.stop calling.play.volume
	calling.record calling.record.pause calling.record.resume calling.record.stop
	calling.collect calling.collect.stop calling.collect.start_input_timers
	calling.play_and_collect calling.play_and_collect.stop calling.play_and_collect.volume
	calling.detect calling.detect.stop calling.tap calling.tap.stop calling.send_digits calling.refer
	calling.join_conference calling.leave_conference calling.stream calling.stream.stop calling.transcribe calling.transcribe.stop
	calling.send_fax calling.receive_fax calling.queue.enter calling.queue.leave calling.join_room calling.leave_room
	calling.pay calling.ai messaging.send calling.dial calling.begin`)

// typed fails unless an answer is a result with a string code, or an error with
// an integer code.
func typed(t *testing.T, method string, answer obj) {
	t.Helper()
	if e := answer.sub("error"); e != nil {
		code, ok := e["code"].(float64)
		if !ok || code != float64(int(code)) || e.str("message") == "" {
			t.Errorf("%s: error %v", method, e)
		}
		return
	}
	if code, ok := answer.at("result", "code").(string); !ok || code == "" {
		t.Errorf("%s: answer %v", method, answer)
	}
}

func checkTypes(t *testing.T, x *exchange) {
	d := talking(t, x)
	for _, method := range callMethods {
		typed(t, method, d.request(method, obj{"call_id": "no-such-call", "node_id": "n", "control_id": "k", "tag": "t"}))
	}
	d.hangUp()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.frames {
		if id, ok := f["id"].(string); !ok || id == "" {
			t.Errorf("id %v", f["id"])
		}
	}
}

func checkWelcome(t *testing.T, x *exchange) {
	_, r := session(t, x, nil)
	pieces := strings.Split(r.str("protocol"), "_")
	if len(pieces) < 3 || pieces[0] != "signalwire" || pieces[1] != r.str("authorization", "signature") || pieces[1] == "" {
		t.Errorf("protocol %q, signature %q", r.str("protocol"), r.str("authorization", "signature"))
	}
	if r.str("identity") == "" || r.str("authorization", "project_id") != "P" || r["code"] != nil || r["jwt_token"] != nil {
		t.Errorf("connect result %v", r)
	}
	if scopes, _ := r.at("authorization", "scopes").([]any); !slices.Contains(scopes, any("calling")) {
		t.Errorf("scopes %v", scopes)
	}
}

func checkVersions(t *testing.T, x *exchange) {
	name := contextOf(t)
	for i, more := range []obj{
		{"version": obj{"major": 2, "minor": 0, "revision": 0}, "event_acks": true, "contexts": []string{name}},
		{"version": obj{"major": 3, "minor": 0, "revision": 0}, "contexts": []string{name}},
		{"version": obj{"major": 3, "minor": 0, "revision": 0}, "event_acks": true},
		{"agent": "@signalwire/nodejs/realtime-api/3.13.0", "contexts": []string{name, name}},
	} {
		c, _ := session(t, x, more)
		for range 2 { // repeats are fine
			if r := c.request("signalwire.receive", obj{"contexts": []string{name}}); r.str("result", "code") != "200" {
				t.Errorf("client %d: receive: %v", i, r)
			}
		}
		p := newPhone(t, "erin", phoneKind{})
		p.Do("dial", x.At(name))
		e := c.event("calling.call.receive", nil)
		c.must("calling.end", ref(e))
		p.Expect(program.PhoneClosed)
		for range 2 {
			if r := c.request("signalwire.unreceive", obj{"contexts": []string{name, "other"}}); r.str("result", "code") != "200" {
				t.Errorf("client %d: unreceive: %v", i, r)
			}
		}
	}
}

func checkCredentials(t *testing.T, x *exchange) {
	for _, auth := range []any{
		obj{"project": "P", "token": "wrong"}, obj{"project": "other", "token": "T"}, obj{}, nil, obj{"jwt_token": "x.y.z"},
	} {
		c := dialWire(t, x.Relay)
		answer := c.request("signalwire.connect", obj{"version": obj{"major": 3}, "authentication": auth})
		if answer.at("error", "code") != float64(-32002) {
			t.Errorf("%v: %v", auth, answer)
		}
		c.gone()
	}
	c := dialWire(t, x.Relay)
	if answer := c.request("calling.dial", obj{"tag": "t", "devices": to("bob")}); answer["error"] == nil {
		t.Errorf("a request before signalwire.connect: %v", answer)
	}
}

func checkResume(t *testing.T, x *exchange) {
	context := contextOf(t)
	c, r := session(t, x, obj{"contexts": []string{context}})
	p := newPhone(t, "erin", phoneKind{})
	p.Do("dial", x.At(context))
	a := ref(c.event("calling.call.receive", nil))
	c.must("calling.answer", a)
	c.state(a.str("call_id"), "answered")
	c.close()

	back, again := session(t, x, obj{"protocol": r["protocol"], "authorization_state": "bm9uc2Vuc2U=:bm9uc2Vuc2U="})
	if again.str("protocol") != r.str("protocol") {
		t.Errorf("resumed as %q, was %q", again.str("protocol"), r.str("protocol"))
	}
	back.must("calling.end", a) // the call is still its own
	back.state(a.str("call_id"), "ended")
	p.Expect(program.PhoneClosed)
	p.Do("dial", x.At(context)) // and so is the context
	back.must("calling.end", ref(back.event("calling.call.receive", nil)))

	_, fresh := session(t, x, obj{"protocol": "signalwire_unknown_client", "authorization_state": "nonsense"})
	if fresh.str("protocol") == "" || fresh.str("protocol") == "signalwire_unknown_client" {
		t.Errorf("an unknown protocol becomes %q", fresh.str("protocol"))
	}
}

// checkGap measures the gap in pings to another client: five of them are more
// than 35 s, or checkPings fails.
func checkGap(t *testing.T, x *exchange) {
	context := contextOf(t)
	clock, _ := session(t, x, nil)
	c, r := session(t, x, obj{"contexts": []string{context}})
	p := newPhone(t, "erin", phoneKind{})
	p.Do("dial", x.At(context))
	a := ref(c.event("calling.call.receive", nil))
	c.must("calling.answer", a)
	c.must("calling.connect", obj{"call_id": a["call_id"], "tag": "T1", "devices": to("alice")})
	c.connectEvent("connected")
	c.close()

	clock.waitFor(2*time.Minute, "five pings", func() bool { return clock.pings >= 5 })
	if p.Told(program.PhoneClosed) {
		t.Fatal("the call ended in the gap")
	}
	back, _ := session(t, x, obj{"protocol": r["protocol"]})
	back.must("calling.end", a)
	if e := back.connectEvent("disconnected"); e.str("call_id") != a.str("call_id") {
		t.Errorf("disconnected: %v", e)
	}
	p.Expect(program.PhoneClosed)
}

func checkPings(t *testing.T, x *exchange) {
	began := time.Now()
	var clients []*client
	for _, pong := range []func(obj) any{
		nil, // deaf, as the Go SDK is after a reconnect
		func(ping obj) any { return obj{"timestamp": ping.at("params", "timestamp")} }, // JS
		func(obj) any { return obj{"timestamp": time.Now().Unix()} },                   // Go
		func(obj) any { return obj{} },                                                 // Python
	} {
		c, _ := session(t, x, nil, func(c *client) { c.pong = pong })
		clients = append(clients, c)
	}
	for i, c := range clients {
		c.waitFor(2*time.Minute, "five pings", func() bool { return c.pings >= 5 })
		if answer := c.request("signalwire.receive", obj{"contexts": []string{contextOf(t)}}); answer["result"] == nil {
			t.Errorf("client %d: %v", i, answer)
		}
	}
	// Machines only make pings late: five of them in less time are too many.
	if took := time.Since(began); took < 25*time.Second {
		t.Errorf("five pings in %v", took)
	}
}

func checkClientPing(t *testing.T, x *exchange) {
	c, _ := session(t, x, nil)
	for _, params := range []any{obj{}, obj{"timestamp": 1795377564.72}, obj{"timestamp": 7}} {
		if answer := c.request("signalwire.ping", params); answer["result"] == nil {
			t.Errorf("ping %v: %v", params, answer)
		}
	}
}

func checkAnswers(t *testing.T, x *exchange) {
	d := talking(t, x)
	for _, method := range []string{"calling.no_such_thing", "signalwire.execute", "signalwire.reauthenticate", "messaging.send", "nonsense"} {
		answer := d.request(method, obj{})
		if !strings.Contains(answer.str("error", "message"), method) {
			t.Errorf("%s: %v", method, answer)
		}
	}
	for _, params := range []any{nil, 7, "x", []int{1}, obj{"call_id": 7}, obj{"call_id": obj{}}} {
		for _, method := range []string{"calling.play", "calling.connect", "signalwire.receive", "calling.dial"} {
			typed(t, method, d.request(method, params))
		}
	}
	d.hangUp()
}

func checkNoise(t *testing.T, x *exchange) {
	d := talking(t, x) // acknowledges nothing
	for _, noise := range []any{
		"", "no JSON", "[]", "{}", "null", "7", `{"jsonrpc":"2.0","id":`,
		obj{"jsonrpc": "2.0", "result": obj{}}, // 4.x answers an event without an id like this
		obj{"jsonrpc": "2.0", "id": "unknown", "result": obj{}},
		obj{"jsonrpc": "2.0", "id": 7, "result": nil},
		obj{"jsonrpc": "2.0", "id": "unknown", "error": obj{"code": -32601, "message": "unknown method"}},
		obj{"jsonrpc": "2.0", "method": "calling.end", "params": d.a}, // no id: nobody could be answered
	} {
		d.write(noise)
	}
	d.writing.Lock()
	_ = d.ws.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2})
	d.writing.Unlock()
	d.connected("alice")
	d.hangUp()
	d.phone.Expect(program.PhoneClosed)
}

// checkRestart ends an exchange of its own.
func checkRestart(t *testing.T, _ *exchange) {
	x := startExchange(t)
	d := talking(t, x)
	x.Signal(t, syscall.SIGTERM)
	d.gone()
	d.phone.Expect(program.PhoneClosed)
	x.Wait(t)
	d.mu.Lock()
	defer d.mu.Unlock()
	if last := d.frames[len(d.frames)-1]; last.str("method") != "signalwire.disconnect" {
		t.Errorf("the last frame was %v", last)
	}
}
