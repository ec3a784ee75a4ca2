package media

import (
	"encoding/binary"
	"errors"
	"testing"
)

func TestDigitsOnTheWire(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMU")
	before := l.beat(t)
	done, err := l.SendDigits("7w#")
	if err != nil {
		t.Fatal(err)
	}
	var ends []byte
	for digit, want := range []byte{7, 11} {
		for frame := range toneFrames {
			l.at += Frame
			l.tick(l.at)
			p := l.phone.next()
			if p.PayloadType != PayloadDTMF || p.Payload[0] != want || p.Marker != (frame == 0) {
				t.Fatalf("digit %d, frame %d: %+v", digit, frame, p)
			}
			if d := binary.BigEndian.Uint16(p.Payload[2:]); d != uint16(160*(frame+1)) {
				t.Fatalf("digit %d, frame %d: duration %d", digit, frame, d)
			}
			if frame == 0 && step(t, before, p)%160 != 0 {
				t.Fatalf("digit %d begins at step %d", digit, step(t, before, p))
			}
			if frame == 0 {
				before = p
			} else if p.Timestamp != before.Timestamp {
				t.Fatalf("digit %d, frame %d: the timestamp moved", digit, frame)
			}
			l.last = p
		}
		ends = append(ends, l.last.Payload[1])
		for range endRepeats - 1 {
			p := l.phone.next()
			if p.Payload[1]&eventEndFlag == 0 || p.Timestamp != before.Timestamp || p.SequenceNumber != l.last.SequenceNumber+1 {
				t.Fatalf("repeated end: %+v", p)
			}
			l.last = p
		}
		pause := gapFrames
		if digit == 0 {
			pause += int(shortPause / Frame)
		}
		for range pause {
			p := l.beat(t)
			if p.PayloadType != 0 {
				t.Fatalf("in the gap: type %d", p.PayloadType)
			}
		}
		if d := step(t, before, l.last); d != uint32(160*(toneFrames+pause-1)) {
			t.Fatalf("digit %d: the gap ends at step %d", digit, d)
		}
	}
	for _, flags := range ends {
		if flags != eventEndFlag|eventVolume {
			t.Errorf("last packet of an event has %x", flags)
		}
	}
	l.beat(t)
	closed(t, "digits done", done)
}

func TestDigitsQueueAndEndWithTheStream(t *testing.T) {
	l := newLeg(t, newEngine(t, EngineConfig{}), "PCMA")
	first, err := l.SendDigits("1")
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.SendDigits("W")
	if err != nil {
		t.Fatal(err)
	}
	for range toneFrames + gapFrames + 1 {
		l.at += Frame
		l.tick(l.at)
	}
	closed(t, "the first run", first)
	select {
	case <-second:
		t.Fatal("the pause is over too soon")
	default:
	}
	l.Close()
	closed(t, "the second run ends with the stream", second)
}

func TestDigitRefusals(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l := newLeg(t, e, "PCMU")
	for _, digits := range []string{"", "1 2", "x", "１", string(make([]byte, 257))} {
		if _, err := l.SendDigits(digits); !errors.Is(err, ErrBadDigits) {
			t.Errorf("%q: %v", digits, err)
		}
	}
	if _, err := manual(t, e).SendDigits("1"); !errors.Is(err, ErrNotStarted) {
		t.Errorf("not started: %v", err)
	}
	if err := l.Start(l.phone.addr, format(t, "PCMU"), 0, SendRecv); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SendDigits("1"); !errors.Is(err, ErrNoDTMF) {
		t.Errorf("no telephone-event: %v", err)
	}
}

func TestEachEventIsHeardOnce(t *testing.T) {
	var e eventSeen
	for i, c := range []struct {
		payload []byte
		ts      uint32
		want    rune
	}{
		{[]byte{1, 10, 0, 160}, 1000, '1'}, {[]byte{1, 10, 1, 64}, 1000, 0}, {[]byte{1, 0x8a, 1, 64}, 1000, 0},
		{[]byte{1, 10, 0, 160}, 5000, '1'}, // the same key again
		{[]byte{2, 10, 0, 160}, 3000, 0},   // a straggler
		{[]byte{15, 10, 0, 160}, 9000, 'D'}, {[]byte{16, 10, 0, 160}, 12000, 0}, {[]byte{1, 10}, 15000, 0},
		{[]byte{10, 10, 0, 160}, 1 << 31, '*'},
	} {
		if got := e.digit(c.payload, c.ts); got != c.want {
			t.Errorf("packet %d: %q, want %q", i, got, c.want)
		}
	}
}
