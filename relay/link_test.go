package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

func TestHandshake(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.Agent = "test/1"
	opened(t, cfg)
	f, err := s.Wait(within(t), relaytest.Request(wire.MethodConnect, 1))
	if err != nil {
		t.Fatal(err)
	}
	var p wire.ConnectParams
	if err := wire.Decode(f.Params, &p); err != nil {
		t.Fatal(err)
	}
	if !p.EventAcks || p.Version.Major != 3 || p.Agent != "test/1" || len(p.Contexts) != 1 ||
		p.Authentication.Project != "project" || p.Protocol != "" || p.Params.Cordpair != nil {
		t.Fatalf("%s", f.Params)
	}
}

func TestRefusedCredentialsStopTheLoop(t *testing.T) {
	s := relaytest.New(t)
	s.Token = "another"
	c := open(t, config(s))
	err := c.Ready(within(t))
	if !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
	if l := c.Link(); l.State != model.LinkRefused || !strings.Contains(l.Detail, "401") {
		t.Fatalf("%+v", l)
	}
	if _, err := c.DialSIP(within(t), model.Dial{From: "sip:a@b", To: "sip:c@d"}); !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
	c.Close()
	n := 0
	for _, f := range s.Journal() {
		if f.Method == wire.MethodConnect {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("asked %d times", n)
	}
}

func TestOtherFailuresOfTheHandshakeAreRetried(t *testing.T) {
	s := relaytest.New(t)
	var tries atomic.Int32
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
		switch tries.Add(1) {
		case 1:
			c.ReplyError(f.ID, wire.RPCInternal, "not now")
		case 2:
			c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q}`, f.ID)))
		case 3:
			c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"error":{"code":"text","message":"odd"}}`, f.ID)))
		case 4:
			c.Drop()
		default:
			c.Admit(f)
		}
	})
	opened(t, config(s))
	if n := tries.Load(); n != 5 {
		t.Fatalf("%d tries", n)
	}
}

func TestReaderRunsBeforeAnyRequest(t *testing.T) {
	s := relaytest.New(t)
	held := make(chan wire.Frame, 4)
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
		held <- f
		c.Ping() // a deaf client would not answer, and so never be let in
	})
	c := open(t, config(s))
	for n := 1; n <= 2; n++ {
		pong := 0
		if _, err := s.Wait(within(t), func(f relaytest.Frame) bool {
			if !f.Out && f.Conn == n && f.Kind() == wire.KindResult {
				pong++
			}
			return pong > 0
		}); err != nil {
			t.Fatal(err)
		}
		s.Last().Admit(<-held)
		if err := c.until(within(t), "test", "", func() (bool, error) {
			return c.link.State == model.LinkUp && c.link.Generation == uint64(n), nil
		}, watchKey{kind: keyOffers}); err != nil {
			t.Fatal(err)
		}
		s.Last().Drop()
	}
}

func TestPongEchoesTheTimestamp(t *testing.T) {
	s := relaytest.New(t)
	opened(t, config(s))
	s.Last().Raw([]byte(`{"jsonrpc":"2.0","id":"p1","method":"signalwire.ping","params":{"timestamp":1795377564.72}}`))
	f, err := s.Wait(within(t), func(f relaytest.Frame) bool { return !f.Out && f.ID == "p1" })
	if err != nil || string(f.Result) != `{"timestamp":1795377564.72}` {
		t.Fatalf("%s %v", f.Data, err)
	}
}

func TestEveryEventIsAcknowledgedOnce(t *testing.T) {
	s := relaytest.New(t)
	opened(t, config(s))
	cn := s.Last()
	want := make(map[wire.ID]int)
	for i := range 200 {
		want[cn.Event(wire.EventCallState, wire.CallParams{
			CallRef: wire.CallRef{CallID: fmt.Sprint("c", i)}, CallState: wire.CallEnded})]++
	}
	want[cn.Event("calling.something.new", map[string]int{"x": 1})]++
	got := make(map[wire.ID]int)
	if _, err := s.Wait(within(t), func(f relaytest.Frame) bool {
		if !f.Out && want[f.ID] > 0 && string(f.Result) == "{}" {
			got[f.ID]++
		}
		return len(got) == len(want)
	}); err != nil {
		t.Fatalf("%d of %d: %v", len(got), len(want), err)
	}
}

