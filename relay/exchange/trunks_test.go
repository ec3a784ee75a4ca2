package exchange

import (
	"slices"
	"testing"

	"cordpair/relay/wire"
)

// TestTrunkHealth: a trunk registers with its credentials and is told up; one
// whose server does not answer is told to be in trouble, and stays known.
func TestTrunkHealth(t *testing.T) {
	provider := start(t, func(c *Config) { c.Users, c.Domain = bobAlone, "provider.test" })
	x := start(t, func(c *Config) {
		c.Trunks = []Trunk{
			{Name: "good", Server: "sip:" + provider.SIPAddr(), Domain: "provider.test", Username: "bob", Password: "builder", Register: true},
			{Name: "dead", Server: "sip:127.0.0.1:9", Username: "x", Register: true},
		}
	})
	plain, c := connect(t, x), connect(t, x, asking(wire.CordpairAsk{Details: true}))
	var states []wire.TrunkState
	eventually(t, "both known", func() bool {
		var r wire.TrunksEvent
		if wire.Decode(c.request(wire.MethodCordpairTrunks, struct{}{}).Result, &r) != nil {
			return false
		}
		states = r.Trunks
		return len(states) == 2 && states[0].Problem != "" && states[1].Registered
	})
	if states[0].Name != "dead" || states[0].Registered || states[1].Health != "up" || states[1].Problem != "" {
		t.Errorf("%+v", states)
	}
	if f := plain.request(wire.MethodCordpairTrunks, struct{}{}); f.Error == nil {
		t.Errorf("told to a client that did not ask: %+v", f)
	}
	if got := provider.directory.entries(); !slices.ContainsFunc(got, func(e wire.DirectoryEntry) bool { return e.Address == "sip:bob@provider.test" && e.Online }) {
		t.Errorf("at the provider: %+v", got)
	}
}
