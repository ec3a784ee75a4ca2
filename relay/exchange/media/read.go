package media

import "net/netip"

// readRTP is the stream's RTP reader: it accepts, tells who listens, and
// forwards to the other leg of a bridge, all on this goroutine.
func (s *Stream) readRTP() {
	var ear decoder
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
		if tap := s.tap.Load(); tap != nil && !a.event && a.codec.speaks() {
			(*tap)(ear.decode(&a))
		}
		if fn := s.onDigit.Load(); fn != nil && a.digit != 0 {
			(*fn)(a.digit)
		}
	})
}

// decoder turns accepted packets into PCM for a tap.
type decoder struct {
	ssrc uint32
	wide g722
	pcm  [maxPacket]int16
}

// decode returns a slice that lives until the next call.
func (d *decoder) decode(a *arrival) []int16 {
	pcm := d.pcm[:len(a.payload)]
	if a.codec.kind == codecG722 {
		if d.ssrc != a.ssrc || d.wide.det == 0 {
			d.ssrc, d.wide = a.ssrc, newG722()
		}
		d.wide.decode(pcm, a.payload)
		return pcm
	}
	law := a.codec.law()
	for i, v := range a.payload {
		pcm[i] = law.pcm[v]
	}
	return pcm
}
