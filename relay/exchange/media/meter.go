package media

import "time"

// meter is the level of a voice, smoothed over about 80 ms, and its mean over
// each quarter of a second.
type meter struct {
	power float64
	at    time.Duration
	known bool

	began  time.Duration // of the quarter going on
	sum    float64
	n      int
	last   float64 // of the one before
	lastAt time.Duration
}

const (
	// meterHold is how long a reading stands without packets.
	meterHold = 500 * time.Millisecond
	talkTime  = 250 * time.Millisecond
)

// add takes the mean power of one packet.
func (m *meter) add(p float64, now time.Duration) {
	m.power += (p - m.power) / 4
	m.at, m.known = now, true
	if now-m.began >= talkTime {
		if m.n > 0 {
			m.last, m.lastAt = m.sum/float64(m.n), now
		}
		m.began, m.sum, m.n = now, 0, 0
	}
	m.sum, m.n = m.sum+p, m.n+1
}

// dBFS is the level now.
func (m *meter) dBFS(now time.Duration) float64 {
	if !m.known || now-m.at > meterHold {
		return LevelFloor
	}
	return dBFS(m.power)
}

// talk is the level over the last whole quarter of a second.
func (m *meter) talk(now time.Duration) float64 {
	if m.lastAt == 0 || now-m.lastAt > meterHold {
		return LevelFloor
	}
	return dBFS(m.last)
}
