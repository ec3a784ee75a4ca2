package ui

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Block types and the link type of the pcapng format (IETF draft
// opsawg-pcapng): packets begin with their IP header.
const (
	pcapSection   = 0x0A0D0D0A
	pcapInterface = 1
	pcapPacket    = 6
	linkRaw       = 101
)

// pcapng is SIP messages as a capture. The exchange tells messages, not packets:
// each is written as one UDP datagram between the two ends, by whatever
// transport it went.
func pcapng(steps []rung, server string) []byte {
	own := endpoint(server, netip.MustParseAddrPort("127.0.0.1:5060"))
	out := pcapBlock(nil, pcapSection, binary.LittleEndian.AppendUint64([]byte{0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0}, ^uint64(0)))
	// One interface: no limit to a packet; option 9 (if_tsresol): microseconds.
	out = pcapBlock(out, pcapInterface, []byte{linkRaw, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0})
	n := 0
	for i := range steps {
		s := &steps[i]
		if s.layer != layerSIP || s.raw == "" {
			continue
		}
		n++
		phone := endpoint(s.remote, netip.AddrPortFrom(own.Addr(), 5080))
		from, to := phone, own
		if s.out {
			from, to = own, phone
		}
		out = pcapMessage(out, s.at, datagram(from, to, s.raw))
	}
	if n == 0 {
		return nil
	}
	return out
}

// endpoint reads host:port; what is none has a stand-in.
func endpoint(s string, instead netip.AddrPort) netip.AddrPort {
	at, err := netip.ParseAddrPort(s)
	if err != nil || at.Addr().IsUnspecified() {
		return instead
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// datagram puts a message behind an IP and a UDP header. Both ends get the
// version of IP that both can have.
func datagram(from, to netip.AddrPort, body string) []byte {
	size := 8 + len(body)
	udp := make([]byte, 0, size)
	for _, v := range []uint16{from.Port(), to.Port(), uint16(size), 0} { // no checksum
		udp = binary.BigEndian.AppendUint16(udp, v)
	}
	udp = append(udp, body...)
	if from.Addr().Is4() && to.Addr().Is4() {
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0}
		binary.BigEndian.PutUint16(ip[2:], uint16(20+size))
		ip = append(append(ip, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
		binary.BigEndian.PutUint16(ip[10:], ipChecksum(ip))
		return append(ip, udp...)
	}
	src, dst := from.Addr().As16(), to.Addr().As16()
	ip := []byte{0x60, 0, 0, 0, 0, 0, 17, 64}
	binary.BigEndian.PutUint16(ip[4:], uint16(size))
	return append(append(append(ip, src[:]...), dst[:]...), udp...)
}

// ipChecksum is that of an IPv4 header (RFC 791, 3.1).
func ipChecksum(head []byte) uint16 {
	var sum uint32
	for i := 0; i < len(head); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(head[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func pcapMessage(out []byte, at time.Time, packet []byte) []byte {
	us := uint64(at.UnixMicro())
	body := make([]byte, 0, 20+len(packet))
	for _, v := range []uint32{0, uint32(us >> 32), uint32(us), uint32(len(packet)), uint32(len(packet))} {
		body = binary.LittleEndian.AppendUint32(body, v)
	}
	return pcapBlock(out, pcapPacket, append(body, packet...))
}

// pcapBlock adds a block: type, length, body filled up to four bytes, length.
func pcapBlock(out []byte, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	size := uint32(12 + len(body))
	out = binary.LittleEndian.AppendUint32(out, kind)
	out = binary.LittleEndian.AppendUint32(out, size)
	return binary.LittleEndian.AppendUint32(append(out, body...), size)
}
