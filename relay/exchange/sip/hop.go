package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// The transports, as Via names them.
const (
	netUDP = "UDP"
	netTCP = "TCP"
	netTLS = "TLS"
)

// hop is one address to try for a URI.
type hop struct {
	network string
	addr    netip.AddrPort
	name    string // TLS: whom the certificate must name (RFC 5922 §7)
	sure    bool   // the URI names its transport: a big request does not change it
}

// where is the goal of a request: a URI, and the connection that the peer has
// to us already, if it leads there.
type where struct {
	uri  *sip.Uri
	over *tcpConn
}

// resolveTimeout bounds all lookups for a URI, connectTimeout a connect with
// its TLS handshake.
const (
	resolveTimeout = 5 * time.Second
	connectTimeout = 10 * time.Second
)

// transportOf tells what a URI says about its transport (RFC 3261 §19.1,
// RFC 5630): sips: and transport=tls are TLS over TCP. sure is false where it
// says nothing.
func transportOf(uri *sip.Uri) (network string, sure bool, err error) {
	secure := strings.EqualFold(uri.Scheme, "sips")
	switch t := strings.ToLower(param(uri.UriParams, "transport")); {
	case secure && (t == "" || t == "tcp" || t == "tls"), t == "tls":
		return netTLS, true, nil
	case secure:
		return "", false, fmt.Errorf("%w: sips: over transport %q", ErrUnreachable, t)
	case t == "":
		return netUDP, false, nil
	case t == "tcp":
		return netTCP, true, nil
	case t == "udp":
		return netUDP, true, nil
	default:
		return "", false, fmt.Errorf("%w: transport %q is not spoken here", ErrUnreachable, t)
	}
}

func portOf(uri *sip.Uri, network string) uint16 {
	switch {
	case uri.Port > 0 && uri.Port < 1<<16:
		return uint16(uri.Port)
	case network == netTLS:
		return 5061
	}
	return 5060
}

// literalHop is the hop to a URI whose host is an IP address. A maddr parameter
// is not obeyed: it would lead around every rule about whom to call.
func literalHop(uri *sip.Uri) (hop, bool) {
	ip, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	if err != nil {
		return hop{}, false
	}
	network, sure, err := transportOf(uri)
	if err != nil {
		return hop{}, false
	}
	ip = ip.Unmap()
	return hop{network, netip.AddrPortFrom(ip, portOf(uri, network)), ip.WithZone("").String(), sure}, true
}

// literal is the flow to a goal which needs no lookup and no new connection;
// false where something must be waited for.
func (s *Stack) literal(to where) (flow, bool) {
	if to.over.alive() {
		return flow{conn: to.over, remote: to.over.remote}, true
	}
	h, ok := literalHop(to.uri)
	if !ok {
		return flow{}, false
	}
	if h.network == netUDP {
		return flow{remote: h.addr}, true
	}
	c := s.pooled(h)
	return flow{conn: c, remote: h.addr}, c != nil
}

// hops are the addresses to try for a goal, in order. The error matches
// ErrUnreachable.
func (s *Stack) hops(ctx context.Context, uri *sip.Uri) ([]hop, error) {
	if h, ok := literalHop(uri); ok {
		return []hop{h}, nil
	}
	return s.locate(ctx, uri)
}

// open makes the flow to a hop, connecting where needed. The error matches
// ErrUnreachable.
func (s *Stack) open(ctx context.Context, h hop) (flow, error) {
	if h.network == netUDP {
		return flow{remote: h.addr}, nil
	}
	c, err := s.connect(ctx, h)
	if err != nil {
		return flow{}, fmt.Errorf("%w: %s %s: %w", ErrUnreachable, strings.ToLower(h.network), h.addr, err)
	}
	return flow{conn: c, remote: h.addr}, nil
}

// route is the flow to the first hop of a goal that can be opened.
func (s *Stack) route(ctx context.Context, to where) (flow, error) {
	if f, ok := s.literal(to); ok {
		return f, nil
	}
	hops, err := s.hops(ctx, to.uri)
	if err != nil {
		return flow{}, err
	}
	for _, h := range hops {
		var f flow
		if f, err = s.open(ctx, h); err == nil {
			return f, nil
		}
	}
	return flow{}, err
}

// sendBack sends a response. Over a connection that is gone, a new one is made
// to where the request's Via says that its sender listens (RFC 3261 §18.2.2).
func (s *Stack) sendBack(f flow, raw []byte) {
	err := s.send(f, raw)
	if err == nil {
		return
	}
	if !f.back.addr.IsValid() || errors.Is(err, errSlowPeer) || s.ctx.Err() != nil {
		s.log.Debug("sip: response not sent", "err", err)
		return
	}
	// Ends with the connect; waited for by Close.
	s.spawn("reconnect", func() {
		again, err := s.open(s.ctx, f.back)
		if err == nil {
			err = s.send(again, raw)
		}
		if err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Debug("sip: response not sent", "err", err)
		}
	})
}
