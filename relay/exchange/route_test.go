package exchange

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"cordpair/relay/exchange/people"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

var bobAlone = []User{{Name: "bob", Password: "builder"}}

func numbered(number string) wire.Device {
	return wire.Device{Type: wire.DevicePhone, Params: wire.DeviceParams{ToNumber: number, FromNumber: "+15550101"}}
}

// TestTrunk: numbers that a prefix allows go to the trunk, as telephones and
// as addresses of our own domain; others never leave.
func TestTrunk(t *testing.T) {
	gateway := newPhone(t)
	x := start(t, func(c *Config) {
		c.Trunks = []Trunk{
			{Name: "far", Server: "sip:" + gateway.stack.Addr().String(), Domain: "carrier.test", Username: "u", Prefixes: []string{"+1", "+4930"}},
		}
	})
	d := answeredCall(t, x)
	for _, device := range []wire.Device{numbered("+1 (555) 0100"), sipDevice("sip:+15550100@demo"), sipDevice("sip:+15550100@carrier.test")} {
		d.mustConnect("", func(p *wire.CallConnectParams) { p.Devices[0][0] = device })
		k := gateway.next()
		if to := k.leg.To(); to.User != "+15550100" || to.Host != "carrier.test" || !strings.HasPrefix(k.leg.RequestURI(), "sip:+15550100@127.0.0.1:") {
			t.Errorf("%+v %s", to, k.leg.RequestURI())
		}
		if from := k.leg.From(); from.Host != "carrier.test" || device.Type == wire.DevicePhone && from.User != "+15550101" {
			t.Errorf("%+v", from)
		}
		k.leg.End(sip.EndReason{Code: 486})
		d.c.connectState(d.a, wire.ConnectFailed)
	}
	for name, tc := range map[string]struct {
		device wire.Device
		code   wire.ResultCode
	}{
		"other prefix":     {numbered("+44 20 5555"), wire.CodeForbidden},
		"same, as address": {sipDevice("sip:+44205555@demo"), wire.CodeForbidden},
		"round the prefix": {sipDevice("sip:+44205555@" + gateway.stack.Addr().String()), wire.CodeForbidden},
		"no number":        {numbered("bob"), wire.CodeBad},
		"emergency":        {numbered("9 1 1"), wire.CodeForbidden},
	} {
		r := d.connectTo("", func(p *wire.CallConnectParams) { p.Devices[0][0] = tc.device })
		if r.Code != tc.code || r.Message == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestEmergencyComesFirst: before anything else that is wrong with the
// request, and whatever the configuration allows.
func TestEmergencyComesFirst(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Emergency = []string{"000"}
		c.Trunks = []Trunk{{Name: "all", Server: "sip:127.0.0.1:9", Prefixes: []string{"*"}}}
	})
	for _, d := range []wire.Device{
		numbered("112"), numbered("+911"), numbered("+49 112"), numbered("+44 000"), numbered("0 0 0"), sipDevice("sip:999@nowhere"), sipDevice("sip:9%311@nowhere"),
		{Type: "agora", Params: wire.DeviceParams{To: "sip:911;x=y@z"}},
	} {
		p := wire.CallConnectParams{Devices: [][]wire.Device{{d, {}}, {}}, MaxPricePerMinute: -1}
		if f := x.checkConnect(p); f != noEmergency {
			t.Errorf("%+v: %v", d.Params, f)
		}
	}
}

