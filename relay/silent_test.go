package relay

import (
	"net"
	"testing"
	"time"
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
