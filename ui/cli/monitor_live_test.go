package cli

import (
	"context"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay"
)

// liveClient is a console's client on an exchange of the test.
func liveClient(t *testing.T, l *local) *relay.Client {
	t.Helper()
	client, err := relay.Open(t.Context(), relay.Config{
		URL: l.x.RelayURL(), Project: "P", Token: "s3cret", Watch: true, Details: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// foldUntil folds what the client takes until the Book, or an event, fits.
func foldUntil(t *testing.T, client *relay.Client, book *model.Book, what string, fits func(model.Event) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for found := false; !found; {
		events, err := client.Take(ctx)
		if err != nil {
			t.Fatalf("no %s: %v", what, err)
		}
		for _, ev := range events {
			book.Apply(ev)
			found = found || fits(ev)
		}
	}
}

// TestMonitorNoteAndLevelsOverTheLink: exchange, client and Book agree on who
// hears whom; a note reaches a person's phone; levels come for what is watched.
func TestMonitorNoteAndLevelsOverTheLink(t *testing.T) {
	l := liveExchange(t)
	client, book := liveClient(t, l), model.NewBook()
	call, err := client.DialSIP(t.Context(), model.Dial{From: "sip:me@demo", To: "sip:alice@demo"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := call.ConnectSIP(t.Context(), model.ConnectRequest{From: "sip:me@demo", To: "sip:bob@demo"}); err != nil {
		t.Fatal(err)
	}
	if err := call.Monitor(t.Context(), "sip:carol@demo", model.Whispering, true); err != nil {
		t.Fatal(err)
	}
	monitor := func(state model.MonitorState, mode model.MonitorMode) func(model.Event) bool {
		return func(ev model.Event) bool {
			m, is := ev.(model.MonitorChanged)
			return is && m.Call == call.ID() && m.Monitor.State == state && m.Monitor.Mode == mode
		}
	}
	foldUntil(t, client, book, "monitor", monitor(model.MonitorJoined, model.Whispering))
	m := book.Call(call.ID()).Monitor
	if m == nil || !m.ToPeer || m.Phone.URI != "sip:carol@demo" || book.Call(m.Leg) == nil || !book.Call(m.Leg).IsMonitor() {
		t.Fatalf("%+v", m)
	}
	if err := call.SetMonitor(t.Context(), model.Barging, false); err != nil {
		t.Fatal(err)
	}
	foldUntil(t, client, book, "barge", monitor(model.MonitorJoined, model.Barging))
	control, err := call.Message(t.Context(), "order 8841")
	if err != nil {
		t.Fatal(err)
	}
	foldUntil(t, client, book, "delivery", func(ev model.Event) bool {
		s, is := ev.(model.MessageSettled)
		return is && s.Control == control && s.Delivered && s.Code == 200
	})
	client.WatchLevels([]model.CallID{call.ID()})
	foldUntil(t, client, book, "levels", func(ev model.Event) bool {
		s, is := ev.(model.LevelsSeen)
		return is && len(s.Legs) == 1 && s.Legs[0].Call == call.ID()
	})
	if err := call.StopMonitor(t.Context()); err != nil {
		t.Fatal(err)
	}
	foldUntil(t, client, book, "end of the monitor", monitor(model.MonitorOver, model.Barging))
	if book.Call(call.ID()).Monitor != nil {
		t.Error("it is still there")
	}
}
