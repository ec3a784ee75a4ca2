package exchange

import (
	"sync"
	"time"
)

// tasks counts goroutines so that Close can wait for them. Unlike a WaitGroup
// it refuses new ones once it is closed.
type tasks struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{} // closed when closed and n is 0
}

func newTasks() *tasks { return &tasks{idle: make(chan struct{})} }

// add counts one more; false when no more may start.
func (t *tasks) add() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.n++
	return true
}

func (t *tasks) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.closed && t.n == 0 {
		close(t.idle)
	}
}

// close refuses new tasks.
func (t *tasks) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	if t.n == 0 {
		close(t.idle)
	}
}

// wait reports whether all tasks ended within d; close comes first.
func (t *tasks) wait(d time.Duration) bool { return within(t.idle, d) }
