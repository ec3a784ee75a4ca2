package exchange

import (
	"cordpair/relay/exchange/media/tone"
)

// hearsAll waits until the last eighth of a second that the phone heard is just
// these tones, equally loud.
func (k *talk) hearsAll(freqs ...float64) {
	k.t.Helper()
	eventually(k.t, "these tones", func() bool {
		k.ear.mu.Lock()
		pcm := append([]int16(nil), k.ear.pcm...)
		k.ear.mu.Unlock()
		if len(pcm) < earful {
			return false
		}
		pcm = pcm[len(pcm)-1024:] // clean for so long, the machine being busy
		all := 0.0
		for _, f := range freqs {
			part := tone.Strength(pcm, 8000, f)
			if part < 0.6/float64(len(freqs)) {
				return false
			}
			all += part
		}
		return all > 0.95
	})
}
