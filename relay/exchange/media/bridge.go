package media

import (
	"fmt"
	"sync"
	"time"
)

// Bridging is two legs that hear each other, from Bridge until Close.
type Bridging struct {
	a, b *Stream
	once sync.Once
}

// Bridge lets two started legs hear each other: what one sends reaches the
// other and never its sender. The receiver sees its one SSRC go on; payload
// types become its own, telephone-events pass, PCMU and PCMA are turned into
// each other. A playback on either leg ends with ErrReplaced; one that begins
// later is heard over the peer, and outlives the bridge. When a leg falls
// silent, comfort silence fills in.
//
// Errors wrap ErrSelfBridge, ErrNotStarted, ErrClosed, ErrBridged or
// ErrCodecMismatch. Close the result; closing either stream does so too.
func Bridge(a, b *Stream) (*Bridging, error) {
	if a == b {
		return nil, ErrSelfBridge
	}
	br := &Bridging{a: a, b: b}
	unlock := br.lock()
	defer unlock()
	for _, s := range []*Stream{a, b} {
		switch t := &s.tx; {
		case t.closed:
			return nil, fmt.Errorf("bridge %v: %w", s.local, ErrClosed)
		case !t.started:
			return nil, fmt.Errorf("bridge %v: %w", s.local, ErrNotStarted)
		case t.bridge != nil || t.room != nil:
			return nil, fmt.Errorf("bridge %v: %w", s.local, ErrBridged)
		}
	}
	if ca, cb := a.tx.codec, b.tx.codec; ca != cb && !(ca.g711() && cb.g711()) {
		return nil, fmt.Errorf("bridge: %w: %s and %s", ErrCodecMismatch, ca.name, cb.name)
	}
	for _, s := range []*Stream{a, b} {
		t := &s.tx
		if t.play != nil {
			t.play.finish(ErrReplaced)
			t.play = nil
		}
		t.bridge, t.fwd.on, t.lastFwd = br, false, -forwardGap
		t.link.Store(br)
	}
	return br, nil
}

// Close ends the bridge; both legs go back to comfort silence. After it has
// returned nothing of one leg reaches the other. Idempotent, safe from any
// goroutine.
func (b *Bridging) Close() {
	b.once.Do(func() {
		unlock := b.lock()
		defer unlock()
		for _, s := range []*Stream{b.a, b.b} {
			s.tx.bridge, s.tx.under = nil, nil
			s.tx.link.Store(nil)
		}
	})
}

// lock takes both senders' locks, always in the same order.
func (b *Bridging) lock() (unlock func()) {
	first, second := b.a, b.b
	if second.id < first.id {
		first, second = second, first
	}
	first.tx.mu.Lock()
	second.tx.mu.Lock()
	return func() {
		second.tx.mu.Unlock()
		first.tx.mu.Unlock()
	}
}

// other is the leg that hears s.
func (b *Bridging) other(s *Stream) *Stream {
	if s == b.a {
		return b.b
	}
	return b.a
}

// forwarding maps the other leg's packets into this leg's stream. The map is
// drawn anew (anchored) whenever something else was sent in between. Gaps and
// late packets of the sender stay visible as such to the receiver, as with
// any translator (RFC 3550 §7.1).
type forwarding struct {
	on     bool
	ssrc   uint32
	seqOff uint16
	tsOff  uint32
	first  uint16 // our first sequence number under this map
}

// carriedEvent is the last telephone-event of the other leg: all its packets
// carry the timestamp of its beginning (RFC 4733 §2.2.1).
type carriedEvent struct {
	known      bool
	ssrc, from uint32 // as it came
	ts         uint32 // as it was sent
}

func (c carriedEvent) goesOn(a *arrival) bool { return c.known && c.ssrc == a.ssrc && c.from == a.ts }

// maxDrift is how far the other leg's clock may leave ours before it is
// anchored anew, in seconds.
const maxDrift = 1

