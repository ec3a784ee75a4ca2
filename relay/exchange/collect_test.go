package exchange

import (
	"slices"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// collects are the collect events of a control id so far.
func (c *client) collects(control string) []wire.CollectEvent {
	c.t.Helper()
	return bodies[wire.CollectEvent](c, wire.EventCollect, func(e wire.CollectEvent) bool { return e.ControlID == control })
}

// bodies are the bodies of all events of a kind so far that fit.
func bodies[T any](c *client, kind string, fits func(T) bool) []T {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []T
	for _, f := range c.frames {
		var p wire.EventParams
		var v T
		if f.Method == wire.MethodEvent && wire.Decode(f.Params, &p) == nil && p.EventType == kind &&
			wire.Decode(p.Params, &v) == nil && fits(v) {
			list = append(list, v)
		}
	}
	return list
}

func (c *client) collected(control string) wire.CollectResult {
	c.t.Helper()
	c.action(control, wire.Finished)
	all := c.collects(control)
	return all[len(all)-1].Result
}

func (k *talk) keys(digits string) {
	k.t.Helper()
	sent, err := k.stream.SendDigits(digits)
	if err != nil {
		k.t.Fatal(err)
	}
	<-sent
}

func four(edit ...func(*wire.CollectOptions)) wire.CollectOptions {
	patient := patience.Seconds() // neither time is over because a machine stalled
	o := wire.CollectOptions{Digits: &wire.CollectDigits{Max: 4, Terminators: "#", DigitTimeout: patient}, InitialTimeout: &patient}
	for _, e := range edit {
		e(&o)
	}
	return o
}

func (d *desk) collect(control string, o wire.CollectOptions) {
	d.c.t.Helper()
	d.c.must(wire.MethodCollect, wire.CollectParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: control, CollectOptions: o})
}

func TestCollectDigits(t *testing.T) {
	d := answeredCall(t, start(t))
	d.collect("c", four(func(o *wire.CollectOptions) { o.SendStartOfInput, o.PartialResults = true, true }))
	d.caller.keys("12#")
	if r := d.c.collected("c"); r.Type != "digit" || r.Params.Digits != "12" || r.Params.Terminator != "#" {
		t.Errorf("%+v", r)
	}
	var kinds []string
	for _, e := range d.c.collects("c") {
		kinds = append(kinds, e.State+" "+e.Result.Type)
	}
	if !slices.Equal(kinds, []string{"collecting start_of_input", "collecting digit", "collecting digit", "finished digit"}) {
		t.Errorf("%q", kinds)
	}
	d.collect("max", four())
	d.caller.keys("1234")
	if r := d.c.collected("max"); r.Params == nil || r.Params.Digits != "1234" || r.Params.Terminator != "" {
		t.Errorf("%+v", r)
	}
}

func TestCollectEnds(t *testing.T) {
	d := answeredCall(t, start(t))
	short := 0.05
	d.collect("late", four(func(o *wire.CollectOptions) { o.InitialTimeout, o.StartInputTimers = &short, true }))
	if r := d.c.collected("late"); r.Type != "no_input" || r.Params != nil {
		t.Errorf("%+v", r)
	}
	control := wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "held"}
	d.collect("held", four(func(o *wire.CollectOptions) { o.InitialTimeout = &short }))
	d.c.must(wire.MethodCollectTimers, control)
	if r := d.c.collected("held"); r.Type != "no_input" {
		t.Errorf("%+v", r)
	}
	d.collect("held", four(func(o *wire.CollectOptions) { o.PartialResults = true }))
	d.caller.keys("7")
	d.c.action("held", wire.Collecting)
	d.c.must(wire.MethodCollectStop, control)
	if r := d.c.collected("held"); r.Type != "digit" || r.Params.Digits != "7" {
		t.Errorf("%+v", r)
	}
	if r := d.c.command(wire.MethodCollectStop, control); r.Code != wire.CodeNotFound {
		t.Errorf("%+v", r)
	}
	d.collect("end", four())
	d.caller.leg.End(sip.EndReason{})
	if r := d.c.collected("end"); r.Type != "no_input" {
		t.Errorf("%+v", r)
	}
	d.c.state(d.a, wire.CallEnded)
}

