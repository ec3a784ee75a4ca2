package exchange

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestWebhooksNeverHoldACall: calls go on while nobody reads their webhooks,
// however many there are.
func TestWebhooksNeverHoldACall(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	x := start(t)
	d := answeredCall(t, x)
	other := newPhone(t)
	for range 2 * hookWorkers {
		d.mustConnect(other.uri("bob"), func(p *wire.CallConnectParams) {
			p.Devices[0][0].Params.CallStateURL = server.URL
			p.Devices[0][0].Params.CallStateEvents = []string{"created", "ringing", "answered", "ended"}
		})
		k := other.next()
		other.answer(k)
		b := d.c.connectState(d.a, wire.ConnectConnected).connect.Peer.CallID
		awaitSIP[sip.Established](k)
		k.leg.End(sip.EndReason{})
		d.c.state(b, wire.CallEnded)
	}
	// More than the queues hold: what is too much is dropped, not waited for.
	for range 2 * hookWorkers * hookQueue {
		x.hooks.state(wire.DeviceParams{CallStateURL: server.URL}, wire.CallParams{CallState: wire.CallEnded},
			func() wire.EventParams { return x.envelope(wire.EventCallState, "", []byte("{}")) })
	}
}
