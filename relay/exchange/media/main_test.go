package media

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.MustParseAddr("127.0.0.1")

// patience bounds every wait for something that must happen.
const patience = time.Minute

func newEngine(t testing.TB, cfg EngineConfig) *Engine {
	t.Helper()
	if cfg.OnFault == nil {
		cfg.OnFault = func(err error) { t.Errorf("fault: %v", err) }
	}
	e := NewEngine(cfg)
	t.Cleanup(e.Close)
	return e
}

func open(t testing.TB, e *Engine) *Stream {
	t.Helper()
	s, err := e.Open(loopback)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// manual is a stream the engine's clock does not know: the test is its clock.
func manual(t testing.TB, e *Engine) *Stream {
	t.Helper()
	a, b, err := e.bindPair(loopback)
	if err != nil {
		t.Fatal(err)
	}
	s := newStream(e, uint64(time.Now().UnixNano()), a, b)
	t.Cleanup(s.Close)
	return s
}

func format(t testing.TB, name string) Format {
	t.Helper()
	f, ok := FormatOf(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	return f
}

func start(t testing.TB, s *Stream, far netip.AddrPort, codec string) {
	t.Helper()
	dtmf := uint8(PayloadDTMF)
	if codec == "OPUS" {
		dtmf = PayloadDTMF48
	}
	if err := s.Start(far, format(t, codec), dtmf, SendRecv); err != nil {
		t.Fatal(err)
	}
}

// phone is a far end made of bare sockets; pion/rtp judges what it receives.
type phone struct {
	t    testing.TB
	conn *net.UDPConn
	addr netip.AddrPort
	ssrc uint32
	seq  uint16
	ts   uint32
}

func newPhone(t testing.TB) *phone {
	t.Helper()
	conn, err := listen(loopback, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &phone{t: t, conn: conn, addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		ssrc: 0xabcd, seq: 65530, ts: 1 << 31}
}

// next is the next packet the phone receives.
func (p *phone) next() *rtp.Packet {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, maxPacket)
	n, err := p.conn.Read(buf)
	if err != nil {
		p.t.Fatalf("phone: %v", err)
	}
	var pkt rtp.Packet
	if err := pkt.Unmarshal(buf[:n]); err != nil {
		p.t.Fatalf("phone: %v", err)
	}
	return &pkt
}

// nextOf is the next packet of a payload type.
func (p *phone) nextOf(pt uint8) *rtp.Packet {
	p.t.Helper()
	for {
		if pkt := p.next(); pkt.PayloadType == pt {
			return pkt
		}
	}
}

// packet makes the phone's next packet.
func (p *phone) packet(pt uint8, payload []byte) []byte {
	p.t.Helper()
	pkt := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: p.seq,
		Timestamp: p.ts, SSRC: p.ssrc}, Payload: payload}
	p.seq++
	p.ts += uint32(len(payload))
	b, err := pkt.Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func (p *phone) send(to netip.AddrPort, b []byte) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort(b, to); err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) say(to netip.AddrPort, pt uint8, payload []byte) { p.send(to, p.packet(pt, payload)) }

// eventually waits until the condition holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	beat := time.NewTicker(2 * time.Millisecond)
	defer beat.Stop()
	for !ok() {
		select {
		case <-beat.C:
		case <-limit.C:
			t.Fatalf("never: %s", what)
		}
	}
}

func closed(t testing.TB, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("never: %s", what)
	}
}
