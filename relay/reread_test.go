package relay

import (
	"testing"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// TestRereadAsksAgain reads the lists again on the same link, and asks nothing
// of a server that has none.
func TestRereadAsksAgain(t *testing.T) {
	s := relaytest.New(t)
	s.Offer = &wire.CordpairOffer{Version: 1}
	cfg := config(s)
	cfg.Details = true
	c := opened(t, cfg)
	takeUntil(t, c, linkIs(model.LinkUp))
	c.Reread()
	for _, method := range []string{wire.MethodCordpairCalls, wire.MethodCordpairDirectory, wire.MethodCordpairTrunks} {
		if _, err := s.Wait(within(t), relaytest.Request(method, 2)); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}

	plain := relaytest.New(t)
	cfg = config(plain)
	cfg.Details = true
	c = opened(t, cfg)
	takeUntil(t, c, linkIs(model.LinkUp))
	c.Reread()
	c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}}) // goes out after what Reread would send
	takeUntil(t, c, settledAs(1))
	for _, f := range plain.Journal() {
		if f.Method == wire.MethodCordpairCalls {
			t.Error("a server without lists was asked for them")
		}
	}
}