func TestResume(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil {
		t.Fatal(err)
	}
	s.Last().Event(wire.EventAuthorizationState, wire.AuthorizationStateParams{AuthorizationState: "a:b"})
	takeUntil(t, c, linkIs(model.LinkUp))
	s.Last().Drop()
	up := last(takeUntil(t, c, linkIs(model.LinkUp))).(model.LinkChanged).Link
	if !up.Resumed || up.Gap <= 0 || up.Generation != 2 {
		t.Fatalf("%+v", up)
	}
	f, err := s.Wait(within(t), relaytest.Request(wire.MethodConnect, 2))
	if err != nil {
		t.Fatal(err)
	}
	var p wire.ConnectParams
	if err := wire.Decode(f.Params, &p); err != nil || p.AuthorizationState != "a:b" || p.Protocol != c.Session().Protocol {
		t.Fatalf("%s %v", f.Params, err)
	}
	// The bridge lives in the server; its end comes over the new socket.
	w.Leave(string(peer.ID()))
	if cause, err := call.Disconnected(within(t)); err != nil || cause.By != model.Peer {
		t.Fatalf("%+v %v", cause, err)
	}
}

func TestForgottenSessionEndsWhatItKnew(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
		t.Fatal(err)
	}
	errc := make(chan error, 2)
	go func() { _, err := call.WaitFor(within(t), model.Ended); errc <- err }() // ends with the session; received below
	s.ForgetSessions()
	s.Last().Drop()
	if err := <-errc; !errors.Is(err, ErrLinkLost) {
		t.Fatal(err)
	}
	cause, err := call.Disconnected(within(t))
	if err != nil || cause.Word != model.WordSessionLost {
		t.Fatalf("%+v %v", cause, err)
	}
	if n := c.Stats().Calls; n != 0 {
		t.Fatalf("%d calls are still kept", n)
	}
}

func TestServerAsksToReconnect(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
			s := relaytest.New(t)
			c := opened(t, config(s))
			takeUntil(t, c, linkIs(model.LinkUp))
			cn := s.Last()
			id := cn.Request(wire.MethodDisconnect, wire.DisconnectParams{Restart: restart})
			if _, err := s.Wait(within(t), func(f relaytest.Frame) bool { return !f.Out && f.ID == id && string(f.Result) == "{}" }); err != nil {
				t.Fatal(err)
			}
			// Given in between: it waits for the next link.
			c.Do(model.Order{ID: 1, Command: model.Hangup{Call: "x"}})
			cn.Drop()
			up := last(takeUntil(t, c, linkIs(model.LinkUp))).(model.LinkChanged).Link
			if up.Resumed == restart {
				t.Fatalf("%+v", up)
			}
			if fault := last(takeUntil(t, c, settledAs(1))).(model.OrderSettled).Fault; fault != nil {
				t.Fatalf("%+v", fault)
			}
			f, err := s.Wait(within(t), relaytest.Request(wire.MethodEnd, 1))
			if err != nil || f.Conn != 2 {
				t.Fatalf("connection %d, %v", f.Conn, err)
			}
		})
	}
}

func TestHalfOpenLinkIsFound(t *testing.T) {
	t.Run("by the server's pings", func(t *testing.T) {
		s := relaytest.New(t)
		c := opened(t, config(s))
		takeUntil(t, c, linkIs(model.LinkUp))
		for range 2 {
			id := s.Last().Ping()
			if _, err := s.Wait(within(t), func(f relaytest.Frame) bool { return !f.Out && f.ID == id }); err != nil {
				t.Fatal(err)
			}
		}
		s.Last().Mute()
		if why := last(takeUntil(t, c, linkIs(model.LinkLost))).(model.LinkChanged).Link.Detail; why != errSilent.Error() {
			t.Fatal(why)
		}
		takeUntil(t, c, linkIs(model.LinkUp))
	})
	t.Run("by our own", func(t *testing.T) {
		s := relaytest.New(t)
		cfg := config(s)
		cfg.ProbeEvery = 100 * time.Millisecond
		c := opened(t, cfg)
		takeUntil(t, c, func(ev model.Event) bool {
			l, ok := ev.(model.LinkChanged)
			return ok && l.Link.RTT > 0
		})
		s.Last().Mute()
		takeUntil(t, c, linkIs(model.LinkLost))
		takeUntil(t, c, linkIs(model.LinkUp))
	})
}

