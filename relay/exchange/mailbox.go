package exchange

import "sync"

// message is what an actor is told. Undelivered is called instead of delivery
// when the actor has ended; whoever waits for an effect learns it there.
type message interface{ undelivered() }

// actor takes messages and never blocks the sender.
type actor interface{ post(message) }

// mailbox is an actor's queue. It is unbounded: a reply may stand behind any
// number of requests, and senders are actors themselves. What fills it is
// bounded elsewhere (frames per session, legs per stack). Safe for concurrent
// use; one reader.
type mailbox struct {
	wake chan struct{} // capacity 1: something to take

	mu     sync.Mutex
	items  []message
	closed bool
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// post queues a message, or tells it that nobody is there.
func (b *mailbox) post(m message) {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		m.undelivered()
		return
	}
	b.items = append(b.items, m)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take removes the oldest message, nil when there is none.
func (b *mailbox) take() message {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		return nil
	}
	m := b.items[0]
	b.items[0] = nil
	b.items = b.items[1:]
	return m
}

// close ends the mailbox; messages left in it are told so.
func (b *mailbox) close() {
	b.mu.Lock()
	b.closed = true
	left := b.items
	b.items = nil
	b.mu.Unlock()
	for _, m := range left {
		m.undelivered()
	}
}
