package people_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/people"
	"cordpair/relay/exchange/sip"
)

func TestMain(m *testing.M) {
	people.Goodbye(patience)
	goleak.VerifyTestMain(m)
}

// patience bounds every wait; nothing takes that long unless it is broken.
const patience = time.Minute

// server is as much of an exchange as the people see: a registrar and somebody
// who takes their calls.
type server struct {
	t         *testing.T
	stack     *sip.Stack
	engine    *media.Engine
	registrar *sip.Registrar
	calls     chan *sip.Leg
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{
		t: t, engine: media.NewEngine(media.EngineConfig{}), calls: make(chan *sip.Leg, 64),
		registrar: sip.NewRegistrar(sip.RegistrarConfig{Domains: []string{"demo"}}),
	}
	stack, err := sip.Listen(context.Background(), sip.Config{
		Addr: "127.0.0.1:0", Registrar: s.registrar,
		Handler: sip.HandlerFunc(func(l *sip.Leg) { s.calls <- l }),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stack = stack
	t.Cleanup(func() {
		stack.Close()
		s.engine.Close()
	})
	return s
}

func (s *server) people(edit ...func(*people.Config)) *people.People {
	s.t.Helper()
	cfg := people.Config{Registrar: s.stack.Addr().String(), Tempo: 50}
	for _, e := range edit {
		e(&cfg)
	}
	p, err := people.Start(context.Background(), cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return p
}

// call calls a person at their registered contact.
type call struct {
	t      *testing.T
	leg    *sip.Leg
	stream *media.Stream
	events chan sip.Event
	mu     sync.Mutex
	heard  int // samples that were not silent
}

func (s *server) call(user string, codecs ...string) *call {
	s.t.Helper()
	targets := s.registrar.Lookup("sip:" + user + "@demo")
	if len(targets) == 0 {
		s.t.Fatalf("%s is not registered", user)
	}
	stream, err := s.engine.Open(s.stack.Addr().Addr())
	if err != nil {
		s.t.Fatal(err)
	}
	if len(codecs) == 0 {
		codecs = []string{"PCMA", "PCMU"}
	}
	offer, err := media.Offer(stream.LocalAddr(), codecs, media.SDPOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := s.stack.Invite(sip.OutboundInvite{From: "sip:me@demo", To: "sip:" + user + "@demo", Targets: targets, SDP: offer})
	if err != nil {
		s.t.Fatal(err)
	}
	c := &call{t: s.t, leg: l, stream: stream, events: make(chan sip.Event, 64)}
	l.Notify(func(e sip.Event) { c.events <- e })
	return c
}

func await[E sip.Event](c *call) E {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-c.events:
			if e, ok := e.(E); ok {
				return e
			}
		case <-deadline:
			c.t.Fatalf("no %T", *new(E))
		}
	}
}

// talk starts the media of an answered call.
func (c *call) talk() {
	c.t.Helper()
	far, err := media.ParseSDP(await[sip.Answered](c).SDP)
	if err != nil {
		c.t.Fatal(err)
	}
	f, err := media.Accepted(far, []string{"PCMA", "PCMU"})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.stream.Start(far.Addr, f, 0, media.SendRecv); err != nil {
		c.t.Fatal(err)
	}
	c.stream.Tap(func(pcm []int16) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, v := range pcm {
			if v > 200 || v < -200 {
				c.heard++
			}
		}
	})
}

func (c *call) hears() {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		c.mu.Lock()
		n := c.heard
		c.mu.Unlock()
		if n > 400 {
			tick.Stop()
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatal("heard nothing")
		}
	}
}

func TestRefusals(t *testing.T) {
	s := newServer(t)
	s.people()
	for user, code := range map[string]int{"busy": 486, "decline": 603, "notfound": 404, "picky": 488} {
		if e := await[sip.Ended](s.call(user)); e.Code != code || e.By != sip.Remote {
			t.Errorf("%s: %+v", user, e)
		}
	}
	if e := await[sip.Ended](s.call("unreachable")); e.By != sip.Network {
		t.Errorf("unreachable: %+v", e)
	}
	if e := await[sip.Ended](s.call("alice", "OPUS")); e.Code != 488 {
		t.Errorf("alice has no Opus: %+v", e)
	}
}

