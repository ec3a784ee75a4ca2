package media

import (
	"net/netip"
	"time"
)

// Stats are a stream's figures at one moment. Counters run from Open to Close.
type Stats struct {
	Codec     string // RELAY's name, empty before Start
	Direction Direction
	Local     netip.AddrPort
	Remote    netip.AddrPort // where we send
	Latched   bool           // Remote is where the far end was heard
	Bridged   bool
	Playing   bool

	SSRC, RemoteSSRC      uint32
	PacketsIn, PacketsOut uint64 // RTP packets, telephone-events included
	BytesIn, BytesOut     uint64 // of payload
	// Ignored is datagrams that were no RTP of ours or came from elsewhere.
	Ignored uint64
	// Dropped is packets of the other leg this one could not be sent, and
	// writes the system refused.
	Dropped uint64

	// Lost is packets that never reached us; Jitter their variation in arrival
	// (RFC 3550 §6.4.1).
	Lost   uint64
	Jitter time.Duration
	// RemoteLost, RemoteJitter and RoundTrip are what the far end's RTCP said,
	// 0 as long as it said nothing.
	RemoteLost   uint64
	RemoteJitter time.Duration
	RoundTrip    time.Duration

	// LastHeard is when the last packet was accepted, zero if none was.
	LastHeard time.Time
	// HasLevel says that the levels mean something: a leg of PCMU or PCMA.
	HasLevel bool
	// LevelIn and LevelOut are in dB relative to full scale, LevelFloor for
	// silence.
	LevelIn, LevelOut float64
	// TalkIn and TalkOut are the same over the last whole quarter of a second,
	// for a display that is drawn four times a second.
	TalkIn, TalkOut float64

	// Video is the picture's codec, empty for none; VideoIn and VideoOut its
	// packets.
	Video             string
	VideoIn, VideoOut uint64
}

// Stats reads the figures; it is cheap and safe at any time.
func (s *Stream) Stats() Stats {
	now := s.e.now()
	st := Stats{Local: s.local}
	s.rx.stats(&st, now, s.e.start)
	s.tx.stats(&st, now)
	if v := s.video.Load(); v != nil {
		v.stats(&st)
	}
	return st
}

// Levels are TalkIn, TalkOut and HasLevel of Stats, for meters that read
// nothing else.
func (s *Stream) Levels() (in, out float64, known bool) {
	now := s.e.now()
	s.rx.mu.Lock()
	in = s.rx.level.talk(now)
	s.rx.mu.Unlock()
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	return in, s.tx.level.talk(now), s.tx.codec.g711()
}

func (r *receiver) stats(st *Stats, now time.Duration, start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	st.Latched = r.heard.IsValid()
	st.RemoteSSRC = r.src.ssrc
	st.PacketsIn, st.BytesIn, st.Ignored = r.packets, r.bytes, r.ignored
	st.Lost = r.src.totalLost()
	if r.codec.clock > 0 {
		st.Jitter = time.Duration(r.src.jitter / float64(r.codec.clock) * float64(time.Second))
	}
	if r.packets > 0 {
		st.LastHeard = start.Add(r.lastHeard)
	}
	st.LevelIn, st.TalkIn = r.level.dBFS(now), r.level.talk(now)
}

func (t *sender) stats(st *Stats, now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	st.Codec, st.Direction, st.Remote = t.codec.name, t.dir, t.remote
	st.Bridged, st.Playing = t.bridge != nil, t.play != nil
	st.SSRC, st.PacketsOut, st.BytesOut, st.Dropped = t.ssrc, t.packets, t.bytes, t.dropped
	st.HasLevel, st.LevelOut, st.TalkOut = t.codec.g711(), t.level.dBFS(now), t.level.talk(now)
	st.RemoteLost, st.RemoteJitter, st.RoundTrip = t.reports.lost, t.reports.jitter, t.reports.roundTrip
}
