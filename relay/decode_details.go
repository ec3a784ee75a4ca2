package relay

import (
	"math"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// sip decodes a SIP message of a leg. It happened when the exchange says, which
// is before the event was sent.
func (d *decoder) sip(e *wire.SIPEvent, at time.Time) model.SIPSeen {
	if e.At > 1e14 && e.At < 1e16 {
		if when := time.UnixMicro(e.At).Add(d.skew); at.Sub(when).Abs() < maxLag {
			at = when
		}
	}
	return model.SIPSeen{
		At: at, Call: clean[model.CallID](e.CallID), Sent: e.Sent, Transport: model.Clean(e.Transport),
		Remote: model.Clean(e.Remote), Summary: model.Clean(e.Summary), Raw: e.Raw,
	}
}

func mediaSeen(e wire.MediaEvent, at time.Time) model.MediaSeen {
	ev := model.MediaSeen{At: at, Legs: make([]model.LegMedia, 0, len(e.Legs))}
	for i := range e.Legs {
		f := &e.Legs[i]
		m := model.LegMedia{
			Call: clean[model.CallID](f.CallID), PacketsIn: f.PacketsIn, LostIn: f.LostIn, PacketsOut: f.PacketsOut, LostOut: f.LostOut,
			LossIn: bounded(f.LossIn, 0, 1), LossOut: bounded(f.LossOut, 0, 1),
			JitterIn: milliseconds(f.JitterIn), JitterOut: milliseconds(f.JitterOut), RoundTrip: milliseconds(f.RoundTrip),
			MOSIn: bounded(f.MOSIn, 0, 5), MOSOut: bounded(f.MOSOut, 0, 5),
		}
		if f.LevelIn != nil && f.LevelOut != nil {
			m.Levels, m.LevelIn, m.LevelOut = true, bounded(*f.LevelIn, -96, 0), bounded(*f.LevelOut, -96, 0)
		}
		switch f.OneWay {
		case wire.OneWaySpeak:
			m.OneWay = model.NotHeard
		case wire.OneWayListen:
			m.OneWay = model.CannotHear
		}
		ev.Legs = append(ev.Legs, m)
	}
	return ev
}

// bounded keeps a figure in its range; what is no number is the least.
func bounded(v, least, most float64) float64 {
	if math.IsNaN(v) {
		return least
	}
	return min(max(v, least), most)
}

// milliseconds reads a length that may be anything.
func milliseconds(ms float64) time.Duration {
	return time.Duration(bounded(ms, 0, 3.6e6) * float64(time.Millisecond))
}

// healths are the words of the wire.
var healths = map[string]model.Health{"up": model.HealthUp, "degraded": model.HealthDegraded, "down": model.HealthDown}

func (d *decoder) trunks(e *wire.TrunksEvent, at time.Time) model.TrunksChanged {
	ev := model.TrunksChanged{At: at, Trunks: make([]model.Trunk, 0, len(e.Trunks))}
	for _, t := range e.Trunks {
		ev.Trunks = append(ev.Trunks, model.Trunk{
			Name: model.Clean(t.Name), Server: model.Clean(t.Server), Health: healths[t.Health], Registered: t.Registered,
			RoundTrip: milliseconds(t.RoundTrip), Since: d.millis(t.Since), Problem: model.Clean(t.Problem),
		})
	}
	return ev
}
