package media

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

// leg is a stream whose clock the test winds, with its phone.
type leg struct {
	*Stream
	phone *phone
	at    time.Duration
	last  *rtp.Packet
}

func newLeg(t *testing.T, e *Engine, codec string) *leg {
	t.Helper()
	l := &leg{Stream: manual(t, e), phone: newPhone(t)}
	start(t, l.Stream, l.phone.addr, codec)
	l.at = l.tx.epoch
	return l
}

// beat is one tick of the clock; the packet it sends must follow the last one.
func (l *leg) beat(t *testing.T) *rtp.Packet {
	t.Helper()
	l.at += Frame
	l.tick(l.at)
	return l.take(t)
}

// take reads one packet and checks that it follows the last one.
func (l *leg) take(t *testing.T) *rtp.Packet {
	t.Helper()
	p := l.phone.next()
	if l.last != nil {
		if p.SSRC != l.last.SSRC {
			t.Fatalf("SSRC changed: %x after %x", p.SSRC, l.last.SSRC)
		}
		if p.SequenceNumber != l.last.SequenceNumber+1 {
			t.Fatalf("sequence %d after %d", p.SequenceNumber, l.last.SequenceNumber)
		}
		if int32(p.Timestamp-l.last.Timestamp) <= 0 {
			t.Fatalf("timestamp %d after %d", p.Timestamp, l.last.Timestamp)
		}
	}
	l.last = p
	return p
}

// hear has the leg hear a packet of the other one, as its reader would.
func (l *leg) hear(b *Bridging, pt uint8, seq uint16, ts, ssrc uint32, payload []byte) {
	a := &arrival{packet: packet{pt: pt, seq: seq, ts: ts, ssrc: ssrc, payload: payload},
		codec: b.other(l.Stream).tx.codec, event: pt == PayloadDTMF}
	l.tx.forward(b, a, l.at)
}

func step(t *testing.T, from, to *rtp.Packet) uint32 {
	t.Helper()
	return to.Timestamp - from.Timestamp
}

func TestOneStreamAcrossSilencePlaybackAndBridges(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other, third := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU"), newLeg(t, e, "PCMA")

	first := l.beat(t)
	if !first.Marker || first.PayloadType != 0 || len(first.Payload) != 160 || first.Payload[0] != 0xff {
		t.Fatalf("first packet is no frame of comfort silence: %v", first)
	}
	if p := l.beat(t); p.Marker || step(t, first, p) != 160 {
		t.Fatalf("silence goes on with marker %v, step %d", p.Marker, step(t, first, p))
	}

	play, err := l.Play(Playlist{Media: []Media{Ringtone{Country: "us", Duration: Forever}}})
	if err != nil {
		t.Fatal(err)
	}
	before := l.last
	if p := l.beat(t); !p.Marker || step(t, before, p) != 160 {
		t.Fatalf("ringback begins with marker %v, step %d", p.Marker, step(t, before, p))
	}
	if p := l.beat(t); p.Marker {
		t.Fatal("marker inside the ringback")
	}

	bridge := mustBridge(t, l, other)
	if play.Err() == nil {
		t.Fatal("the bridge did not end the ringback")
	}
	before = l.last
	l.hear(bridge, 0, 7, 5_000_000, 0x77, make([]byte, 160))
	if p := l.take(t); !p.Marker || step(t, before, p) != 160 {
		t.Fatalf("bridge begins with marker %v, step %d", p.Marker, step(t, before, p))
	}
	for i := uint32(1); i < 5; i++ {
		l.at += Frame
		before = l.last
		l.hear(bridge, 0, 7+uint16(i), 5_000_000+160*i, 0x77, make([]byte, 160))
		if p := l.take(t); p.Marker || step(t, before, p) != 160 {
			t.Fatalf("packet %d of the bridge: marker %v, step %d", i, p.Marker, step(t, before, p))
		}
	}

	bridge.Close()
	before = l.last
	if p := l.beat(t); p.Payload[0] != 0xff || step(t, before, p) != 160 {
		t.Fatalf("after the bridge: payload %x, step %d", p.Payload[0], step(t, before, p))
	}

	bridge = mustBridge(t, l, third)
	before = l.last
	l.at += Frame
	l.hear(bridge, 8, 60000, 99, 0x99, []byte{0xd5, 0x55})
	if p := l.take(t); p.PayloadType != 0 || p.Payload[0] != 0xfe || step(t, before, p) != 160 {
		t.Fatalf("second bridge: type %d, payload %x, step %d", p.PayloadType, p.Payload, step(t, before, p))
	}
}

