package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// The items are those of RELAY reference §11.

func TestItem01AnyPath(t *testing.T) {
	x := start(t)
	for _, path := range []string{"", "/", "/api/relay/ws", "/x?y=z"} {
		dialRaw(t, x, path).hello()
	}
}

func TestItem02FormsOfFrames(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	k := newPhone(t).call(x, "support")
	id := c.receive().call.CallID
	c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: id}})
	c.state(id, wire.CallEnded)
	awaitSIP[sip.Ended](k)
	c.request("no.such.method", struct{}{})
	c.command(wire.MethodAnswer, struct{}{})
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		raw, _ := wire.Encode(f)
		var m struct {
			ID     any            `json:"id"`
			Result map[string]any `json:"result"`
			Error  map[string]any `json:"error"`
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.ID.(string); !ok {
			t.Errorf("id is no string: %s", raw)
		}
		if code, ok := m.Result["code"]; ok {
			if _, ok := code.(string); !ok {
				t.Errorf("code is no string: %s", raw)
			}
		} else if m.Result != nil && m.Result["protocol"] == nil {
			t.Errorf("bare result: %s", raw)
		}
		if n, ok := m.Error["code"].(float64); m.Error != nil && (!ok || n != float64(int(n))) {
			t.Errorf("error code is no integer: %s", raw)
		}
	}
}

func TestItem03ConnectResult(t *testing.T) {
	r := dialRaw(t, start(t), "/").hello()
	pieces := strings.Split(r.Protocol, "_")
	if len(pieces) < 3 || pieces[0] != "signalwire" || pieces[1] != r.Authorization.Signature || r.Identity == "" {
		t.Errorf("%+v", r)
	}
	if r.Authorization.ProjectID != testProject || r.IceServers == nil || r.Cordpair != nil {
		t.Errorf("%+v", r)
	}
}

func TestItem04VersionsAndContexts(t *testing.T) {
	x := start(t)
	for _, major := range []int{2, 3} {
		c := connect(t, x, func(p *wire.ConnectParams) { p.Version.Major, p.EventAcks = major, major == 2 }, receiving("a", "b"))
		for range 2 {
			if r := c.command(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"a", "c"}}); r.Code != "200" || r.Message != "Receiving events" {
				t.Errorf("receive: %+v", r)
			}
		}
		if r := c.command(wire.MethodUnreceive, wire.ReceiveParams{Contexts: []string{"a", "zzz"}}); r.Code != "200" || r.Message != "Unreceiving events" {
			t.Errorf("unreceive: %+v", r)
		}
	}
}

func TestItem05BadCredentials(t *testing.T) {
	x := start(t)
	for _, a := range []wire.Authentication{{}, {Project: testProject, Token: "x"}, {Project: testProject + "\x00" + testToken}, {JWTToken: "x"}} {
		c := dialRaw(t, x, "/")
		f := c.request(wire.MethodConnect, wire.ConnectParams{Authentication: a})
		if f.Error == nil || f.Error.Code != wire.RPCAuth {
			t.Errorf("%+v: %+v", a, f)
		}
		c.closedBy()
	}
	c := dialRaw(t, x, "/")
	if f := c.request(wire.MethodReceive, wire.ReceiveParams{}); f.Error == nil || f.Error.Code != wire.RPCAuth {
		t.Errorf("request before connect: %+v", f)
	}
}

func TestHandshakeMustCome(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Handshake = 50 * time.Millisecond })
	dialRaw(t, x, "/").closedBy()
}

