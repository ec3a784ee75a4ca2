package sip

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"
)

// options asks the registrar of a binding whether it lives. A challenge is an
// answer as good as any.
func (s *Stack) options(ctx context.Context, b *bindingTo) (*sip.Response, error) {
	return s.askOnce(ctx, &b.d, sip.OPTIONS, func(req *sip.Request, f flow) {
		add(req, "Contact", s.contact(f, b.d.local.uri.User, b.d.secure))
		add(req, "Accept", sdpType)
		add(req, "User-Agent", s.cfg.UserAgent)
	})
}

// registered notes the outcome of a REGISTER. A binding outlives a refresh that
// failed, until it expires.
func (t *Trunk) registered(granted time.Duration, err error) {
	t.change(func(s *TrunkState) {
		t.regErr = err
		if err == nil {
			s.Registered, s.Expires = true, time.Now().Add(granted)
		} else if !time.Now().Before(s.Expires) {
			s.Registered, s.Expires = false, time.Time{}
		}
	})
}

// checked notes the outcome of an OPTIONS.
func (t *Trunk) checked(took time.Duration, err error) {
	t.change(func(s *TrunkState) {
		t.pingErr = err
		s.Checked = time.Now()
		if err == nil {
			s.BadChecks, s.RoundTrip = 0, took
		} else {
			s.BadChecks++
		}
	})
}

// change applies f, weighs the whole anew, and queues the news if there is any.
func (t *Trunk) change(f func(*TrunkState)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.state)
	s := &t.state
	if s.Err = t.regErr; s.Err == nil {
		s.Err = t.pingErr
	}
	if h := t.health(); h != s.Health {
		s.Health, s.Since = h, time.Now()
	}
	t.news.put(*s)
}

// health weighs registration and checks; t.mu is held.
func (t *Trunk) health() Health {
	s := t.state
	switch {
	case !s.Registered && t.regErr == nil: // the first REGISTER is under way
		return HealthUnknown
	case !s.Registered, s.BadChecks >= downAfter:
		return HealthDown
	case s.BadChecks >= degradedAfter, t.regErr != nil:
		return HealthDegraded
	}
	return HealthUp
}

// tell hands the news on.
func (t *Trunk) tell() {
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-t.news.ready:
			for _, s := range t.news.take() {
				if t.cfg.OnState != nil && t.ctx.Err() == nil {
					t.s.guard("trunk state", func() { t.cfg.OnState(s) })
				}
			}
		}
	}
}
