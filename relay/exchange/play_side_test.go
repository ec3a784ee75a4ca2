package exchange

import (
	"testing"

	"cordpair/relay/wire"
)

// playTone plays 700 Hz for ever, with a direction.
func (d *desk) playTone(call, control, direction string) wire.Result {
	forever := 0
	return d.c.command(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: call}, ControlID: control, Direction: direction,
		Loop: &forever, Play: []wire.Media{{Type: wire.MediaAudio, Params: wire.MediaParams{URL: musicFile(d.c.t, 700)}}}})
}

// TestPlayDirections, by ear: listen is for the call's own phone, speak for its
// peer's, both for both; from either leg. What speaks ends with the bridge.
func TestPlayDirections(t *testing.T) {
	d, callee, b := connected(t, start(t))
	stop := func(call, control string) {
		t.Helper()
		d.c.must(wire.MethodPlayStop, wire.ControlParams{CallRef: wire.CallRef{CallID: call}, ControlID: control})
		d.c.action(control, wire.Finished)
	}
	for control, tc := range map[string]struct {
		call, direction string
		caller, callee  bool
	}{
		"default": {d.a, "", true, false}, "a speaks": {d.a, "speak", false, true},
		"b speaks": {b, "Speak", true, false}, "b both": {b, "both", true, true},
	} {
		if r := d.playTone(tc.call, control, tc.direction); r.Code != wire.CodeOK {
			t.Fatalf("%s: %+v", control, r)
		}
		d.c.action(control, wire.Playing)
		for _, ear := range []struct {
			k     *talk
			hears bool
		}{{d.caller, tc.caller}, {callee, tc.callee}} {
			if ear.hears {
				ear.k.hearsAll(700)
			} else {
				ear.k.hearsNothing()
			}
		}
		stop(tc.call, control)
	}
	if r := d.playTone(d.a, "x", "sideways"); r.Code != wire.CodeBad {
		t.Errorf("%+v", r)
	}
	for control, call := range map[string]string{"from a": d.a, "from b": b} {
		if r := d.playTone(call, control, "both"); r.Code != wire.CodeOK {
			t.Fatalf("%+v", r)
		}
	}
	d.c.must(wire.MethodCallDisconnect, wire.CallRef{CallID: d.a})
	for range 2 {
		d.c.expect("the end of what speaks", func(e event) bool { return e.kind == wire.EventPlay && e.action.State == wire.Finished })
	}
	d.caller.hearsNothing()
	callee.hearsNothing()
	for _, call := range []string{d.a, b} {
		if r := d.playTone(call, "alone", "speak"); r.Code != wire.CodeConflict {
			t.Errorf("without a peer: %+v", r)
		}
	}
}
