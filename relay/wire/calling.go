package wire

import "github.com/go-json-experiment/json/jsontext"

// Calling methods.
const (
	MethodAnswer          = "calling.answer"
	MethodEnd             = "calling.end"
	MethodPass            = "calling.pass"
	MethodDial            = "calling.dial"
	MethodCallConnect     = "calling.connect"
	MethodCallDisconnect  = "calling.disconnect"
	MethodTransfer        = "calling.transfer"
	MethodHold            = "calling.hold"
	MethodUnhold          = "calling.unhold"
	MethodPlay            = "calling.play"
	MethodPlayPause       = "calling.play.pause"
	MethodPlayResume      = "calling.play.resume"
	MethodPlayStop        = "calling.play.stop"
	MethodPlayVolume      = "calling.play.volume"
	MethodPlayCollect     = "calling.play_and_collect"
	MethodPlayCollectStop = "calling.play_and_collect.stop"
	MethodPlayCollectVol  = "calling.play_and_collect.volume"

	MethodPlayCollectPause  = "calling.play_and_collect.pause"
	MethodPlayCollectResume = "calling.play_and_collect.resume"

	MethodCollect         = "calling.collect"
	MethodCollectStop     = "calling.collect.stop"
	MethodCollectTimers   = "calling.collect.start_input_timers"
	MethodRecord          = "calling.record"
	MethodRecordPause     = "calling.record.pause"
	MethodRecordResume    = "calling.record.resume"
	MethodRecordStop      = "calling.record.stop"
	MethodDetect          = "calling.detect"
	MethodDetectStop      = "calling.detect.stop"
	MethodTap             = "calling.tap"
	MethodTapStop         = "calling.tap.stop"
	MethodSendDigits      = "calling.send_digits"
	MethodRefer           = "calling.refer"
	MethodJoinConference  = "calling.join_conference"
	MethodLeaveConference = "calling.leave_conference"
)

// Header is one SIP header; only names that begin with "X-" reach an INVITE.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Device is what a leg is or shall be: Type "sip" uses From and To, "phone"
// the numbers. Timeout (ringing) and SessionTimeout (SIP Session-Expires) are
// whole seconds; 0 means the server's default.
type Device struct {
	Type   string         `json:"type"`
	Params DeviceParams   `json:"params"`
	Extra  jsontext.Value `json:",embed"`
}

// DeviceParams are the parameters of all device types; unset ones are absent.
type DeviceParams struct {
	From            string         `json:"from,omitzero"`
	To              string         `json:"to,omitzero"`
	FromNumber      string         `json:"from_number,omitzero"`
	ToNumber        string         `json:"to_number,omitzero"`
	Timeout         int            `json:"timeout,omitzero"`
	Headers         []Header       `json:"headers,omitzero"`
	Codecs          []string       `json:"codecs,omitzero"`
	WebRTCMedia     *bool          `json:"webrtc_media,omitzero"`
	SessionTimeout  int            `json:"session_timeout,omitzero"`
	CallStateURL    string         `json:"call_state_url,omitzero"`
	CallStateEvents []string       `json:"call_state_events,omitzero"`
	Extra           jsontext.Value `json:",embed"`
}

// FromAddress returns the caller's address, whatever the type.
func (d Device) FromAddress() string {
	if d.Type == DevicePhone {
		return d.Params.FromNumber
	}
	return d.Params.From
}

// ToAddress returns the called address, whatever the type.
func (d Device) ToAddress() string {
	if d.Type == DevicePhone {
		return d.Params.ToNumber
	}
	return d.Params.To
}

// Media is one item of a play list.
type Media struct {
	Type   string         `json:"type"`
	Params MediaParams    `json:"params"`
	Extra  jsontext.Value `json:",embed"`
}

// MediaParams are the parameters of all media types. Duration is in seconds,
// fractions allowed.
type MediaParams struct {
	URL      string         `json:"url,omitzero"`
	Text     string         `json:"text,omitzero"`
	Language string         `json:"language,omitzero"`
	Gender   string         `json:"gender,omitzero"`
	Voice    string         `json:"voice,omitzero"`
	Name     string         `json:"name,omitzero"`
	Duration float64        `json:"duration,omitzero"`
	Extra    jsontext.Value `json:",embed"`
}

// CallRef names a call; every call-level request carries both members, and a
// server must cope with their absence.
type CallRef struct {
	NodeID string `json:"node_id,omitzero"`
	CallID string `json:"call_id,omitzero"`
}

// AnswerParams of calling.answer; also those of pass, disconnect, hold and
// unhold, which take only the call. Codecs (what to answer with, in order of
// preference) and MaxDuration (seconds) are those of calling.answer alone.
type AnswerParams struct {
	CallRef
	Codecs      []string       `json:"codecs,omitzero"`
	MaxDuration int            `json:"max_duration,omitzero"`
	Extra       jsontext.Value `json:",embed"`
}

// EndParams of calling.end.
type EndParams struct {
	CallRef
	Reason Reason         `json:"reason,omitzero"`
	Extra  jsontext.Value `json:",embed"`
}

// CallConnectParams of calling.connect. Devices: outer list one after another,
// inner list at the same time. Ringback is always written, empty when there is
// none, as the JS SDK does.
type CallConnectParams struct {
	CallRef
	Tag               string         `json:"tag,omitzero"`
	Devices           [][]Device     `json:"devices"`
	Ringback          []Media        `json:"ringback"`
	MaxPricePerMinute float64        `json:"max_price_per_minute,omitzero"`
	MaxDuration       int            `json:"max_duration,omitzero"`
	StatusURL         string         `json:"status_url,omitzero"`
	Extra             jsontext.Value `json:",embed"`
}

// DialParams of calling.dial; Tag is the only thing that ties events to it.
type DialParams struct {
	Tag               string         `json:"tag"`
	Devices           [][]Device     `json:"devices"`
	Region            string         `json:"region,omitzero"`
	NodeID            string         `json:"node_id,omitzero"`
	MaxPricePerMinute float64        `json:"max_price_per_minute,omitzero"`
	MaxDuration       int            `json:"max_duration,omitzero"`
	Extra             jsontext.Value `json:",embed"`
}

// PlayParams of calling.play. Volume in dB, -40 to 40; Loop 0 means for ever,
// absent once.
type PlayParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Play      []Media        `json:"play"`
	Volume    float64        `json:"volume,omitzero"`
	Direction string         `json:"direction,omitzero"`
	Loop      *int           `json:"loop,omitzero"`
	StatusURL string         `json:"status_url,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// ControlParams of the sub-commands .pause, .resume, .stop and .volume.
type ControlParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Volume    float64        `json:"volume,omitzero"`
	Behavior  string         `json:"behavior,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// SendDigitsParams of calling.send_digits: 0-9 * # A-D, w (0.5 s) and W (1 s).
type SendDigitsParams struct {
	CallRef
	ControlID string         `json:"control_id"`
	Digits    string         `json:"digits"`
	Extra     jsontext.Value `json:",embed"`
}