// forward sends an accepted packet of the other leg. It runs on that leg's
// reader and does not allocate.
func (t *sender) forward(b *Bridging, a *arrival, now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = now
	if t.bridge != b || t.closed || !t.dir.Sends() {
		return
	}
	if t.mixes(a, now) {
		t.underlay(a)
		return
	}
	if len(t.keys) > 0 || len(t.chime) > 0 {
		return
	}
	pt, turn := t.pt, false
	switch {
	case a.event && t.dtmf != 0 && a.codec.clock == t.codec.clock:
		pt = t.dtmf
	case !a.event && a.codec == t.codec:
	case !a.event && a.codec.g711() && t.codec.g711():
		turn = true
	default:
		t.leaveOut(a)
		return
	}
	marker := a.marker
	switch t.fit(a, now) {
	case stale:
		t.dropped++
		return
	case fresh:
		t.anchor(a, now)
		marker = true
	}
	seq, ts := a.seq+t.fwd.seqOff, a.ts+t.fwd.tsOff
	if a.event && t.carried.goesOn(a) && ts != t.carried.ts {
		// A gap was filled in its midst: it stays one event by its timestamp,
		// and what follows it is anchored anew.
		ts, marker, t.fwd.on = t.carried.ts, a.marker, false
	} else if a.event {
		t.carried = carriedEvent{known: true, ssrc: a.ssrc, from: a.ts, ts: ts}
	}
	payload := a.payload
	if turn {
		law := a.codec.law()
		payload = t.buf[rtpHeader : rtpHeader+len(a.payload)]
		for i, v := range a.payload {
			payload[i] = law.other[v]
		}
	}
	t.lastFwd, t.speaker = now, speakerPeer
	t.writeSeq(pt, marker, seq, ts, payload)
	t.advance(a, seq, ts, now)
}

// fit is how a packet stands to the map in force.
type fit uint8

const (
	fits  fit = iota
	fresh     // another source or timeline: anchor anew
	stale     // from before the anchor: its moment has passed
)

// fit judges by the source, the sequence number and, for audio, the nearness
// to the wall clock.
func (t *sender) fit(a *arrival, now time.Duration) fit {
	if !t.fwd.on || t.fwd.ssrc != a.ssrc {
		return fresh
	}
	seq := a.seq + t.fwd.seqOff
	switch step := int16(seq - t.seq); {
	case step > maxJump || step < -maxJump:
		return fresh
	case int16(seq-t.fwd.first) < 0:
		return stale
	}
	drift := int32(a.ts + t.fwd.tsOff - t.wall(now))
	if limit := int32(maxDrift * t.codec.clock); !a.event && (drift < -limit || drift > limit) {
		return fresh
	}
	return fits
}

// anchor draws the map so that this packet follows the last one sent.
func (t *sender) anchor(a *arrival, now time.Duration) {
	ts, _ := t.timestamp(now)
	t.fwd = forwarding{on: true, ssrc: a.ssrc, seqOff: t.seq - a.seq, tsOff: ts - a.ts, first: t.seq}
}

// advance notes what was sent, for whoever speaks next.
func (t *sender) advance(a *arrival, seq uint16, ts uint32, now time.Duration) {
	ticks := t.codec.ticks(len(a.payload))
	if a.event {
		ticks = eventTicks(a.payload)
	} else if t.codec.g711() {
		t.level.add(a.power, now)
	}
	if int16(seq-t.seq) >= 0 {
		t.seq = seq + 1
	}
	end := ts + ticks
	if limit := t.wall(now) + uint32(maxDrift*t.codec.clock); int32(end-limit) > 0 {
		end = limit
	}
	if !t.sent || int32(end-t.nextTS) > 0 {
		t.nextTS, t.sent = end, true
	}
}

// leaveOut passes over a packet this leg cannot hear, without a hole in its
// sequence numbers.
func (t *sender) leaveOut(a *arrival) {
	t.dropped++
	if t.fwd.on && t.fwd.ssrc == a.ssrc && a.seq+t.fwd.seqOff == t.seq {
		t.fwd.seqOff--
	}
}
