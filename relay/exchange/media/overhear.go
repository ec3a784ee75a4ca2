package media

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ears is who overhears a leg: recordings, detectors and taps. With none of
// them it costs one atomic read a packet.
type ears struct {
	mu   sync.Mutex // orders changes
	list atomic.Pointer[[]*overhearing]
}

func (e *ears) add(o *overhearing) {
	e.change(func(l []*overhearing) []*overhearing { return append(l, o) })
}

func (e *ears) remove(o *overhearing) {
	e.change(func(l []*overhearing) []*overhearing {
		return slices.DeleteFunc(l, func(x *overhearing) bool { return x == o })
	})
}

func (e *ears) change(fn func([]*overhearing) []*overhearing) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var l []*overhearing
	if old := e.list.Load(); old != nil {
		l = slices.Clone(*old)
	}
	if l = fn(l); len(l) == 0 {
		e.list.Store(nil)
		return
	}
	e.list.Store(&l)
}

// hear passes one packet on. It copies the payload, once for all.
func (e *ears) hear(side Side, c *codec, ssrc, ts uint32, at time.Duration, payload []byte) {
	list := e.list.Load()
	if list == nil || !c.speaks() {
		return
	}
	var kept []byte
	for _, o := range *list {
		if o.side&side == 0 {
			continue
		}
		if kept == nil {
			kept = slices.Clone(payload)
		}
		o.push(scrap{side: side, codec: c, ssrc: ssrc, ts: ts, at: at, payload: kept})
	}
}

// key passes one digit of the far end on.
func (e *ears) key(digit rune, at time.Duration) {
	if list := e.list.Load(); list != nil {
		for _, o := range *list {
			o.push(scrap{digit: digit, at: at})
		}
	}
}

// scrap is one packet overheard on a leg, or one digit.
type scrap struct {
	side     Side
	codec    *codec
	ssrc, ts uint32
	at       time.Duration
	payload  []byte
	digit    rune
}

// frame is 20 ms of a leg: what its far end said and was sent, silence where
// there were no packets, and the digits it keyed.
type frame struct {
	speak, listen           [160]int16
	hasSpeak, hasListen     bool
	digits                  []rune
	speakPower, listenPower float64 // mean square, full scale = 1
}

// heedFunc takes one frame; false ends the overhearing.
type heedFunc func(*frame) bool

// overhearing is one listener on a leg, with a queue between the media path
// and its own goroutine: a slow listener loses sound, and the call nothing.
type overhearing struct {
	s    *Stream
	side Side
	lag  time.Duration

	mu      sync.Mutex
	queue   []scrap
	dropped uint64

	halt     chan struct{}
	haltOnce sync.Once

	// The goroutine's own.
	begin  time.Duration // engine time of the first frame
	frames int64         // frames done
	in     [2]*playout   // by index: speak, listen
	dec    [2]decoder
	keyed  []scrap
	spare  []scrap
	frame  frame
}

const (
	// maxQueue is how many packets wait at most: 5 s of both sides.
	maxQueue = 512
	// pollSlow is how often a listener that is in no hurry looks at its queue
	// (one wake-up for ten packets), and slowLag how far behind it stays, so
	// that late packets find their place.
	pollSlow, slowLag = 100 * time.Millisecond, 200 * time.Millisecond
)

// push queues a scrap, or drops it.
func (o *overhearing) push(sc scrap) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= maxQueue {
		o.dropped++
		return
	}
	o.queue = append(o.queue, sc)
}

// lost is how many packets did not fit into the queue.
func (o *overhearing) lost() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped
}

// stop ends the overhearing after what has been heard so far.
func (o *overhearing) stop() { o.haltOnce.Do(func() { close(o.halt) }) }

// overhear has heed called with each frame of the leg from now on, on a
// goroutine of its own, until it returns false, stop is called or the stream
// closes; then end is called once with nil, ErrStopped or ErrClosed, or with
// what a panic said.
func (s *Stream) overhear(side Side, every, lag time.Duration, heed heedFunc, end func(error)) (*overhearing, error) {
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, ErrClosed
	case !t.started:
		return nil, ErrNotStarted
	case !t.codec.speaks():
		return nil, fmt.Errorf("%w: %s", ErrCannotDecode, t.codec.name)
	}
	o := &overhearing{s: s, side: side, lag: lag, halt: make(chan struct{}),
		begin: s.e.now(), in: [2]*playout{newPlayout(), newPlayout()}}
	s.ears.add(o)
	// Ends with heed, stop or the stream; Stream.Close waits for it.
	s.wg.Go(func() { o.run(every, heed, end) })
	return o, nil
}

func (o *overhearing) run(every time.Duration, heed heedFunc, end func(error)) {
	err := error(nil)
	defer func() { // end's own
		if r := recover(); r != nil {
			o.s.e.fault("end of a listener", r)
		}
	}()
	defer func() {
		o.s.ears.remove(o)
		if r := recover(); r != nil {
			o.s.e.fault("listener", r)
			err = fmt.Errorf("%w: %v", ErrListener, r)
		}
		end(err)
	}()
	beat, stop := o.s.e.every(every)
	defer stop()
	for {
		select {
		case <-beat:
			if !o.advance(o.s.e.now()-o.lag, heed) {
				return
			}
			continue
		case <-o.halt:
			err = ErrStopped
		case <-o.s.done:
			err = ErrClosed
		}
		if !o.advance(o.s.e.now(), heed) {
			err = nil // it ended by itself in its last frames
		}
		return
	}
}

// advance takes the queue in and has all frames heeded that end before until.
func (o *overhearing) advance(until time.Duration, heed heedFunc) bool {
	o.mu.Lock()
	batch := o.queue
	o.queue, o.spare = o.spare[:0], nil
	o.mu.Unlock()
	defer func() {
		clear(batch) // let the payloads go
		o.spare = batch[:0]
	}()
	for i := range batch {
		// Frame by frame, so that after a stall nothing piles up in the rings.
		if !o.handOut(min(until, batch[i].at-o.lag), heed) {
			return false
		}
		o.take(&batch[i])
	}
	return o.handOut(until, heed)
}

// handOut has all frames heeded that end before until.
func (o *overhearing) handOut(until time.Duration, heed heedFunc) bool {
	f := &o.frame
	for o.frameAt(o.frames+1) <= until {
		o.frames++
		f.hasSpeak, f.hasListen = o.in[0].read(f.speak[:]), o.in[1].read(f.listen[:])
		f.speakPower, f.listenPower = meanPower(f.speak[:]), meanPower(f.listen[:])
		f.digits = f.digits[:0]
		for len(o.keyed) > 0 && o.keyed[0].at < o.frameAt(o.frames) {
			f.digits = append(f.digits, o.keyed[0].digit)
			o.keyed = o.keyed[1:]
		}
		if !heed(f) {
			return false
		}
	}
	return true
}

// frameAt is the engine time at which a frame begins.
func (o *overhearing) frameAt(n int64) time.Duration { return o.begin + time.Duration(n)*Frame }

// take puts one scrap in its place.
func (o *overhearing) take(sc *scrap) {
	if sc.digit != 0 {
		o.keyed = append(o.keyed, *sc)
		return
	}
	i := 0
	if sc.side == Listen {
		i = 1
	}
	pcm := o.dec[i].decode(sc.codec, sc.ssrc, sc.payload)
	want := int64((sc.at - o.begin) * pcmRate / time.Second)
	o.in[i].put(sc.ssrc, sc.ts, max(0, want), pcm)
}
