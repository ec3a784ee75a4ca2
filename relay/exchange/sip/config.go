package sip

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Config configures a [Stack]. Only Addr and Handler are usually set.
type Config struct {
	// Addr is the host:port to bind for UDP and TCP alike. Default
	// "127.0.0.1:5060". Port 0 takes one free port for both.
	Addr string
	// Handler gets inbound calls. nil answers every INVITE with 480.
	Handler Handler
	// Registrar keeps REGISTERed contacts. nil: REGISTER is refused (405).
	Registrar *Registrar
	// UserAgent is the User-Agent and Server header. Default "cordpair".
	UserAgent string
	// Logger gets what only a developer wants to know. Default: none.
	Logger *slog.Logger
	// T1, T2, T4 are the timers of RFC 3261 §17. Default 500 ms, 4 s, 5 s.
	T1, T2, T4 time.Duration
	// TLSAddr is the host:port to listen on for TLS (sips: and transport=tls);
	// port 0 takes a free one. Default: TLS is not listened for.
	TLSAddr string
	// TLS has the certificate to show, the CA pool that the servers we call
	// are checked against (RootCAs; default the system's), and what else
	// crypto/tls offers. It is cloned. Calls over TLS need no more than the
	// zero value. Default: TLS 1.2 and above, no certificate.
	TLS *tls.Config
	// Auth asks phones for credentials. Default: nobody is asked, which is meant
	// for loopback addresses alone.
	Auth *Auth
	// SessionExpires is the session interval (RFC 4028) of calls that come in
	// without one; we refresh it. With it, a call of ours whose callee grants no
	// interval keeps the one that was asked for, and we refresh that. At least
	// 90 s. Default: none.
	SessionExpires time.Duration
	// AfterFunc runs the session timers. Default time.AfterFunc.
	AfterFunc func(time.Duration, func()) Timer
	// CallsPerSecond bounds the INVITEs from one source address; twice as many
	// may come at once, and at least 5. More get 503. Default: no limit.
	CallsPerSecond float64
	// MaxLegs bounds the legs at any time: more inbound calls get 503, more
	// outbound ones ErrTooMany. Default 10,000.
	MaxLegs int
	// MaxConns bounds the TCP and TLS connections at any time; more are closed
	// at once. Default 4,096.
	MaxConns int
	// Resolver looks up host names: A and AAAA, and SRV and NAPTR where it
	// implements [SRVResolver] and [NAPTRResolver]. Default net.DefaultResolver.
	Resolver Resolver
	// Trace, if set, sees every SIP message sent and received, retransmissions
	// too. It is called on the sending or reading goroutine: it must be quick,
	// must not block and must not call the stack. Credentials are masked.
	Trace func(Message)

	// For tests. Defaults reofferPatience, referralPatience, glareUnit and
	// closePatience.
	reoffer, referral, glare, closing time.Duration
}

// Handler takes inbound calls. Invite is called on its own goroutine, after
// 100 Trying was sent. It should set a sink by [Leg.Notify] and may return
// before the call is answered.
type Handler interface{ Invite(*Leg) }

// HandlerFunc makes a Handler of a function.
type HandlerFunc func(*Leg)

// Invite calls f.
func (f HandlerFunc) Invite(l *Leg) { f(l) }

// Resolver is the part of net.Resolver that is used.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Timer is a running timer; a *time.Timer is one.
type Timer interface{ Stop() bool }

// timers are the RFC 3261 §17 base values, how long somebody may think about an
// offer or a REFER of the peer, and the unit of the waits of §14.1.
type timers struct{ T1, T2, T4, reoffer, referral, glare time.Duration }

// life is 64·T1: Timers B, F, H, J, L, M, and how long an ACK is waited for.
func (t timers) life() time.Duration { return 64 * t.T1 }

func (c Config) withDefaults() Config {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:5060"
	}
	if c.UserAgent == "" {
		c.UserAgent = "cordpair"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.T1 <= 0 {
		c.T1 = 500 * time.Millisecond
	}
	if c.T2 <= 0 {
		c.T2 = max(4*time.Second, c.T1)
	}
	if c.T4 <= 0 {
		c.T4 = 5 * time.Second
	}
	c.reoffer, c.referral = cmp.Or(c.reoffer, reofferPatience), cmp.Or(c.referral, referralPatience)
	c.glare, c.closing = cmp.Or(c.glare, glareUnit), cmp.Or(c.closing, closePatience)
	if c.SessionExpires > 0 {
		c.SessionExpires = max(c.SessionExpires, minSE)
	}
	if c.AfterFunc == nil {
		c.AfterFunc = func(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.MaxLegs <= 0 {
		c.MaxLegs = 10000
	}
	if c.MaxConns <= 0 {
		c.MaxConns = 4096
	}
	if c.TLS = c.TLS.Clone(); c.TLS == nil {
		c.TLS = &tls.Config{}
	}
	if c.TLS.MinVersion == 0 {
		c.TLS.MinVersion = tls.VersionTLS12
	}
	return c
}