func TestCollectContinuously(t *testing.T) {
	d := answeredCall(t, start(t))
	d.collect("c", four(func(o *wire.CollectOptions) { o.Continuous = true }))
	d.caller.keys("1#2#")
	eventually(t, "two results", func() bool { return len(d.c.collects("c")) == 2 })
	d.c.must(wire.MethodCollectStop, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "c"})
	d.c.action("c", wire.Finished)
	all := d.c.collects("c")
	if all[0].Result.Params.Digits != "1" || all[1].Result.Params.Digits != "2" || !all[1].Final || all[2].Result.Type != "no_input" {
		t.Errorf("%+v", all)
	}
}

func TestCollectRefused(t *testing.T) {
	d := answeredCall(t, start(t))
	minus := -1.0
	for name, tc := range map[string]struct {
		code wire.ResultCode
		o    wire.CollectOptions
	}{
		"nothing":     {wire.CodeBad, wire.CollectOptions{}},
		"no max":      {wire.CodeBad, wire.CollectOptions{Digits: &wire.CollectDigits{}}},
		"terminators": {wire.CodeBad, wire.CollectOptions{Digits: &wire.CollectDigits{Max: 1, Terminators: "x"}}},
		"timeout":     {wire.CodeBad, wire.CollectOptions{Digits: &wire.CollectDigits{Max: 1, DigitTimeout: -1}}},
		"initial":     {wire.CodeBad, wire.CollectOptions{Digits: &wire.CollectDigits{Max: 1}, InitialTimeout: &minus}},
	} {
		p := wire.CollectParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "c", CollectOptions: tc.o}
		if r := d.c.command(wire.MethodCollect, p); r.Code != tc.code || r.Message == "" {
			t.Errorf("%s: %+v", name, r)
		}
		q := wire.PlayCollectParams{CallRef: p.CallRef, ControlID: "c", Play: silence(1), Collect: tc.o}
		if r := d.c.command(wire.MethodPlayCollect, q); r.Code != tc.code {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestPrompt: one control id for both phases; keying ends the prompt, and only
// the collect event ends the whole.
func TestPrompt(t *testing.T) {
	d := answeredCall(t, start(t))
	const id = "7a.prompt"
	p := wire.PlayCollectParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: id, Play: ringtone("fr", 600), Collect: four()}
	if r := d.c.command(wire.MethodPlayCollect, p); r.Code != wire.CodeOK || r.ControlID != id {
		t.Fatalf("%+v", r)
	}
	d.caller.hears(440)
	d.c.must(wire.MethodPlayCollectVol, wire.ControlParams{CallRef: p.CallRef, ControlID: id, Volume: -3})
	d.caller.keys("42#")
	eventually(t, "the result", func() bool { return len(d.c.collects(id)) == 1 })
	if r := d.c.collects(id)[0].Result; r.Params == nil || r.Params.Digits != "42" {
		t.Errorf("%+v", r)
	}
	d.caller.hearsNothing()
	d.check(t, "", "receive A", "A ringing", "A answered", "play "+id+" playing", "play "+id+" finished", "collect "+id+" finished")
}

// TestPromptWaits: the caller's time begins behind the prompt.
func TestPromptWaits(t *testing.T) {
	d := answeredCall(t, start(t))
	short := 0.05
	p := wire.PlayCollectParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p", Play: silence(0.2),
		Collect: four(func(o *wire.CollectOptions) { o.InitialTimeout = &short })}
	d.c.must(wire.MethodPlayCollect, p)
	eventually(t, "the result", func() bool { return len(d.c.collects("p")) == 1 })
	d.check(t, "", "receive A", "A ringing", "A answered", "play p playing", "play p finished", "collect p finished")
	if r := d.c.collects("p")[0].Result; r.Type != "no_input" {
		t.Errorf("%+v", r)
	}
	p.Play = silence(600)
	d.c.must(wire.MethodPlayCollect, p)
	d.c.must(wire.MethodPlayCollectStop, wire.ControlParams{CallRef: p.CallRef, ControlID: "p"})
	eventually(t, "the second result", func() bool { return len(d.c.collects("p")) == 2 })
	got := d.c.labels(map[string]string{d.a: "A"})
	if !slices.Equal(got[len(got)-3:], []string{"play p playing", "play p finished", "collect p finished"}) {
		t.Errorf("%q", got)
	}
}
