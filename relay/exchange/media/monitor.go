package media

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Monitoring is a third leg that listens to others and speaks to those that it
// is let to, from [Engine.Monitor] until Close. Whom it listens to goes on as
// it was: a bridge is not touched. Whom it speaks to hears it over the peer.
// All methods are safe for concurrent use.
type Monitoring struct {
	ear *Stream

	mu     sync.Mutex // taken before the locks of streams
	closed bool
	heard  map[*Stream]*feed // what the ear hears
	spoken map[*Stream]*feed // what the ear says, for these

	mix atomic.Pointer[[]*feed] // heard, for the clock
}

// Monitor has a started leg of PCMU, PCMA or G722 hear others in place of its
// source: nobody until Attach. Close the result before the leg is used
// otherwise.
//
// Errors wrap ErrNotStarted, ErrClosed, ErrBridged or ErrCannotEncode.
func (e *Engine) Monitor(ear *Stream) (*Monitoring, error) {
	if err := ear.mixable(); err != nil {
		return nil, fmt.Errorf("monitor %v: %w", ear.local, err)
	}
	m := &Monitoring{ear: ear, heard: map[*Stream]*feed{}, spoken: map[*Stream]*feed{}}
	m.mix.Store(&[]*feed{})
	ear.SetSource(monitorSource{m})
	return m, nil
}

// mixable says why a leg cannot be a monitor's, nil when it can.
func (s *Stream) mixable() error {
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return ErrClosed
	case !t.started:
		return ErrNotStarted
	case t.bridge != nil || t.room != nil:
		return ErrBridged
	case !t.codec.speaks():
		return fmt.Errorf("%w: %s", ErrCannotEncode, t.codec.name)
	}
	return nil
}

// monitorSource is what a monitor hears.
type monitorSource struct{ m *Monitoring }

// ReadPCM mixes a frame.
func (s monitorSource) ReadPCM(pcm []int16) int {
	clear(pcm)
	for _, f := range *s.m.mix.Load() {
		f.add(pcm)
	}
	return len(pcm)
}

// remix lets the clock have what is heard now; m.mu is held.
func (m *Monitoring) remix() {
	list := slices.Collect(maps.Values(m.heard))
	m.mix.Store(&list)
}

// Attach lets the monitor hear a leg. Errors wrap ErrClosed, ErrSelfBridge, or
// ErrCannotDecode for a leg whose codec is carried and not understood.
func (m *Monitoring) Attach(s *Stream) error {
	if s == m.ear {
		return fmt.Errorf("monitor: %w", ErrSelfBridge)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s.tx.mu.Lock()
	codec := s.tx.codec
	s.tx.mu.Unlock()
	switch {
	case m.closed:
		return fmt.Errorf("monitor: %w", ErrClosed)
	case !codec.speaks():
		return fmt.Errorf("monitor: %w: %s", ErrCannotDecode, codec.name)
	case m.heard[s] != nil:
		return nil
	}
	f := newFeed()
	m.heard[s] = f
	m.remix()
	s.feeds.add(f)
	return nil
}

// Detach ends hearing a leg and speaking to it.
func (m *Monitoring) Detach(s *Stream) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.detach(s)
}

func (m *Monitoring) detach(s *Stream) {
	m.hush(s)
	if f := m.heard[s]; f != nil {
		delete(m.heard, s)
		m.remix()
		s.feeds.remove(f)
	}
}

// SpeakTo says who hears the monitor from now on: those of the legs that are
// attached, and nobody else. A leg whose codec we cannot speak does not.
func (m *Monitoring) SpeakTo(legs ...*Stream) {
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := map[*Stream]bool{}
	for _, s := range legs {
		wanted[s] = m.heard[s] != nil
	}
	for s := range m.spoken {
		if !wanted[s] {
			m.hush(s)
		}
	}
	for s, want := range wanted {
		if want && m.spoken[s] == nil {
			f := newFeed()
			m.spoken[s] = f
			m.ear.feeds.add(f)
			s.tx.setAside(nil, f)
		}
	}
}

// hush takes the monitor's voice from a leg.
func (m *Monitoring) hush(s *Stream) {
	if f := m.spoken[s]; f != nil {
		delete(m.spoken, s)
		m.ear.feeds.remove(f)
		s.tx.setAside(f, nil)
	}
}

// Close ends the hearing and the speaking; the monitor's leg goes back to
// comfort silence. Idempotent.
func (m *Monitoring) Close() {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return
	}
	m.closed = true
	for s := range m.spoken {
		m.hush(s)
	}
	for s := range m.heard {
		m.detach(s)
	}
	m.mu.Unlock()
	m.ear.SetSource(nil)
}