func TestWaitsEndWhenTheLinkStaysAway(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	cfg := config(s)
	cfg.BackoffMin, cfg.BackoffMax, cfg.Grace = time.Hour, time.Hour, 50*time.Millisecond
	c := opened(t, cfg)
	call := answered(t, c, w)
	if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
		t.Fatal(err)
	}
	other := answered(t, c, w)
	req := wanted()
	req.To = "sip:silent@test"
	errc := make(chan error, 3)
	go func() { _, err := call.Disconnected(within(t)); errc <- err }()     // all three end with the grace period;
	go func() { _, err := other.ConnectSIP(within(t), req); errc <- err }() // received below
	go func() { _, err := c.Incoming(within(t)); errc <- err }()
	ringing(t, c, other)
	s.Last().Drop()
	for range 3 {
		if err := <-errc; !errors.Is(err, ErrLinkLost) {
			t.Fatal(err)
		}
	}
	// Nobody owns the peer that may answer now: it must be hung up.
	if a := other.Info().Attempt; a.Wanted {
		t.Fatal("the attempt is still wanted")
	}
}

func TestGarbageCostsNothing(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	cfg := config(s)
	cfg.MaxFrame = 100 << 10
	c := opened(t, cfg)
	cn := s.Last()
	for _, raw := range []string{
		"", "nonsense", "[]", "{}", "null", "7", `"text"`, `{"jsonrpc":"2.0"}`, `{"id":"nobody","result":{}}`,
		`{"jsonrpc":"2.0","id":7,"method":"unknown.method","params":[1]}`,
		`{"jsonrpc":"2.0","id":{},"method":"signalwire.event"}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":"text"}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":{"event_type":7}}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":{"event_type":"calling.call.state","params":[]}}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":{"event_type":"calling.call.state","params":{"call_id":"u1","call_state":"levitating"}}}`,
		`{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":{"event_type":"calling.call.connect","params":{"call_id":"u1","connect_state":"entangled"}}}`,
		`{"jsonrpc":"2.0","method":"signalwire.event","params":{"event_type":"calling.call.state","timestamp":"yes","params":{"call_state":"ended"}}}`,
		`{"jsonrpc":"2.0","id":"2","method":"signalwire.ping"}`,
		strings.Repeat("[", 20000), `{"x":"` + strings.Repeat("y", 200<<10) + `"}`,
		"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"signalwire.event\",\"params\":{\"event_type\":\"\xff\"}}",
	} {
		cn.Raw([]byte(raw))
	}
	answered(t, c, w)
	if s.Last() != cn {
		t.Fatal("garbage cost the link")
	}
	if c.Stats().Garbage == 0 || c.Stats().Unknown == 0 || c.Stats().Stray == 0 {
		t.Fatalf("%+v", c.Stats())
	}
}

func TestSuccessIsOnlyACodeOf2xx(t *testing.T) {
	cases := map[string]bool{
		`"result":{"code":"200"}`: true, `"result":{"code":200}`: true, `"result":{"code":"201","message":"x"}`: true,
		`"result":{"code":"404","message":"x"}`: false, `"result":{"code":404}`: false, `"result":{}`: false,
		`"result":null`: false, `"result":7`: false, `"result":{"code":"-32001"}`: false,
		`"error":{"code":-32603,"message":"x"}`: false, `"error":{"code":"x","message":"x"}`: false,
	}
	s := relaytest.New(t)
	c := opened(t, config(s))
	id := model.CommandID(0)
	for body, success := range cases {
		id++
		s.Handle(wire.MethodPass, func(c *relaytest.Conn, f wire.Frame) {
			c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,%s}`, f.ID, body)))
		})
		c.Do(model.Order{ID: id, Command: model.Pass{Call: "x"}})
		fault := last(takeUntil(t, c, settledAs(id))).(model.OrderSettled).Fault
		if (fault == nil) != success {
			t.Errorf("%s: %+v", body, fault)
		}
	}
	// No member of a reply at all is not even a reply of ours.
	s.Handle(wire.MethodPass, func(c *relaytest.Conn, f wire.Frame) {
		c.Raw([]byte(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q}`, f.ID)))
	})
	c.Do(model.Order{ID: 100, Command: model.Pass{Call: "x"}})
	if fault := last(takeUntil(t, c, settledAs(100))).(model.OrderSettled).Fault; fault == nil || fault.Kind != model.FaultRefused {
		t.Fatalf("%+v", fault)
	}
}

