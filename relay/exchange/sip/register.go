package sip

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// RegisterRequest binds an address of record to this stack (RFC 3261 §10.2).
type RegisterRequest struct {
	// AOR is the address to register, a sip: URI with a user.
	AOR string
	// Registrar is where to send it, for example sip:127.0.0.1:5060;transport=tcp.
	Registrar string
	// Expires is how long it holds, whole seconds; 0 removes the binding.
	Expires time.Duration
}

// Register sends one REGISTER and waits for its final response. It does not
// repeat itself before the binding expires; the caller does. Errors: URIError,
// ErrUnreachable, the context's, or the refusal as "404 Not Found".
func (s *Stack) Register(ctx context.Context, r RegisterRequest) error {
	display, aor, err := parseAddress(r.AOR)
	if err != nil {
		return fmt.Errorf("address of record: %w", err)
	}
	_, registrar, err := parseAddress(r.Registrar)
	if err != nil {
		return fmt.Errorf("registrar: %w", err)
	}
	done := make(chan error, 1)
	d := dialog{
		callID: token(16), localTag: token(8), target: registrar,
		local: identity{escape(display), bare(aor)}, remote: identity{escape(display), bare(aor)},
	}
	tx := s.request(where{uri: &registrar}, func(f flow) *sip.Request {
		req := d.request(sip.REGISTER, 1)
		add(req, "Contact", s.contact(f, aor.User, strings.EqualFold(aor.Scheme, "sips")))
		add(req, "Expires", fmt.Sprint(int(r.Expires/time.Second)))
		add(req, "User-Agent", s.cfg.UserAgent)
		req.SetBody(nil)
		return req
	}, func(res *sip.Response) {
		switch {
		case res.StatusCode < 200:
		case res.StatusCode < 300:
			done <- nil
		default:
			done <- fmt.Errorf("sip: REGISTER refused: %d %s", res.StatusCode, res.Reason)
		}
	}, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		tx.stop()
		return ctx.Err()
	case <-s.ctx.Done():
		return ErrClosed
	}
}
