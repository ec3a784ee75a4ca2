package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// flow is where a message goes: out of the UDP socket, or over one TCP connection.
type flow struct {
	conn   *tcpConn // nil: UDP
	remote netip.AddrPort
}

func (f flow) network() string {
	if f.conn != nil {
		return "TCP"
	}
	return "UDP"
}

func (f flow) reliable() bool { return f.conn != nil }

// gone is closed when the flow's connection is; nil (never) for UDP.
func (f flow) gone() <-chan struct{} {
	if f.conn == nil {
		return nil
	}
	return f.conn.done
}

// send puts a message on the wire and does not wait for the peer.
func (s *Stack) send(f flow, raw []byte) error {
	s.trace(true, f, raw)
	if f.conn != nil {
		return f.conn.send(raw)
	}
	if _, err := s.udp.WriteToUDPAddrPort(raw, f.remote); err != nil {
		return fmt.Errorf("sip: send to %s: %w", f.remote, err)
	}
	return nil
}

func (s *Stack) readUDP() {
	buf := make([]byte, 65535)
	for {
		n, from, err := s.udp.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			// An ICMP error of an earlier send; the socket goes on.
			s.log.Debug("sip: udp read", "err", err)
			continue
		}
		f := flow{remote: unmapAddr(from)}
		s.guard("udp message", func() { s.datagram(f, buf[:n]) })
	}
}

func (s *Stack) datagram(f flow, data []byte) {
	if len(bytes.Trim(data, "\r\n\x00")) == 0 {
		if bytes.Equal(data, []byte("\r\n\r\n")) { // RFC 5626 §3.5.1 ping
			_, _ = s.udp.WriteToUDPAddrPort([]byte("\r\n"), f.remote)
		}
		return
	}
	s.trace(false, f, data)
	msg, err := s.parser.ParseSIP(data)
	if err != nil {
		s.log.Debug("sip: malformed message", "from", f.remote, "err", err)
		if req, ok := msg.(*sip.Request); ok && req != nil {
			s.refuseMalformed(req, f)
		}
		return
	}
	s.receive(msg, f)
}

// resolveTimeout bounds a name lookup, connectTimeout a TCP connect.
const (
	resolveTimeout = 5 * time.Second
	connectTimeout = 10 * time.Second
)

// literal is the flow to a URI whose host is an IP address and which needs no
// new connection; false where something must be waited for.
func (s *Stack) literal(uri *sip.Uri) (flow, bool) {
	ip, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	if err != nil {
		return flow{}, false
	}
	remote := netip.AddrPortFrom(ip.Unmap(), uriPort(uri))
	if !wantsTCP(uri) {
		return flow{remote: remote}, true
	}
	c := s.pooled(remote)
	return flow{conn: c, remote: remote}, c != nil
}

// route finds the flow to a URI: lookup and connect where needed. The error
// matches ErrUnreachable.
func (s *Stack) route(ctx context.Context, uri *sip.Uri) (flow, error) {
	if f, ok := s.literal(uri); ok {
		return f, nil
	}
	ip, err := s.lookup(ctx, uri.Host)
	if err != nil {
		return flow{}, err
	}
	remote := netip.AddrPortFrom(ip, uriPort(uri))
	if !wantsTCP(uri) {
		return flow{remote: remote}, nil
	}
	c, err := s.connect(ctx, remote)
	if err != nil {
		return flow{}, fmt.Errorf("%w: tcp %s: %w", ErrUnreachable, remote, err)
	}
	return flow{conn: c, remote: remote}, nil
}

func (s *Stack) lookup(ctx context.Context, host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ip.Unmap(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	ips, err := s.cfg.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: no address found for host %q: %w", ErrUnreachable, host, err)
	}
	own := s.addr.Addr()
	for _, ip := range ips {
		// [::] takes both families, every other address only its own.
		if ip = ip.Unmap(); ip.Is4() == own.Is4() || own == netip.IPv6Unspecified() {
			return ip, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("%w: host %q has no address of our family", ErrUnreachable, host)
}

func wantsTCP(uri *sip.Uri) bool { return strings.EqualFold(param(uri.UriParams, "transport"), "tcp") }

func uriPort(uri *sip.Uri) uint16 {
	if uri.Port > 0 && uri.Port < 1<<16 {
		return uint16(uri.Port)
	}
	return 5060
}
