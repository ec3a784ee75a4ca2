package media

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// speaker is who a stream's last packet came from; a change begins a new
// talkspurt (marker bit, RFC 3551 §4.1).
type speaker uint8

const (
	speakerNone speaker = iota
	speakerSilence
	speakerSource
	speakerPlayback
	speakerKeys
	speakerChime
	speakerRoom
	speakerPeer
	speakerAside
)

// sender is what a stream sends: one SSRC whose sequence numbers and
// timestamps are continuous, whoever speaks. The engine's clock and the other
// leg's reader write through it, one at a time.
type sender struct {
	conn *net.UDPConn
	ears *ears
	link atomic.Pointer[Bridging] // for the reader; bridge is the truth

	mu        sync.Mutex
	closed    bool
	started   bool
	codec     *codec
	pt        uint8
	dtmf      uint8
	dir       Direction
	remote    netip.AddrPort // where to, once latched
	signalled netip.AddrPort // where to, as the SDP said

	ssrc    uint32
	seq     uint16        // of the next packet
	epoch   time.Duration // when tsBase was now
	tsBase  uint32
	nextTS  uint32 // where the last packet's sound ends
	sent    bool   // nextTS means something
	speaker speaker

	source  Source
	play    *Playback
	chime   []int16 // a beep that goes before everything but digits
	room    *Member
	now     time.Duration // of the beat or packet being dealt with
	under   *underlay     // the peer of a bridge, below a playback or beside a voice
	aside   *feed         // a voice beside the peer: a monitor's
	keyed   time.Duration // when the peer last sent a digit, beside a voice
	keys    []*keying
	bridge  *Bridging
	fwd     forwarding
	carried carriedEvent
	lastFwd time.Duration

	packets, bytes, dropped uint64
	level                   meter
	reports                 reports

	wide g722 // the encoder of a G722 leg
	pcm  [160]int16
	buf  [rtpHeader + maxPacket]byte
}

// start takes over a new agreement; see Stream.Start.
func (t *sender) start(now time.Duration, remote netip.AddrPort, c *codec, f Format, dtmf uint8, dir Direction) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	if !t.started || t.codec.clock != c.clock {
		t.ssrc, t.seq, t.tsBase = newSSRC(), uint16(rand.Uint32()), rand.Uint32()
		t.epoch, t.sent, t.carried = now.Truncate(Frame), false, carriedEvent{}
		t.reports.restart(t.packets, t.bytes)
	}
	if t.codec != c {
		t.under = nil
		t.level, t.wide = meter{}, newG722()
	}
	if t.signalled != remote {
		t.remote, t.signalled = remote, remote
	}
	t.started, t.codec, t.pt, t.dtmf, t.dir = true, c, f.PayloadType, dtmf, dir
	t.fwd.on = false
	return nil
}

// redirect sends to where the far end was heard.
func (t *sender) redirect(to netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remote = to
}

// close stops all sending and returns the bridge the stream was in, if any,
// or the conference.
func (t *sender) close() (*Bridging, *Member) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.play != nil {
		t.play.finish(ErrClosed)
		t.play = nil
	}
	for _, k := range t.keys {
		close(k.done)
	}
	t.keys = nil
	return t.bridge, t.room
}

// forwardGap is how long the other leg of a bridge may be silent before
// comfort silence fills in. Longer than jitter, shorter than a worried user.
const forwardGap = 100 * time.Millisecond

// tick sends what is due at one beat of the engine's clock.
func (s *Stream) tick(at time.Duration) {
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.started || t.closed {
		return
	}
	t.now = at
	switch {
	case t.key(at):
	case t.chimeFrame(at):
	case t.playFrame(at):
	case t.asideFrame(at):
	case t.bridge != nil && at-t.lastFwd < forwardGap:
	case t.room != nil && t.roomFrame(at):
	case t.bridge == nil && t.room == nil && t.sourceFrame(at):
	default:
		t.silence(at)
	}
	t.report(s, at)
}

// silence sends one frame of comfort silence.
func (t *sender) silence(at time.Duration) {
	ts, _ := t.timestamp(at)
	t.local(speakerSilence, !t.sent, ts, t.codec.silence)
	switch {
	case t.codec.g711():
		t.level.add(0, at)
	case t.codec.kind == codecG722:
		t.wide.follow(t.codec.silence)
	}
}