// TestItem06Resume: a bridge survives the drop of the session that made it;
// what happened meanwhile comes on the new socket, and its commands work.
func TestItem06Resume(t *testing.T) {
	x := start(t)
	d, callee, b := connected(t, x)
	d.c.close()
	s := x.sessionOf(t, d.c.protocol)
	eventually(t, "drop noticed", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.conn == nil
	})
	callee.leg.End(sip.EndReason{})
	again := dialRaw(t, x, "/api/relay/ws")
	r := again.hello(resuming(d.c.protocol), func(p *wire.ConnectParams) { p.AuthorizationState = "bm8=:bm8=" })
	if r.Protocol != d.c.protocol || !r.SessionRestored {
		t.Errorf("not restored: %+v", r)
	}
	again.connectState(d.a, wire.ConnectDisconnected)
	again.state(b, wire.CallEnded)
	again.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	again.state(d.a, wire.CallEnded)
	fresh := dialRaw(t, x, "/").hello(resuming("signalwire_nobody_knows"))
	if fresh.Protocol == "signalwire_nobody_knows" || fresh.SessionRestored {
		t.Errorf("an unknown protocol was restored: %+v", fresh)
	}
}

// TestUnackedEventsComeAgain: what was on its way when the socket broke is not
// lost to a client that announced acknowledgements, and what it acknowledged
// does not come twice.
func TestUnackedEventsComeAgain(t *testing.T) {
	x := start(t)
	acks := func(p *wire.ConnectParams) { p.EventAcks = true }
	d := answeredCall(t, x, acks)
	for _, id := range d.c.eventIDs() {
		d.c.send([]byte(`{"jsonrpc":"2.0","id":"` + string(id) + `","result":{}}`))
	}
	d.c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"acks-are-read"}})
	d.caller.leg.End(sip.EndReason{})
	d.c.state(d.a, wire.CallEnded)
	d.c.close() // it has them, but nobody told the exchange
	again := dialRaw(t, x, "/")
	again.hello(resuming(d.c.protocol), acks)
	again.state(d.a, wire.CallEnded)
	if got := again.labels(map[string]string{d.a: "A"}); !slices.Equal(got, []string{"A ending hangup", "A ended hangup"}) {
		t.Errorf("%q", got)
	}
}

// TestResumeWhileTheOldSocketLives: a half-open socket must not keep events.
func TestResumeWhileTheOldSocketLives(t *testing.T) {
	x := start(t)
	d := answeredCall(t, x)
	again := dialRaw(t, x, "/")
	again.hello(resuming(d.c.protocol))
	d.c.closedBy()
	d.caller.leg.End(sip.EndReason{})
	again.state(d.a, wire.CallEnded)
}

func TestContextsSurviveTheDrop(t *testing.T) {
	x := start(t)
	c := connect(t, x, receiving("support"))
	c.close()
	again := dialRaw(t, x, "/")
	again.hello(resuming(c.protocol))
	newPhone(t).call(x, "support")
	again.receive()
}

func TestItem07GraceIsLongEnough(t *testing.T) {
	if l := (Limits{}).withDefaults(); l.Grace < 35*time.Second || l.Ping >= 15*time.Second {
		t.Errorf("%+v", l)
	}
}

func TestItem08Pings(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Ping = 10 * time.Millisecond })
	c := dialRaw(t, x, "/")
	c.hello()
	// Never answered, and not fatal: the session still works after several.
	for range 5 {
		c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"a"}})
		c.pinged()
	}
	for _, pong := range []string{`{}`, `{"timestamp":1.5}`, `{"timestamp":7}`} {
		c.send([]byte(`{"jsonrpc":"2.0","id":"` + string(c.pinged()) + `","result":` + pong + `}`))
	}
	c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"a"}})
}

func TestItem09ClientPing(t *testing.T) {
	c := connect(t, start(t))
	if f := c.request(wire.MethodPing, struct{}{}); f.Result == nil {
		t.Errorf("%+v", f)
	}
	f := c.request(wire.MethodPing, wire.PingParams{Timestamp: []byte("12.25")})
	if string(f.Result) != `{"timestamp":12.25}` {
		t.Errorf("%s", f.Result)
	}
}

