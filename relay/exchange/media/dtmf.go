package media

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// eventDigits are the RFC 4733 events 0 to 15.
const eventDigits = "0123456789*#ABCD"

// eventSeen remembers the last telephone-event, which comes in many packets.
type eventSeen struct {
	known bool
	ts    uint32
}

// digit is the digit of a packet that begins a new event, else 0. Events are
// told apart by their timestamp; an older one is a straggler.
func (e *eventSeen) digit(payload []byte, ts uint32) rune {
	if len(payload) < 4 || int(payload[0]) >= len(eventDigits) {
		return 0
	}
	if e.known && int32(ts-e.ts) <= 0 {
		return 0
	}
	e.known, e.ts = true, ts
	return rune(eventDigits[payload[0]])
}

// eventTicks is the duration an event has reached, in clock ticks.
func eventTicks(payload []byte) uint32 {
	if len(payload) < 4 {
		return 0
	}
	return uint32(binary.BigEndian.Uint16(payload[2:]))
}

// How SendDigits keys, in Frames: 160 ms of tone and 80 ms of gap satisfy
// every receiver (ITU-T Q.24 asks for 40 and 40); the last packet of an event
// is sent three times (RFC 4733 §2.5.1.4).
const (
	toneFrames   = 8
	gapFrames    = 4
	endRepeats   = 3
	eventVolume  = 10 // dBm0 below zero
	maxDigits    = 256
	shortPause   = 500 * time.Millisecond  // w
	longPause    = 1000 * time.Millisecond // W
	eventEndFlag = 0x80
)

// keying is a run of digits being sent, one step a Frame.
type keying struct {
	digits []byte
	frame  int // within the current digit
	ts     uint32
	done   chan struct{}
}

// SendDigits keys digits to the far end as RFC 4733 events: 0-9 * # A-D, with
// w and W for pauses of half a second and a second. They take precedence over
// all other sound. Digits sent while others are being sent follow them. The
// channel is closed when the last one is out, or when the stream is closed.
//
// Errors wrap ErrBadDigits, ErrNotStarted, ErrNoDTMF or ErrClosed.
func (s *Stream) SendDigits(digits string) (<-chan struct{}, error) {
	if len(digits) == 0 || len(digits) > maxDigits {
		return nil, fmt.Errorf("%w: %d characters, 1 to %d allowed", ErrBadDigits, len(digits), maxDigits)
	}
	up := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'd' {
			return r - 'a' + 'A'
		}
		return r
	}, digits)
	if i := strings.IndexFunc(up, func(r rune) bool { return !strings.ContainsRune(eventDigits+"wW", r) }); i >= 0 {
		return nil, fmt.Errorf("%w: %q", ErrBadDigits, digits)
	}
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return nil, fmt.Errorf("digits: %w", ErrClosed)
	case !t.started:
		return nil, fmt.Errorf("digits: %w", ErrNotStarted)
	case t.dtmf == 0:
		return nil, fmt.Errorf("digits to %v: %w", t.remote, ErrNoDTMF)
	}
	k := &keying{digits: []byte(up), done: make(chan struct{})}
	t.keys = append(t.keys, k)
	return k.done, nil
}

// key sends this Frame's part of the digits; false when none are left.
func (t *sender) key(at time.Duration) bool {
	if len(t.keys) == 0 {
		return false
	}
	k := t.keys[0]
	if len(k.digits) == 0 || t.dtmf == 0 {
		close(k.done)
		t.keys = t.keys[1:]
		return t.key(at)
	}
	switch d := k.digits[0]; d {
	case 'w', 'W':
		pause := shortPause
		if d == 'W' {
			pause = longPause
		}
		t.silence(at)
		k.step(int(pause / Frame))
	default:
		if k.frame < toneFrames {
			t.event(at, k, byte(strings.IndexByte(eventDigits, d)))
		} else {
			t.silence(at)
		}
		k.step(toneFrames + gapFrames)
	}
	return true
}

// step moves on by a Frame, to the next digit after length of them.
func (k *keying) step(length int) {
	if k.frame++; k.frame >= length {
		k.digits, k.frame = k.digits[1:], 0
	}
}

// event sends one update of an event: all carry the timestamp of its
// beginning, the last one the end flag, three times (RFC 4733 §2.5).
func (t *sender) event(at time.Duration, k *keying, code byte) {
	step := t.codec.frameTicks()
	if k.frame == 0 {
		k.ts, _ = t.timestamp(at)
	}
	var p [4]byte
	p[0], p[1] = code, eventVolume
	binary.BigEndian.PutUint16(p[2:], uint16(step)*uint16(k.frame+1))
	repeats := 1
	if k.frame == toneFrames-1 {
		p[1] |= eventEndFlag
		repeats = endRepeats
	}
	for range repeats {
		t.write(t.dtmf, k.frame == 0, k.ts, p[:])
	}
	t.nextTS = k.ts + step*uint32(k.frame+1)
	t.speaker = speakerKeys
	t.fwd.on = false
}
