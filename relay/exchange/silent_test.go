package exchange

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// TestAClientThatFallsSilent loses its socket; who never answered a ping is left
// alone.
func TestAClientThatFallsSilent(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Ping, c.silence = 5*time.Millisecond, 20*time.Millisecond })
	mute, talker := connect(t, x), connect(t, x)
	pings := 0
	eventually(t, "the end of a socket", func() bool {
		talker.mu.Lock()
		news, closed := talker.pings, talker.closed
		talker.pings = nil
		talker.mu.Unlock()
		// One answer among many pings; another one if it was late for its ping,
		// which the exchange takes for none.
		for _, id := range news {
			if pings++; pings%20 == 1 {
				pong := []byte(`{"jsonrpc":"2.0","id":"` + string(id) + `","result":{}}`)
				_ = talker.ws.WriteMessage(websocket.TextMessage, pong) // the socket may be closed by now
			}
		}
		return closed
	})
	mute.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"more"}})
}
