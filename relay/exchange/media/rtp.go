package media

import (
	"encoding/binary"
	"math/rand/v2"
)

const (
	rtpHeader = 12
	// maxPacket bounds what is read: more than any Ethernet packet of audio.
	maxPacket = 2048
)

// packet is a received RTP packet (RFC 3550 §5.1). payload points into the
// reader's buffer and lives until the next read.
type packet struct {
	pt      uint8
	marker  bool
	seq     uint16
	ts      uint32
	ssrc    uint32
	payload []byte
}

// parseRTP reads a datagram without allocating. It refuses anything that is
// not RTP version 2 with a consistent header and a payload.
func parseRTP(b []byte) (packet, bool) {
	if len(b) <= rtpHeader || b[0]>>6 != 2 {
		return packet{}, false
	}
	p := packet{
		pt:     b[1] & 0x7f,
		marker: b[1]&0x80 != 0,
		seq:    binary.BigEndian.Uint16(b[2:]),
		ts:     binary.BigEndian.Uint32(b[4:]),
		ssrc:   binary.BigEndian.Uint32(b[8:]),
	}
	at := rtpHeader + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 { // header extension: profile, then length in words
		if len(b) < at+4 {
			return packet{}, false
		}
		at += 4 + 4*int(binary.BigEndian.Uint16(b[at+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // the last byte counts the padding, itself included
		pad := int(b[end-1])
		if pad == 0 {
			return packet{}, false
		}
		end -= pad
	}
	if at >= end {
		return packet{}, false
	}
	p.payload = b[at:end]
	return p, true
}

// putRTP writes a header without CSRCs or extension.
func putRTP(b []byte, pt uint8, marker bool, seq uint16, ts, ssrc uint32) {
	b[0], b[1] = 0x80, pt
	if marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], ts)
	binary.BigEndian.PutUint32(b[8:], ssrc)
}

// newSSRC draws a non-zero synchronisation source (RFC 3550 §8).
func newSSRC() uint32 { return rand.Uint32()>>1 + 1 }