// TestDropAtEveryFrame cuts the link at each request of a whole session: all
// waits settle and the next session works.
func TestDropAtEveryFrame(t *testing.T) {
	for n := 1; n <= 8; n++ {
		t.Run(fmt.Sprint("request ", n), func(t *testing.T) {
			s := relaytest.New(t)
			var seen atomic.Int32
			s.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
				if int(seen.Add(1)) == n {
					return relaytest.Drop
				}
				return relaytest.Handle
			}
			w := relaytest.NewWorld(s)
			c := opened(t, config(s))
			for range 2 {
				story(t, c, w)
			}
		})
	}
}

// story is a session in which anything may fail, but nothing may hang.
func story(t *testing.T, c *Client, w *relaytest.World) {
	ctx := within(t)
	if err := c.until(ctx, "test", "", func() (bool, error) { return c.conn != nil, nil }, watchKey{kind: keyOffers}); err != nil {
		t.Fatal(err)
	}
	w.Call("sip:caller@test", "office")
	call, err := c.Incoming(ctx)
	if err != nil {
		t.Fatal(err)
	}
	settled := func(err error) {
		if err != nil && errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	settled(call.Answer(ctx))
	peer, err := connectOrCancel(ctx, c, call)
	settled(err)
	if err == nil {
		p, err := peer.PlayTTS(ctx, "hello")
		settled(err)
		if err == nil {
			settled(p.Ended(ctx))
		}
		settled(call.Disconnect(ctx))
	}
	settled(call.Hangup(ctx, ""))
}

// connectOrCancel connects and, when the link was lost so that nobody knows
// whether the server heard of it, cancels: that must settle both.
func connectOrCancel(ctx context.Context, c *Client, call *Call) (peer *Call, err error) {
	done := make(chan struct{})
	began := c.Link().Generation
	go func() { // ends with the attempt, waited for below
		defer close(done)
		peer, err = call.ConnectSIP(ctx, wanted())
	}()
	_ = c.until(ctx, "test", "", func() (bool, error) {
		st := call.now().ConnectState()
		return st == model.Connected || st.Over() || call.now().State == model.Ended || c.conn != nil && c.link.Generation != began, nil
	}, watchKey{keyCall, string(call.id)})
	if call.ConnectState() == model.Dialing {
		if err := call.Disconnect(ctx); err != nil {
			return nil, err
		}
	}
	<-done
	return peer, err
}

func TestTokenIsNeverPrinted(t *testing.T) {
	cfg := Config{URL: "ws://h", Project: "p-secret", Token: "t-secret"}
	c := open(t, Config{URL: "ws://127.0.0.1:1", Project: "p-secret", Token: "t-secret"})
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg), fmt.Sprintf("%v %+v %#v", c, c, c), fmt.Sprint(cfg.LogValue()),
	} {
		if strings.Contains(text, "secret") {
			t.Fatal(text)
		}
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	good := Config{URL: "ws://h", Project: "p", Token: "t"}
	for name, spoil := range map[string]func(*Config){
		"url": func(c *Config) { c.URL = "" }, "scheme": func(c *Config) { c.URL = "http://h" },
		"user": func(c *Config) { c.URL = "ws://a:b@h" }, "project": func(c *Config) { c.Project = "" },
		"token": func(c *Config) { c.Token = "" }, "context": func(c *Config) { c.Contexts = []string{""} },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for space, url := range map[string]string{
		"example.signalwire.com": "wss://example.signalwire.com", "example": "wss://example.signalwire.com",
		"ws://127.0.0.1:7070": "ws://127.0.0.1:7070", "": "wss://relay.signalwire.com", "https://a.b/": "wss://a.b",
	} {
		if got := URLForSpace(space); got != url {
			t.Errorf("%q gives %q", space, got)
		}
	}
}
