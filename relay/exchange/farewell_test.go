package exchange

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// TestTheClientSaysGoodbyeToo: the socket stays until then, so that what the
// client still sends costs it nothing of what it has still to read.
func TestTheClientSaysGoodbyeToo(t *testing.T) {
	x := start(t, func(c *Config) {
		c.farewell, c.Limits.Close, c.Limits.Handshake = time.Minute, time.Minute, time.Minute
	})
	ws, _, err := websocket.DefaultDialer.Dial(x.RelayURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	goodbye := make(chan struct{})
	ws.SetCloseHandler(func(int, string) error { close(goodbye); return nil }) // not answered yet
	if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	b, err := wire.Request("1", wire.MethodConnect, wire.ConnectParams{})
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, b); err != nil {
		t.Fatal(err)
	}
	_, reply, err := ws.ReadMessage()
	if f, bad := wire.DecodeFrame(reply); err != nil || bad != nil || f.Error == nil || f.Error.Code != wire.RPCAuth {
		t.Fatalf("%s %v", reply, err)
	}
	if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Fatal(err)
	}
	<-goodbye
	x.sockets.mu.Lock()
	var conn *conn
	for c := range x.sockets.all {
		conn = c
	}
	x.sockets.mu.Unlock()
	if conn == nil {
		t.Fatal("the socket was closed at once")
	}
	select {
	case <-conn.done:
		t.Error("the socket was closed at once")
	default:
	}
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-conn.written:
	case <-time.After(patience):
		t.Error("still open")
	}
}

// TestASilentClientIsLeft: nobody waits for ever for its goodbye.
func TestASilentClientIsLeft(t *testing.T) {
	x := start(t, func(c *Config) { c.farewell = time.Millisecond })
	deafClient(t, x)
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
