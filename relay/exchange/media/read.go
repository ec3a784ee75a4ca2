package media

import "net/netip"

// readRTP is the stream's RTP reader: it accepts, tells who listens, and
// forwards to the other leg of a bridge, all on this goroutine.
func (s *Stream) readRTP() {
	pcm := make([]int16, maxPacket)
	s.read(s.rtp, "RTP reader", func(b []byte, from netip.AddrPort) {
		now := s.e.now()
		a, ok := s.rx.accept(b, from, now)
		if !ok {
			return
		}
		if a.moved.IsValid() {
			s.tx.redirect(a.moved)
		}
		if b := s.tx.link.Load(); b != nil {
			b.other(s).tx.forward(b, &a, now)
		}
		if tap := s.tap.Load(); tap != nil && !a.event && a.codec.g711() {
			law := a.codec.law()
			for i, v := range a.payload {
				pcm[i] = law.pcm[v]
			}
			(*tap)(pcm[:len(a.payload)])
		}
		if fn := s.onDigit.Load(); fn != nil && a.digit != 0 {
			(*fn)(a.digit)
		}
	})
}
