package config

import "time"

// read takes the bounds; the names are those of the exchange's own limits.
func (l *Limits) read(s *section) {
	for _, n := range []struct {
		key  string
		into *Value[int64]
		most int64
	}{
		{"calls", &l.Calls, 100_000},
		{"calls_per_second", &l.CallRate, 100_000},
		{"dials_per_second", &l.DialRate, 100_000},
		{"sessions", &l.Sessions, 100_000},
		{"frame_bytes", &l.Frame, 64 << 20},
		{"outbox_bytes", &l.Outbox, 1 << 30},
		{"actions", &l.Actions, 1000},
		{"legs", &l.Legs, 1000},
	} {
		s.number(n.key, n.into, 1, n.most)
	}
	for _, d := range []struct {
		key  string
		into *Value[time.Duration]
	}{
		{"handshake", &l.Handshake}, {"grace", &l.Grace}, {"orphan", &l.Orphan}, {"ping", &l.Ping}, {"offer_wait", &l.OfferWait},
		{"ring", &l.Ring}, {"gone", &l.Gone}, {"session", &l.Session}, {"close", &l.Close},
	} {
		s.duration(d.key, d.into, 24*time.Hour)
	}
	s.done()
}
