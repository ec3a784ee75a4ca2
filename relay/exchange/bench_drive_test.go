package exchange

import (
	"net/netip"
	"testing"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// discard is where the media of benchmarks go: nobody listens.
var discard = netip.MustParseAddrPort("127.0.0.1:9")

// drive is the program of the benchmark: it answers each call, connects it,
// and hangs up when the peer is there. It ends with the exchange.
func drive(b *testing.B, x *Exchange, to string) {
	b.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(x.RelayURL(), nil)
	if err != nil {
		b.Fatal(err)
	}
	send := func(method string, params any) {
		if frame, err := wire.Request(wire.ID(uuid.NewString()), method, params); err == nil {
			_ = ws.WriteMessage(websocket.TextMessage, frame) // the exchange may be closing
		}
	}
	send(wire.MethodConnect, wire.ConnectParams{
		Authentication: wire.Authentication{Project: testProject, Token: testToken}, Contexts: []string{"support"},
	})
	ready, done := make(chan struct{}), make(chan struct{})
	b.Cleanup(func() { ws.Close(); <-done })
	// Ends with the socket; the benchmark's end waits.
	go func() {
		defer close(done)
		for first := true; ; first = false {
			_, data, err := ws.ReadMessage()
			if err != nil {
				return
			}
			if first {
				close(ready)
			}
			if f, err := wire.DecodeFrame(data); err == nil {
				react(f, to, send)
			}
		}
	}()
	<-ready
}

func react(f wire.Frame, to string, send func(string, any)) {
	e, ok := parseEvent(f)
	switch {
	case !ok:
	case e.kind == wire.EventCallReceive:
		send(wire.MethodAnswer, wire.CallRef{CallID: e.call.CallID})
	case e.kind == wire.EventCallState && e.call.Direction == wire.Inbound && e.call.CallState == wire.CallAnswered:
		send(wire.MethodCallConnect, wire.CallConnectParams{
			CallRef: wire.CallRef{CallID: e.call.CallID}, Tag: "t", Devices: [][]wire.Device{{sipDevice(to)}},
		})
	case e.kind == wire.EventCallConnect && e.connect.ConnectState == wire.ConnectConnected:
		send(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: e.connect.CallID}})
	}
}
