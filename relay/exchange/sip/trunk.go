package sip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// TrunkConfig is an account at somebody else's SIP server.
type TrunkConfig struct {
	// Name is handed back in TrunkState.
	Name string
	// AOR is our address there, for example sip:4930123@provider.example. Mandatory.
	AOR string
	// Registrar is where to register and to send OPTIONS. Default: AOR's host.
	Registrar string
	// Proxy is a sip: URI that everything is sent through. Default: none.
	Proxy string
	// Username and Password answer challenges. Default user: AOR's.
	Username, Password string
	// Static: the provider knows our address, do not register.
	Static bool
	// Expires is what to register for. Default 10 minutes. It is refreshed
	// well before.
	Expires time.Duration
	// Ping is how often to check the server by OPTIONS (any answer but 408 and
	// 503 is a good one). Default 30 s; negative: never.
	Ping time.Duration
	// RetryMin and RetryMax bound the wait between failed registrations, which
	// doubles with each and is spread by chance. Default 1 s and 2 minutes.
	RetryMin, RetryMax time.Duration
	// OnState, if set, gets every change of state, one at a time and in order,
	// on a goroutine of the trunk. It may be slow, but must end for the stack to.
	OnState func(TrunkState)
}

// Health of a trunk.
type Health int

const (
	HealthUnknown  Health = iota // nothing was tried yet
	HealthUp                     // it answers, and we are registered where we want to be
	HealthDegraded               // two or three checks failed in a row, or a refresh did while the binding holds
	HealthDown                   // four checks failed in a row, or we are not registered
)

func (h Health) String() string {
	return [...]string{"unknown", "up", "degraded", "down"}[h]
}

const (
	degradedAfter = 2 // bad checks in a row
	downAfter     = 4
)

// TrunkState is what is known of a trunk.
type TrunkState struct {
	Name       string
	Health     Health
	Since      time.Time // of Health
	Registered bool      // true for ever where Static
	Expires    time.Time // of the registration; zero: none
	RoundTrip  time.Duration
	Checked    time.Time // last OPTIONS that ended
	BadChecks  int       // in a row
	Err        error     // the last failure; nil when all is well
}

// Trunk keeps an account registered and watches it. All methods are safe for
// concurrent use. It ends with Close or with its stack.
type Trunk struct {
	s     *Stack
	cfg   TrunkConfig
	reg   RegisterRequest
	bind  *bindingTo // of the registering goroutine
	ping  *bindingTo // of the checking one: a dialog of its own
	stop  context.CancelFunc
	ended sync.WaitGroup
	ctx   context.Context

	mu      sync.Mutex
	state   TrunkState
	regErr  error
	pingErr error
	news    *queue[TrunkState]
}

// Trunk starts one. Errors: URIError, ErrClosed.
func (s *Stack) Trunk(cfg TrunkConfig) (*Trunk, error) {
	_, aor, err := parseAddress(cfg.AOR)
	switch {
	case err != nil:
		return nil, fmt.Errorf("address of record: %w", err)
	case aor.User == "":
		return nil, fmt.Errorf("address of record: %w", &URIError{cfg.AOR, "no user"})
	}
	if cfg.Registrar == "" {
		home := aor
		home.User, home.Password = "", ""
		cfg.Registrar = home.String()
	}
	if cfg.Username == "" {
		cfg.Username = aor.User
	}
	cfg = cfg.withDefaults()
	t := &Trunk{s: s, cfg: cfg, news: newQueue[TrunkState]()}
	t.reg = RegisterRequest{AOR: cfg.AOR, Registrar: cfg.Registrar, Proxy: cfg.Proxy, Username: cfg.Username, Password: cfg.Password}
	if t.bind, err = s.newBindingTo(t.reg); err != nil {
		return nil, err
	}
	if t.ping, err = s.newBindingTo(t.reg); err != nil {
		return nil, err
	}
	t.state = TrunkState{Name: cfg.Name, Registered: cfg.Static, Since: time.Now()}
	t.ctx, t.stop = context.WithCancel(s.ctx)
	if !s.adoptTrunk(t) {
		t.stop()
		return nil, ErrClosed
	}
	return t, nil
}

