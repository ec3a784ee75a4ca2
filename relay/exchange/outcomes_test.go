package exchange

import (
	"slices"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// TestOutcomesOfConnect: every way in which the phone that is called can end
// an attempt, with the exact order of events of RELAY reference §7.2.
func TestOutcomesOfConnect(t *testing.T) {
	x := start(t)
	withPeople(t, x)
	for _, tc := range []struct {
		to      string
		timeout int
		reason  wire.Reason
		rings   bool
		code    int
		by      string
	}{
		{to: "busy", reason: wire.ReasonBusy, code: 486, by: wire.EndedByRemote},
		{to: "decline", reason: wire.ReasonDecline, code: 603, by: wire.EndedByRemote},
		{to: "notfound", reason: wire.ReasonNotFound, code: 404, by: wire.EndedByRemote},
		{to: "nobody-here", reason: wire.ReasonNotFound, code: 404, by: wire.EndedByExchange},
		{to: "picky", reason: wire.ReasonError, code: 488, by: wire.EndedByRemote},
		{to: "unreachable", reason: wire.ReasonError, by: wire.EndedByNetwork},
		{to: "noanswer", timeout: 1, reason: wire.ReasonNoAnswer, rings: true, by: wire.EndedByExchange},
	} {
		t.Run(tc.to, func(t *testing.T) {
			var d *desk
			var b string
			for timeout := tc.timeout; ; timeout *= 2 {
				d = answeredCall(t, x, asking(wire.CordpairAsk{Details: true}))
				d.mustConnect("sip:"+tc.to+"@demo", func(p *wire.CallConnectParams) {
					p.Devices[0][0].Params.Timeout = timeout
				})
				b = d.c.connectState(d.a, wire.ConnectConnecting).connect.Peer.CallID
				d.c.state(b, wire.CallEnded)
				rang := slices.Contains(d.c.labels(map[string]string{b: "B"}), "B ringing")
				if rang == tc.rings || timeout == 0 || timeout > 30 {
					break // else the time was over before the phone could ring
				}
			}
			want := []string{"receive A", "A ringing", "A answered", "connect A connecting", "B created"}
			if tc.rings {
				want = append(want, "B ringing")
			}
			want = append(want, "connect A failed "+string(tc.reason), "B ended "+string(tc.reason))
			names := map[string]string{d.a: "A", b: "B"}
			if got := d.c.labels(names); !slices.Equal(got, want) {
				t.Errorf("events\n got %q\nwant %q", got, want)
			}
			legBefore(t, d.c, b, tc.by, tc.code)
			d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
			awaitSIP[sip.Ended](d.caller)
		})
	}
}

// legBefore checks that the details that explain a failure came before it.
func legBefore(t *testing.T, c *client, b, by string, code int) {
	t.Helper()
	for _, e := range c.all() {
		if e.kind == wire.EventCordpairLeg && e.leg.CallID == b && e.leg.EndedBy != "" {
			if e.leg.EndedBy != by || e.leg.Text == "" || code != 0 && e.leg.SIPCode != code {
				t.Errorf("details: %+v", e.leg)
			}
			return
		}
		if e.kind == wire.EventCallConnect && e.connect.ConnectState == wire.ConnectFailed {
			t.Error("failed came before the details that explain it")
			return
		}
	}
	t.Error("no details")
}
