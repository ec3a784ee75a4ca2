package media

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Conference is a room in which each leg hears all others and not itself. Its
// mixing is done on the engine's clock, so it has no goroutine. All methods
// are safe for concurrent use.
type Conference struct {
	e *Engine

	mu      sync.Mutex
	closed  bool
	members []*Member
	at      time.Duration // the beat the mix is of
	mixed   bool          // at means something
	sum     [160]int32
	chime   []int16 // what is left of a beep
}

// JoinOptions are how a leg enters a conference.
type JoinOptions struct {
	// Muted has the member only listen, until SetMuted.
	Muted bool
	// Beep lets all hear that somebody came.
	Beep bool
}

// Member is one leg in a conference, from Join until Leave.
type Member struct {
	c *Conference
	s *Stream

	// Guarded by c.mu.
	muted bool
	gone  bool
	in    *playout
	now   [160]int16 // what it says in this beat
	says  bool
	gain  float32 // of what it hears, below 1 while that would clip
	hears [160]int32
}

// NewConference makes an empty room for legs of this engine. It holds nothing
// that must be given back; Close sends all members out.
func (e *Engine) NewConference() *Conference { return &Conference{e: e} }

// Join puts a started leg of PCMU, PCMA or G722 (its lower band) into the room.
// Its playbacks and digits take precedence over what the room lets it hear;
// its source is not used. Leave, or closing the stream, takes it out.
//
// Errors wrap ErrClosed (the room or the stream), ErrNotStarted, ErrBridged
// (the leg is in a bridge or a room already), ErrForeign (the leg of another
// engine) or ErrCannotEncode.
func (c *Conference) Join(s *Stream, o JoinOptions) (*Member, error) {
	if s.e != c.e {
		return nil, fmt.Errorf("join %v: %w", s.local, ErrForeign)
	}
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, fmt.Errorf("join %v: %w", s.local, ErrClosed)
	case !t.started:
		return nil, fmt.Errorf("join %v: %w", s.local, ErrNotStarted)
	case t.bridge != nil || t.room != nil:
		return nil, fmt.Errorf("join %v: %w", s.local, ErrBridged)
	case !t.codec.speaks():
		return nil, fmt.Errorf("join %v: %w: %s", s.local, ErrCannotEncode, t.codec.name)
	}
	m := &Member{c: c, s: s, muted: o.Muted, in: newPlayout(), gain: 1}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, fmt.Errorf("join %v: conference: %w", s.local, ErrClosed)
	}
	c.members = append(c.members, m)
	if o.Beep {
		c.chime = enterBeep()
	}
	t.room = m
	s.room.Store(m)
	return m, nil
}

// Leave takes the member out; its leg goes back to comfort silence or its
// source. Idempotent.
func (m *Member) Leave() { m.leave(nil) }

// LeaveWithBeep is Leave, and lets those who stay hear it.
func (m *Member) LeaveWithBeep() { m.leave(leaveBeep()) }

func (m *Member) leave(beep []int16) {
	t := &m.s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	if m.gone {
		return
	}
	m.gone = true
	t.room = nil
	m.s.room.Store(nil)
	m.c.members = slices.DeleteFunc(m.c.members, func(o *Member) bool { return o == m })
	if beep != nil {
		m.c.chime = beep
	}
	if len(m.c.members) == 0 {
		m.c.chime = nil
	}
}

// SetMuted keeps the room from hearing the member, or lets it hear again.
func (m *Member) SetMuted(muted bool) {
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	m.muted = muted
}

// Len is the number of members.
func (c *Conference) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.members)
}

// Close takes all members out and refuses new ones. Idempotent.
func (c *Conference) Close() {
	c.mu.Lock()
	c.closed = true
	members := slices.Clone(c.members)
	c.mu.Unlock()
	for _, m := range members {
		m.Leave()
	}
}

// roomDelay is the room for jitter, in samples.
const roomDelay = 2 * pcmRate / 50

// hear takes what the member says, on its stream's reader.
func (m *Member) hear(ssrc, ts uint32, pcm []int16) {
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	m.in.put(ssrc, ts, m.in.head+roomDelay, pcm)
}

// frame writes what the member hears in this beat of the clock; false for
// silence. The sender's lock is held; the conference's is taken inside it and
// never the other way round.
func (m *Member) frame(at time.Duration, pcm []int16) bool {
	c := m.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.gone {
		return false
	}
	if !c.mixed || c.at != at {
		c.at, c.mixed = at, true
		c.mix()
	}
	peak := int32(0)
	for i, v := range c.sum {
		if m.says {
			v -= int32(m.now[i])
		}
		m.hears[i] = v
		peak = max(peak, v, -v)
	}
	if peak == 0 {
		m.gain = 1
		return false
	}
	m.limit(peak)
	for i, v := range m.hears {
		pcm[i] = int16(sat16(int32(float32(v) * m.gain)))
	}
	return true
}

// mix adds up what all members say in this beat; c.mu is held.
func (c *Conference) mix() {
	clear(c.sum[:])
	for _, m := range c.members {
		if m.says = m.in.read(m.now[:]) && !m.muted; !m.says {
			continue
		}
		for i, v := range m.now {
			c.sum[i] += int32(v)
		}
	}
	n := min(len(c.chime), len(c.sum))
	for i, v := range c.chime[:n] {
		c.sum[i] += int32(v)
	}
	c.chime = c.chime[n:]
}

const (
	// ceiling is the peak that a mix is held below.
	ceiling = 30000
	// release is the part of the lost level that each calm frame gives back.
	release = 1.0 / 16
)

// limit lowers the gain at once when the frame would clip, and raises it
// slowly afterwards.
func (m *Member) limit(peak int32) {
	m.gain += (1 - m.gain) * release
	if limit := float32(ceiling) / float32(peak); limit < m.gain {
		m.gain = limit
	}
}
