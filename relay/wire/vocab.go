package wire

import "strings"

// CallState is the state of one leg.
type CallState string

// The states of a leg, in the order in which they come.
const (
	CallCreated  CallState = "created"
	CallRinging  CallState = "ringing"
	CallAnswered CallState = "answered"
	CallEnding   CallState = "ending"
	CallEnded    CallState = "ended"
)

// ConnectState is the state of joining a call to a peer.
type ConnectState string

// The four connect states; official SDKs break on any other.
const (
	ConnectConnecting   ConnectState = "connecting"
	ConnectConnected    ConnectState = "connected"
	ConnectFailed       ConnectState = "failed"
	ConnectDisconnected ConnectState = "disconnected"
)

// DialState is the state of a dial.
type DialState string

// The states of a dial.
const (
	DialDialing  DialState = "dialing"
	DialAnswered DialState = "answered"
	DialFailed   DialState = "failed"
)

// Direction of a leg, seen from the server.
type Direction string

// The two directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// Reason is why a leg ended or a connect failed. It is a free string on the
// wire; Normal folds the known spellings.
type Reason string

// The reasons we emit.
const (
	ReasonHangup      Reason = "hangup"
	ReasonCancel      Reason = "cancel"
	ReasonBusy        Reason = "busy"
	ReasonNoAnswer    Reason = "noAnswer"
	ReasonDecline     Reason = "decline"
	ReasonError       Reason = "error"
	ReasonNotFound    Reason = "notFound"
	ReasonMaxDuration Reason = "maxDuration"
	ReasonAbandoned   Reason = "abandoned"
)

// Normal folds the spellings found in docs and SDKs (no_answer, declined,
// not_found, max_duration) into one; an unknown reason is returned unchanged.
func (r Reason) Normal() Reason {
	switch strings.ToLower(strings.ReplaceAll(string(r), "_", "")) {
	case "hangup":
		return ReasonHangup
	case "cancel", "cancelled", "canceled":
		return ReasonCancel
	case "busy":
		return ReasonBusy
	case "noanswer":
		return ReasonNoAnswer
	case "decline", "declined":
		return ReasonDecline
	case "error":
		return ReasonError
	case "notfound":
		return ReasonNotFound
	case "maxduration":
		return ReasonMaxDuration
	case "abandoned":
		return ReasonAbandoned
	}
	return r
}

// EndReasons are those that calling.end accepts.
var EndReasons = []Reason{ReasonHangup, ReasonCancel, ReasonBusy, ReasonNoAnswer, ReasonDecline, ReasonError}

// States of the media actions.
const (
	Playing    = "playing"
	Paused     = "paused"
	Finished   = "finished"
	ActionErr  = "error"
	Recording  = "recording"
	NoInput    = "no_input"
	Tapping    = "tapping"
	Collecting = "collecting"
)

// Device types.
const (
	DeviceSIP   = "sip"
	DevicePhone = "phone"
)

// Media types of play and ringback.
const (
	MediaAudio    = "audio"
	MediaTTS      = "tts"
	MediaSilence  = "silence"
	MediaRingtone = "ringtone"
)

// Codecs that a SIP device accepts, as RELAY names them.
var Codecs = []string{"PCMU", "PCMA", "OPUS", "G729", "G722", "VP8", "H264"}

// RingtoneCountries are the names that a ringtone accepts.
var RingtoneCountries = []string{
	"at", "au", "be", "bg", "br", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr",
	"gr", "hu", "il", "in", "it", "jp", "lt", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt",
	"ru", "se", "sg", "th", "tw", "uk", "us", "ve", "za",
}
