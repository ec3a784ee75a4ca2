package sip

import "sync"

// sink hands a leg's events to its function: in order, one at a time, never on
// the goroutine that found them. Events before set are kept.
type sink struct {
	mu      sync.Mutex
	f       func(Event)
	waiting []Event
	running bool
	ended   bool
}

func (k *sink) set(s *Stack, f func(Event)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.f = f
	k.start(s)
}

func (k *sink) emit(s *Stack, ev Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return
	}
	_, k.ended = ev.(Ended)
	k.waiting = append(k.waiting, ev)
	k.start(s)
}

// start begins delivery; k.mu is held.
func (k *sink) start(s *Stack) {
	if k.running || k.f == nil || len(k.waiting) == 0 {
		return
	}
	k.running = true
	// Ends when no event is left; waited for by Close.
	s.spawn("event sink", func() { k.deliver(s) })
}

func (k *sink) deliver(s *Stack) {
	for {
		k.mu.Lock()
		if len(k.waiting) == 0 {
			k.running = false
			k.mu.Unlock()
			return
		}
		ev, f := k.waiting[0], k.f
		k.waiting = k.waiting[1:]
		k.mu.Unlock()
		s.guard("event sink", func() { f(ev) })
	}
}
