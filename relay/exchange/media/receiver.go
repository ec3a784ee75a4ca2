package media

import (
	"net/netip"
	"sync"
	"time"
)

// receiver is what a stream knows about its far end's packets. Its lock is
// held for moments only, never during a callback or a write.
type receiver struct {
	mu      sync.Mutex
	started bool
	codec   *codec
	audio   [2]uint8 // payload types of the audio: agreed, and as we offered
	event   [2]uint8 // the same for telephone-event; 0 for none
	dir     Direction

	signalled netip.AddrPort // where the SDP said
	heard     netip.AddrPort // where packets came from; zero until the first
	lastHeard time.Duration

	src     source
	rival   source // another SSRC on probation
	event1  eventSeen
	ignored uint64
	bytes   uint64
	packets uint64
	level   meter
}

// relatch is how long the far end must be silent before its packets may come
// from a new address (a NAT that forgot us).
const relatch = 2 * time.Second

// takeover is how long an SSRC must be silent before another replaces it.
const takeover = 60 * time.Millisecond

// start takes over a new agreement. What was heard stays heard: a re-INVITE
// to the same address, or to none (hold), must not open the latch to strangers.
func (r *receiver) start(remote netip.AddrPort, c *codec, f Format, dtmf uint8, dir Direction) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signalled != remote && !remote.Addr().IsUnspecified() {
		r.heard = netip.AddrPort{}
	}
	if r.codec != c {
		r.level = meter{}
	}
	r.started, r.codec, r.signalled, r.dir = true, c, remote, dir
	r.audio = [2]uint8{f.PayloadType, f.PayloadType}
	if f.ReceiveType != 0 {
		r.audio[1] = f.ReceiveType
	}
	r.event = [2]uint8{dtmf, dtmf}
	if ours := ourEventType(c); dtmf != 0 && ours != r.audio[0] && ours != r.audio[1] {
		r.event[1] = ours
	}
}

// ourEventType is the telephone-event type that Offer uses beside the codec.
func ourEventType(c *codec) uint8 {
	if c.clock == 48000 {
		return PayloadDTMF48
	}
	return PayloadDTMF
}

// arrival is a packet that was accepted.
type arrival struct {
	packet
	codec *codec
	event bool // telephone-event, not audio
	sung  bool // a leg without telephone-event: digits can only be tones
	power float64
	digit rune           // a digit that just began, else 0
	moved netip.AddrPort // the address to send to from now on, if it changed
}

// accept decides about one datagram: false for anything that is not a packet
// of our payload types from our far end.
func (r *receiver) accept(b []byte, from netip.AddrPort, now time.Duration) (a arrival, ok bool) {
	p, ok := parseRTP(b)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !ok || !r.started || !r.dir.Receives() {
		r.ignored++
		return a, false
	}
	a.packet, a.codec = p, r.codec
	a.sung = r.event[0] == 0
	a.event = r.event[0] != 0 && (p.pt == r.event[0] || p.pt == r.event[1])
	if !a.event && p.pt != r.audio[0] && p.pt != r.audio[1] || !r.fromPeer(&a, from, now) {
		r.ignored++
		return a, false
	}
	r.packets++
	r.bytes += uint64(len(p.payload))
	r.lastHeard = now
	if a.event {
		a.digit = r.event1.digit(p.payload, p.ts)
		r.src.count(p, false, r.codec.clock, now)
		return a, true
	}
	r.src.count(p, true, r.codec.clock, now)
	if r.codec.g711() {
		a.power = r.codec.law().meanPower(p.payload)
		r.level.add(a.power, now)
	}
	return a, true
}

// fromPeer latches onto the address the far end really sends from, and onto
// its SSRC. The first valid packet wins; later the signalled address may take
// the latch back, the same SSRC may move after a silence, and nobody else may
// do anything (RTP is unauthenticated: an open latch lets strangers talk).
func (r *receiver) fromPeer(a *arrival, from netip.AddrPort, now time.Duration) bool {
	if from != r.heard {
		quiet := now-r.lastHeard > relatch && a.ssrc == r.src.ssrc
		if r.heard.IsValid() && from != r.signalled && !quiet {
			return false
		}
	}
	switch {
	case !r.src.known:
		r.src.begin(a.packet)
	case a.ssrc == r.src.ssrc:
	case !r.rival.known || r.rival.ssrc != a.ssrc || a.seq != r.rival.maxSeq+1:
		r.rival.begin(a.packet) // RFC 3550 A.1: two in sequence make a source
		r.rival.maxSeq = a.seq
		return false
	case now-r.lastHeard < takeover:
		r.rival.maxSeq = a.seq
		return false
	default:
		r.src.succeed(a.packet)
		r.rival = source{}
		r.event1 = eventSeen{}
	}
	if from != r.heard {
		r.heard, a.moved = from, from
	}
	return true
}