// TestPriceCap: the longest prefix counts; what is not known is too dear.
func TestPriceCap(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Trunks = []Trunk{{Name: "all", Server: "sip:127.0.0.1:9", Prefixes: []string{"*"}}}
		c.Rates = []Rate{{"+1", 0.01}, {"+1900", 2.5}, {"+49", 0}}
	})
	for name, tc := range map[string]struct {
		device wire.Device
		cap    float64
		refuse bool
	}{
		"within":       {numbered("+15550100"), 0.01, false},
		"above":        {numbered("+15550100"), 0.0099, true},
		"longest":      {numbered("+19005550"), 1, true},
		"free":         {numbered("+49305555"), 0.0001, false},
		"unknown":      {numbered("+44205555"), 100, true},
		"no cap":       {numbered("+44205555"), 0, false},
		"by address":   {sipDevice("sip:+19005550@demo"), 1, true},
		"SIP is free":  {sipDevice("sip:bob@127.0.0.1:10"), 0.0001, false},
		"nobody there": {sipDevice("sip:bob@demo"), 0.0001, false},
	} {
		f := x.checkConnect(wire.CallConnectParams{Devices: [][]wire.Device{{tc.device}}, MaxPricePerMinute: tc.cap})
		if (f != nil) != tc.refuse || f != nil && f.code != wire.CodePayment {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// TestRoutes: the table comes before the user part; nobody there is 480.
func TestRoutes(t *testing.T) {
	x := start(t, func(c *Config) {
		c.Routes = []Route{{"+4930*", "berlin"}, {"support", "frontdesk"}, {"2[0-4]?", "inner"}}
		c.Limits.OfferWait = time.Millisecond
	})
	c := connect(t, x, receiving("berlin", "frontdesk", "support"))
	p := newPhone(t)
	for user, context := range map[string]string{"+49305555": "berlin", "SUPPORT": "frontdesk", "berlin": "berlin"} {
		p.call(x, user)
		if e := c.receive().call; e.Context != context {
			t.Errorf("%s: %s", user, e.Context)
		}
	}
	for user, code := range map[string]int{"241": 480, "frontdesk": 180, "251": 404} {
		k := p.call(x, user)
		if code == 180 {
			awaitSIP[sip.Ringing](k)
		} else if e := awaitSIP[sip.Ended](k); e.Code != code {
			t.Errorf("%s: %d %s", user, e.Code, e.Phrase)
		}
	}
}

// TestUsers: who has no credentials neither registers nor calls.
func TestUsers(t *testing.T) {
	x := start(t, func(c *Config) { c.Users = bobAlone })
	p := newPhone(t)
	req := sip.RegisterRequest{AOR: "sip:bob@demo", Registrar: "sip:" + x.SIPAddr(), Expires: time.Minute}
	if err := p.stack.Register(t.Context(), req); err == nil {
		t.Error("registered without a password")
	}
	req.Username, req.Password = "bob", "builder"
	if err := p.stack.Register(t.Context(), req); err != nil {
		t.Error(err)
	}
	req.AOR = "sip:carol@demo"
	if err := p.stack.Register(t.Context(), req); err == nil {
		t.Error("registered somebody else")
	}
	c := connect(t, x, receiving("support"))
	if e := awaitSIP[sip.Ended](p.call(x, "support")); e.Code != 401 && e.Code != 407 {
		t.Errorf("%+v", e)
	}
	p.call(x, "support", func(r *sip.OutboundInvite) { r.Username, r.Password = "bob", "builder" })
	c.receive()
	y := start(t, func(c *Config) { c.Users, c.Trusted = bobAlone, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	connect(t, y, receiving("support"))
	awaitSIP[sip.Ringing](p.call(y, "support"))
}

// TestPeopleWithCredentials: the scripted people register where phones are
// asked for a password.
func TestPeopleWithCredentials(t *testing.T) {
	x := start(t, func(c *Config) {
		for _, name := range people.Names() {
			c.Users = append(c.Users, User{Name: name, Password: "scripted"})
		}
	})
	c := connect(t, x, receiving("support"))
	p, err := people.Start(t.Context(), people.Config{Registrar: x.SIPAddr(), Password: "scripted", Calling: true, Tempo: tempo})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c.receive()
}

// TestCallRate: a source that calls too often is told 503.
func TestCallRate(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.CallRate = 1 })
	connect(t, x, receiving("support"))
	p := newPhone(t)
	var calls []*talk
	for range 6 {
		calls = append(calls, p.call(x, "support"))
	}
	eventually(t, "one refused", func() bool {
		for _, k := range calls {
			k.mu.Lock()
			for _, e := range k.events {
				if e, ok := e.(sip.Ended); ok && e.Code == 503 {
					k.mu.Unlock()
					return true
				}
			}
			k.mu.Unlock()
		}
		return false
	})
}

// TestDrain: calls end by themselves, new ones are refused; what is left is
// ended at the limit.
func TestDrain(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x)
	done := make(chan struct{})
	go func() { // ends with the drain; awaited below
		defer close(done)
		x.Drain(context.Background(), patience)
	}()
	eventually(t, "draining", x.reg.draining)
	if e := awaitSIP[sip.Ended](d.phone.call(x, "support")); e.Code != 503 {
		t.Errorf("%+v", e)
	}
	device := [][]wire.Device{{sipDevice("sip:bob@127.0.0.1:9")}}
	if r := d.c.command(wire.MethodDial, wire.DialParams{Tag: "x", Devices: device}); r.Code != wire.CodeBusy {
		t.Errorf("%+v", r)
	}
	callee.leg.End(sip.EndReason{})
	d.c.state(b, wire.CallEnded)
	if r := d.connectTo("sip:bob@127.0.0.1:9"); r.Code != wire.CodeBusy {
		t.Errorf("%+v", r)
	}
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	<-done
}

func TestDrainToTheLimit(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x.Drain(ctx, patience)
	e := d.c.state(d.a, wire.CallEnded).call
	if e.EndReason != wire.ReasonMaxDuration {
		t.Errorf("%+v", e)
	}
	if problem := misordered(d.c.all(), d.a); problem != "" {
		t.Errorf("%s: %q", problem, d.c.labels(map[string]string{d.a: "A", b: "B"}))
	}
	awaitSIP[sip.Ended](callee)
}