func TestItem10EveryRequestIsAnswered(t *testing.T) {
	c := connect(t, start(t))
	for _, m := range []string{"calling.denoise", "calling.ai", "signalwire.execute", "x", "cordpair.calls", "cordpair.directory"} {
		f := c.request(m, struct{}{})
		if f.Error == nil || f.Error.Code != wire.RPCMethod || !strings.Contains(f.Error.Message, m) {
			t.Errorf("%s: %+v", m, f)
		}
	}
	for _, params := range []string{`null`, `[]`, `7`, `{"call_id":7}`, `{"devices":{}}`, `{"contexts":3}`} {
		for m := range callMethods {
			if f := c.request(m, jsonValue(params)); f.Error == nil && f.Result == nil {
				t.Errorf("%s %s: %+v", m, params, f)
			}
		}
		c.request(wire.MethodDial, jsonValue(params))
		c.request(wire.MethodReceive, jsonValue(params))
	}
}

type jsonValue string

func (v jsonValue) MarshalJSON() ([]byte, error) { return []byte(v), nil }

func TestItem11NoiseIsIgnored(t *testing.T) {
	c := connect(t, start(t))
	before := len(c.all())
	for _, noise := range []string{
		`{"jsonrpc":"2.0","result":{}}`, `{"jsonrpc":"2.0","id":"x","result":{}}`, `{`, `[]`, `{}`, `7`, ``, `"a"`,
		`{"jsonrpc":"2.0","method":"calling.answer","params":{}}`,
		`{"jsonrpc":"2.0","id":"y","error":{"code":1,"message":"m"}}`, "\xff\xfe", `{"id":{},"method":"x"}`,
	} {
		c.send([]byte(noise))
	}
	c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"a"}})
	if len(c.all()) != before {
		t.Error(c.log())
	}
}

func TestItem12Shutdown(t *testing.T) {
	x := start(t)
	d, callee, _ := connected(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	d.c.closedBy()
	d.c.mu.Lock()
	last := d.c.frames[len(d.c.frames)-1]
	d.c.mu.Unlock()
	if last.Method != wire.MethodDisconnect {
		t.Errorf("last frame: %+v", last)
	}
	if got := d.c.labels(map[string]string{d.a: "A"}); !slices.Contains(got, "A ended hangup") {
		t.Errorf("events: %q", got)
	}
	awaitSIP[sip.Ended](d.caller)
	awaitSIP[sip.Ended](callee)
	if ws, err := net.Dial("tcp", x.listener.Addr().String()); err == nil {
		ws.Close()
		t.Error("still listening")
	}
}

// TestSlowReader: a client that does not read costs itself its socket and
// nobody else anything; its calls live on and can be taken up again.
func TestSlowReader(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Outbox = 64 << 10 })
	d := answeredCall(t, x)
	protocol := deafClient(t, x)
	s := x.sessionOf(t, protocol)
	// Straight into the session, as calls do; the socket's own buffers are
	// filled up first.
	big := x.event(wire.EventCallState, "", wire.CallParams{Tag: strings.Repeat("x", 32<<10)})
	eventually(t, "socket closed", func() bool {
		s.event(big)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.conn == nil
	})
	d.c.must(wire.MethodReceive, wire.ReceiveParams{Contexts: []string{"still-here"}})
	again := dialRaw(t, x, "/")
	if r := again.hello(resuming(protocol), asking(wire.CordpairAsk{})); !r.SessionRestored {
		t.Error("the session is lost")
	}
	if r := again.request(wire.MethodCordpairCalls, struct{}{}); !strings.Contains(string(r.Result), d.a) {
		t.Errorf("calls: %s", r.Result)
	}
}

