package sip

import (
	"context"
	"fmt"
	"strconv"
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
	// Proxy is a sip: URI that it is sent through. Default: none.
	Proxy string
	// Expires is how long it holds, whole seconds; 0 removes the binding.
	Expires time.Duration
	// Username and Password answer a 401 or 407 (digest).
	Username, Password string
}

// RefusedError is a final failure response to a request of ours.
type RefusedError struct {
	Method string
	Code   int
	Phrase string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("sip: %s refused: %d %s", e.Method, e.Code, e.Phrase)
}

// Register sends one REGISTER, answers a challenge, and waits for the final
// response. It does not repeat itself before the binding expires; the caller
// does, or a [Trunk]. Errors: URIError, ErrUnreachable, ErrClosed, the
// context's, or [RefusedError].
func (s *Stack) Register(ctx context.Context, r RegisterRequest) error {
	b, err := s.newBindingTo(r)
	if err != nil {
		return err
	}
	_, err = b.register(ctx, r.Expires)
	return err
}

// bindingTo is one address of record bound at one registrar: the same Call-ID
// and a growing CSeq over all its REGISTERs (§10.2.4). Not for concurrent use.
type bindingTo struct {
	s     *Stack
	login login
	d     dialog
}

func (s *Stack) newBindingTo(r RegisterRequest) (*bindingTo, error) {
	display, aor, err := parseAddress(r.AOR)
	if err != nil {
		return nil, fmt.Errorf("address of record: %w", err)
	}
	_, registrar, err := parseAddress(r.Registrar)
	if err != nil {
		return nil, fmt.Errorf("registrar: %w", err)
	}
	registrar.User = "" // §10.2
	routes, err := proxyRoute(r.Proxy)
	if err != nil {
		return nil, err
	}
	who := identity{escape(display), bare(aor)}
	return &bindingTo{s: s, login: login{r.Username, r.Password}, d: dialog{
		callID: token(16), localTag: token(8), local: who, remote: who, target: registrar, routes: routes,
		secure: strings.EqualFold(aor.Scheme, "sips"),
	}}, nil
}

// register binds for a time (0: removes) and tells for how long it holds.
func (b *bindingTo) register(ctx context.Context, expires time.Duration) (granted time.Duration, err error) {
	var contact string
	res, err := b.s.ask(ctx, &b.d, b.login, sip.REGISTER, func(req *sip.Request, f flow) {
		contact = b.s.contact(f, b.d.local.uri.User, b.d.secure)
		add(req, "Contact", contact)
		add(req, "Expires", strconv.Itoa(int(expires/time.Second)))
	})
	switch {
	case err != nil:
		return 0, err
	case res.StatusCode == 423 && expires > 0: // Interval Too Brief
		n, err := strconv.ParseUint(strings.TrimSpace(value(res, "Min-Expires")), 10, 31)
		if least := time.Duration(n) * time.Second; err == nil && least > expires {
			return b.register(ctx, least)
		}
	case res.StatusCode < 300:
		return grantedBy(res, contact, expires), nil
	}
	return 0, &RefusedError{string(sip.REGISTER), res.StatusCode, res.Reason}
}

// grantedBy is how long a registrar keeps our contact (§10.2.4).
func grantedBy(res *sip.Response, contact string, wanted time.Duration) time.Duration {
	text := value(res, "Expires")
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if ok && "<"+c.Address.String()+">" == contact && hasParam(c.Params, "expires") {
			text = param(c.Params, "expires")
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil || n == 0 {
		return wanted
	}
	return time.Duration(n) * time.Second
}
