package media

import "net/netip"

// readRTP is the stream's RTP reader: it accepts, tells who listens, and
// forwards to the other leg of a bridge, all on this goroutine.
func (s *Stream) readRTP() {
	var ear decoder
	var keys inband
	s.read(s.rtp, "RTP reader", func(b []byte, from netip.AddrPort) {
		if w := s.e.cfg.winder; w != nil {
			defer w.handled(s)
		}
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
		if !a.event {
			s.ears.hear(Speak, a.codec, a.ssrc, a.ts, now, a.payload)
			s.listen(&a, &ear, &keys)
		}
		if a.digit != 0 {
			s.ears.key(a.digit, now)
			if fn := s.onDigit.Load(); fn != nil {
				(*fn)(a.digit)
			}
		}
	})
}

// listen decodes a packet for those who want its sound at once: a tap, a
// conference, a monitor, and the finding of digits on a leg that can only sing them.
func (s *Stream) listen(a *arrival, ear *decoder, keys *inband) {
	tap, room, fed := s.tap.Load(), s.room.Load(), s.feeds.list.Load()
	sung := a.sung && (s.onDigit.Load() != nil || s.ears.list.Load() != nil)
	if tap == nil && room == nil && fed == nil && !sung || !a.codec.speaks() {
		return
	}
	pcm := ear.decode(a.codec, a.ssrc, a.payload)
	if room != nil {
		room.hear(a.ssrc, a.ts, pcm)
	}
	if fed != nil {
		for _, f := range *fed {
			f.hear(a.ssrc, a.ts, pcm)
		}
	}
	if sung {
		a.digit = keys.find(pcm)
	}
	if tap != nil {
		(*tap)(pcm)
	}
}

// decoder turns the packets of one direction into PCM.
type decoder struct {
	ssrc uint32
	wide g722
	pcm  [maxPacket]int16
}

// decode returns a slice that lives until the next call; only for codecs that
// we speak.
func (d *decoder) decode(c *codec, ssrc uint32, payload []byte) []int16 {
	pcm := d.pcm[:len(payload)]
	if c.kind == codecG722 {
		if d.ssrc != ssrc || d.wide.det == 0 {
			d.ssrc, d.wide = ssrc, newG722()
		}
		d.wide.decode(pcm, payload)
		return pcm
	}
	law := c.law()
	for i, v := range payload {
		pcm[i] = law.pcm[v]
	}
	return pcm
}
