package sip

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// flow is where a message goes: out of the UDP socket, or over one connection.
type flow struct {
	conn   *tcpConn // nil: UDP
	remote netip.AddrPort
	back   hop // responses: where to connect to when conn is gone
}

func (f flow) network() string {
	switch {
	case f.conn == nil:
		return netUDP
	case f.conn.secure:
		return netTLS
	}
	return netTCP
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
	msg, err := s.parser.ParseSIP(unfold(data))
	if err != nil {
		s.log.Debug("sip: malformed message", "from", f.remote, "err", err)
		if req, ok := msg.(*sip.Request); ok && req != nil {
			s.refuseMalformed(req, f)
		} else {
			s.refuseUnreadable(data, f)
		}
		return
	}
	s.receive(msg, f)
}

// local is the address to write into Via and Contact for the peer of a flow.
func (s *Stack) local(f flow) netip.AddrPort {
	own := s.addr
	if f.network() == netTLS {
		// Without a TLS listener the peer reaches us over this connection
		// only, and finds it by its address.
		if s.tls == nil {
			return unmapAddr(f.conn.c.LocalAddr().(*net.TCPAddr).AddrPort())
		}
		own = s.tlsAddr
	}
	if !own.Addr().IsUnspecified() {
		return own
	}
	// Connecting a UDP socket asks the routing table and sends nothing.
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(f.remote))
	if err != nil {
		return own
	}
	defer c.Close()
	return netip.AddrPortFrom(unmapAddr(c.LocalAddr().(*net.UDPAddr).AddrPort()).Addr(), own.Port())
}

// unmapAddr turns IPv4-mapped IPv6 into IPv4, so that addresses compare.
func unmapAddr(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
