package relay

import (
	"net"
	"sync"
)

// corkConn is a connection that can hold writes back and send them as one,
// and that tells when its reader runs dry: gorilla writes each message at
// once, and acknowledging events one write each costs more than decoding them.
type corkConn struct {
	net.Conn
	dry   func() // called by Read before it blocks; set before the first frame
	heard func() // called by Read when bytes have come

	mu     sync.Mutex
	corked bool
	held   []byte
}

// maxHeld is how much is held back at most, in bytes.
const maxHeld = 64 << 10

func (c *corkConn) Read(p []byte) (int, error) {
	if c.dry != nil {
		c.dry()
	}
	n, err := c.Conn.Read(p)
	if n > 0 && c.heard != nil {
		c.heard()
	}
	return n, err
}

func (c *corkConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.corked {
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	if len(c.held) < maxHeld {
		return len(p), nil
	}
	return len(p), c.flush()
}

func (c *corkConn) cork() {
	c.mu.Lock()
	c.corked = true
	c.mu.Unlock()
}

// uncork sends what was held back.
func (c *corkConn) uncork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = false
	return c.flush()
}

func (c *corkConn) flush() error {
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = c.held[:0]
	return err
}
