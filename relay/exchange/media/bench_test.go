package media

import (
	"net/netip"
	"testing"
	"time"

	"cordpair/relay/exchange/media/tone"
)

// BenchmarkForward is the path of one packet from the reader's buffer to the
// other leg's socket, the write included, the read not.
func BenchmarkForward(b *testing.B) {
	for _, codecs := range [][2]string{{"PCMU", "PCMU"}, {"PCMU", "PCMA"}} {
		b.Run(codecs[0]+"-"+codecs[1], func(b *testing.B) {
			e := newEngine(b, EngineConfig{})
			from, to := manual(b, e), manual(b, e)
			far := newPhone(b)
			start(b, from, far.addr, codecs[0])
			start(b, to, far.addr, codecs[1])
			br, err := Bridge(from, to)
			if err != nil {
				b.Fatal(err)
			}
			pkt := voice(b, 0, 7)
			pkt[1] = format(b, codecs[0]).PayloadType
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				putRTP(pkt, pkt[1], false, uint16(i), uint32(i)*160, 7)
				a, ok := from.rx.accept(pkt, far.addr, time.Duration(i)*Frame)
				if !ok {
					b.Fatal("not accepted")
				}
				to.tx.forward(br, &a, time.Duration(i)*Frame)
			}
		})
	}
}

// BenchmarkPlayTick is one beat of the clock on one leg, the write included.
func BenchmarkPlayTick(b *testing.B) {
	play := func(volume float64) func(*Stream) error {
		return func(s *Stream) error {
			_, err := s.Play(Playlist{Media: []Media{Ringtone{Country: "us", Duration: Forever}}, Volume: volume})
			return err
		}
	}
	for _, c := range []struct {
		name  string
		begin func(*Stream) error
	}{
		{"silence", func(*Stream) error { return nil }},
		{"ringback", play(0)},
		{"ringback with volume", play(-6)},
		{"source", func(s *Stream) error { s.SetSource(tone.Generator(440, pcmRate)); return nil }},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := newEngine(b, EngineConfig{})
			s := manual(b, e)
			start(b, s, newPhone(b).addr, "PCMU")
			if err := c.begin(s); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				s.tick(s.tx.epoch + time.Duration(i)*Frame)
			}
		})
	}
}

// BenchmarkEncode leaves the socket out.
func BenchmarkEncode(b *testing.B) {
	pcm, out := make([]int16, 160), make([]byte, 160)
	tone.Generator(440, pcmRate).ReadPCM(pcm)
	for _, c := range codecs[:2] {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				c.encode(out, pcm)
			}
		})
	}
}

func TestForwardingAllocatesNothing(t *testing.T) {
	e := newEngine(t, EngineConfig{})
	from, to := manual(t, e), manual(t, e)
	far := netip.MustParseAddrPort("127.0.0.1:9")
	start(t, from, far, "PCMU")
	start(t, to, far, "PCMA")
	br, err := Bridge(from, to)
	if err != nil {
		t.Fatal(err)
	}
	pkt, n := voice(t, 0, 7), 0
	if allocs := testing.AllocsPerRun(500, func() {
		n++
		putRTP(pkt, 0, false, uint16(n), uint32(n)*160, 7)
		a, _ := from.rx.accept(pkt, far, time.Duration(n)*Frame)
		to.tx.forward(br, &a, time.Duration(n)*Frame)
	}); allocs > 0 {
		t.Errorf("%v allocations a packet", allocs)
	}
}
