package wire

// A text for the phone of a leg that is up (SIP MESSAGE, RFC 3428).
const (
	MethodCordpairMessage = "cordpair.message"
	EventCordpairMessage  = "cordpair.message" // what became of it, or one from the phone
)

// MessageParams are those of cordpair.message.
type MessageParams struct {
	CallRef
	ControlID string `json:"control_id,omitzero"`
	Text      string `json:"text"`
}

// States of a message.
const (
	MessageDelivered = "delivered"
	MessageRefused   = "refused"  // by the phone: SIPCode says how
	MessageFailed    = "failed"   // it never answered, or is gone
	MessageReceived  = "received" // the phone sent one: Text
)

// MessageEvent is the body of cordpair.message, for sessions that ask for
// details.
type MessageEvent struct {
	CallRef
	ControlID string `json:"control_id,omitzero"`
	State     string `json:"state"`
	SIPCode   int    `json:"sip_code,omitzero"`
	SIPPhrase string `json:"sip_phrase,omitzero"`
	Text      string `json:"text,omitzero"`
}

// The levels of some legs, four times a second, for meters on a screen.
const (
	MethodCordpairLevels = "cordpair.levels"
	EventCordpairLevels  = "cordpair.levels"
)

// LevelsParams are those of cordpair.levels: the legs that the session wants
// from now on, in place of those before. None ends it, and so does the end of
// the socket.
type LevelsParams struct {
	Calls []string `json:"calls"`
}

// LevelsEvent is the body of cordpair.levels: those of the legs that are up and
// whose codec is understood. A later one replaces an earlier one that a slow
// client has not read.
type LevelsEvent struct {
	Legs []LegLevel `json:"legs"`
}

// LegLevel is one leg's, in dB relative to full scale, -96 for silence, over
// the last quarter of a second.
type LegLevel struct {
	CallID string  `json:"call_id"`
	In     float64 `json:"in"`
	Out    float64 `json:"out"`
}