func mustBridge(t *testing.T, a, b *leg) *Bridging {
	t.Helper()
	bridge, err := Bridge(a.Stream, b.Stream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bridge.Close)
	return bridge
}

func TestSilenceFillsInWhenThePeerFallsSilent(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	l.beat(t)
	bridge := mustBridge(t, l, other)
	l.hear(bridge, 0, 1, 0, 0x77, make([]byte, 160))
	spoken := l.take(t)
	for range int(forwardGap/Frame) - 1 {
		l.at += Frame
		l.tick(l.at)
	}
	// The first frame of silence comes when the gap is over, at wall time.
	if p := l.beat(t); p.Payload[0] != 0xff || step(t, spoken, p) < 640 {
		t.Fatalf("silence after a gap: payload %x, step %d", p.Payload[0], step(t, spoken, p))
	}
	// The peer speaks again, its own timeline having gone on.
	before := l.last
	l.hear(bridge, 0, 2, 160, 0x77, make([]byte, 160))
	if p := l.take(t); !p.Marker || step(t, before, p) != 160 {
		t.Fatalf("speech after silence: marker %v, step %d", p.Marker, step(t, before, p))
	}
}

// TestADigitStaysOneOverAGap: silence that fills a gap in the midst of a digit
// does not make it two.
func TestADigitStaysOneOverAGap(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	l.beat(t)
	bridge := mustBridge(t, l, other)
	var far eventSeen
	heard := ""
	key := func(seq uint16, ts uint32, payload ...byte) {
		l.hear(bridge, PayloadDTMF, seq, ts, 0x77, payload)
		if p := l.phone.nextOf(PayloadDTMF); far.digit(p.Payload, p.Timestamp) != 0 {
			heard += string(eventDigits[p.Payload[0]])
		}
	}
	l.hear(bridge, 0, 1, 0, 0x77, make([]byte, 160))
	key(2, 160, 5, 10, 0, 160)
	for range int(forwardGap/Frame) + 2 {
		l.at += Frame
		l.tick(l.at)
	}
	key(3, 160, 5, 10, 4, 0)
	key(4, 160, 5, 0x8a, 4, 160)
	l.at += Frame
	l.hear(bridge, 0, 5, 1500, 0x77, make([]byte, 160))
	key(6, 1660, 5, 10, 0, 160) // the same key again
	if heard != "55" {
		t.Fatalf("the far end hears %q", heard)
	}
}

func TestLossAndOrderStayVisible(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	base := l.beat(t).SequenceNumber
	bridge := mustBridge(t, l, other)
	for _, seq := range []uint16{10, 11, 13, 12, 9, 15} { // 12 late, 9 from before the bridge, 14 lost
		l.hear(bridge, 0, seq, uint32(seq)*160, 0x77, make([]byte, 160))
	}
	for _, want := range []uint16{1, 2, 4, 3, 6} {
		if p := l.phone.next(); p.SequenceNumber != base+want {
			t.Fatalf("sequence %d, want %d", p.SequenceNumber-base, want)
		}
	}
	bridge.Close()
	l.last = nil
	if p := l.beat(t); p.SequenceNumber != base+7 {
		t.Fatalf("silence has sequence %d, want 7", p.SequenceNumber-base)
	}
}

