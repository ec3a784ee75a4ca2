package media

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"
)

// reportEvery is the mean time between our RTCP reports (RFC 3550 §6.2: 5 s);
// each is drawn from half to one and a half times as much.
const reportEvery = 5 * time.Second

// RTCP packet types (RFC 3550 §12.1).
const (
	rtcpSR   = 200
	rtcpRR   = 201
	rtcpSDES = 202
)

// reports is one stream's RTCP: what we send and what the far end said. It is
// guarded by the sender's lock.
type reports struct {
	due               time.Duration
	packets0, bytes0  uint64 // the counters when this SSRC began
	lost              uint64
	jitter, roundTrip time.Duration
	lastSR            uint32        // middle 32 bits of the far end's last NTP time
	lastSRAt          time.Duration // when it came
	buf               [128]byte
}

// restart follows a new SSRC.
func (r *reports) restart(packets, bytes uint64) {
	r.packets0, r.bytes0, r.lost, r.jitter, r.roundTrip = packets, bytes, 0, 0, 0
}

// report sends a sender report with its SDES when one is due. The sender's
// lock is held; the receiver's is taken inside it and never the other way round.
func (t *sender) report(s *Stream, at time.Duration) {
	r := &t.reports
	if at < r.due || t.remote.Port() == 0 || t.remote.Port() == 65535 || t.remote.Addr().IsUnspecified() {
		return
	}
	first := r.due == 0
	r.due = at + reportEvery/2 + rand.N(reportEvery)
	if first {
		return // nothing to tell yet
	}
	b := r.buf[:28]
	ntp := ntpTime(s.e.start.Add(at))
	binary.BigEndian.PutUint32(b[4:], t.ssrc)
	binary.BigEndian.PutUint64(b[8:], ntp)
	binary.BigEndian.PutUint32(b[16:], t.wall(at))
	binary.BigEndian.PutUint32(b[20:], uint32(t.packets-r.packets0))
	binary.BigEndian.PutUint32(b[24:], uint32(t.bytes-r.bytes0))
	count := byte(0)
	if block, ok := s.rx.reportBlock(); ok {
		binary.BigEndian.PutUint32(block[16:], r.lastSR)
		if r.lastSR != 0 {
			binary.BigEndian.PutUint32(block[20:], uint32((at-r.lastSRAt)*65536/time.Second))
		}
		b, count = append(b, block[:]...), 1
	}
	putRTCP(b, rtcpSR, count, len(b))
	b = appendSDES(b, t.ssrc, s.local.Addr())
	to := netip.AddrPortFrom(t.remote.Addr(), t.remote.Port()+1)
	_, _ = s.rtcp.WriteToUDPAddrPort(b, to) // a lost report is replaced by the next
}

// putRTCP writes the common header; length in bytes.
func putRTCP(b []byte, kind, count byte, length int) {
	b[0], b[1] = 0x80|count, kind
	binary.BigEndian.PutUint16(b[2:], uint16(length/4-1))
}

// appendSDES adds the canonical name, made of the address only.
func appendSDES(b []byte, ssrc uint32, addr netip.Addr) []byte {
	from := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, ssrc)
	b = append(b, 1, 0)
	at := len(b)
	b = fmt.Appendf(b, "%08x@", ssrc)
	b = addr.AppendTo(b)
	b[at-1] = byte(len(b) - at)
	b = append(b, 0)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	putRTCP(b[from:], rtcpSDES, 1, len(b)-from)
	return b
}

// ntpTime is seconds since 1900 in 32.32 bits.
func ntpTime(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// reportBlock is what we tell about the far end's SSRC, but for its last two
// words; false before its first packet.
func (r *receiver) reportBlock() (b [24]byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.src
	if s.received == 0 {
		return b, false
	}
	expected := s.expected()
	gone := int64(expected-s.priorExpected) - int64(s.received-s.priorReceived)
	if n := int64(expected - s.priorExpected); n > 0 && gone > 0 {
		b[4] = byte(min(255, gone*256/n))
	}
	s.priorExpected, s.priorReceived = expected, s.received
	binary.BigEndian.PutUint32(b[0:], s.ssrc)
	lost := min(uint64(0x7fffff), s.totalLost()-s.lost)
	b[5], b[6], b[7] = byte(lost>>16), byte(lost>>8), byte(lost)
	binary.BigEndian.PutUint32(b[8:], s.highest())
	binary.BigEndian.PutUint32(b[12:], uint32(s.jitter))
	return b, true
}

// readRTCP takes the far end's reports; it ends when the socket is closed.
func (s *Stream) readRTCP() {
	s.read(s.rtcp, "RTCP reader", func(b []byte, from netip.AddrPort) {
		t := &s.tx
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.started && from.Addr() == t.remote.Addr() {
			t.takeReports(b, s.e.now(), s.e.start)
		}
	})
}

// takeReports walks a compound packet and stops at the first flaw.
func (t *sender) takeReports(b []byte, now time.Duration, start time.Time) {
	for len(b) >= 8 && b[0]>>6 == 2 {
		size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
		if size > len(b) || size < 8 {
			return
		}
		one, count := b[:size], int(b[0]&0x1f)
		switch blocks := 8; b[1] {
		case rtcpSR:
			blocks = 28
			if size >= blocks {
				t.reports.lastSR, t.reports.lastSRAt = binary.BigEndian.Uint32(one[10:]), now
			}
			fallthrough
		case rtcpRR:
			for ; count > 0 && blocks+24 <= size; count, blocks = count-1, blocks+24 {
				t.takeBlock(one[blocks:blocks+24], now, start)
			}
		}
		b = b[size:]
	}
}

// takeBlock reads what the far end says about our SSRC (RFC 3550 §6.4.1).
func (t *sender) takeBlock(b []byte, now time.Duration, start time.Time) {
	if binary.BigEndian.Uint32(b) != t.ssrc {
		return
	}
	r := &t.reports
	r.lost = 0
	if lost := binary.BigEndian.Uint32(b[4:]) & 0xffffff; lost < 0x800000 { // signed 24 bits
		r.lost = uint64(lost)
	}
	jitter := time.Duration(binary.BigEndian.Uint32(b[12:]))
	r.jitter = min(time.Hour, jitter*time.Second/time.Duration(t.codec.clock))
	if sr := binary.BigEndian.Uint32(b[16:]); sr != 0 {
		arrived := uint32(ntpTime(start.Add(now)) >> 16)
		trip := int32(arrived - sr - binary.BigEndian.Uint32(b[20:]))
		r.roundTrip = max(0, time.Duration(trip)*time.Second/65536)
	}
}
