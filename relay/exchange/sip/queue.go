package sip

import "sync"

// queue is an unbounded inbox: put never blocks, the reader waits on ready.
// Its size is bounded by what one transaction can receive in its lifetime.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	ready chan struct{} // capacity 1
}

func newQueue[T any]() *queue[T] { return &queue[T]{ready: make(chan struct{}, 1)} }

func (q *queue[T]) put(v T) {
	q.mu.Lock()
	q.items = append(q.items, v)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// waits reports whether there is something to take.
func (q *queue[T]) waits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) > 0
}

// take returns all that is there.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}
