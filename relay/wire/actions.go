package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// RecordParams of calling.record.
type RecordParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Record    Record         `json:"record"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// Record says what to record.
type Record struct {
	Audio RecordAudio    `json:"audio"`
	Extra jsontext.Value `json:",embed"`
}

// RecordAudio are the options of an audio recording. Absent ones leave the
// server's default; timeouts are in seconds, 0 is off.
type RecordAudio struct {
	Beep              bool           `json:"beep,omitzero"`
	Format            string         `json:"format,omitzero"`
	Stereo            bool           `json:"stereo,omitzero"`
	Direction         string         `json:"direction,omitzero"`
	InitialTimeout    *float64       `json:"initial_timeout,omitzero"`
	EndSilenceTimeout *float64       `json:"end_silence_timeout,omitzero"`
	Terminators       *string        `json:"terminators,omitzero"`
	InputSensitivity  *int           `json:"input_sensitivity,omitzero"`
	Extra             jsontext.Value `json:",embed"`
}

// CollectDigits are the options for DTMF input; the timeout is in seconds.
type CollectDigits struct {
	Max          int            `json:"max"`
	Terminators  string         `json:"terminators,omitzero"`
	DigitTimeout float64        `json:"digit_timeout,omitzero"`
	Extra        jsontext.Value `json:",embed"`
}

// CollectSpeech are the options for spoken input; timeouts are in seconds.
type CollectSpeech struct {
	EndSilenceTimeout float64        `json:"end_silence_timeout,omitzero"`
	SpeechTimeout     float64        `json:"speech_timeout,omitzero"`
	Language          string         `json:"language,omitzero"`
	Hints             []string       `json:"hints,omitzero"`
	Model             string         `json:"model,omitzero"`
	Engine            string         `json:"engine,omitzero"`
	Extra             jsontext.Value `json:",embed"`
}

// CollectOptions are the members that collect has at its top level and
// play_and_collect nests under "collect".
type CollectOptions struct {
	Digits           *CollectDigits `json:"digits,omitzero"`
	Speech           *CollectSpeech `json:"speech,omitzero"`
	InitialTimeout   *float64       `json:"initial_timeout,omitzero"`
	PartialResults   bool           `json:"partial_results,omitzero"`
	Continuous       bool           `json:"continuous,omitzero"`
	SendStartOfInput bool           `json:"send_start_of_input,omitzero"`
	StartInputTimers bool           `json:"start_input_timers,omitzero"`
}

// CollectParams of calling.collect.
type CollectParams struct {
	CallRef
	CollectOptions
	ControlID string         `json:"control_id"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// PlayCollectParams of calling.play_and_collect.
type PlayCollectParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Play      []Media        `json:"play"`
	Collect   CollectOptions `json:"collect"`
	Volume    float64        `json:"volume,omitzero"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// The kinds of detector.
const (
	DetectMachine = "machine"
	DetectFax     = "fax"
	DetectDigit   = "digit"
)

// DetectParams of calling.detect; Timeout in seconds.
type DetectParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Detect    Detect         `json:"detect"`
	Timeout   float64        `json:"timeout,omitzero"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// Detect is a detector and its options; params are always written.
type Detect struct {
	Type   string           `json:"type"`
	Params DetectorSettings `json:"params"`
}

// DetectorSettings are the options of all detectors; timeouts in seconds.
type DetectorSettings struct {
	InitialTimeout        float64        `json:"initial_timeout,omitzero"`
	EndSilenceTimeout     float64        `json:"end_silence_timeout,omitzero"`
	MachineReadyTimeout   float64        `json:"machine_ready_timeout,omitzero"`
	MachineVoiceThreshold float64        `json:"machine_voice_threshold,omitzero"`
	MachineWordsThreshold int            `json:"machine_words_threshold,omitzero"`
	DetectInterruptions   *bool          `json:"detect_interruptions,omitzero"`
	DetectMessageEnd      *bool          `json:"detect_message_end,omitzero"`
	Tone                  string         `json:"tone,omitzero"`
	Digits                string         `json:"digits,omitzero"`
	Extra                 jsontext.Value `json:",embed"`
}

// TapParams of calling.tap.
type TapParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Tap       Tap            `json:"tap"`
	Device    TapDevice      `json:"device"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// Tap says what to tap.
type Tap struct {
	Type   string         `json:"type"`
	Params TapAudio       `json:"params"`
	Extra  jsontext.Value `json:",embed"`
}

// TapAudio chooses the direction: listen, speak or both.
type TapAudio struct {
	Direction string         `json:"direction,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// TapDevice is where the audio goes: type "rtp" or "ws".
type TapDevice struct {
	Type   string          `json:"type"`
	Params TapDeviceParams `json:"params"`
	Extra  jsontext.Value  `json:",embed"`
}

// TapDeviceParams are the members of both kinds of device; Ptime in ms.
type TapDeviceParams struct {
	Addr  string         `json:"addr,omitzero"`
	Port  Port           `json:"port,omitzero"`
	URI   string         `json:"uri,omitzero"`
	Codec string         `json:"codec,omitzero"`
	Ptime int            `json:"ptime,omitzero"`
	Rate  int            `json:"rate,omitzero"`
	Extra jsontext.Value `json:",embed"`
}

// Port is a port number; one official SDK writes it as text.
type Port int

// UnmarshalJSON accepts a number or its digits as a string.
func (p *Port) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(b), `"`))
	if err != nil {
		return fmt.Errorf("wire: %.20s is no port", b)
	}
	*p = Port(n)
	return nil
}

// ReferParams of calling.refer.
type ReferParams struct {
	CallRef
	Device    ReferDevice    `json:"device"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// ReferDevice is the target of a SIP REFER; type "sip".
type ReferDevice struct {
	Type   string            `json:"type"`
	Params ReferDeviceParams `json:"params"`
}

// ReferDeviceParams hold the target and, if it wants them, credentials. URI is
// the name that one official document has for To.
type ReferDeviceParams struct {
	To       string `json:"to"`
	URI      string `json:"uri,omitzero"`
	Username string `json:"username,omitzero"`
	Password string `json:"password,omitzero"`
}

// TransferParams of calling.transfer: an https URL, inline SWML or
// "context:<name>".
type TransferParams struct {
	CallRef
	Dest  string         `json:"dest"`
	Extra jsontext.Value `json:",embed"`
}

// JoinConferenceParams of calling.join_conference.
type JoinConferenceParams struct {
	CallRef
	Name            string         `json:"name"`
	Muted           bool           `json:"muted,omitzero"`
	Beep            string         `json:"beep,omitzero"`
	StartOnEnter    *bool          `json:"start_on_enter,omitzero"`
	EndOnExit       bool           `json:"end_on_exit,omitzero"`
	WaitURL         string         `json:"wait_url,omitzero"`
	MaxParticipants int            `json:"max_participants,omitzero"`
	Record          string         `json:"record,omitzero"`
	Region          string         `json:"region,omitzero"`
	Extra           jsontext.Value `json:",embed"`
}

// LeaveConferenceParams of calling.leave_conference.
type LeaveConferenceParams struct {
	CallRef
	ConferenceID string         `json:"conference_id"`
	Extra        jsontext.Value `json:",embed"`
}
