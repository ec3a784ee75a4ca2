package wire

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Event types.
const (
	EventCallReceive = "calling.call.receive"
	EventCallState   = "calling.call.state"
	EventCallConnect = "calling.call.connect"
	EventCallDial    = "calling.call.dial"
	EventPlay        = "calling.call.play"
	EventRecord      = "calling.call.record"
	EventCollect     = "calling.call.collect"
	EventDetect      = "calling.call.detect"
	EventTap         = "calling.call.tap"
	EventSendDigits  = "calling.call.send_digits"
	EventRefer       = "calling.call.refer"
	EventHold        = "calling.call.hold"
	EventConference  = "calling.conference"
	EventCallError   = "calling.error"
)

// Parent names the leg that a connect was issued on.
type Parent struct {
	CallID     string         `json:"call_id"`
	NodeID     string         `json:"node_id,omitzero"`
	DeviceType string         `json:"device_type,omitzero"`
	Extra      jsontext.Value `json:",embed"`
}

// Peer names the other leg; connect events also carry its tag and device.
type Peer struct {
	NodeID string         `json:"node_id,omitzero"`
	CallID string         `json:"call_id"`
	Tag    string         `json:"tag,omitzero"`
	Device Device         `json:"device,omitzero"`
	Extra  jsontext.Value `json:",embed"`
}

// CallParams describes a leg: the body of calling.call.receive and
// calling.call.state, of the call inside calling.call.dial, and of each call
// in a cordpair.calls reply. The three times are in milliseconds since 1970.
type CallParams struct {
	CallRef
	CallState  CallState      `json:"call_state,omitzero"`
	Direction  Direction      `json:"direction,omitzero"`
	Context    string         `json:"context,omitzero"`
	Device     Device         `json:"device,omitzero"`
	SegmentID  string         `json:"segment_id,omitzero"`
	ProjectID  string         `json:"project_id,omitzero"`
	Tag        string         `json:"tag,omitzero"`
	CreatedBy  string         `json:"created_by,omitzero"`
	Peer       *Peer          `json:"peer,omitzero"`
	Parent     *Parent        `json:"parent,omitzero"`
	StartTime  int64          `json:"start_time,omitzero"`
	AnswerTime int64          `json:"answer_time,omitzero"`
	EndTime    int64          `json:"end_time,omitzero"`
	EndReason  Reason         `json:"end_reason,omitzero"`
	EndSource  string         `json:"end_source,omitzero"`
	DialWinner Flag           `json:"dial_winner,omitzero"`
	Extra      jsontext.Value `json:",embed"`
}

// Flag is a boolean that some servers write as the text "true".
type Flag bool

// UnmarshalJSON accepts true, false, "true", "false" and null.
func (f *Flag) UnmarshalJSON(b []byte) error {
	*f = Flag(bytes.Equal(bytes.Trim(b, `"`), []byte("true")))
	return nil
}

// ConnectEvent is the body of calling.call.connect. CallID is always the A
// leg.
type ConnectEvent struct {
	CallRef
	ConnectState ConnectState   `json:"connect_state"`
	Tag          string         `json:"tag,omitzero"`
	Peer         *Peer          `json:"peer,omitzero"`
	FailedReason Reason         `json:"failed_reason,omitzero"`
	SegmentID    string         `json:"segment_id,omitzero"`
	Extra        jsontext.Value `json:",embed"`
}

// DialEvent is the body of calling.call.dial. It has no call id at the top.
type DialEvent struct {
	NodeID    string         `json:"node_id,omitzero"`
	Tag       string         `json:"tag"`
	DialState DialState      `json:"dial_state"`
	Call      *CallParams    `json:"call,omitzero"`
	Reason    Reason         `json:"reason,omitzero"`
	Source    string         `json:"source,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// ActionEvent is the body of the events of an action (play, record, tap,
// send_digits, collect, detect, refer, hold). State may be absent (detect).
// The members proper to one kind stay in Extra for its own decoder.
type ActionEvent struct {
	CallRef
	ControlID string         `json:"control_id,omitzero"`
	State     string         `json:"state,omitzero"`
	Extra     jsontext.Value `json:",embed"`
}

// ErrorEvent is the body of calling.error.
type ErrorEvent struct {
	CallRef
	Code    ResultCode     `json:"code,omitzero"`
	Message string         `json:"message,omitzero"`
	Extra   jsontext.Value `json:",embed"`
}

// EventFrame builds a signalwire.event request.
func EventFrame(id ID, envelope EventParams, params any) ([]byte, error) {
	p, err := json.Marshal(params, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	envelope.Params = p
	return Request(id, MethodEvent, envelope)
}
