package media

// duck is how much softer the peer of a bridge is while a playback sounds: a
// sixteenth, -24 dB; present, and not in the way.
const duck = 16

// underlay is what the peer of a bridge says while a playback is on the leg.
// Its methods need the sender's lock.
type underlay struct {
	dec decoder
	at  *playout
	pcm [160]int16
}

// underlayDelay is the room for jitter, in samples.
const underlayDelay = 2 * pcmRate / 50

// underlay keeps a packet of the peer for the frames of the playback. A codec
// that either leg cannot mix is not heard until the playback is over.
func (t *sender) underlay(a *arrival) {
	if a.event || !a.codec.speaks() || !t.codec.speaks() {
		return
	}
	if t.under == nil {
		t.under = &underlay{at: newPlayout()}
	}
	u := t.under
	u.at.put(a.ssrc, a.ts, u.at.head+underlayDelay, u.dec.decode(a.codec, a.ssrc, a.payload))
}

// mix adds the peer to a frame of the playback, softly to sound and at its own
// level to silence; false when there is nothing to add.
func (u *underlay) mix(pcm []int16, kind frameKind) bool {
	if u == nil || !u.at.read(u.pcm[:]) {
		return false
	}
	if kind == frameSilent {
		copy(pcm, u.pcm[:])
		return true
	}
	for i, v := range u.pcm {
		pcm[i] = int16(sat16(int32(pcm[i]) + int32(v)/duck))
	}
	return true
}
