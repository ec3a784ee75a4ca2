package media

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

// wound is the time of an engine whose clock the test winds. All that a beat
// sends from stream to stream has been dealt with before the next beat, so that
// what is heard is the same on any machine. Only its own streams may send to it.
type wound struct {
	e    *Engine
	news chan struct{} // a packet was dealt with

	mu      sync.Mutex
	at      time.Duration
	done    map[*Stream]uint64 // packets that a stream has dealt with
	tickers []*woundTicker

	// Of the test's goroutine.
	sent map[*Stream]uint64 // packets that a stream has sent
	due  map[*Stream]uint64 // packets that were sent to a stream
}

type woundTicker struct {
	every time.Duration
	c     chan time.Time
}

// woundEngine is an engine in which until and ends let time pass.
func woundEngine(t testing.TB) *Engine {
	t.Helper()
	w := &wound{news: make(chan struct{}, 1), at: time.Second, done: map[*Stream]uint64{},
		sent: map[*Stream]uint64{}, due: map[*Stream]uint64{}}
	w.e = newEngine(t, EngineConfig{winder: w})
	return w.e
}

func (w *wound) now() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *wound) every(d time.Duration) (beat <-chan time.Time, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := &woundTicker{every: d, c: make(chan time.Time, 1)}
	w.tickers = append(w.tickers, k)
	return k.c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tickers = slices.DeleteFunc(w.tickers, func(o *woundTicker) bool { return o == k })
	}
}

func (w *wound) handled(s *Stream) {
	w.mu.Lock()
	w.done[s]++
	w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// beat lets one Frame pass.
func (w *wound) beat(t testing.TB) {
	t.Helper()
	w.mu.Lock()
	w.at += Frame
	at, tickers := w.at, slices.Clone(w.tickers)
	w.mu.Unlock()
	for _, s := range *w.e.streams.Load() {
		w.e.tick(s, at)
	}
	limit, look := time.NewTimer(patience), time.NewTicker(time.Millisecond)
	defer limit.Stop()
	defer look.Stop()
	for !w.quiet() {
		select {
		case <-w.news:
		case <-look.C:
		case <-limit.C:
			t.Fatal("what a beat sent never arrived")
		}
	}
	for _, k := range tickers {
		if at%k.every == 0 {
			select {
			case k.c <- time.Time{}:
			default:
			}
		}
	}
}

// quiet reports that no packet is under way and that nobody who overhears is
// far behind. What is done is read first: a packet that is passed on counts as
// sent before the one that brought it counts as done.
func (w *wound) quiet() bool {
	w.mu.Lock()
	done := maps.Clone(w.done)
	w.mu.Unlock()
	streams := *w.e.streams.Load()
	at := make(map[netip.AddrPort]*Stream, len(streams))
	for _, s := range streams {
		at[s.local] = s
	}
	for _, s := range streams {
		s.tx.mu.Lock()
		n, to := s.tx.packets, s.tx.remote
		s.tx.mu.Unlock()
		if far := at[to]; far != nil {
			w.due[far] += n - w.sent[s]
		}
		w.sent[s] = n
	}
	return !slices.ContainsFunc(streams, func(s *Stream) bool { return done[s] < w.due[s] || s.ears.behind() })
}

// behind reports that somebody who overhears has half a queue to go through.
func (e *ears) behind() bool {
	list := e.list.Load()
	return list != nil && slices.ContainsFunc(*list, func(o *overhearing) bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return len(o.queue) > maxQueue/2
	})
}

// until waits until the condition holds, and lets time pass if the stream's
// engine is a wound one.
func until(t testing.TB, s *Stream, what string, ok func() bool) {
	t.Helper()
	w, _ := s.e.cfg.winder.(*wound)
	if w == nil {
		eventually(t, what, ok)
		return
	}
	for limit := time.Now().Add(patience); !ok(); w.beat(t) {
		if time.Now().After(limit) {
			t.Fatalf("never: %s", what)
		}
	}
}

// ends is until a channel is closed.
func ends(t testing.TB, s *Stream, what string, c <-chan struct{}) {
	t.Helper()
	until(t, s, what, func() bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	})
}

// pass lets frames pass in a wound engine.
func pass(t testing.TB, s *Stream, frames int) {
	t.Helper()
	for range frames {
		s.e.cfg.winder.(*wound).beat(t)
	}
}