// deafClient opens a watching session and reads nothing but the answer.
func deafClient(t *testing.T, x *Exchange) (protocol string) {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(x.RelayURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	hello, err := wire.Request("1", wire.MethodConnect, wire.ConnectParams{
		Authentication: wire.Authentication{Project: testProject, Token: testToken},
		Params:         wire.ConnectOptions{Cordpair: &wire.CordpairAsk{Watch: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, hello); err != nil {
		t.Fatal(err)
	}
	_, data, err := ws.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	var r wire.ConnectResult
	if f, err := wire.DecodeFrame(data); err != nil || wire.Decode(f.Result, &r) != nil {
		t.Fatalf("%s", data)
	}
	return r.Protocol
}

func (x *Exchange) sessionOf(t *testing.T, protocol string) *session {
	t.Helper()
	s, ok := x.reg.session(protocol)
	if !ok {
		t.Fatal("no session")
	}
	return s
}

func TestFrameLimit(t *testing.T) {
	c := connect(t, start(t, func(c *Config) { c.Limits.Frame = 1000 }))
	c.send([]byte(`{"x":"` + strings.Repeat("y", 2000) + `"}`))
	c.closedBy()
}

func TestSessionLimit(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.Sessions = 1 })
	connect(t, x)
	c := dialRaw(t, x, "/")
	p := wire.ConnectParams{Authentication: wire.Authentication{Project: testProject, Token: testToken}}
	if f := c.request(wire.MethodConnect, p); f.Error == nil || f.Error.Code != wire.RPCGeneric {
		t.Errorf("%+v", f)
	}
	c.closedBy()
}

func TestSecretsStayOutOfTheLog(t *testing.T) {
	var log strings.Builder
	x := start(t, func(c *Config) { c.Logger = debugLogger(&log) })
	connect(t, x)
	c := dialRaw(t, x, "/")
	c.request(wire.MethodConnect, wire.ConnectParams{Authentication: wire.Authentication{Project: "p", Token: "wrong-secret"}})
	c.closedBy()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`secret`).MatchString(log.String()) {
		t.Error(log.String())
	}
}

func TestStartRefuses(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := Config{RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: "p", Token: "t"}
	for name, tc := range map[string]struct {
		edit func(*Config)
		want error
	}{
		"all addresses":  {func(c *Config) { c.RelayAddr = "0.0.0.0:7070" }, ErrNotLoopback},
		"no host":        {func(c *Config) { c.SIPAddr = ":5060" }, ErrNotLoopback},
		"another host":   {func(c *Config) { c.SIPAddr = "192.0.2.1:5060" }, ErrNotLoopback},
		"a name":         {func(c *Config) { c.SIPAddr = "example.test:5060" }, ErrNotLoopback},
		"no token":       {func(c *Config) { c.Token = "" }, ErrCredentials},
		"bad context":    {func(c *Config) { c.Contexts = []string{"a b"} }, ErrContext},
		"public, users":  {func(c *Config) { c.SIPAddr = "0.0.0.0:5060"; c.Users = bobAlone }, ErrNoAddress},
		"public TLS":     {func(c *Config) { c.TLSAddr = "192.0.2.1:5061" }, ErrNotLoopback},
		"no password":    {func(c *Config) { c.Users = []User{{Name: "bob"}} }, ErrUser},
		"bad route":      {func(c *Config) { c.Routes = []Route{{"[", "support"}} }, ErrRoute},
		"bad rate":       {func(c *Config) { c.Rates = []Rate{{"x", 1}} }, ErrRate},
		"bad trunk":      {func(c *Config) { c.Trunks = []Trunk{{Name: "t", Server: "gw"}} }, ErrTrunk},
		"taken, strict":  {func(c *Config) { c.RelayAddr = busy.Addr().String() }, nil},
		"no port at all": {func(c *Config) { c.RelayAddr = "127.0.0.1" }, nil},
	} {
		cfg := good
		tc.edit(&cfg)
		x, err := Start(context.Background(), cfg)
		if err == nil {
			x.Close()
			t.Errorf("%s: started", name)
		} else if tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := good
	cfg.RelayAddr = busy.Addr().String()
	var taken *TakenError
	if _, err := Start(context.Background(), cfg); !errors.As(err, &taken) || taken.What != "RELAY" {
		t.Errorf("%v", err)
	}
	cfg.FallBack = true
	x, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if x.RelayURL() == "ws://"+busy.Addr().String() {
		t.Error(x.RelayURL())
	}
	if err := x.Close(); err != nil || x.Err() != nil {
		t.Error(err, x.Err())
	}
}

func TestContextEndsTheExchange(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	x, err := Start(ctx, Config{RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: "p", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-x.closedAll
}
