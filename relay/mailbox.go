package relay

import (
	"context"
	"sync"

	"cordpair/model"
)

// mailbox is an unbounded queue of events: putting never blocks, so the socket
// reader never waits for a consumer. Nothing is lost but media figures that
// newer ones replace before they are read.
type mailbox struct {
	mu     sync.Mutex
	items  []model.Event
	media  int           // place of the unread media figures among items, from 1; 0: none
	full   chan struct{} // holds one token while items wait or the box is closed
	closed bool
}

func newMailbox() *mailbox { return &mailbox{full: make(chan struct{}, 1)} }

func (m *mailbox) put(events ...model.Event) {
	m.mu.Lock()
	if !m.closed {
		for _, ev := range events {
			m.add(ev)
		}
	}
	m.mu.Unlock()
	m.signal()
}

// add appends an event, or puts media figures in the place of older ones. The
// lock is held.
func (m *mailbox) add(ev model.Event) {
	if _, figures := ev.(model.MediaSeen); figures {
		if m.media > 0 {
			m.items[m.media-1] = ev
			return
		}
		m.media = len(m.items) + 1
	}
	m.items = append(m.items, ev)
}

func (m *mailbox) signal() {
	select {
	case m.full <- struct{}{}:
	default:
	}
}

// take waits for events and returns all that wait. What was put before close
// is still handed out; then comes ErrClosed.
func (m *mailbox) take(ctx context.Context) ([]model.Event, error) {
	for {
		m.mu.Lock()
		items, closed := m.items, m.closed
		m.items, m.media = nil, 0
		m.mu.Unlock()
		if len(items) > 0 {
			if closed {
				m.signal() // for the next taker to see the end
			}
			return items, nil
		}
		if closed {
			m.signal()
			return nil, &Error{Op: "take", Kind: ErrClosed}
		}
		select {
		case <-m.full:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *mailbox) depth() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.items)
}

func (m *mailbox) close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.signal()
}
