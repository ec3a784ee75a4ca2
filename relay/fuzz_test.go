package relay

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// offline is a client without a link, for folding frames by hand.
func offline(t testing.TB) *Client {
	t.Helper()
	cfg := Config{URL: "ws://127.0.0.1:1", Project: "p", Token: "t", BackoffMin: time.Hour, BackoffMax: time.Hour, ProbeEvery: -1}
	c, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// loose is a connection that swallows what is sent.
func loose() *conn { return &conn{kick: make(chan struct{}, 1), done: make(chan struct{})} }

func FuzzDecodeFrame(f *testing.F) {
	for _, lines := range transcripts(f) {
		for _, l := range lines {
			if l.Dir == "s2c" {
				f.Add([]byte(l.Frame))
			}
		}
	}
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":{"code":200}}`))
	f.Add([]byte(`{"method":"signalwire.event","params":{"event_type":"cordpair.leg","params":{"call_id":"x","sip_code":486}}}`))
	c := offline(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var in inbound
		if err := wire.Decode(data, &in); err != nil || in.Method == wire.MethodDisconnect {
			return
		}
		cn := loose()
		c.frame(cn, &in, data, time.Now())
		c.mu.Lock()
		defer c.mu.Unlock()
		judge(&in, false, time.Now())
		for _, call := range c.book.Rows(true) { // keep the run small
			c.bury(call)
			c.book.Forget(call.ID)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	for _, lines := range transcripts(f) {
		for _, l := range lines {
			frame, err := wire.DecodeFrame(l.Frame)
			if err != nil || frame.Method != wire.MethodEvent {
				continue
			}
			var env wire.EventParams
			if err := wire.Decode(frame.Params, &env); err != nil {
				f.Fatal(err)
			}
			f.Add(env.EventType, "1795377564.72", []byte(env.Params))
		}
	}
	f.Add(wire.EventCordpairLeg, "0", []byte(`{"call_id":"x","ended_by":"remote"}`))
	f.Add(wire.EventCordpairDirectory, "", []byte(`{"entries":[{"address":"sip:a@b"}]}`))
	f.Add(wire.EventCordpairMonitor, "0", []byte(`{"call_id":"x","state":"joined","mode":"whisper","leg":"peer","monitor":{"call_id":"m","device":{"type":"sip","params":{"to":"sip:me@demo"}}}}`))
	f.Add(wire.EventCordpairMessage, "0", []byte(`{"call_id":"x","state":"received","text":"a\u001bb"}`))
	f.Add(wire.EventCordpairLevels, "0", []byte(`{"legs":[{"call_id":"x","in":-1e308,"out":1e308}]}`))
	f.Fuzz(func(t *testing.T, kind, stamp string, body []byte) {
		var d decoder
		book := model.NewBook()
		for range 2 {
			n, err := d.event(inboundParams{EventType: kind, Timestamp: []byte(stamp), Params: body}, time.Now())
			if err != nil {
				return
			}
			if n.event != nil {
				book.Apply(n.event)
			}
		}
		if snap, err := d.snapshot(body, time.Now()); err == nil {
			book.Apply(snap)
		}
	})
}

// TestAnyOrderOfAConnectEndsRight folds the events of one connect in random
// orders, with repetitions: the peer joined and left, and both legs ended.
func TestAnyOrderOfAConnectEndsRight(t *testing.T) {
	lines := transcripts(t)["12-connectsip-success-caller-hangs-up"]
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		frames := slices.Clone(lines)
		frames = slices.DeleteFunc(frames, func(l line) bool {
			fr, _ := wire.DecodeFrame(l.Frame)
			return l.Dir != "s2c" || fr.Method != wire.MethodEvent
		})
		for range rng.IntN(4) {
			frames = append(frames, frames[rng.IntN(len(frames))])
		}
		rng.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		book := model.NewBook()
		var d decoder
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		if round%2 == 1 { // a connect of our own
			book.Apply(model.CallSeen{At: at, Call: model.CallInfo{ID: recordedA, State: model.Answered}})
			if _, err := book.Connect(recordedA, "00000000-0000-4000-8000-000000000006", wanted(), at); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range frames {
			var in inbound
			if err := wire.Decode(l.Frame, &in); err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Millisecond)
			n, err := d.event(in.Params, at)
			if err != nil {
				t.Fatal(err)
			}
			book.Apply(n.event)
		}
		a := book.Call(recordedA)
		if a == nil || a.State != model.Ended || a.ConnectState().Active() {
			t.Fatalf("round %d: %+v, connect %v", round, a, a.ConnectState())
		}
		for _, call := range book.Rows(true) {
			if call.State != model.Ended {
				t.Fatalf("round %d: %s is %v", round, call.ID, call.State)
			}
		}
	}
}

// FuzzDecodeResult reads anything as the answer to each kind of request, and as
// the events that end an action.
func FuzzDecodeResult(f *testing.F) {
	for _, lines := range transcripts(f) {
		for _, l := range lines {
			frame, err := wire.DecodeFrame(l.Frame)
			if err != nil || l.Dir != "s2c" {
				continue
			}
			var env wire.EventParams
			if frame.Method == wire.MethodEvent && wire.Decode(frame.Params, &env) == nil {
				f.Add([]byte(env.Params))
			} else if len(frame.Result) > 0 {
				f.Add([]byte(frame.Result))
			}
		}
	}
	f.Add([]byte(`{"code":200,"url":"u","record":{"duration":1e308,"size":-1}}`))
	c := offline(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, plain := range []bool{false, true} {
			a := judge(&inbound{Result: data, Error: nil}, plain, time.Now())
			if a.fault == nil && !plain && !a.body.Code.OK() {
				t.Fatalf("%q is taken for a success", data)
			}
		}
		c.mu.Lock()
		_ = c.admit(loose(), "p", answer{at: time.Now(), raw: data})
		c.conn = nil
		for _, call := range c.book.Rows(true) {
			c.bury(call)
			c.book.Forget(call.ID)
		}
		clear(c.inflight)
		c.mu.Unlock()
		var body wire.ActionEvent
		if wire.Decode(data, &body) != nil {
			return
		}
		act := func(kind string) *action {
			return &action{c: c, kind: kind, state: wire.Finished, over: true, body: body}
		}
		col, det := &Collection{a: act("collect")}, &Detection{a: act("detect")}
		col.ends(&actionNote{kind: "collect", body: body})
		det.ends(&actionNote{kind: "detect", body: body})
		ctx := context.Background()
		_, _ = col.Ended(ctx)
		_, _ = det.Ended(ctx)
		_, _ = (&Referral{act("refer")}).Ended(ctx)
		if res, err := (&Recording{a: act("record")}).Ended(ctx); err == nil && (res.Duration < 0 || res.Size < 0) {
			t.Fatalf("%+v of %q", res, data)
		}
	})
}
