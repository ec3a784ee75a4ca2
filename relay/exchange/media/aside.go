package media

import "time"

// setAside has the far end hear a voice beside the peer of its bridge, or the
// conference, or takes one away that was there.
func (t *sender) setAside(old, voice *feed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if voice == nil && t.aside != old {
		return // another has come meanwhile
	}
	t.aside, t.keyed = voice, t.now-forwardGap
	if voice == nil && t.play == nil {
		t.under = nil
	}
}

// mixes reports whether the peer's packets wait for the clock's frames, because
// something else is heard with them.
func (t *sender) mixes(a *arrival, now time.Duration) bool {
	if t.play != nil && !t.play.over() {
		return true
	}
	if t.aside == nil || !t.codec.speaks() {
		return false
	}
	if a.event { // cannot be mixed: a digit of the peer goes before voices
		t.keyed = now
	}
	return !a.event
}

// asideFrame sends a frame of the peer, or the conference, and of the voice
// beside it; false when there is no voice to mind, or neither says anything.
func (t *sender) asideFrame(at time.Duration) bool {
	switch {
	case t.aside == nil || !t.codec.speaks():
		return false
	case t.bridge != nil && at-t.keyed < forwardGap:
		return true
	}
	clear(t.pcm[:])
	others := t.room != nil && t.room.frame(at, t.pcm[:]) || t.under.mix(t.pcm[:], frameSilent)
	if voice := t.aside.add(t.pcm[:]); !others && !voice {
		return false
	}
	t.pcmFrame(at, speakerAside)
	return true
}

// beside adds the voice to a frame of a playback, whose pcm is void unless it
// sounds.
func (t *sender) beside(sounds bool) bool {
	if t.aside == nil || !t.codec.speaks() {
		return sounds
	}
	if !sounds {
		clear(t.pcm[:])
	}
	return t.aside.add(t.pcm[:]) || sounds
}
