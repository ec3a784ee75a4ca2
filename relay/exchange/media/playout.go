package media

// playout puts the packets of one direction back on an even timeline, in
// samples: in order, with silence where packets are missing. It is not safe
// for concurrent use.
type playout struct {
	ring   []int16 // one second, a power of two
	head   int64   // the next sample to read
	tail   int64   // behind the last one put
	refPos int64   // the place of refTS
	refTS  uint32
	ssrc   uint32
	live   bool
}

const (
	playoutRing = 8192
	// playoutSlack is how far, in samples, packets may stray from where the
	// clock expects them before their timeline is drawn anew.
	playoutSlack = pcmRate / 5
	// playoutDry is how long a timeline outlives its last packet.
	playoutDry = pcmRate / 10
)

func newPlayout() *playout { return &playout{ring: make([]int16, playoutRing)} }

// put places the samples of one packet. want is where they belong by the
// clock: it counts when a timeline begins, and bounds how far it may drift.
// Samples that come too late to be read are left out; a source that is
// steadily late moves its timeline back.
func (p *playout) put(ssrc, ts uint32, want int64, pcm []int16) {
	if len(pcm) > playoutSlack {
		pcm = pcm[:playoutSlack]
	}
	step := int32(ts - p.refTS)
	pos := p.refPos + int64(step)
	known := p.live && ssrc == p.ssrc
	switch off := pos - want; {
	case known && pos >= p.head && off <= playoutSlack && off >= -playoutSlack:
	case known && step <= 0 && step > -pcmRate: // out of order, and too late
		return
	default:
		pos = max(p.head, want)
		p.cut(pos)
		p.ssrc, p.live, step = ssrc, true, 1
	}
	if step > 0 || !known {
		p.refPos, p.refTS = pos, ts
	}
	p.fill(pos)
	for i, v := range pcm {
		p.ring[(pos+int64(i))%playoutRing] = v
	}
	p.tail = max(p.tail, pos+int64(len(pcm)))
}

// cut forgets what lies at and behind a place.
func (p *playout) cut(pos int64) { p.tail = min(p.tail, pos) }

// fill writes silence from the tail up to a place.
func (p *playout) fill(pos int64) {
	for i := max(p.tail, p.head); i < pos; i++ {
		p.ring[i%playoutRing] = 0
	}
	p.tail = max(p.tail, pos)
}

// read takes the next samples, and reports whether packets brought any of
// them; the rest is silence.
func (p *playout) read(pcm []int16) bool {
	n := max(0, min(int64(len(pcm)), p.tail-p.head))
	for i := range n {
		pcm[i] = p.ring[(p.head+i)%playoutRing]
	}
	clear(pcm[n:])
	p.head += int64(len(pcm))
	if p.head > p.tail+playoutDry {
		p.live = false
	}
	return n > 0
}