// adoptTrunk starts the trunk's goroutines, unless the stack is closed.
func (s *Stack) adoptTrunk(t *Trunk) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.trunks[t] = struct{}{}
	// All end with t.ctx. Stack.Close waits for them, Trunk.Close for the first two.
	if !t.cfg.Static {
		t.run("trunk registration", t.keepRegistered)
	}
	if t.cfg.Ping > 0 {
		t.run("trunk check", t.keepChecking)
	}
	s.spawn("trunk state", t.tell) // may be in a slow OnState: Trunk.Close does not wait for it
	return true
}

func (t *Trunk) run(what string, f func()) {
	t.ended.Add(1)
	t.s.spawn(what, func() { defer t.ended.Done(); f() })
}

func (c TrunkConfig) withDefaults() TrunkConfig {
	if c.Expires <= 0 {
		c.Expires = 10 * time.Minute
	}
	if c.Ping == 0 {
		c.Ping = 30 * time.Second
	}
	if c.RetryMin <= 0 {
		c.RetryMin = time.Second
	}
	if c.RetryMax <= 0 {
		c.RetryMax = max(2*time.Minute, c.RetryMin)
	}
	return c
}

// Invite calls somebody over the trunk: its proxy and credentials are filled in
// where req has none. Errors as [Stack.Invite].
func (t *Trunk) Invite(req OutboundInvite) (*Leg, error) {
	if req.Proxy == "" {
		req.Proxy = t.cfg.Proxy
	}
	if req.Username == "" {
		req.Username, req.Password = t.cfg.Username, t.cfg.Password
	}
	return t.s.Invite(req)
}

// State is what is known now.
func (t *Trunk) State() TrunkState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state
}

// Close ends the trunk and takes the registration back, which ctx bounds.
// Calls made over it go on. It is idempotent. The error is that of the last
// REGISTER; nil where there was nothing to take back.
func (t *Trunk) Close(ctx context.Context) error {
	t.stop()
	t.ended.Wait()
	t.s.mu.Lock()
	_, first := t.s.trunks[t]
	delete(t.s.trunks, t)
	t.s.mu.Unlock()
	if !first || t.cfg.Static || !t.State().Registered {
		return nil
	}
	_, err := t.bind.register(ctx, 0)
	return err
}

// keepRegistered registers, refreshes and tries again, without end.
func (t *Trunk) keepRegistered() {
	wait := t.cfg.RetryMin
	for {
		granted, err := t.bind.register(t.ctx, t.cfg.Expires)
		if t.ctx.Err() != nil {
			return
		}
		t.registered(granted, err)
		pause := spread(granted * 3 / 4)
		if err != nil {
			pause = spread(wait)
			wait = min(2*wait, t.cfg.RetryMax)
		} else {
			wait = t.cfg.RetryMin
		}
		if !t.sleep(pause) {
			return
		}
	}
}

// spread is d less up to a quarter of it, by chance: trunks that failed together
// shall not come back together.
func spread(d time.Duration) time.Duration { return d - rand.N(d/4+1) }

func (t *Trunk) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.ctx.Done():
		return false
	}
}

// keepChecking sends OPTIONS, at once and then every Ping.
func (t *Trunk) keepChecking() {
	for {
		ctx, cancel := context.WithTimeout(t.ctx, min(10*time.Second, t.cfg.Ping))
		begun := time.Now()
		err := t.check(ctx)
		cancel()
		if t.ctx.Err() != nil {
			return
		}
		t.checked(time.Since(begun), err)
		if !t.sleep(t.cfg.Ping) {
			return
		}
	}
}

var errNoAnswer = errors.New("sip: OPTIONS was not answered")

func (t *Trunk) check(ctx context.Context) error {
	res, err := t.s.options(ctx, t.ping)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrUnreachable, errNoAnswer)
	case err != nil:
		return err
	case res.StatusCode == 408 || res.StatusCode == 503:
		return &RefusedError{"OPTIONS", res.StatusCode, res.Reason}
	}
	return nil
}
