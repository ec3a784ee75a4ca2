package relay

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// Close does not wait for a server that takes the connection and says nothing.
func TestCloseDuringASilentHandshake(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := open(t, Config{URL: "ws://" + l.Addr().String(), Project: "project", Token: "token", HandshakeTimeout: time.Hour})
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	closed := make(chan error, 1)
	go func() { closed <- c.Close() }() // ends with Close; waited for below
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-within(t).Done():
		t.Fatal("Close waits for the server")
	}
}

// TestServerThatReadsNothing: what is written waits in the socket; who asks waits
// no longer than wanted, and Close does not wait for the socket.
func TestServerThatReadsNothing(t *testing.T) {
	s := relaytest.New(t)
	release := make(chan struct{})
	s.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
		if f.Method == wire.MethodPlay {
			<-release
		}
		return relaytest.Handle
	}
	defer close(release) // before the server is closed
	c := opened(t, config(s))
	call := c.Attach("a", "n")
	long := model.Playlist{{Kind: model.Speech, Text: strings.Repeat("long ", 20_000)}}
	for i := range 200 { // 20 MB: more than any socket takes
		c.Do(model.Order{ID: model.CommandID(i + 1), Command: model.Play{Call: "a", Playlist: long}})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := call.Pass(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	closed := make(chan struct{})
	go func() { defer close(closed); c.Close() }() // ends with Close; waited for below
	select {
	case <-closed:
	case <-within(t).Done():
		t.Fatal("Close waits for the socket")
	}
}
