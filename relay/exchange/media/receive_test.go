package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
)

var (
	signalled = netip.MustParseAddrPort("10.0.0.1:4000")
	natted    = netip.MustParseAddrPort("203.0.113.7:61000")
	stranger  = netip.MustParseAddrPort("198.51.100.9:5004")
)

// ear is a receiver of PCMU with telephone-event 101.
func ear(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{codec: noCodec}
	c, _ := lookup("PCMU")
	r.start(signalled, c, format(t, "PCMU"), PayloadDTMF, SendRecv)
	return r
}

func datagram(t testing.TB, h rtp.Header, payload []byte) []byte {
	t.Helper()
	h.Version = 2
	b, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// voice is frame number n of a talker.
func voice(t testing.TB, n int, ssrc uint32) []byte {
	t.Helper()
	return datagram(t, rtp.Header{SequenceNumber: uint16(n), Timestamp: uint32(n) * 160, SSRC: ssrc}, make([]byte, 160))
}

func TestTheLatch(t *testing.T) {
	type in struct {
		from netip.AddrPort
		at   time.Duration
		n    int
		ssrc uint32
		want bool
	}
	for _, c := range []struct {
		name  string
		in    []in
		heard netip.AddrPort
	}{
		{"takes the first address heard and keeps strangers out", []in{
			{natted, 0, 1, 7, true}, {stranger, 20, 2, 7, false}, {stranger, 30, 2, 8, false}, {natted, 40, 2, 7, true},
		}, natted},
		{"gives way to the signalled address", []in{
			{stranger, 0, 1, 7, true}, {signalled, 1000, 10, 8, false}, {signalled, 1020, 11, 8, true},
		}, signalled},
		{"follows the same source after a silence only", []in{
			{natted, 0, 1, 7, true}, {stranger, 1900, 2, 7, false}, {stranger, 2100, 3, 9, false}, {stranger, 2120, 3, 7, true},
		}, stranger},
		{"a new SSRC needs two in sequence and silence of the old", []in{
			{natted, 0, 1, 7, true}, {natted, 10, 5, 8, false}, {natted, 20, 2, 7, true}, {natted, 30, 6, 8, false},
			{natted, 90, 7, 8, true}, {natted, 110, 8, 8, true}, {natted, 112, 3, 7, false},
		}, natted},
		{"a new SSRC out of sequence never gets in", []in{
			{natted, 0, 1, 7, true}, {natted, 500, 5, 8, false}, {natted, 600, 9, 8, false}, {natted, 700, 9, 8, false},
		}, natted},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ear(t)
			for i, p := range c.in {
				_, ok := r.accept(voice(t, p.n, p.ssrc), p.from, p.at*time.Millisecond)
				if ok != p.want {
					t.Fatalf("packet %d: accepted %v", i+1, ok)
				}
			}
			if r.heard != c.heard {
				t.Fatalf("latched onto %v", r.heard)
			}
		})
	}
}

func TestGarbageIsCountedAndIgnored(t *testing.T) {
	good := voice(t, 1, 7)
	odd := func(edit func(b []byte) []byte) []byte { return edit(append([]byte(nil), good...)) }
	for name, b := range map[string][]byte{
		"empty":              {},
		"short":              good[:11],
		"header only":        good[:12],
		"STUN":               odd(func(b []byte) []byte { b[0] = 0; return b }),
		"version 1":          odd(func(b []byte) []byte { b[0] = 0x40; return b }),
		"other payload type": odd(func(b []byte) []byte { b[1] = 8; return b }),
		"RTCP":               odd(func(b []byte) []byte { b[1] = 200; return b }),
		"CSRCs beyond":       odd(func(b []byte) []byte { b[0] |= 0x0f; return b[:40] }),
		"extension beyond":   odd(func(b []byte) []byte { b[0] |= 0x10; b[14], b[15] = 0xff, 0xff; return b }),
		"extension cut":      odd(func(b []byte) []byte { b[0] |= 0x10; return b[:14] }),
		"padding beyond":     odd(func(b []byte) []byte { b[0] |= 0x20; b[len(b)-1] = 255; return b }),
		"padding of zero":    odd(func(b []byte) []byte { b[0] |= 0x20; b[len(b)-1] = 0; return b }),
		"all padding":        odd(func(b []byte) []byte { b[0] |= 0x20; b[len(b)-1] = 160; return b }),
	} {
		t.Run(name, func(t *testing.T) {
			r := ear(t)
			if _, ok := r.accept(b, natted, 0); ok || r.ignored != 1 || r.heard.IsValid() {
				t.Fatalf("accepted %v, ignored %d, latched %v", ok, r.ignored, r.heard)
			}
		})
	}
}

