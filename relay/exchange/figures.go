package exchange

import (
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// figuresEvery is how often media figures are told.
const figuresEvery = time.Second

// figures wakes the goroutine that tells the media figures.
type figures chan struct{}

func newFigures() figures { return make(figures, 1) }

func (f figures) wake() {
	select {
	case f <- struct{}{}:
	default:
	}
}

// tellFigures tells the media figures of all legs that are up to the sessions
// that asked for details. It is a goroutine, asleep while no leg is up; it ends
// when the exchange closes, which waits for it.
func (x *Exchange) tellFigures() {
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-x.figures:
			x.tellWhileUp()
		}
	}
}

// tellWhileUp returns when no leg is up.
func (x *Exchange) tellWhileUp() {
	tick := time.NewTicker(figuresEvery)
	defer tick.Stop()
	gauges := map[string]*media.Gauge{}
	for {
		select {
		case <-x.ctx.Done():
			return
		case now := <-tick.C:
			list, ok := x.readFigures(gauges, now)
			if !ok {
				return
			}
			x.sendFigures(list)
		}
	}
}

// readFigures reads all legs; false when none is up.
func (x *Exchange) readFigures(gauges map[string]*media.Gauge, now time.Time) ([]wire.MediaFigures, bool) {
	up := map[string]bool{}
	var list []wire.MediaFigures
	for _, c := range x.reg.allCalls() {
		stream := c.meter.Load()
		if stream == nil {
			continue
		}
		up[c.id] = true
		g := gauges[c.id]
		if g == nil {
			g = &media.Gauge{}
			gauges[c.id] = g
		}
		st := stream.Stats()
		list = append(list, figuresOf(c.ref(), st, g.Read(st, now)))
	}
	for id := range gauges {
		if !up[id] {
			delete(gauges, id)
		}
	}
	return list, len(list) > 0
}

func figuresOf(ref wire.CallRef, st media.Stats, q media.Quality) wire.MediaFigures {
	f := wire.MediaFigures{
		CallRef: ref, Codec: st.Codec, Remote: st.Remote.String(), Direction: st.Direction.String(),
		PacketsIn: st.PacketsIn, PacketsOut: st.PacketsOut, LostIn: st.Lost, LostOut: st.RemoteLost,
		LossIn: q.LossIn, LossOut: q.LossOut, JitterIn: millis(st.Jitter), JitterOut: millis(st.RemoteJitter),
		RoundTrip: millis(st.RoundTrip), MOSIn: q.MOSIn, MOSOut: q.MOSOut,
	}
	if st.HasLevel {
		f.LevelIn, f.LevelOut = &st.TalkIn, &st.TalkOut
	}
	if q.OneWay {
		f.OneWay = wire.OneWayListen
		if q.Speak != media.SideFlows {
			f.OneWay = wire.OneWaySpeak
		}
	}
	return f
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (x *Exchange) sendFigures(list []wire.MediaFigures) {
	var f frame
	for _, s := range x.reg.allSessions() {
		if !s.wantsDetails() {
			continue
		}
		if f.data == nil {
			f = x.event(wire.EventCordpairMedia, "", wire.MediaEvent{Legs: list})
		}
		s.fused(f, "figures")
	}
}
