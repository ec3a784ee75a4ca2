package media

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// pcmRate is the sample rate of everything that is played.
const pcmRate = 8000

// clip is one playlist item ready to play: pcm, repeated until length samples
// have been played; no pcm is silence, a negative length has no end.
type clip struct {
	pcm    []int16
	length int
}

// samples is a duration in samples; Forever stays negative.
func samples(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int(d * pcmRate / time.Second)
}

// Playback is a playlist being played on one stream. All methods are safe for
// concurrent use.
type Playback struct {
	cancel context.CancelFunc // ends the loading
	done   chan struct{}

	mu     sync.Mutex
	clips  []*clip // nil until loaded
	failed map[int]error
	loops  int // passes left, negative for ever
	item   int
	pos    int
	played bool // this pass made a sound or a pause
	paused bool
	gain   int // 1/4096
	ended  bool
	err    error
}

// unity is a gain of 0 dB.
const unity = 4096

// Play begins a playlist on the leg, in place of comfort silence, of the
// source, and of what a bridge would let it hear. A playback still running
// ends with ErrReplaced. Ringtones and silence begin with the next frame;
// audio and speech are fetched in the background, in order, and the leg hears
// silence until they are there.
//
// Errors wrap ErrBadPlaylist, ErrNotStarted, ErrClosed, or ErrCannotEncode
// when there is sound to play and the leg is not PCMU, PCMA or G722. What goes
// wrong later is in Playback.Err.
func (s *Stream) Play(list Playlist) (*Playback, error) {
	if err := list.Check(); err != nil {
		return nil, err
	}
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, fmt.Errorf("play: %w", ErrClosed)
	case !t.started:
		return nil, fmt.Errorf("play: %w", ErrNotStarted)
	case !t.codec.speaks() && !list.silent():
		return nil, fmt.Errorf("play: %w: %s", ErrCannotEncode, t.codec.name)
	}
	p := &Playback{done: make(chan struct{}), clips: make([]*clip, len(list.Media)),
		failed: map[int]error{}, loops: list.Loop, gain: gainOf(list.Volume)}
	if p.loops == 0 {
		p.loops = 1
	}
	ctx, cancel := context.WithCancel(s.e.ctx)
	p.cancel = cancel
	var later []int
	for i, m := range list.Media {
		if p.clips[i] = s.e.loader.now(m); p.clips[i] == nil {
			later = append(later, i)
		}
	}
	if len(later) > 0 {
		// Ends when all is loaded or the playback ends; Stream.Close waits for it.
		s.wg.Go(func() { p.load(ctx, s.e, list.Media, later) })
	}
	if t.play != nil {
		t.play.finish(ErrReplaced)
	}
	t.play = p
	return p, nil
}

// load prepares the items that take time.
func (p *Playback) load(ctx context.Context, e *Engine, list []Media, later []int) {
	defer func() {
		if r := recover(); r != nil {
			e.fault("playlist loader", r)
			p.finish(fmt.Errorf("%w: %v", ErrFetch, r))
		}
	}()
	for _, i := range later {
		c, err := e.loader.load(ctx, list[i])
		if ctx.Err() != nil {
			return
		}
		p.mu.Lock()
		if err != nil {
			p.failed[i] = fmt.Errorf("item %d: %w", i+1, err)
		} else {
			p.clips[i] = c
		}
		p.mu.Unlock()
	}
}

// Done is closed when the playback has ended, by itself or not.
func (p *Playback) Done() <-chan struct{} { return p.done }

// Err is nil while the playback runs and after it has played to its end;
// otherwise it wraps what ended it: ErrStopped, ErrReplaced, ErrClosed, or
// what was wrong with an item.
func (p *Playback) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop ends the playback with ErrStopped; nothing of it is sent afterwards.
// Idempotent.
func (p *Playback) Stop() { p.finish(ErrStopped) }

// Pause sends comfort silence and keeps the place.
func (p *Playback) Pause() { p.setPaused(true) }

// Resume goes on where Pause stopped.
func (p *Playback) Resume() { p.setPaused(false) }

func (p *Playback) setPaused(v bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = v
}

// SetVolume changes the gain, in dB, within -MaxVolume and MaxVolume.
func (p *Playback) SetVolume(dB float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gain = gainOf(dB)
}

// gainOf turns dB into the fixed-point gain.
func gainOf(dB float64) int {
	if math.IsNaN(dB) {
		return unity
	}
	return int(math.Round(unity * math.Pow(10, min(MaxVolume, max(-MaxVolume, dB))/20)))
}

// over reports whether the playback has ended.
func (p *Playback) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

func (p *Playback) finish(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(err)
}

// end records the first end; p.mu is held.
func (p *Playback) end(err error) {
	if p.ended {
		return
	}
	p.ended, p.err = true, err
	p.cancel()
	close(p.done)
}

// frameKind says what a playback has for the next frame.
type frameKind uint8

const (
	frameOver   frameKind = iota // nothing, ever again
	frameSilent                  // silence
	frameSound                   // what was written to pcm
)

// frame writes the next samples.
func (p *Playback) frame(pcm []int16) frameKind {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return frameOver
	}
	if p.paused {
		return frameSilent
	}
	n, sound := 0, false
	for n < len(pcm) {
		c, ok := p.current()
		if p.ended || !ok {
			break
		}
		m := p.fill(pcm[n:], c)
		n, sound = n+m, sound || c.pcm != nil
	}
	if n == 0 && p.ended {
		return frameOver
	}
	if !sound {
		return frameSilent
	}
	clear(pcm[n:])
	p.amplify(pcm[:n])
	return frameSound
}

// current is the clip to play from; false while it is being loaded. It moves
// to the next item and the next pass, and ends the playback behind the last.
func (p *Playback) current() (*clip, bool) {
	for {
		if p.item == len(p.clips) {
			if p.loops > 0 {
				p.loops--
			}
			if p.loops == 0 || !p.played {
				p.end(nil)
				return nil, false
			}
			p.item, p.played = 0, false
		}
		if err := p.failed[p.item]; err != nil {
			p.end(err)
			return nil, false
		}
		c := p.clips[p.item]
		if c == nil {
			return nil, false
		}
		if c.length < 0 || p.pos < c.length {
			p.played = true
			return c, true
		}
		p.item, p.pos = p.item+1, 0
	}
}

// fill copies what the clip still has, at most up to its repetition.
func (p *Playback) fill(pcm []int16, c *clip) int {
	n := len(pcm)
	if c.length >= 0 {
		n = min(n, c.length-p.pos)
	}
	if c.pcm == nil {
		clear(pcm[:n])
	} else {
		n = copy(pcm[:n], c.pcm[p.pos%len(c.pcm):])
	}
	p.pos += n
	if c.length < 0 && c.pcm != nil {
		p.pos %= len(c.pcm)
	} else if c.length < 0 {
		p.pos = 0
	}
	return n
}

// amplify applies the volume.
func (p *Playback) amplify(pcm []int16) {
	if p.gain == unity {
		return
	}
	for i, v := range pcm {
		pcm[i] = int16(min(math.MaxInt16, max(math.MinInt16, int(v)*p.gain/unity)))
	}
}
