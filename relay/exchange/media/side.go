package media

import "strings"

// Side says which of a leg's two sounds is meant: RELAY's direction of a
// recording, a tap or a playback (RELAY.md 4.8, 4.9, 4.13).
type Side uint8

const (
	// Speak is what the leg's far end says.
	Speak Side = 1 << iota
	// Listen is what the leg's far end is sent, and hears.
	Listen
	// Both is the two of them.
	Both = Speak | Listen
)

// String is RELAY's word.
func (d Side) String() string {
	switch d {
	case Speak:
		return "speak"
	case Listen:
		return "listen"
	case Both:
		return "both"
	default:
		return "none"
	}
}

// ParseSide reads RELAY's word, in any case.
func ParseSide(word string) (Side, bool) {
	for _, d := range []Side{Speak, Listen, Both} {
		if strings.EqualFold(word, d.String()) {
			return d, true
		}
	}
	return 0, false
}
