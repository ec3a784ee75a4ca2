package relay

import (
	"context"
	"sync"

	"cordpair/model"
)

// mailbox is an unbounded queue of events: putting never blocks, so the socket
// reader never waits for a consumer. Nothing is lost but media figures and
// levels that newer ones replace before they are read.
type mailbox struct {
	mu     sync.Mutex
	items  []model.Event
	media  int           // place of the unread media figures among items, from 1; 0: none
	levels int           // the same of the levels
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

// add appends an event, or puts figures in the place of older ones of their
// kind. The lock is held.
func (m *mailbox) add(ev model.Event) {
	var place *int
	switch ev.(type) {
	case model.MediaSeen:
		place = &m.media
	case model.LevelsSeen:
		place = &m.levels
	}
	if place != nil {
		if *place > 0 {
			m.items[*place-1] = ev
			return
		}
		*place = len(m.items) + 1
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
		m.items, m.media, m.levels = nil, 0, 0
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
