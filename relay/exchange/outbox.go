package exchange

import (
	"errors"
	"slices"
	"sync"

	"cordpair/relay/wire"
)

// frame is one text frame on its way to a client. Events survive the socket
// they were meant for; replies and pings do not.
type frame struct {
	data  []byte
	event wire.ID // its id if it is an event, else empty
	fuse  string  // replaces a waiting frame of the same word, empty for none
}

var (
	errOutboxFull   = errors.New("exchange: the client reads too slowly")
	errOutboxClosed = errors.New("exchange: the socket is closing")
)

// outbox is the queue of one socket: any number of frames, bounded by bytes.
// Putting never waits. Safe for concurrent use; one reader.
type outbox struct {
	wake chan struct{} // capacity 1: something to take

	mu      sync.Mutex
	frames  []frame
	size    int
	limit   int
	closing bool
}

func newOutbox(limit int) *outbox {
	return &outbox{wake: make(chan struct{}, 1), limit: limit}
}

// put appends a frame. A single frame is always accepted by an empty outbox,
// whatever its size.
func (o *outbox) put(f frame) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := o.fusible(f); i >= 0 && !o.closing {
		o.size += len(f.data) - len(o.frames[i].data)
		o.frames[i] = f
		return nil
	}
	switch {
	case o.closing:
		return errOutboxClosed
	case o.size > 0 && o.size+len(f.data) > o.limit:
		return errOutboxFull
	}
	o.frames = append(o.frames, f)
	o.size += len(f.data)
	o.signal()
	return nil
}

// fusible is the waiting frame that f replaces, -1 for none.
func (o *outbox) fusible(f frame) int {
	if f.fuse == "" {
		return -1
	}
	return slices.IndexFunc(o.frames, func(w frame) bool { return w.fuse == f.fuse })
}

// load fills the outbox of a new socket; the limit is for what comes later.
func (o *outbox) load(frames ...frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range frames {
		o.frames = append(o.frames, f)
		o.size += len(f.data)
	}
	o.signal()
}

// finish lets the writer send what is queued and then close the socket.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closing = true
	o.signal()
}

// take removes one frame. last is true when the queue is empty and finished.
// Frames are taken one by one so that what counts against the limit is what
// the socket has not yet swallowed.
func (o *outbox) take() (f frame, ok, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.frames) == 0 {
		return frame{}, false, o.closing
	}
	f = o.frames[0]
	o.frames[0] = frame{}
	o.frames = o.frames[1:]
	o.size -= len(f.data)
	return f, true, false
}

// unsent empties the queue and returns its events, with first (a frame that was
// taken but failed to be written) before them.
func (o *outbox) unsent(first frame) []frame {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closing = true
	var events []frame
	for _, f := range append([]frame{first}, o.frames...) {
		if f.event != "" {
			events = append(events, f)
		}
	}
	o.frames, o.size = nil, 0
	return events
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
