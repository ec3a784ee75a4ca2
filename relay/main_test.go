package relay

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordpair/model"
	"cordpair/relay/relaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of the tests; nothing is expected to take it.
const patience = time.Minute

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func config(s *relaytest.Server) Config {
	return Config{
		URL: s.URL, Project: "project", Token: "token", Contexts: []string{"office"},
		BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond, ProbeEvery: -1,
	}
}

func open(t testing.TB, cfg Config) *Client {
	t.Helper()
	c, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		untaken.Delete(c)
	})
	return c
}

func opened(t testing.TB, cfg Config) *Client {
	t.Helper()
	c := open(t, cfg)
	if err := c.Ready(within(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

// answered lets somebody call in and answers.
func answered(t testing.TB, c *Client, w *relaytest.World) *Call {
	t.Helper()
	id := w.Call("sip:caller@test", "office")
	call, err := c.Incoming(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if string(call.ID()) != id {
		t.Fatalf("offered %s, got %s", id, call.ID())
	}
	if err := call.Answer(within(t)); err != nil {
		t.Fatal(err)
	}
	return call
}

// untaken holds what came with the event that a test waited for, by client.
var untaken sync.Map

// takeUntil takes events until one fits, and returns all that came. What came
// behind it is left for the next time.
func takeUntil(t testing.TB, c *Client, fits func(model.Event) bool) []model.Event {
	t.Helper()
	ctx := within(t)
	var all, events []model.Event
	if rest, ok := untaken.LoadAndDelete(c); ok {
		events = rest.([]model.Event)
	}
	for {
		for i, ev := range events {
			all = append(all, ev)
			if fits(ev) {
				untaken.Store(c, events[i+1:])
				return all
			}
		}
		var err error
		if events, err = c.Take(ctx); err != nil {
			t.Fatalf("%v; came so far: %+v", err, all)
		}
	}
}

func wanted() model.ConnectRequest {
	return model.ConnectRequest{From: "sip:desk@test", To: "sip:bob@test"}
}
