package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// Config says where the people live. Registrar is required.
type Config struct {
	Registrar string   // the exchange's SIP address, host:port
	Domain    string   // of their addresses; default "demo"
	Calling   bool     // some of them call in
	Contexts  []string // whom they call: most the first, one the second; default "support"
	// Password is what all of them register and call with, each under the own
	// user part as name (see Names). Default: none, for a registrar that asks
	// for none.
	Password string
	Logger   *slog.Logger
	// Tempo divides every duration of the scripts; tests use a high one.
	// Default 1.
	Tempo float64
}

const (
	// life is how long a registration holds; it is renewed at half of it.
	life = time.Hour
	// patience bounds one REGISTER.
	patience = 30 * time.Second
)

// goodbye bounds taking the registrations back. Tests wait longer.
var goodbye = 300 * time.Millisecond

// People are the scripted people of one exchange. All methods are safe for
// concurrent use.
type People struct {
	cfg    Config
	log    *slog.Logger
	stack  *sip.Stack
	engine *media.Engine
	ctx    context.Context // ends every script
	cancel context.CancelFunc
	wg     sync.WaitGroup // registrations and callers
	ring   chan struct{}  // one token for each call that may ring at once
	close  sync.Once
	err    error
}

// Start registers the people and returns; the callers among them begin to call.
// ctx ending closes them too. The error is that of the first registration that
// failed, and then nobody is left running.
func Start(ctx context.Context, cfg Config) (*People, error) {
	if cfg.Domain == "" {
		cfg.Domain = "demo"
	}
	if len(cfg.Contexts) == 0 {
		cfg.Contexts = []string{"support"}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Tempo <= 0 {
		cfg.Tempo = 1
	}
	p := &People{cfg: cfg, log: cfg.Logger, ring: make(chan struct{}, maxRinging)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.engine = media.NewEngine(media.EngineConfig{NoFiles: true, OnFault: func(err error) { p.log.Error("people", "err", err) }})
	stack, err := sip.Listen(context.Background(), sip.Config{
		Addr: p.here(), Handler: sip.HandlerFunc(p.take), Logger: cfg.Logger, UserAgent: userAgent,
	})
	if err != nil {
		p.cancel()
		p.engine.Close()
		return nil, fmt.Errorf("people: %w", err)
	}
	p.stack = stack
	if err := p.register(ctx, life); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.run("registrations", p.renew)
	if cfg.Calling {
		for _, c := range callers(cfg.Contexts) {
			p.run(c.user, func() { p.callFor(c) })
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = p.Close() })
	context.AfterFunc(p.ctx, func() { stop() })
	return p, nil
}

const userAgent = "cordpair people"

// Close hangs up all calls, takes the registrations back and waits for all
// goroutines. It is idempotent.
func (p *People) Close() error {
	p.close.Do(func() {
		p.cancel()
		p.wg.Wait()
		if p.stack != nil {
			p.err = p.stack.Close()
		}
		p.engine.Close()
	})
	return p.err
}

// run starts a goroutine that ends with p.ctx; Close waits for it. A panic
// costs that one script.
func (p *People) run(what string, f func()) {
	p.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				p.log.Error("people: panic", "in", what, "panic", r, "stack", string(debug.Stack()))
			}
		}()
		f()
	})
}

// scaled is a scripted duration at the configured tempo.
func (p *People) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / p.cfg.Tempo)
}

// pause waits; false when the people are being closed.
func (p *People) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// here is a free port of the loopback address that reaches the registrar.
func (p *People) here() string {
	if at, err := netip.ParseAddrPort(p.cfg.Registrar); err == nil && at.Addr().Is6() && !at.Addr().Is4In6() {
		return "[::1]:0"
	}
	return "127.0.0.1:0"
}

func (p *People) address(user string) string { return "sip:" + user + "@" + p.cfg.Domain }

// register registers everybody once, all at the same time.
func (p *People) register(ctx context.Context, expires time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	errs := make(chan error, len(cast))
	for _, person := range cast {
		// Ends with the REGISTER, at most after patience; waited for below.
		go func() {
			var err error
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("people: registering %s: %v", person.user, r)
				}
				errs <- err
			}()
			err = p.registerOne(ctx, person.user, expires)
		}()
	}
	var first error
	for range cast {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (p *People) registerOne(ctx context.Context, user string, expires time.Duration) error {
	stack, to := p.stack, "sip:"+p.cfg.Registrar
	switch {
	case user != unreachable:
	case expires == 0:
		return nil // its contact is another each time; let it run out
	default:
		// Registered over a TCP connection of a phone that is gone at once, so
		// nothing listens at the contact.
		gone, err := sip.Listen(ctx, sip.Config{Addr: p.here(), UserAgent: userAgent})
		if err != nil {
			return fmt.Errorf("people: %w", err)
		}
		defer gone.Close()
		stack, to = gone, to+";transport=tcp"
	}
	err := stack.Register(ctx, sip.RegisterRequest{
		AOR: p.address(user), Registrar: to, Expires: expires, Username: user, Password: p.cfg.Password,
	})
	if err != nil {
		return fmt.Errorf("people: %s could not register at %s: %w", user, p.cfg.Registrar, err)
	}
	return nil
}

// renew keeps the registrations alive.
func (p *People) renew() {
	for p.pause(life / 2) {
		if err := p.register(p.ctx, life); err != nil && p.ctx.Err() == nil {
			p.log.Warn("people: not renewed", "err", err)
		}
	}
	// Best effort: the exchange may have closed first.
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	_ = p.register(ctx, 0)
}
