package model

// CallID is a leg's id, made by the server.
type CallID string

// NodeID names the server node that carries a leg; requests repeat it.
type NodeID string

// Tag ties the events of a dial or a connect to the request; made by the
// client, fresh for each.
type Tag string

// CommandID names one order given to the desk; its outcome carries it.
type CommandID uint64

// Direction of a leg, seen from the server.
type Direction uint8

// The directions.
const (
	DirectionUnknown Direction = iota
	Inbound
	Outbound
)

func (d Direction) String() string {
	return [...]string{"", "inbound", "outbound"}[min(int(d), 2)]
}

// CallState is the state of a leg; it only moves forward.
type CallState uint8

// The states of a leg. Unknown is a leg heard of before its first state.
const (
	CallUnknown CallState = iota
	Created
	Ringing
	Answered
	Ending
	Ended
)

var callStateNames = [...]string{"unknown", "created", "ringing", "answered", "ending", "ended"}

func (s CallState) String() string {
	if int(s) < len(callStateNames) {
		return callStateNames[s]
	}
	return "unknown"
}

// ParseCallState maps RELAY's word; an unknown one gives CallUnknown.
func ParseCallState(s string) CallState {
	for i, name := range callStateNames {
		if s == name {
			return CallState(i)
		}
	}
	return CallUnknown
}

// Live reports whether the leg can still be heard.
func (s CallState) Live() bool { return s != Ending && s != Ended }

// Short cuts an id to its first eight characters, for screens.
func Short[T ~string](id T) string {
	if len(id) > 8 {
		return string(id[:8])
	}
	return string(id)
}
