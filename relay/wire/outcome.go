package wire

// Words of the actions' events beyond those in vocab.go.
const (
	DetectFinished = "finished" // the last event of every detector
	DetectError    = "error"

	CollectDigit   = "digit"
	CollectStart   = "start_of_input"
	CollectNoInput = "no_input"
	CollectError   = "error"

	HoldOn  = "hold"
	HoldOff = "unhold"

	ReferSuccess = "success"
	ReferFailed  = "failed"
)

// The states of a conference, as they are told in ConferenceEvent.Status.
const (
	ConferenceStart = "conference-start"
	ConferenceEnd   = "conference-end"
	ConferenceJoin  = "participant-join"
	ConferenceLeave = "participant-leave"
)

// StartedResult answers the start of an action that tells more than its
// control id: where a recording will be, where a tap sends from, which
// conference was joined.
type StartedResult struct {
	Result
	URL          string     `json:"url,omitzero"`
	SourceDevice *TapDevice `json:"source_device,omitzero"`
	ConferenceID string     `json:"conference_id,omitzero"`
}

// RecordEvent is the body of calling.call.record; Duration in seconds, Size in
// bytes. Record repeats what was asked for.
type RecordEvent struct {
	CallRef
	ControlID string  `json:"control_id"`
	State     string  `json:"state"`
	URL       string  `json:"url,omitzero"`
	Duration  float64 `json:"duration,omitzero"`
	Size      int64   `json:"size,omitzero"`
	Record    Record  `json:"record"`
}

// CollectEvent is the body of calling.call.collect. Official SDKs need Result
// in each, and take state "collecting" for an update whatever Final says.
type CollectEvent struct {
	CallRef
	ControlID string        `json:"control_id"`
	State     string        `json:"state,omitzero"`
	Final     bool          `json:"final"`
	Result    CollectResult `json:"result"`
}

// CollectResult is what was collected so far.
type CollectResult struct {
	Type   string         `json:"type"`
	Params *CollectedText `json:"params,omitzero"`
}

// CollectedText are the members of all kinds of collected input.
type CollectedText struct {
	Digits     string `json:"digits"`
	Terminator string `json:"terminator"`
}

// DetectEvent is the body of calling.call.detect; it has no state.
type DetectEvent struct {
	CallRef
	ControlID string   `json:"control_id"`
	Detect    Detected `json:"detect"`
}

// Detected is one thing that a detector found, or its end.
type Detected struct {
	Type   string         `json:"type"`
	Params DetectedParams `json:"params"`
}

// DetectedParams name it; Beep goes with a MACHINE that has beeped.
type DetectedParams struct {
	Event string `json:"event"`
	Beep  bool   `json:"beep,omitzero"`
}

// TapEvent is the body of calling.call.tap.
type TapEvent struct {
	CallRef
	ControlID string    `json:"control_id"`
	State     string    `json:"state"`
	Tap       Tap       `json:"tap"`
	Device    TapDevice `json:"device"`
}

// ReferEvent is the body of calling.call.refer. The codes are text.
type ReferEvent struct {
	CallRef
	State      string `json:"state"`
	ReferTo    string `json:"sip_refer_to"`
	Response   string `json:"sip_refer_response_code,omitzero"`
	NotifyCode string `json:"sip_notify_response_code,omitzero"`
	Tag        string `json:"tag,omitzero"`
	SegmentID  string `json:"segment_id,omitzero"`
}

// HoldEvent is the body of calling.call.hold.
type HoldEvent struct {
	CallRef
	State string `json:"state"`
}

// ConferenceEvent is the body of calling.conference. CallID is there on the
// events of a participant.
type ConferenceEvent struct {
	CallRef
	ConferenceID string `json:"conference_id"`
	Name         string `json:"name"`
	Status       string `json:"status"`
	Size         int    `json:"size"`
	Muted        bool   `json:"muted,omitzero"`
	EndOnExit    bool   `json:"end_on_exit,omitzero"`
}