func TestNothingIsHeardBeforeStartOrOnHold(t *testing.T) {
	r := &receiver{codec: noCodec}
	if _, ok := r.accept(voice(t, 1, 7), natted, 0); ok {
		t.Fatal("heard before Start")
	}
	c, _ := lookup("PCMU")
	for _, dir := range []Direction{SendOnly, Inactive} {
		r.start(signalled, c, format(t, "PCMU"), 0, dir)
		if _, ok := r.accept(voice(t, 1, 7), natted, 0); ok {
			t.Fatalf("heard while %v", dir)
		}
	}
}

func TestHeaderExtensionCSRCAndPadding(t *testing.T) {
	h := rtp.Header{SequenceNumber: 9, Timestamp: 77, SSRC: 5, CSRC: []uint32{1, 2}, Marker: true}
	if err := h.SetExtension(1, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	h.Padding, h.PaddingSize = true, 4
	p, ok := parseRTP(datagram(t, h, []byte("sound")))
	if !ok || string(p.payload) != "sound" || !p.marker || p.seq != 9 || p.ts != 77 || p.ssrc != 5 {
		t.Fatalf("%v: %+v", ok, p)
	}
}

func TestLossAndJitter(t *testing.T) {
	r := ear(t)
	at := time.Duration(0)
	for n := 65500; n < 65700; n++ { // over the wrap of the sequence number
		at += Frame
		if n%10 == 0 { // one in ten lost
			continue
		}
		late := time.Duration(0)
		if n%2 == 0 {
			late = 8 * time.Millisecond
		}
		r.accept(voice(t, n, 7), natted, at+late)
		if n == 65555 {
			r.accept(voice(t, n, 7), natted, at+late) // twice
		}
	}
	// The first packet is lost before there is a source to lose it; a duplicate
	// counts as received (RFC 3550 A.3).
	if lost := r.src.totalLost(); lost != 18 {
		t.Errorf("lost %d, want 18", lost)
	}
	if ms := r.src.jitter / 8; ms < 5 || ms > 8 {
		t.Errorf("jitter %.1f ms, want near 7", ms)
	}
	// A restart of the sender is no loss of thousands, a single wild packet nothing.
	lost := r.src.totalLost()
	r.accept(voice(t, 30000, 7), natted, at)
	if r.src.totalLost() != lost {
		t.Errorf("a wild packet costs %d", r.src.totalLost()-lost)
	}
	r.accept(voice(t, 40000, 7), natted, at)
	r.accept(voice(t, 40001, 7), natted, at)
	if d := int64(r.src.totalLost() - lost); d < 0 || d > 3 {
		t.Errorf("a restart costs %d", d)
	}
}

func TestSymmetricRTPOverSockets(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	s := open(t, e)
	said, real, other := newPhone(t), newPhone(t), newPhone(t)
	start(t, s, said.addr, "PCMU")
	said.next() // as long as nobody is heard, the SDP counts
	other.send(s.LocalAddr(), []byte("garbage"))
	other.say(s.LocalAddr(), 8, make([]byte, 160)) // not our payload type
	eventually(t, "both are ignored", func() bool { return s.Stats().Ignored == 2 })
	real.say(s.LocalAddr(), 0, make([]byte, 160))
	eventually(t, "latched", func() bool { return s.Stats().Latched })
	if st := s.Stats(); st.Remote != real.addr || st.PacketsIn != 1 || st.LastHeard.IsZero() || st.RemoteSSRC != real.ssrc {
		t.Fatalf("%+v", st)
	}
	real.next()
	// A re-INVITE to the same address keeps the latch.
	start(t, s, said.addr, "PCMU")
	if st := s.Stats(); st.Remote != real.addr {
		t.Fatalf("sends to %v after the re-INVITE", st.Remote)
	}
	// One to another address opens it.
	start(t, s, other.addr, "PCMU")
	other.next()
}

func FuzzParseRTP(f *testing.F) {
	f.Add(voice(f, 1, 7))
	h := rtp.Header{CSRC: []uint32{1}, Padding: true, PaddingSize: 3}
	_ = h.SetExtension(1, []byte{1})
	f.Add(datagram(f, h, []byte{1, 2, 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, ok := parseRTP(b)
		if !ok {
			return
		}
		// What we accept, an independent reader reads the same.
		var theirs rtp.Packet
		if err := theirs.Unmarshal(b); err == nil {
			if theirs.SequenceNumber != ours.seq || theirs.Timestamp != ours.ts || theirs.SSRC != ours.ssrc ||
				theirs.PayloadType != ours.pt || theirs.Marker != ours.marker || string(theirs.Payload) != string(ours.payload) {
				t.Fatalf("%+v, want %+v", ours, theirs)
			}
		}
	})
}

func FuzzAccept(f *testing.F) {
	f.Add(voice(f, 1, 7), []byte{0x80, 201, 0, 7, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		r := ear(t)
		s := sender{codec: r.codec}
		for i, b := range [][]byte{one, two, one, two} {
			r.accept(b, natted, time.Duration(i)*Frame)
			s.takeReports(b, time.Duration(i)*Frame, time.Unix(0, 0))
		}
	})
}
