package sip

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// states keeps what a trunk told.
type states struct {
	mu  sync.Mutex
	all []TrunkState
}

func (s *states) add(st TrunkState) { s.mu.Lock(); s.all = append(s.all, st); s.mu.Unlock() }

// saw waits for a state.
func (s *states) saw(t *testing.T, what string, ok func(TrunkState) bool) TrunkState {
	t.Helper()
	var found TrunkState
	eventually(t, what, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, st := range s.all {
			if ok(st) {
				found = st
				return true
			}
		}
		return false
	})
	return found
}

func health(h Health) func(TrunkState) bool { return func(s TrunkState) bool { return s.Health == h } }

func startTrunk(t *testing.T, s *Stack, cfg TrunkConfig) (*Trunk, *states) {
	t.Helper()
	var got states
	cfg.OnState = got.add
	trunk, err := s.Trunk(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return trunk, &got
}

func TestTrunkRegistersWithCredentials(t *testing.T) {
	r := NewRegistrar(RegistrarConfig{})
	in := make(calls, 1)
	provider := listen(t, Config{Registrar: r, Handler: in, Auth: &Auth{
		Realm: "provider", Invites: true, Credentials: users(map[string]Secret{"4930": {Password: "pw"}})}})
	us := listen(t, Config{})
	trunk, got := startTrunk(t, us, TrunkConfig{Name: "one", AOR: uriOf("4930", provider), Registrar: "sip:" + provider.Addr().String(), Password: "pw"})
	up := got.saw(t, "up and checked", func(s TrunkState) bool { return s.Health == HealthUp && s.RoundTrip > 0 })
	if up.Name != "one" || !up.Registered || !up.Expires.After(time.Now()) || up.Err != nil || up.Since.IsZero() || up.Checked.IsZero() {
		t.Errorf("%+v", up)
	}
	if list := r.List(); len(list) != 1 || list[0].Target != "sip:4930@"+us.Addr().String() {
		t.Errorf("%+v", list)
	}
	leg, err := trunk.Invite(OutboundInvite{From: uriOf("4930", provider), To: uriOf("123", provider), SDP: []byte(offer)})
	if err != nil {
		t.Fatal(err)
	}
	if there := in.next(t); there.User() != "4930" {
		t.Errorf("user %q", there.User())
	}
	leg.End(EndReason{})
	if err := trunk.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := trunk.Close(t.Context()); err != nil || len(r.List()) != 0 {
		t.Errorf("%v, %v left", err, r.List())
	}
}

func TestTrunkUnregistersWhenTheStackCloses(t *testing.T) {
	r := NewRegistrar(RegistrarConfig{})
	provider := listen(t, Config{Registrar: r})
	us, err := Listen(context.Background(), Config{Addr: "127.0.0.1:0", closing: patience})
	if err != nil {
		t.Fatal(err)
	}
	_, got := startTrunk(t, us, TrunkConfig{AOR: uriOf("a", provider), Ping: -1})
	got.saw(t, "up", health(HealthUp))
	if err := us.Close(); err != nil || len(r.List()) != 0 {
		t.Errorf("%v, %v left", err, r.List())
	}
	if _, err := us.Trunk(TrunkConfig{AOR: "sip:a@b"}); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestTrunkRetriesAndRefreshes(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	trunk, got := startTrunk(t, s, TrunkConfig{AOR: "sip:a@" + w.addr(), Ping: -1, RetryMin: time.Millisecond, RetryMax: 10 * time.Millisecond})
	first := w.request("REGISTER")
	w.reply(first, 403, "Forbidden", "", "")
	for range 5 { // it never gives up
		w.reply(w.request("REGISTER"), 503, "Service Unavailable", "", "")
	}
	down := got.saw(t, "down", health(HealthDown))
	var no *RefusedError
	if !errors.As(down.Err, &no) || no.Code != 403 || down.Registered {
		t.Errorf("%+v", down)
	}
	short := w.request("REGISTER")
	w.reply(short, 423, "Interval Too Brief", "Min-Expires: 1800\n", "")
	longer := w.request("REGISTER")
	if value(longer, "Expires") != "1800" || longer.CallID().Value() != first.CallID().Value() || longer.CSeq().SeqNo != first.CSeq().SeqNo+7 {
		t.Errorf("%s", longer)
	}
	// Granted for a second: it is refreshed before that is over.
	w.reply(longer, 200, "OK", "Contact: "+value(longer, "Contact")+";expires=1\nExpires: 3600\n", "")
	up := got.saw(t, "up", health(HealthUp))
	if left := time.Until(up.Expires); left > time.Second {
		t.Errorf("holds %v", left)
	}
	refresh := w.request("REGISTER")
	w.reply(refresh, 500, "Oops", "", "")
	got.saw(t, "degraded or down after the failed refresh", func(st TrunkState) bool { return st.Err != nil && st.Since.After(up.Since) })
	w.reply(w.request("REGISTER"), 200, "OK", "Expires: 3600\n", "")
	eventually(t, "up again", func() bool { st := trunk.State(); return st.Health == HealthUp && st.Err == nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := trunk.Close(ctx); !errors.Is(err, context.Canceled) { // nobody there to take it back
		t.Errorf("%v", err)
	}
}

func TestTrunkHealth(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	trunk, got := startTrunk(t, s, TrunkConfig{AOR: "sip:a@h.test", Static: true, Proxy: "sip:" + w.addr(), Ping: 20 * time.Second})
	first := w.request("OPTIONS")
	if route := value(first, "Route"); route != "<sip:"+w.addr()+";lr>" || first.Recipient.String() != "sip:h.test" {
		t.Errorf("%s", first)
	}
	w.reply(first, 404, "Not Found", "", "") // alive
	got.saw(t, "up", health(HealthUp))
	bad := errors.New("bad")
	for i, want := range []Health{HealthUp, HealthDegraded, HealthDegraded, HealthDown, HealthDown} {
		trunk.checked(0, bad)
		if st := trunk.State(); st.Health != want || st.BadChecks != i+1 || !errors.Is(st.Err, bad) || !st.Registered {
			t.Errorf("after %d: %+v", i+1, st)
		}
	}
	trunk.checked(time.Millisecond, nil)
	if st := trunk.State(); st.Health != HealthUp || st.RoundTrip != time.Millisecond || st.Err != nil {
		t.Errorf("%+v", st)
	}
	got.saw(t, "down", health(HealthDown))
	if HealthDegraded.String() != "degraded" {
		t.Error(HealthDegraded)
	}
}

func TestTrunkChecks(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	_, got := startTrunk(t, s, TrunkConfig{AOR: "sip:a@" + w.addr(), Static: true, Ping: patience})
	w.reply(w.request("OPTIONS"), 503, "Service Unavailable", "", "")
	st := got.saw(t, "refused check", func(s TrunkState) bool { return s.BadChecks == 1 })
	var no *RefusedError
	if !errors.As(st.Err, &no) || no.Method != "OPTIONS" {
		t.Errorf("%+v", st)
	}
	trunk, got := startTrunk(t, s, TrunkConfig{AOR: "sip:b@" + w.addr(), Static: true, Ping: 50 * time.Millisecond})
	st = got.saw(t, "down by silence", health(HealthDown))
	if !errors.Is(st.Err, ErrUnreachable) || !strings.Contains(st.Err.Error(), "OPTIONS") {
		t.Errorf("%+v", st)
	}
	if err := trunk.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestBadTrunks(t *testing.T) {
	s := listen(t, Config{})
	for _, cfg := range []TrunkConfig{{}, {AOR: "sip:h.test"}, {AOR: "sip:a@h", Registrar: "x"}, {AOR: "sip:a@h", Proxy: "x"}} {
		if _, err := s.Trunk(cfg); !errors.Is(err, ErrBadURI) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
