//go:build thirdparty

package conformance

import (
	"slices"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

var callItems = []item{
	{13, "calling.call.receive first, with its context", checkReceive},
	{14, "the result first, then events", checkResultFirst},
	{15, "the peer's state, outbound and tagged, before connected", checkPeerState},
	{16, "connect events name the peer, on the caller's leg only", checkConnectEvents},
	{17, "only the four connect states, none after the call's end", checkConnectStates},
	{18, "failed comes before any ended", checkFailed},
	{19, "losers end after the winner is connected or answered", checkLosers},
	{20, "disconnected comes before any ended", checkDisconnected},
	{21, "actions: start, then end, control_id untouched", checkActions},
	{22, "answer and end tell their states", checkAnswerEnd},
	{23, "dial: tag on every event, the whole call at its end", checkDial},
	{24, "requests that lack or mistake members", checkMistakes},
	{25, "events go to the sessions of the call only", checkOwners},
}

func checkReceive(t *testing.T, x *exchange) {
	d := ringing(t, x)
	e := d.events("calling.call.receive")[0]
	for _, key := range []string{"call_id", "node_id", "device"} {
		if e[key] == nil {
			t.Errorf("receive has no %s: %v", key, e)
		}
	}
	if e.str("context") != contextOf(t) || e.str("direction") != "inbound" || e.str("call_state") == "" {
		t.Errorf("receive: %v", e)
	}
	d.hangUp()
	if first := d.labels()[1]; first != "receive A created" && first != "receive A ringing" { // 0 answers connect
		t.Errorf("the first event is %q", first)
	}
}

func checkResultFirst(t *testing.T, x *exchange) {
	d := talking(t, x)
	d.ordered("receive A created", "result calling.answer", "state A answered")

	d.must("calling.play", d.with(obj{"control_id": "p", "play": []obj{{"type": "ringtone", "params": obj{"name": "us"}}}}))
	d.must("calling.play.pause", d.with(obj{"control_id": "p"}))
	d.must("calling.play.resume", d.with(obj{"control_id": "p"}))
	d.must("calling.play.stop", d.with(obj{"control_id": "p"}))
	d.event("calling.call.play", func(e obj) bool { return e.str("state") == "finished" })
	d.ordered("result calling.play", "play A playing", "result calling.play.pause", "play A paused",
		"result calling.play.resume", "play A playing", "result calling.play.stop", "play A finished")

	d.must("calling.send_digits", d.with(obj{"control_id": "d", "digits": "1"}))
	d.event("calling.call.send_digits", nil)
	d.ordered("result calling.send_digits", "send_digits A finished")

	d.connected("alice")
	d.must("calling.disconnect", d.a)
	d.connectEvent("disconnected")
	d.hangUp()
	d.ordered("result calling.connect", "connect A connecting", "connect A connected",
		"result calling.disconnect", "connect A disconnected", "result calling.end", "state A ending", "state A ended")
}

func checkPeerState(t *testing.T, x *exchange) {
	d := talking(t, x)
	d.connected("alice")
	var before []obj
	d.mu.Lock()
	for _, f := range d.frames {
		e := f.sub("params", "params")
		if e.str("connect_state") == "connected" {
			break
		}
		if f.str("params", "event_type") == "calling.call.state" && e.str("direction") == "outbound" && e.str("tag") == "T1" {
			before = append(before, e)
		}
	}
	d.mu.Unlock()
	if len(before) == 0 {
		t.Fatalf("no state of the peer before connected:\n%s", d.log())
	}
	d.ordered("result calling.connect", "connect A connecting", "state B created", "state B ringing", "state B answered", "connect A connected")
	d.hangUp()
}

func checkConnectEvents(t *testing.T, x *exchange) {
	d := talking(t, x)
	d.connected("alice")
	d.must("calling.disconnect", d.a)
	d.connectEvent("disconnected")
	d.connecting(to("busy"))
	d.connectEvent("failed")
	for _, e := range d.events("calling.call.connect") {
		if e.str("call_id") != d.a.str("call_id") || e.str("node_id") == "" {
			t.Errorf("connect event not on the caller's leg: %v", e)
		}
		if e.str("peer", "call_id") == "" || e.str("peer", "node_id") == "" {
			t.Errorf("connect event without the peer: %v", e)
		}
	}
	d.hangUp()
}

func checkConnectStates(t *testing.T, x *exchange) {
	d := talking(t, x)
	d.connected("alice")
	d.hangUp()
	for _, e := range d.events("calling.call.connect") {
		if !slices.Contains([]string{"connecting", "connected", "failed", "disconnected"}, e.str("connect_state")) {
			t.Errorf("connect state %q", e.str("connect_state"))
		}
	}
	labels := d.labels()
	if rest := labels[slices.Index(labels, "state A ended"):]; slices.ContainsFunc(rest, func(l string) bool { return strings.HasPrefix(l, "connect ") }) {
		t.Errorf("after the call's end: %q", rest)
	}
}

func checkFailed(t *testing.T, x *exchange) {
	for user, reason := range map[string]string{"busy": "busy", "decline": "decline", "notfound": "notFound", "picky": "error", "nobody": "notFound"} {
		t.Run(user, func(t *testing.T) {
			d := talking(t, x)
			d.connecting(to(user))
			if e := d.connectEvent("failed"); e.str("failed_reason") != reason || e.str("tag") != "T1" {
				t.Errorf("%v", e)
			}
			if e := d.state("", "ended"); e.str("end_reason") != reason {
				t.Errorf("the peer's leg: %v", e)
			}
			d.ordered("result calling.connect", "connect A connecting", "connect A failed", "state B ended")
			d.hangUp()
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		d := talking(t, x)
		d.connecting(to("noanswer"))
		d.state("", "ringing")
		d.phone.Do("hangup", "")
		d.state(d.a.str("call_id"), "ended")
		d.ordered("state A ending", "connect A failed", "state B ended", "state A ended")
	})
	t.Run("refused at once", func(t *testing.T) {
		d := talking(t, x)
		via := device("alice")
		via["params"].(obj)["headers"] = []obj{{"name": "Route", "value": "x"}}
		if code := d.code("calling.connect", d.with(obj{"devices": [][]obj{{via}}})); code != "400" {
			t.Errorf("a header that is not X-: %s", code)
		}
		if code := d.code("calling.connect", d.with(obj{"call_id": "no-such-call", "devices": to("alice")})); code != "404" {
			t.Errorf("connect on no call: %s", code)
		}
		d.connecting(to("noanswer"))
		if code := d.code("calling.connect", d.with(obj{"devices": to("alice")})); code != "409" {
			t.Errorf("a second connect: %s", code)
		}
		d.hangUp()
		if code := d.code("calling.connect", d.with(obj{"devices": to("alice")})); code != "410" {
			t.Errorf("connect on a call that is over: %s", code)
		}
	})
}

func checkLosers(t *testing.T, x *exchange) {
	both := [][]obj{{device("busy"), device("noanswer"), device("alice")}}
	d := talking(t, x)
	d.must("calling.connect", d.with(obj{"tag": "T1", "devices": both}))
	won := d.connectEvent("connected").str("peer", "call_id")
	for range 2 {
		if e := d.event("calling.call.state", func(e obj) bool { return e.str("call_state") == "ended" }); e.str("call_id") == won || e.str("tag") != "T1" {
			t.Errorf("ended: %v", e)
		}
	}
	noEndBefore(t, d.client, "connected")
	d.hangUp()

	c, _ := session(t, x, nil)
	c.must("calling.dial", obj{"tag": "T2", "devices": both})
	won = c.event("calling.call.dial", nil).str("call", "call_id")
	for range 2 {
		if e := c.state("", "ended"); e.str("call_id") == won || e.str("tag") != "T2" {
			t.Errorf("ended: %v", e)
		}
	}
	noEndBefore(t, c, "answered")
	c.must("calling.end", obj{"call_id": won})
}

// noEndBefore fails if a leg's end was told before the connect or dial event of
// that state.
func noEndBefore(t *testing.T, c *client, state string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		e := f.sub("params", "params")
		if e.str("connect_state") == state || e.str("dial_state") == state {
			return
		}
		if e.str("call_state") == "ended" {
			t.Errorf("ended before %s: %v", state, e)
		}
	}
}

func checkDisconnected(t *testing.T, x *exchange) {
	t.Run("the peer leaves", func(t *testing.T) {
		d := talking(t, x)
		b := d.connected("hangup2")
		d.state(b.str("call_id"), "ended")
		d.ordered("connect A connected", "state B ending", "connect A disconnected", "state B ended")
		d.must("calling.play", d.with(obj{"control_id": "still there", "play": []obj{{"type": "silence", "params": obj{"duration": 0.1}}}}))
		d.hangUp()
	})
	t.Run("the caller leaves", func(t *testing.T) {
		d := talking(t, x)
		d.connected("alice")
		d.phone.Do("hangup", "")
		d.state(d.a.str("call_id"), "ended")
		d.ordered("connect A connected", "state A ending", "connect A disconnected", "state B ending", "state B ended", "state A ended")
	})
	t.Run("the program ends the peer", func(t *testing.T) {
		d := talking(t, x)
		b := d.connected("alice")
		d.must("calling.end", b)
		d.state(b.str("call_id"), "ended")
		d.ordered("connect A connected", "result calling.end", "state B ending", "connect A disconnected", "state B ended")
		d.hangUp()
	})
	t.Run("the program parts them", func(t *testing.T) {
		d := talking(t, x)
		b := d.connected("alice")
		d.must("calling.disconnect", b) // on either leg, told on the caller's
		d.connectEvent("disconnected")
		d.ordered("connect A connected", "result calling.disconnect", "connect A disconnected")
		if slices.Contains(d.labels(), "state B ended") || slices.Contains(d.labels(), "state A ended") {
			t.Errorf("a leg ended: %q", d.labels())
		}
		d.must("calling.end", b)
		d.hangUp()
	})
}

func checkAnswerEnd(t *testing.T, x *exchange) {
	d := talking(t, x)
	if code := d.code("calling.answer", d.a); code != "409" {
		t.Errorf("answering twice: %s", code)
	}
	d.hangUp()
	d.ordered("result calling.answer", "state A answered", "result calling.end", "state A ending", "state A ended")
	for _, e := range d.events("calling.call.state") {
		if s := e.str("call_state"); (s == "ending" || s == "ended") && e.str("end_reason") != "hangup" {
			t.Errorf("%s: end_reason %q", s, e.str("end_reason"))
		}
	}
	d.phone.Expect(program.PhoneClosed)
	if code := d.code("calling.end", d.a); code != "410" {
		t.Errorf("ending twice: %s", code)
	}
}

func checkDial(t *testing.T, x *exchange) {
	c, _ := session(t, x, nil)
	answer := c.request("calling.dial", obj{"tag": "T1", "region": "us", "devices": to("alice")})
	if answer.str("result", "code") != "200" || answer.at("result", "call_id") != nil {
		t.Errorf("dial: %v", answer)
	}
	e := c.event("calling.call.dial", nil)
	call := e.sub("call")
	for _, key := range []string{"call_id", "node_id", "tag", "device", "call_state", "direction"} {
		if call[key] == nil {
			t.Errorf("the dialled call has no %s: %v", key, call)
		}
	}
	if e.str("dial_state") != "answered" || call.str("call_state") != "answered" || call.str("direction") != "outbound" || e["call_id"] != nil {
		t.Errorf("dial event: %v", e)
	}
	c.name(call.str("call_id"), "B")
	c.must("calling.end", ref(call))
	c.state(call.str("call_id"), "ended")
	c.ordered("result calling.dial", "state B created", "state B ringing", "state B answered", "dial answered")
	for _, s := range c.events("calling.call.state") {
		if s.str("tag") != "T1" || s.str("direction") != "outbound" {
			t.Errorf("state: %v", s)
		}
	}

	c.must("calling.dial", obj{"tag": "T2", "devices": to("busy")})
	if e := c.event("calling.call.dial", nil); e.str("dial_state") != "failed" || e.str("tag") != "T2" || e.str("reason") != "busy" {
		t.Errorf("failed dial: %v", e)
	}
	if e := c.state("", "ended"); e.str("tag") != "T2" {
		t.Errorf("ended: %v", e)
	}
}

func checkMistakes(t *testing.T, x *exchange) {
	d := talking(t, x)
	before := len(d.events("calling.call.play"))
	silence := []obj{{"type": "silence", "params": obj{"duration": 1}}}
	for name, tc := range map[string]struct {
		method string
		params obj
		codes  string
	}{
		"no call_id":             {"calling.play", obj{"control_id": "k", "play": silence}, "400 404"},
		"an unknown call_id":     {"calling.play", obj{"call_id": "x", "control_id": "k", "play": silence}, "404"},
		"no control_id":          {"calling.play", d.with(obj{"play": silence}), "400"},
		"no devices":             {"calling.connect", d.with(obj{"tag": "t"}), "400"},
		"an empty group":         {"calling.connect", d.with(obj{"tag": "t", "devices": [][]obj{{}}}), "400"},
		"disconnect while idle":  {"calling.disconnect", d.a, "409"},
		"an unknown control_id":  {"calling.play.stop", d.with(obj{"control_id": "x"}), "404"},
		"an unknown end reason":  {"calling.end", d.with(obj{"reason": "boredom"}), "400"},
		"an emergency number":    {"calling.connect", d.with(obj{"devices": to("911")}), "403"},
		"a tag missing in dial":  {"calling.dial", obj{"devices": to("alice")}, "400"},
		"a huge number of legs":  {"calling.connect", d.with(obj{"devices": [][]obj{slices.Repeat([]obj{device("alice")}, 1000)}}), "400"},
		"another node's call":    {"calling.play", obj{"call_id": "x", "node_id": "elsewhere", "control_id": "k", "play": silence}, "404"},
		"an empty receive":       {"signalwire.receive", obj{"contexts": []string{""}}, "400"},
		"a playlist of nonsense": {"calling.play", d.with(obj{"control_id": "k", "play": []obj{{"type": "video", "params": obj{}}}}), "400"},
	} {
		if code := d.code(tc.method, tc.params); !slices.Contains(strings.Fields(tc.codes), code) {
			t.Errorf("%s: %s, want %s", name, code, tc.codes)
		}
	}
	tap := d.request("calling.tap", d.with(obj{"control_id": "tap",
		"tap": obj{"type": "audio", "params": obj{}}, "device": obj{"type": "rtp", "params": obj{"addr": "127.0.0.1", "port": "9"}}}))
	typed(t, "calling.tap", tap)

	d.connecting(to("noanswer")) // with an empty ringback
	d.must("calling.disconnect", d.a)
	if e := d.connectEvent("failed"); e.str("failed_reason") != "cancel" {
		t.Errorf("disconnect while ringing: %v", e)
	}
	if n := len(d.events("calling.call.play")); n != before {
		t.Errorf("refused requests have told %d events", n-before)
	}
	d.hangUp()
}

func checkOwners(t *testing.T, x *exchange) {
	stranger, _ := session(t, x, obj{"contexts": []string{contextOf(t) + "-other"}})
	d := talking(t, x)
	d.connected("alice")
	d.must("calling.play", d.with(obj{"control_id": "k", "play": []obj{{"type": "silence", "params": obj{"duration": 0.1}}}}))
	d.hangUp()
	stranger.request("signalwire.ping", obj{}) // whatever was sent before has arrived
	for _, label := range stranger.labels() {
		if !strings.HasPrefix(label, "result ") {
			t.Errorf("a stranger was told %q", label)
		}
	}
}
