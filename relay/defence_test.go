package relay

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// TestPingsThatCameTogether: a network that stood still and then delivers two
// pings at once does not make the next silence a lost link.
func TestPingsThatCameTogether(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.ProbeEvery = time.Hour
	c := opened(t, cfg)
	for range 2 {
		id := s.Last().Ping()
		if _, err := s.Wait(within(t), func(f relaytest.Frame) bool { return !f.Out && f.ID == id }); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Receive(within(t), "office"); err != nil { // the reader is done with the pings
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil || c.conn.pingWatch == nil || time.Until(c.conn.pingWatch.at) < cfg.ProbeEvery/2 {
		t.Fatal("the link would be given up before anything could have come")
	}
}

// TestFrameWithoutAnEnd is not skipped for ever.
func TestFrameWithoutAnEnd(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.MaxFrame = 1000
	c := opened(t, cfg)
	s.Last().Raw(bytes.Repeat([]byte("x"), mostSkipped+2*cfg.MaxFrame))
	if why := last(takeUntil(t, c, linkIs(model.LinkLost))).(model.LinkChanged).Link.Detail; why != errEndless.Error() {
		t.Fatal(why)
	}
	takeUntil(t, c, linkIs(model.LinkUp))
}

// TestRecentKeepsWhatWasAddedAgain after it was dropped, for as long as any.
func TestRecentKeepsWhatWasAddedAgain(t *testing.T) {
	var r recent[int]
	r.add(-1)
	r.drop(-1)
	for i := range maxRecent / 2 {
		r.add(i)
	}
	r.add(-1)
	for i := range maxRecent / 2 {
		r.add(maxRecent + i)
	}
	if !r.has(-1) {
		t.Error("its first place ended it")
	}
	for i := range maxRecent {
		r.add(2*maxRecent + i)
	}
	if r.has(-1) || len(r.set) != maxRecent || len(r.ring) != maxRecent {
		t.Error("more than the last is kept:", len(r.set))
	}
}

// TestConfigRefusesNegatives: of all times only that of our own pings can be
// none.
func TestConfigRefusesNegatives(t *testing.T) {
	good := Config{URL: "ws://127.0.0.1:1", Project: "P", Token: "T"}
	for _, set := range []func(*Config){
		func(c *Config) { c.HandshakeTimeout = Off }, func(c *Config) { c.RequestTimeout = Off }, func(c *Config) { c.Grace = Off },
		func(c *Config) { c.BackoffMin = Off }, func(c *Config) { c.BackoffMax = Off }, func(c *Config) { c.MaxFrame = -1 },
	} {
		cfg := good
		set(&cfg)
		if _, err := cfg.complete(); !errors.Is(err, ErrConfig) {
			t.Error(err)
		}
	}
	for _, url := range []string{"ws://127.0.0.1:0", "ws://127.0.0.1:99999"} {
		cfg := good
		cfg.URL = url
		if _, err := cfg.complete(); !errors.Is(err, ErrConfig) {
			t.Error(url, err)
		}
	}
	good.ProbeEvery = Off
	if _, err := good.complete(); err != nil {
		t.Error(err)
	}
}

// TestTLS: a session over wss, and a certificate that nobody vouches for.
func TestTLS(t *testing.T) {
	s := relaytest.New(t)
	cert := httptest.NewTLSServer(nil) // for its certificate
	cert.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", cert.TLS)
	if err != nil {
		t.Fatal(err)
	}
	var pipes sync.WaitGroup
	pipes.Go(func() { // ends when the listener is closed below
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "ws://"))
			if err != nil {
				in.Close()
				return
			}
			pipes.Go(func() { defer out.Close(); _, _ = io.Copy(out, in) }) // ends with the client's end
			pipes.Go(func() { defer in.Close(); _, _ = io.Copy(in, out) })  // ends with the server's end
		}
	})
	t.Cleanup(func() { l.Close(); pipes.Wait() }) // after the clients were closed

	cfg := config(s)
	cfg.URL = "wss://" + l.Addr().String()
	stranger := open(t, cfg)
	why := last(takeUntil(t, stranger, linkIs(model.LinkLost))).(model.LinkChanged).Link.Detail
	if !strings.Contains(why, "certificate") {
		t.Error(why)
	}
	stranger.Close()

	cfg.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
	cfg.TLS.RootCAs.AddCert(cert.Certificate())
	c := opened(t, cfg)
	w := relaytest.NewWorld(s)
	call := answered(t, c, w)
	if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
		t.Fatal(err)
	}
}

