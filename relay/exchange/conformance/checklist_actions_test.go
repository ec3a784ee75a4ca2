//go:build thirdparty

package conformance

import (
	"net"
	"strings"
	"testing"
)

// action is one of the methods that are started under a control id.
type action struct {
	method, event string
	start, end    string // states; "": the event has none, see ended
	params        obj
	stop          bool // it goes on until stopped
	ended         func(obj) bool
}

var silence = []obj{{"type": "silence", "params": obj{"duration": 0.1}}}

var actions = []action{
	{method: "calling.play", event: "play", start: "playing", end: "finished", params: obj{"play": silence}},
	{method: "calling.play", event: "play", start: "playing", end: "finished", stop: true,
		params: obj{"play": []obj{{"type": "ringtone", "params": obj{"name": "us"}}}, "loop": 0}},
	{method: "calling.send_digits", event: "send_digits", end: "finished", params: obj{"digits": "1w2"}},
	{method: "calling.record", event: "record", start: "recording", end: "finished", stop: true,
		params: obj{"record": obj{"audio": obj{"format": "wav", "initial_timeout": 0, "end_silence_timeout": 0}}}},
	{method: "calling.tap", event: "tap", start: "tapping", end: "finished", stop: true,
		params: obj{"tap": obj{"type": "audio", "params": obj{"direction": "both"}}}},
	{method: "calling.detect", event: "detect", params: obj{"detect": obj{"type": "digit", "params": obj{}}, "timeout": 0.2},
		ended: func(e obj) bool { return e.str("detect", "params", "event") == "finished" }},
	{method: "calling.collect", event: "collect", params: obj{"digits": obj{"max": 1}, "initial_timeout": 0.2, "start_input_timers": true},
		ended: func(e obj) bool { return e.str("result", "type") == "no_input" }},
	{method: "calling.play_and_collect", event: "collect",
		params: obj{"play": silence, "collect": obj{"digits": obj{"max": 1}, "initial_timeout": 0.2}},
		ended:  func(e obj) bool { return e.str("result", "type") == "no_input" }},
}

// checkActions starts each action, which must tell its course.
func checkActions(t *testing.T, x *exchange) {
	tapped, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tapped.Close()
	_, port, _ := net.SplitHostPort(tapped.LocalAddr().String())
	d := talking(t, x)
	for i, a := range actions {
		control := strings.Repeat("k", i+1) + " ÿ.prompt" // any string
		params := d.with(a.params)
		if a.event == "tap" {
			params["device"] = obj{"type": "rtp", "params": obj{"addr": "127.0.0.1", "port": port}}
		}
		params["control_id"] = control
		answer := d.request(a.method, params)
		if answer.str("result", "code") != "200" || answer.str("result", "control_id") != control || answer.str("result", "call_id") == "" {
			t.Errorf("%s: %v", a.method, answer)
			continue
		}
		a.course(d, control)
	}
	d.hangUp()
}

// course follows an action from its start to its end.
func (a action) course(d *desk, control string) {
	d.t.Helper()
	mine := func(state string) func(obj) bool {
		return func(e obj) bool {
			if e.str("control_id") != control {
				return false
			}
			if state == "" {
				return a.ended(e)
			}
			return e.str("state") == state
		}
	}
	if a.method == "calling.play_and_collect" {
		d.event("calling.call.play", mine("playing"))
		d.event("calling.call.play", mine("finished"))
	}
	if a.start != "" {
		d.event("calling.call."+a.event, mine(a.start))
	}
	if a.stop {
		d.must(a.method+".stop", d.with(obj{"control_id": control}))
	}
	d.event("calling.call."+a.event, mine(a.end))
}
