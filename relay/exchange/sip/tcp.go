package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// tcpConn is one TCP connection, accepted or made by us. It lives until either
// side closes it, a write fails, framing is lost, or the stack closes.
type tcpConn struct {
	s      *Stack
	c      net.Conn
	remote netip.AddrPort
	out    chan []byte
	done   chan struct{}
	once   sync.Once
}

const (
	tcpQueue        = 1024 // messages waiting for a slow peer before we give it up
	tcpWriteTimeout = 10 * time.Second
)

var errSlowPeer = errors.New("sip: TCP peer does not read")

func (s *Stack) acceptTCP() {
	for {
		c, err := s.tcp.Accept()
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
		s.adopt(c)
	}
}

// adopt starts reader and writer of a connection; they end when it closes, and
// Close waits for them. It returns nil on a closed stack.
func (s *Stack) adopt(c net.Conn) *tcpConn {
	tc := &tcpConn{
		s: s, c: c, remote: unmapAddr(c.RemoteAddr().(*net.TCPAddr).AddrPort()),
		out: make(chan []byte, tcpQueue), done: make(chan struct{}),
	}
	s.mu.Lock()
	if s.closed && s.ctx.Err() != nil {
		s.mu.Unlock()
		c.Close()
		return nil
	}
	s.conns[tc.remote] = tc
	s.mu.Unlock()
	s.spawn("tcp reader", tc.read)
	s.spawn("tcp writer", tc.write)
	return tc
}

func (s *Stack) pooled(remote netip.AddrPort) *tcpConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns[remote]
}

func (s *Stack) connect(ctx context.Context, remote netip.AddrPort) (*tcpConn, error) {
	if c := s.pooled(remote); c != nil {
		return c, nil
	}
	d := net.Dialer{Timeout: connectTimeout}
	c, err := d.DialContext(ctx, "tcp", remote.String())
	if err != nil {
		return nil, err
	}
	if tc := s.adopt(c); tc != nil {
		return tc, nil
	}
	return nil, ErrClosed
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
		if c.s.conns[c.remote] == c {
			delete(c.s.conns, c.remote)
		}
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
