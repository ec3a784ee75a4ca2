package exchange

import (
	"sync"
	"time"
)

// sockets knows the open WebSockets, so that closing can end those that have
// no session, too. The zero value is ready. Safe for concurrent use.
type sockets struct {
	mu      sync.Mutex
	all     map[*conn]bool
	closing bool
}

// add registers a socket; false when no more are taken.
func (s *sockets) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	if s.all == nil {
		s.all = map[*conn]bool{}
	}
	s.all[c] = true
	return true
}

func (s *sockets) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, c)
}

// closeAll lets every socket send what is queued, for at most d in all, and
// then closes it; false when one had to be cut off.
func (s *sockets) closeAll(d time.Duration) bool {
	s.mu.Lock()
	s.closing = true
	var open []*conn
	for c := range s.all {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		c.out.finish()
	}
	deadline, all := time.Now().Add(d), true
	for _, c := range open {
		if !within(c.written, time.Until(deadline)) {
			all = false
			c.close()
		}
	}
	return all
}