// TestLinkLostBehindAnAnswer: the server took it, and what came of it cannot be
// known.
func TestLinkLostBehindAnAnswer(t *testing.T) {
	s := relaytest.New(t)
	cfg := config(s)
	cfg.BackoffMin, cfg.BackoffMax = time.Hour, time.Hour
	c := opened(t, cfg)
	call := c.Attach("a", "n")
	s.Last().Drop()
	takeUntil(t, c, linkIs(model.LinkLost))
	c.cfg.RequestTimeout = time.Millisecond // nobody reads it while there is no link
	var e *Error
	err := call.settles(within(t), "hang up", func(*model.Call) (bool, error) { return false, nil })
	if !errors.Is(err, ErrLinkLost) || !errors.As(err, &e) || e.Call != "a" {
		t.Error(err)
	}
	a := &action{c: c, call: "a", control: "x", ends: terminal("play")}
	if err := a.waitFor(within(t), "send digits", time.Millisecond); !errors.Is(err, ErrLinkLost) {
		t.Error(err)
	}
}

// TestRefusedSessionIsGivenUp: a server that cannot read what it once gave out
// would refuse it for ever.
func TestRefusedSessionIsGivenUp(t *testing.T) {
	s := relaytest.New(t)
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
		var p wire.ConnectParams
		if err := wire.Decode(f.Params, &p); err == nil && p.Protocol != "" {
			c.ReplyError(f.ID, wire.RPCParams, "protocol is not valid")
			return
		}
		c.Admit(f)
	})
	cfg := config(s)
	cfg.Resume = &Session{Protocol: "signalwire_old_1", AuthorizationState: "old"}
	c := opened(t, cfg)
	if link := c.Link(); link.Resumed || c.Session().Protocol == cfg.Resume.Protocol {
		t.Fatalf("%+v", link)
	}
}

// TestPlaybackOfAForgottenSession: the call may well be up, and so may the
// playback.
func TestPlaybackOfAForgottenSession(t *testing.T) {
	s, c, call := acting(t)
	s.Handle(wire.MethodPlay, func(c *relaytest.Conn, f wire.Frame) { c.OK(f.ID, "Playing") })
	p, err := call.PlayTTS(within(t), "hello")
	if err != nil {
		t.Fatal(err)
	}
	s.ForgetSessions()
	s.Last().Drop()
	if err := p.Ended(within(t)); !errors.Is(err, ErrLinkLost) || errors.Is(err, ErrEnded) {
		t.Error(err)
	}
	if _, err := call.ConnectSIP(within(t), wanted()); !errors.Is(err, ErrLinkLost) {
		t.Error(err)
	}
	again := c.Attach(call.ID(), call.Node())
	if p, err = again.PlayTTS(within(t), "hello again"); err != nil {
		t.Fatal(err)
	}
	if err := again.Hangup(within(t), ""); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := p.Ended(within(t)); !errors.Is(err, ErrEnded) || !errors.As(err, &e) || e.Cause.By != model.Operator {
		t.Error(err)
	}
}

// TestErrorsOfAnyMake say something: a program may make its own, for its tests.
func TestErrorsOfAnyMake(t *testing.T) {
	below := errors.New("below")
	for want, e := range map[string]*Error{
		"relay: failed":                            {},
		"relay: play: failed with 3":               {Op: "play", Code: 3},
		"relay: play: failed: The peer is busy.":   {Op: "play", Cause: model.Cause{By: model.Peer, Word: model.WordBusy}},
		"relay: play 12345678: below":              {Op: "play", Call: "12345678-9", Err: below},
		"relay: play: the action failed: x: below": {Op: "play", Kind: ErrActionFailed, Text: "x", Err: below},
		"relay: play: x: below":                    {Op: "play", Text: "x", Err: below},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
