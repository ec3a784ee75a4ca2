package media

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"
)

// rtcpPhone is a phone with an RTCP socket beside it.
func rtcpPhone(t *testing.T, e *Engine) (*phone, *net.UDPConn) {
	t.Helper()
	a, b, err := e.bindPair(loopback)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return &phone{t: t, conn: a, addr: a.LocalAddr().(*net.UDPAddr).AddrPort(), ssrc: 0xabcd, seq: 1}, b
}

func TestSenderReports(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := manual(t, e)
	p, ctl := rtcpPhone(t, e)
	start(t, s, p.addr, "PCMU")
	for range 4 {
		p.say(s.LocalAddr(), 0, make([]byte, 160))
		p.seq++ // every second one is lost
	}
	eventually(t, "four packets are heard", func() bool { return s.Stats().PacketsIn == 4 })
	at := s.tx.epoch
	for range 3 * reportEvery / Frame {
		at += Frame
		s.tick(at)
	}
	buf := make([]byte, 512)
	_ = ctl.SetReadDeadline(time.Now().Add(patience))
	n, err := ctl.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	b := buf[:n]
	be := binary.BigEndian
	if b[0] != 0x81 || b[1] != rtcpSR || be.Uint16(b[2:]) != 12 || be.Uint32(b[4:]) != s.tx.ssrc {
		t.Fatalf("no sender report with one block: %x", b)
	}
	if packets, bytes := be.Uint32(b[20:]), be.Uint32(b[24:]); packets == 0 || bytes != 160*packets {
		t.Errorf("%d packets, %d bytes", packets, bytes)
	}
	if ssrc, lost := be.Uint32(b[28:]), be.Uint32(b[32:])&0xffffff; ssrc != p.ssrc || lost != 3 || b[32] == 0 {
		t.Errorf("block about %x: lost %d, fraction %d", ssrc, lost, b[32])
	}
	sdes := b[52:]
	if sdes[0] != 0x81 || sdes[1] != rtcpSDES || len(sdes)%4 != 0 || int(be.Uint16(sdes[2:])+1)*4 != len(sdes) {
		t.Errorf("SDES %x", sdes)
	}
}

// report is an RTCP receiver report about an SSRC.
func receiverReport(about, lost, jitter, lsr, dlsr uint32) []byte {
	b := make([]byte, 32)
	putRTCP(b, rtcpRR, 1, len(b))
	for i, v := range []uint32{0xabcd, about, lost, 0, jitter, lsr, dlsr} {
		binary.BigEndian.PutUint32(b[4+4*i:], v)
	}
	return b
}

func TestReportsOfTheFarEnd(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := manual(t, e)
	p, ctl := rtcpPhone(t, e)
	start(t, s, p.addr, "PCMU")
	to := netip.AddrPortFrom(s.LocalAddr().Addr(), s.LocalAddr().Port()+1)
	sent := uint32(ntpTime(s.e.start.Add(s.e.now()-300*time.Millisecond)) >> 16)
	for _, b := range [][]byte{
		{0x80}, receiverReport(1, 99, 99, 0, 0), // cut; about another
		receiverReport(s.tx.ssrc, 5, 80, sent, 65536/10)[:31],
		receiverReport(s.tx.ssrc, 5, 80, sent, 65536/10), // held for 100 ms
	} {
		if _, err := ctl.WriteToUDPAddrPort(b, to); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the report arrives", func() bool { return s.Stats().RemoteLost == 5 })
	st := s.Stats()
	if st.RemoteJitter != 10*time.Millisecond || st.RoundTrip < 190*time.Millisecond || st.RoundTrip > patience {
		t.Errorf("%+v", st)
	}
	if _, err := ctl.WriteToUDPAddrPort(receiverReport(s.tx.ssrc, 0xffffff, 0, 0, 0), to); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a negative loss is none", func() bool { return s.Stats().RemoteLost == 0 })
}

func TestOurReportAnswersTheirs(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := manual(t, e)
	p, ctl := rtcpPhone(t, e)
	start(t, s, p.addr, "PCMU")
	p.say(s.LocalAddr(), 0, make([]byte, 160))
	eventually(t, "a packet is heard", func() bool { return s.Stats().PacketsIn == 1 })
	// A compound of a sender report with a block about us, and what we do not read.
	b := make([]byte, 52)
	be := binary.BigEndian
	be.PutUint32(b[4:], p.ssrc)
	be.PutUint64(b[8:], 0x1111_2222_3333_4444)
	copy(b[28:], receiverReport(s.tx.ssrc, 3, 0, 0, 0)[8:])
	putRTCP(b, rtcpSR, 1, len(b))
	b = appendSDES(b, p.ssrc, loopback)
	if _, err := ctl.WriteToUDPAddrPort(b, netip.AddrPortFrom(s.LocalAddr().Addr(), s.LocalAddr().Port()+1)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the block arrives", func() bool { return s.Stats().RemoteLost == 3 })
	at := s.e.now()
	for range 3 * reportEvery / Frame {
		at += Frame
		s.tick(at)
	}
	buf := make([]byte, 512)
	_ = ctl.SetReadDeadline(time.Now().Add(patience))
	if _, err := ctl.Read(buf); err != nil {
		t.Fatal(err)
	}
	if lsr, held := be.Uint32(buf[44:]), be.Uint32(buf[48:]); lsr != 0x2222_3333 || held == 0 {
		t.Errorf("last report %x, held %d", lsr, held)
	}
}
