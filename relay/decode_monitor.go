package relay

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

// monitorEvents decodes what the exchange tells of monitors, messages and
// levels; an empty result is an unknown type.
func (d *decoder) monitorEvents(kind string, raw jsontext.Value, at time.Time) (noted, error) {
	switch kind {
	case wire.EventCordpairMonitor:
		var body wire.MonitorEvent
		if err := wire.Decode(raw, &body); err != nil {
			return noted{}, err
		}
		m, known := monitor(&body, at)
		if !known {
			return noted{}, nil
		}
		return noted{event: model.MonitorChanged{At: at, Call: clean[model.CallID](body.CallID), Monitor: m}}, nil
	case wire.EventCordpairMessage:
		var body wire.MessageEvent
		if err := wire.Decode(raw, &body); err != nil {
			return noted{}, err
		}
		if body.State == wire.MessageReceived {
			return noted{event: model.MessageReceived{At: at, Call: clean[model.CallID](body.CallID), Text: model.Clean(body.Text)}}, nil
		}
		return noted{event: model.MessageSettled{At: at, Call: clean[model.CallID](body.CallID), Control: model.Clean(body.ControlID),
			Delivered: body.State == wire.MessageDelivered, Code: body.SIPCode, Phrase: model.Clean(body.SIPPhrase)}}, nil
	case wire.EventCordpairLevels:
		var body wire.LevelsEvent
		if err := wire.Decode(raw, &body); err != nil {
			return noted{}, err
		}
		ev := model.LevelsSeen{At: at, Legs: make([]model.LegLevel, 0, len(body.Legs))}
		for _, l := range body.Legs {
			ev.Legs = append(ev.Legs, model.LegLevel{Call: clean[model.CallID](l.CallID), In: bounded(l.In, -96, 0), Out: bounded(l.Out, -96, 0)})
		}
		return noted{event: ev}, nil
	}
	return noted{}, nil
}

// Words of the wire.
var (
	monitorStates = map[string]model.MonitorState{
		wire.MonitorCalling: model.MonitorCalling, wire.MonitorRinging: model.MonitorRinging, wire.MonitorJoined: model.MonitorJoined,
		wire.MonitorEnded: model.MonitorOver, wire.MonitorFailed: model.MonitorOver,
	}
	monitorModes = map[string]model.MonitorMode{
		wire.MonitorListen: model.Listening, wire.MonitorWhisper: model.Whispering, wire.MonitorBarge: model.Barging,
	}
)

// monitor decodes a monitor; false for a state or mode of a later exchange.
func monitor(e *wire.MonitorEvent, at time.Time) (model.Monitor, bool) {
	state, known := monitorStates[e.State]
	mode, mentioned := monitorModes[e.Mode]
	m := model.Monitor{State: state, Mode: mode, ToPeer: e.Leg == wire.MonitorPeer,
		Joined: e.State == wire.MonitorJoined || e.State == wire.MonitorEnded}
	if e.Monitor != nil {
		m.Leg = clean[model.CallID](e.Monitor.CallID)
		m.Phone = deviceInfo(e.Monitor.Device).To
	}
	if state == model.MonitorOver {
		m.End = model.Cause{By: model.Exchange, Word: reason(e.Reason), Code: e.SIPCode, Text: model.Clean(e.Text), At: at}
	}
	return m, known && mentioned
}
