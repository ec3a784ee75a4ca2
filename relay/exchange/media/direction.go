package media

// Direction says who may send, seen from the side that states it
// (RFC 3264 §5.1, the SDP attribute of the same name).
type Direction uint8

const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

var directionNames = [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}

// String is the SDP attribute.
func (d Direction) String() string {
	if int(d) < len(directionNames) {
		return directionNames[d]
	}
	return "unknown"
}

// Sends reports whether the side that states d may send.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives reports whether the side that states d wants to receive.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// Mirror is the same agreement seen from the other side: what an answer says
// to an offer of d when it wants all that is left to it.
func (d Direction) Mirror() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	default:
		return d
	}
}

// And is what remains when both sides' wishes, each seen from the same side,
// must be met.
func (d Direction) And(o Direction) Direction {
	send, recv := d.Sends() && o.Sends(), d.Receives() && o.Receives()
	switch {
	case send && recv:
		return SendRecv
	case send:
		return SendOnly
	case recv:
		return RecvOnly
	default:
		return Inactive
	}
}

// parseDirection reads the SDP attribute.
func parseDirection(s string) (Direction, bool) {
	for i, n := range directionNames {
		if n == s {
			return Direction(i), true
		}
	}
	return SendRecv, false
}
