//go:build thirdparty

package conformance

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// cable is a TCP proxy between a client and the exchange that a test can cut.
type cable struct {
	addr   string
	target string
	l      net.Listener
	wg     sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
	opened int
}

// newCable lays a cable to a ws:// address; url is the one to use instead.
func newCable(t *testing.T, relay string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{addr: l.Addr().String(), target: strings.TrimPrefix(relay, "ws://"), l: l, conns: map[net.Conn]bool{}}
	c.wg.Add(1)
	go c.accept() // ends with the listener; the cleanup waits for it
	t.Cleanup(func() {
		l.Close()
		c.mu.Lock()
		c.closed = true
		c.mu.Unlock()
		c.cut()
		c.wg.Wait()
	})
	return c
}

func (c *cable) url() string { return "ws://" + c.addr }

func (c *cable) accept() {
	defer c.wg.Done()
	for {
		near, err := c.l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.target)
		if err != nil || !c.keep(near, far) {
			near.Close()
			continue
		}
		c.wg.Add(2)
		for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
			go func() { // ends when either side closes, or at the cut
				defer c.wg.Done()
				_, _ = io.Copy(pair[0], pair[1])
				near.Close()
				far.Close()
				c.forget(near, far)
			}()
		}
	}
}

func (c *cable) keep(near, far net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		far.Close()
		return false
	}
	c.conns[near], c.conns[far] = true, true
	c.opened++
	return true
}

func (c *cable) forget(near, far net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, near)
	delete(c.conns, far)
}

// cut ends all connections without a goodbye. New ones are taken.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as when a router forgets the connection
		}
		conn.Close()
		delete(c.conns, conn)
	}
}

// times is how often a connection was made.
func (c *cable) times() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened
}

// open is how many ends of connections are left.
func (c *cable) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns)
}
