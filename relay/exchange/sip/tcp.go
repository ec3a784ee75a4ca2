package sip

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// tcpConn is one TCP or TLS connection, accepted or made by us. It lives until
// either side closes it, a write fails, framing is lost, nothing was said for
// long after it was accepted, or the stack closes.
type tcpConn struct {
	s      *Stack
	c      net.Conn
	key    connKey
	remote netip.AddrPort
	secure bool
	name   string // TLS made by us: whom the certificate named
	out    chan []byte
	done   chan struct{}
	once   sync.Once
}

type connKey struct {
	remote netip.AddrPort
	secure bool
}

// alive is false for no connection too.
func (c *tcpConn) alive() bool {
	if c == nil {
		return false
	}
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

const (
	tcpQueue        = 1024 // messages waiting for a slow peer before we give it up
	tcpWriteTimeout = 10 * time.Second
)

var errSlowPeer = errors.New("sip: TCP peer does not read")

func (s *Stack) accept(ln *net.TCPListener, secure bool) {
	for {
		c, err := ln.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			// Out of descriptors: wait, or this loop takes a whole core.
			s.log.Warn("sip: tcp accept", "err", err)
			pause := time.NewTimer(100 * time.Millisecond)
			select {
			case <-s.ctx.Done():
				pause.Stop()
				return
			case <-pause.C:
			}
			continue
		}
		remote := unmapAddr(c.RemoteAddr().(*net.TCPAddr).AddrPort())
		if secure {
			c = tls.Server(c, s.cfg.TLS)
		}
		if _, err := s.adopt(c, remote, secure, ""); err != nil {
			s.log.Warn("sip: connection refused", "remote", remote, "err", err)
		}
	}
}

// adopt starts reader and writer of a connection; they end when it closes, and
// Close waits for them. On error the connection was closed.
func (s *Stack) adopt(c net.Conn, remote netip.AddrPort, secure bool, name string) (*tcpConn, error) {
	tc := &tcpConn{
		s: s, c: c, key: connKey{remote, secure}, remote: remote, secure: secure, name: name,
		out: make(chan []byte, tcpQueue), done: make(chan struct{}),
	}
	s.mu.Lock()
	var err error
	switch {
	case s.closed && s.ctx.Err() != nil:
		err = ErrClosed
	case s.connCount >= s.cfg.MaxConns:
		err = fmt.Errorf("%w: %d connections", ErrTooMany, s.cfg.MaxConns)
	default:
		s.conns[tc.key] = tc
		s.connCount++
	}
	s.mu.Unlock()
	if err != nil {
		c.Close()
		return nil, err
	}
	s.spawn("tcp reader", tc.read)
	s.spawn("tcp writer", tc.write)
	return tc, nil
}

// pooled is the connection to a hop, if there is one. One that we made for
// another name does not count: its certificate was never compared with this one.
func (s *Stack) pooled(h hop) *tcpConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[connKey{h.addr, h.network == netTLS}]
	if c == nil || c.secure && c.name != "" && !strings.EqualFold(c.name, h.name) {
		return nil
	}
	return c
}

// connect finds or makes a connection; the TLS handshake is part of it.
func (s *Stack) connect(ctx context.Context, h hop) (*tcpConn, error) {
	if c := s.pooled(h); c != nil {
		return c, nil
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", h.addr.String())
	if err != nil {
		return nil, err
	}
	if h.network != netTLS {
		return s.adopt(c, h.addr, false, "")
	}
	conf := s.cfg.TLS.Clone()
	conf.ServerName = h.name
	tc := tls.Client(c, conf)
	if err := tc.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return s.adopt(tc, h.addr, true, h.name)
}

func (c *tcpConn) send(raw []byte) error {
	select {
	case <-c.done:
		return net.ErrClosed
	default:
	}
	select {
	case c.out <- raw:
		return nil
	default:
		c.close(errSlowPeer)
		return errSlowPeer
	}
}

func (c *tcpConn) close(why error) {
	c.once.Do(func() {
		c.s.log.Debug("sip: tcp closed", "remote", c.remote, "why", why)
		c.s.mu.Lock()
		if c.s.conns[c.key] == c {
			delete(c.s.conns, c.key)
		}
		c.s.connCount--
		c.s.mu.Unlock()
		close(c.done)
		c.c.Close()
	})
}

func (c *tcpConn) write() {
	for {
		select {
		case <-c.done:
			return
		case raw := <-c.out:
			_ = c.c.SetWriteDeadline(time.Now().Add(tcpWriteTimeout))
			if _, err := c.c.Write(raw); err != nil {
				c.close(err)
				return
			}
		}
	}
}

func (c *tcpConn) read() {
	// Also after a panic: without a reader the connection is of no use.
	defer c.close(io.EOF)
	parser := c.s.parser.NewSIPStream()
	defer parser.Close()
	f := flow{conn: c, remote: c.remote}
	// Whoever connects and says nothing is let go.
	_ = c.c.SetReadDeadline(time.Now().Add(c.s.timers.life()))
	quiet := true
	buf := make([]byte, 32<<10)
	for {
		n, err := c.c.Read(buf)
		if err != nil {
			c.close(err)
			return
		}
		data := buf[:n]
		if bytes.Equal(data, []byte("\r\n\r\n")) && parser.Buffer().Len() == 0 {
			_ = c.send([]byte("\r\n")) // RFC 5626 §3.5.1 ping
		}
		err = parser.ParseSIPStream(data, func(msg sip.Message) {
			if quiet {
				quiet = false
				_ = c.c.SetReadDeadline(time.Time{})
			}
			if c.s.cfg.Trace != nil {
				c.s.trace(false, f, []byte(msg.String()))
			}
			c.s.guard("tcp message", func() { c.s.receive(msg, f) })
		})
		if err != nil && !errors.Is(err, sip.ErrParseSipPartial) {
			c.close(err) // no message boundary to go on from
			return
		}
	}
}
