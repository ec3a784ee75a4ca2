package media

import (
	"math"
	"time"
)

// SideState is how one side of a leg does.
type SideState string

const (
	SideFlows     SideState = "flows"      // packets, and sound now and then
	SideOff       SideState = "off"        // on hold: nothing is expected
	SideNoPackets SideState = "no packets" // none for 3 s
	SideNoSound   SideState = "no sound"   // packets of silence for 10 s
)

// Quality is what a Gauge makes of a leg's figures.
type Quality struct {
	// Speak is how the far end's words reach us, Listen what it is sent.
	Speak, Listen SideState
	// OneWay says that one side is silent while the other talks; Speak and
	// Listen say which. Two silent sides are a pause, not a fault, and a leg
	// that is joined to nobody is silent by right as long as packets flow.
	OneWay bool
	// LossIn and LossOut are the parts of packets lost, 0 to 1, over the last
	// 10 s; LossOut as far as the far end's RTCP says.
	LossIn, LossOut float64
	// MOSIn and MOSOut are estimates of how the sound is judged here and at the
	// far end, 1 to 4.4; 0 as long as nothing is known.
	MOSIn, MOSOut float64
}

const (
	// A side turns bad after these times, and good again after sideGood.
	packetsGone = 3 * time.Second
	soundGone   = 10 * time.Second
	sideGood    = 500 * time.Millisecond
	// Levels between the two, in dB, decide nothing.
	soundBelow, soundAbove = -60.0, -50.0
	// lossSpan is the time that losses are counted over.
	lossSpan = 10 * time.Second
)

// Gauge judges one leg from its Stats over time, read as often as its display
// is drawn: four times a second, not less than once. It has no clock and no
// goroutine. The zero value is ready; not safe for concurrent use.
type Gauge struct {
	in, out sideGauge
}

// Read takes the figures of now while the call is up, and judges.
func (g *Gauge) Read(st Stats, now time.Time) Quality {
	level := st.HasLevel && (st.Bridged || st.Playing)
	in := sideReading{st.Direction.Receives(), st.PacketsIn, st.PacketsIn + st.Lost, st.Lost, level, st.TalkIn}
	out := sideReading{st.Direction.Sends(), st.PacketsOut, st.PacketsOut, st.RemoteLost, level, st.TalkOut}
	q := Quality{Speak: g.in.read(in, now), Listen: g.out.read(out, now)}
	q.LossIn, q.LossOut = g.in.loss(), g.out.loss()
	bad := func(s SideState) bool { return s == SideNoPackets || s == SideNoSound }
	q.OneWay = bad(q.Speak) && g.out.talks || bad(q.Listen) && g.in.talks
	if st.PacketsIn > 0 {
		q.MOSIn = MOS(st.Codec, q.LossIn, st.Jitter, st.RoundTrip)
	}
	if st.RoundTrip > 0 || st.RemoteLost > 0 || st.RemoteJitter > 0 {
		q.MOSOut = MOS(st.Codec, q.LossOut, st.RemoteJitter, st.RoundTrip)
	}
	return q
}

// sideReading is one side's figures at one moment.
type sideReading struct {
	on       bool
	packets  uint64
	due      uint64 // packets that should have come
	lost     uint64
	hasLevel bool
	level    float64
}

// sideGauge remembers one side.
type sideGauge struct {
	known   bool
	packets uint64
	flow    lapse // packets come
	sound   lapse // and are not silence
	talks   bool  // there is sound, as far as can be told
	past    []lossPoint
}

// lossPoint is the counters at one moment.
type lossPoint struct {
	at        time.Time
	due, lost uint64
}

func (g *sideGauge) read(r sideReading, now time.Time) SideState {
	came := r.packets != g.packets
	if !g.known || !r.on {
		g.flow, g.sound = lapse{since: now}, lapse{since: now}
	}
	g.known, g.packets = true, r.packets
	g.note(lossPoint{now, r.due, r.lost})
	if !r.on {
		g.talks = false
		return SideOff
	}
	g.flow.see(came, !came, now, packetsGone)
	loud := !r.hasLevel || r.level > soundAbove
	g.sound.see(came && loud, !came || r.hasLevel && r.level < soundBelow, now, soundGone)
	g.talks = !g.flow.bad && !g.sound.bad
	switch {
	case g.flow.bad:
		return SideNoPackets
	case g.sound.bad:
		return SideNoSound
	}
	return SideFlows
}

// lapse is a fault with hysteresis: it takes time to be believed, and to be
// forgiven.
type lapse struct {
	bad   bool
	since time.Time // of what speaks against the present verdict
	count bool      // something does
}

// see takes one look: good speaks for health, ill against it, neither for
// nothing. A fault is believed after so long without anything good.
func (l *lapse) see(good, ill bool, now time.Time, after time.Duration) {
	if l.bad {
		switch {
		case ill:
			l.count = false
		case good && !l.count:
			l.count, l.since = true, now
		}
		if l.count && now.Sub(l.since) >= sideGood {
			*l = lapse{since: now}
		}
		return
	}
	if good {
		l.since = now
	}
	if ill && now.Sub(l.since) >= after {
		*l = lapse{bad: true}
	}
}

// note keeps the counters of the last lossSpan, at most one a second.
func (g *sideGauge) note(p lossPoint) {
	if n := len(g.past); n > 1 && g.past[n-1].at.Sub(g.past[n-2].at) < time.Second {
		g.past[n-1] = p
	} else {
		g.past = append(g.past, p)
	}
	for len(g.past) > 2 && p.at.Sub(g.past[1].at) >= lossSpan {
		g.past = g.past[1:]
	}
}

// loss is the part lost of what was due over the last lossSpan.
func (g *sideGauge) loss() float64 {
	first, last := g.past[0], g.past[len(g.past)-1]
	if last.due <= first.due || last.lost <= first.lost { // a new source counts anew
		return 0
	}
	return min(1, float64(last.lost-first.lost)/float64(last.due-first.due))
}

// MOS estimates how a listener judges the sound (ITU-T P.800, 1 to 4.5), by
// the E-model of ITU-T G.107 reduced to what can be measured here: delay (half
// the round trip, a jitter buffer of twice the jitter, 40 ms in the machines),
// and loss (0 to 1), weighed by the codec with the figures of G.113; for Opus,
// which it does not list, with G.711's. A good line of G.711 makes 4.4.
func MOS(codec string, loss float64, jitter, roundTrip time.Duration) float64 {
	ie, robust := 0.0, 25.1 // G.711 with concealment
	if codec == "G729" {
		ie, robust = 11, 19
	}
	ms := (roundTrip/2 + 2*jitter + 40*time.Millisecond).Seconds() * 1000
	delay := 0.024 * ms
	if ms > 177.3 {
		delay += 0.11 * (ms - 177.3)
	}
	percent := 100 * max(0, min(1, loss))
	r := 93.2 - delay - (ie + (95-ie)*percent/(percent+robust))
	if r = max(0, min(100, r)); r == 0 || math.IsNaN(r) {
		return 1
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
