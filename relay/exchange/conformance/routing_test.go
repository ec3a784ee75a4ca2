//go:build thirdparty

package conformance

import (
	"testing"

	"cordpair/relay/relaytest/program"
)

// TestRouting: a call goes to the context that its number is routed to, and
// waits for a program there as long as the configuration says.
func TestRouting(t *testing.T) {
	t.Parallel()
	x := configured(t, `
[exchange]
contexts = ["support", "sales", "empty"]

[[exchange.routes]]
pattern = "10*"
context = "sales"

[exchange.limits]
offer_wait = "1s"
`)
	c, _ := session(t, x, obj{"contexts": []string{"sales"}})
	for number, status := range map[string]string{"1042": "486", "sales": "486", "empty": "480", "elsewhere": "404"} {
		t.Run(number, func(t *testing.T) {
			p := program.StartSIPp(t, "-sf", program.Caller().Request("INVITE", offer).Maybe("100").Maybe("180").Take(status).AckRefusal().File(t), "-s", number, x.SIP)
			if status == "486" {
				e := c.event("calling.call.receive", nil)
				if e.str("context") != "sales" {
					t.Errorf("received in %s", e.str("context"))
				}
				c.must("calling.end", with(ref(e), obj{"reason": "busy"}))
			}
			p.Content(t)
		})
	}
	if n := len(c.events("calling.call.receive")); n != 2 {
		t.Errorf("%d calls were offered", n)
	}
}
