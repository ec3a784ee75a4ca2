package relay

import (
	"context"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// TestWatchLevels: the exchange is told once what is watched, and again over a
// new connection; SignalWire is never asked.
func TestWatchLevels(t *testing.T) {
	s := relaytest.New(t)
	s.Offer = &wire.CordpairOffer{Version: 1}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cfg := config(s)
	cfg.Details = true
	c := open(t, cfg)
	c.WatchLevels([]model.CallID{"a", "b"})
	c.WatchLevels([]model.CallID{"a", "b"})
	asked := func(n int) relaytest.Frame {
		t.Helper()
		f, err := s.Wait(ctx, func(f relaytest.Frame) bool { return f.Frame.Method == wire.MethodCordpairLevels && f.Conn == n })
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := asked(1)
	var p wire.LevelsParams
	if err := wire.Decode(first.Frame.Params, &p); err != nil || len(p.Calls) != 2 || p.Calls[1] != "b" {
		t.Errorf("%s, %v", first.Data, err)
	}
	s.Last().Drop()
	asked(2)
	c.WatchLevels(nil)
	if _, err := s.Wait(ctx, func(f relaytest.Frame) bool {
		var p wire.LevelsParams
		return f.Frame.Method == wire.MethodCordpairLevels && f.Conn == 2 && wire.Decode(f.Frame.Params, &p) == nil && len(p.Calls) == 0
	}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range s.Journal() {
		if f.Frame.Method == wire.MethodCordpairLevels {
			n++
		}
	}
	if n != 3 {
		t.Errorf("asked %d times", n)
	}
}
