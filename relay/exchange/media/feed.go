package media

import (
	"slices"
	"sync"
	"sync/atomic"
)

// feed is what the far end of one leg says, for the frames of another: filled
// by the reader of the first, read by the clock.
type feed struct {
	mu  sync.Mutex // taken last of all
	in  *playout
	pcm [160]int16
}

func newFeed() *feed { return &feed{in: newPlayout()} }

// feedDelay is the room for jitter, in samples.
const feedDelay = 2 * pcmRate / 50

// hear takes what was said, on the reader of its leg.
func (f *feed) hear(ssrc, ts uint32, pcm []int16) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in.put(ssrc, ts, f.in.head+feedDelay, pcm)
}

// add mixes the next frame into pcm; false when there is nothing to add.
func (f *feed) add(pcm []int16) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.in.read(f.pcm[:]) {
		return false
	}
	for i, v := range f.pcm {
		pcm[i] = int16(sat16(int32(pcm[i]) + int32(v)))
	}
	return true
}

// feeds are the feeds of a leg, read by its reader without a lock.
type feeds struct {
	mu   sync.Mutex // orders changes
	list atomic.Pointer[[]*feed]
}

func (l *feeds) add(f *feed) {
	l.change(func(list []*feed) []*feed { return append(list, f) })
}

func (l *feeds) remove(f *feed) {
	l.change(func(list []*feed) []*feed {
		return slices.DeleteFunc(list, func(o *feed) bool { return o == f })
	})
}

func (l *feeds) change(fn func([]*feed) []*feed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*feed
	if old := l.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = fn(list); len(list) == 0 {
		l.list.Store(nil)
		return
	}
	l.list.Store(&list)
}
