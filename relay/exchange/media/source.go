package media

import "time"

// source keeps the figures of one received SSRC (RFC 3550 appendix A). Figures
// add up over the sources that followed one another on a leg.
type source struct {
	known    bool
	ssrc     uint32
	baseSeq  uint16
	maxSeq   uint16
	badSeq   uint32 // what would follow a packet far out of sequence
	cycles   uint32
	received uint64
	transit  int64
	timed    bool
	jitter   float64 // in clock ticks
	lost     uint64  // of the sources before this one

	// At the last receiver report, for its fraction lost (RFC 3550 A.3).
	priorExpected, priorReceived uint64
}

// begin starts counting at a packet.
func (s *source) begin(p packet) {
	*s = source{known: true, ssrc: p.ssrc, baseSeq: p.seq, maxSeq: p.seq - 1, badSeq: noSeq}
}

// succeed starts a new SSRC and keeps what the old one lost.
func (s *source) succeed(p packet) {
	lost := s.totalLost()
	s.begin(p)
	s.lost = lost
}

// maxJump is the largest step of a sequence number that is still loss and not
// a restart of the sender (RFC 3550 A.1, MAX_DROPOUT).
const maxJump = 3000

const (
	maxLate = 100     // the same for late packets, MAX_MISORDER
	noSeq   = 1 << 16 // no sequence number
)

// count takes one accepted packet. Jitter is measured on audio only: all
// packets of a telephone-event carry its first timestamp.
func (s *source) count(p packet, audio bool, clock int, now time.Duration) {
	step := p.seq - s.maxSeq
	switch {
	case step < maxJump:
		if p.seq < s.maxSeq && s.received > 0 {
			s.cycles += 1 << 16
		}
		s.maxSeq = p.seq
	case step > 1<<16-maxLate: // late or twice
	case uint32(p.seq) == s.badSeq: // two in sequence: the sender began anew
		s.succeed(p)
		s.maxSeq = p.seq
	default:
		s.badSeq = uint32(p.seq + 1)
		return
	}
	s.received++
	if !audio {
		return
	}
	arrived := int64(now) * int64(clock) / int64(time.Second)
	transit := int64(int32(uint32(arrived) - p.ts))
	if s.timed {
		d := int64(int32(transit - s.transit))
		if d < 0 {
			d = -d
		}
		if d < int64(clock) { // a jump of a second is a new timeline, not jitter
			s.jitter += (float64(d) - s.jitter) / 16
		}
	}
	s.transit, s.timed = transit, true
}

// highest is the extended highest sequence number.
func (s *source) highest() uint32 { return s.cycles + uint32(s.maxSeq) }

// expected is how many packets of this source should have come.
func (s *source) expected() uint64 {
	if s.received == 0 {
		return 0
	}
	return uint64(s.highest() - uint32(s.baseSeq) + 1)
}

// totalLost is the packets that never came; duplicates do not make it negative.
func (s *source) totalLost() uint64 {
	if e := s.expected(); e > s.received {
		return s.lost + e - s.received
	}
	return s.lost
}