// sourceFrame sends a frame of the caller's own sound, if there is a source.
func (t *sender) sourceFrame(at time.Duration) bool {
	if t.source == nil || !t.codec.speaks() {
		return false
	}
	n := t.source.ReadPCM(t.pcm[:])
	clear(t.pcm[max(0, min(n, len(t.pcm))):])
	t.pcmFrame(at, speakerSource)
	return true
}

// playFrame sends a frame of the playback, if there is one, over what the peer
// of a bridge says.
func (t *sender) playFrame(at time.Duration) bool {
	if t.play == nil {
		t.played()
		return false
	}
	kind := t.play.frame(t.pcm[:])
	switch {
	case kind == frameOver:
		t.played()
		return false
	case kind == frameSound && !t.codec.speaks(): // it changed under the playback
		t.play.finish(ErrCannotEncode)
		t.played()
		return false
	case t.beside(t.under.mix(t.pcm[:], kind) || kind == frameSound):
		t.pcmFrame(at, speakerPlayback)
	default:
		t.silence(at)
	}
	return true
}

// played is the end of a playback.
func (t *sender) played() {
	t.play = nil
	if t.aside == nil {
		t.under = nil
	}
}

// chimeFrame sends a frame of a beep, if there is one.
func (t *sender) chimeFrame(at time.Duration) bool {
	if len(t.chime) == 0 || !t.codec.speaks() {
		t.chime = nil
		return false
	}
	n := copy(t.pcm[:], t.chime)
	clear(t.pcm[n:])
	t.chime = t.chime[n:]
	t.pcmFrame(at, speakerChime)
	return true
}

// roomFrame sends a frame of the conference; false when nobody speaks in it.
func (t *sender) roomFrame(at time.Duration) bool {
	if !t.codec.speaks() || !t.room.frame(at, t.pcm[:]) {
		return false
	}
	t.pcmFrame(at, speakerRoom)
	return true
}

// pcmFrame encodes and sends t.pcm.
func (t *sender) pcmFrame(at time.Duration, who speaker) {
	ts, jumped := t.timestamp(at)
	payload := t.buf[rtpHeader : rtpHeader+len(t.pcm)]
	if t.codec.kind == codecG722 {
		t.wide.encode(payload, t.pcm[:])
	} else {
		t.codec.encode(payload, t.pcm[:])
	}
	t.level.add(meanPower(t.pcm[:]), at)
	t.local(who, jumped || t.speaker != who, ts, payload)
}

// local sends one Frame that was made here.
func (t *sender) local(who speaker, marker bool, ts uint32, payload []byte) {
	t.write(t.pt, marker, ts, payload)
	t.nextTS, t.sent, t.speaker = ts+t.codec.frameTicks(), true, who
	t.fwd.on = false
}

// wall is the RTP time that the clock says.
func (t *sender) wall(at time.Duration) uint32 {
	return t.tsBase + uint32(int64(at-t.epoch)*int64(t.codec.clock)/int64(time.Second))
}

// timestamp is the RTP time for sound that begins now: right behind the last
// packet's, unless the wall clock has left it behind by more than a Frame;
// then there was a gap, and the timestamp jumps as time did.
func (t *sender) timestamp(at time.Duration) (ts uint32, jumped bool) {
	wall := t.wall(at)
	if t.sent && int32(wall-t.nextTS) <= int32(t.codec.frameTicks()) {
		return t.nextTS, false
	}
	return wall, true
}

// write sends one packet with the next sequence number. payload may already
// lie in its place in t.buf.
func (t *sender) write(pt uint8, marker bool, ts uint32, payload []byte) {
	t.writeSeq(pt, marker, t.seq, ts, payload)
	if t.dir.Sends() {
		t.seq++
	}
}

// writeSeq sends one packet, unless we are on hold. An error is the network's
// to mend, as with a lost packet.
func (t *sender) writeSeq(pt uint8, marker bool, seq uint16, ts uint32, payload []byte) {
	if !t.dir.Sends() || t.remote.Port() == 0 || t.remote.Addr().IsUnspecified() {
		return
	}
	putRTP(t.buf[:], pt, marker, seq, ts, t.ssrc)
	n := rtpHeader + copy(t.buf[rtpHeader:], payload)
	if _, err := t.conn.WriteToUDPAddrPort(t.buf[:n], t.remote); err != nil {
		t.dropped++
		return
	}
	t.packets++
	t.bytes += uint64(n - rtpHeader)
	if pt == t.pt {
		t.ears.hear(Listen, t.codec, t.ssrc, ts, t.now, t.buf[rtpHeader:n])
	}
}
