package relay

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// alarms runs functions at their time, all from one goroutine, so that no
// timer outlives the client.
type alarms struct {
	mu    sync.Mutex
	queue alarmHeap
	wake  chan struct{} // an earlier alarm than the one waited for was set
}

type alarm struct {
	at    time.Time
	fn    func()
	index int // in the heap, -1 once it ran or was stopped
}

func newAlarms() *alarms { return &alarms{wake: make(chan struct{}, 1)} }

// set runs fn at the given time unless it is stopped before. fn must not
// block.
func (a *alarms) set(at time.Time, fn func()) *alarm {
	al := &alarm{at: at, fn: fn}
	a.mu.Lock()
	heap.Push(&a.queue, al)
	first := al.index == 0
	a.mu.Unlock()
	if first {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
	return al
}

// stop forgets an alarm; nil is fine. A function that is running goes on.
func (a *alarms) stop(al *alarm) {
	if al == nil {
		return
	}
	a.mu.Lock()
	if al.index >= 0 {
		heap.Remove(&a.queue, al.index)
	}
	a.mu.Unlock()
}

// run serves the alarms until ctx ends, each by way of call.
func (a *alarms) run(ctx context.Context, call func(func())) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		al, next := a.due(time.Now())
		if al != nil {
			call(al.fn)
			continue
		}
		timer.Reset(next)
		select {
		case <-timer.C:
		case <-a.wake:
		case <-ctx.Done():
			return
		}
	}
}

// due removes the first alarm whose time has come, or says how long until the
// next.
func (a *alarms) due(now time.Time) (al *alarm, next time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case len(a.queue) == 0:
		return nil, time.Hour
	case a.queue[0].at.After(now):
		return nil, a.queue[0].at.Sub(now)
	}
	return heap.Pop(&a.queue).(*alarm), 0
}

type alarmHeap []*alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *alarmHeap) Push(x any) {
	al := x.(*alarm)
	al.index = len(*h)
	*h = append(*h, al)
}

func (h *alarmHeap) Pop() any {
	old := *h
	al := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	al.index = -1
	return al
}