func TestTalkers(t *testing.T) {
	s := newServer(t)
	s.people()
	for _, user := range []string{"alice", "bob", "late5"} {
		c := s.call(user)
		await[sip.Ringing](c)
		c.talk()
		c.hears()
		c.leg.End(sip.EndReason{})
		await[sip.Ended](c)
	}
}

func TestHold(t *testing.T) {
	s := newServer(t)
	s.people()
	c := s.call("alice")
	c.talk()
	for i, dir := range []media.Direction{media.SendOnly, media.SendRecv} {
		offer, err := media.Offer(c.stream.LocalAddr(), []string{"PCMA"}, media.SDPOptions{SessionID: 1, Version: uint64(i), Direction: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.leg.Reinvite(offer); err != nil {
			t.Fatal(err)
		}
		d, err := media.ParseSDP(await[sip.Reanswered](c).SDP)
		if err != nil || d.Direction != dir.Mirror() {
			t.Errorf("%v is answered with %v, %v", dir, d.Direction, err)
		}
	}
	c.leg.End(sip.EndReason{})
	await[sip.Ended](c)
}

func TestHangup(t *testing.T) {
	s := newServer(t)
	s.people()
	c := s.call("hangup5")
	c.talk()
	if e := await[sip.Ended](c); e.By != sip.Remote || e.Code != 0 {
		t.Errorf("%+v", e)
	}
}

func TestNoAnswer(t *testing.T) {
	s := newServer(t)
	s.people()
	c := s.call("noanswer")
	await[sip.Ringing](c)
	c.leg.End(sip.EndReason{})
	if e := await[sip.Ended](c); e.Code != 487 {
		t.Errorf("%+v", e)
	}
}

type square struct{ n int }

func (s *square) ReadPCM(pcm []int16) int {
	for i := range pcm {
		s.n++
		pcm[i] = 4000
		if s.n/10%2 == 0 {
			pcm[i] = -4000
		}
	}
	return len(pcm)
}

func TestEcho(t *testing.T) {
	s := newServer(t)
	s.people()
	c := s.call("echo")
	c.talk()
	c.stream.SetSource(&square{})
	c.hears()
}

// TestCallers: they call the contexts with a name and headers, give up, and
// call again.
func TestCallers(t *testing.T) {
	s := newServer(t)
	s.people(func(c *people.Config) {
		c.Calling, c.Contexts, c.Tempo = true, []string{"support", "frontdesk"}, 200
	})
	seen := map[string]int{}
	for seen["support"] < 5 || seen["frontdesk"] < 2 {
		select {
		case l := <-s.calls:
			if err := l.Ring(); err != nil {
				t.Log(err)
			}
			user, _, _ := strings.Cut(strings.TrimPrefix(l.RequestURI(), "sip:"), "@")
			seen[user]++
			if l.From().Display == "" || l.To().URI != "sip:"+user+"@demo" {
				t.Errorf("from %+v to %+v", l.From(), l.To())
			}
		case <-time.After(patience):
			t.Fatalf("calls: %v", seen)
		}
	}
}

func TestCloseTakesRegistrationsBack(t *testing.T) {
	s := newServer(t)
	p := s.people()
	if len(s.registrar.Lookup("sip:alice@demo")) != 1 {
		t.Fatal("alice is not registered")
	}
	c := s.call("alice")
	c.talk()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	await[sip.Ended](c)
	if len(s.registrar.Lookup("sip:alice@demo")) != 0 {
		t.Error("alice is still registered")
	}
}

func TestNobodyToRegisterAt(t *testing.T) {
	s := newServer(t)
	cfg := people.Config{Registrar: s.stack.Addr().String(), Domain: "elsewhere"}
	if p, err := people.Start(context.Background(), cfg); err == nil {
		p.Close()
		t.Error("started")
	}
}

func TestDirectoryNamesEverybodyOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range people.Directory("demo") {
		if seen[e.Address] || e.Name == "" || e.About == "" || e.Kind != "person" {
			t.Errorf("%+v", e)
		}
		seen[e.Address] = true
	}
	for _, user := range []string{"alice", "bob", "busy", "decline", "noanswer", "late5", "hangup5", "notfound", "unreachable", "picky"} {
		if !seen["sip:"+user+"@demo"] {
			t.Errorf("%s is missing", user)
		}
	}
}