func TestPacketsTheOtherLegCannotHearLeaveNoHole(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	if err := l.Start(l.phone.addr, format(t, "PCMU"), 0, SendRecv); err != nil {
		t.Fatal(err)
	}
	bridge := mustBridge(t, l, other)
	l.hear(bridge, 0, 1, 0, 0x77, make([]byte, 160))
	l.take(t)
	l.hear(bridge, PayloadDTMF, 2, 160, 0x77, []byte{5, 10, 0, 160})
	l.hear(bridge, PayloadDTMF, 3, 160, 0x77, []byte{5, 10, 1, 64})
	l.at += 3 * Frame
	l.hear(bridge, 0, 4, 480, 0x77, make([]byte, 160))
	l.take(t)
	if st := l.Stats(); st.Dropped != 2 || st.PacketsOut != 2 {
		t.Fatalf("dropped %d, sent %d", st.Dropped, st.PacketsOut)
	}
}

func TestANewSourceBehindTheBridgeIsAnchoredAnew(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l, other := newLeg(t, e, "PCMU"), newLeg(t, e, "PCMU")
	bridge := mustBridge(t, l, other)
	steps := []struct {
		seq      uint16
		ts, ssrc uint32
	}{
		{1, 0, 0x77}, {2, 160, 0x77},
		{40000, 7, 0x78}, {40001, 167, 0x78}, // another SSRC
		{20010, 327, 0x78},               // its sequence restarts
		{20011, 900_000_000, 0x78},       // its clock jumps
		{20012, 900_000_000 + 160, 0x78}, // and goes on
		{20013, 900_000_000 + 320, 0x78}, //
		{65535, 900_000_000 + 480, 0x78}, // once more
		{0, 900_000_000 + 640, 0x78},     // over the wrap
	}
	for i, s := range steps {
		l.hear(bridge, 0, s.seq, s.ts, s.ssrc, make([]byte, 160))
		before := l.last
		if p := l.take(t); before != nil && step(t, before, p) != 160 {
			t.Fatalf("packet %d: step %d", i, step(t, before, p))
		}
		l.at += Frame
	}
}

func TestTimestampsFollowTheWallAfterAStall(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l := newLeg(t, e, "PCMU")
	before := l.beat(t)
	l.at += 50 * Frame
	if p := l.beat(t); step(t, before, p) != 51*160 {
		t.Fatalf("step %d after a second", step(t, before, p))
	}
}

func TestAReInviteKeepsTheStreamButANewClockStartsAnother(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l := newLeg(t, e, "PCMU")
	l.beat(t)
	start(t, l.Stream, l.phone.addr, "PCMA")
	if p := l.beat(t); p.PayloadType != 8 || p.Payload[0] != 0xd5 {
		t.Fatalf("after the change to PCMA: type %d, payload %x", p.PayloadType, p.Payload[0])
	}
	old := l.last
	l.last = nil
	start(t, l.Stream, l.phone.addr, "OPUS")
	l.at = l.tx.epoch
	first := l.beat(t)
	if first.SSRC == old.SSRC || first.PayloadType != PayloadOpus {
		t.Fatalf("Opus on SSRC %x (was %x) with type %d", first.SSRC, old.SSRC, first.PayloadType)
	}
	if p := l.beat(t); step(t, first, p) != 960 {
		t.Fatalf("Opus steps by %d", step(t, first, p))
	}
}

func TestHoldSendsNothingAndLeavesNoHole(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	l := newLeg(t, e, "PCMU")
	l.beat(t)
	for _, dir := range []Direction{RecvOnly, Inactive} {
		if err := l.Start(l.phone.addr, format(t, "PCMU"), 0, dir); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			l.at += Frame
			l.tick(l.at)
		}
	}
	if n := l.Stats().PacketsOut; n != 1 {
		t.Fatalf("%d packets sent on hold", n-1)
	}
	start(t, l.Stream, l.phone.addr, "PCMU")
	l.beat(t)
}
