package wire

import "github.com/go-json-experiment/json/jsontext"

// The exchange's own additions. They are sent only to clients that ask for
// them; official SDKs never see them, and SignalWire does not know them.
const (
	MethodCordpairCalls     = "cordpair.calls"     // all live calls of the project
	MethodCordpairDirectory = "cordpair.directory" // who can be called
	MethodCordpairTrunks    = "cordpair.trunks"    // how the trunks do

	EventCordpairLeg       = "cordpair.leg"       // what SIP says of a leg
	EventCordpairDirectory = "cordpair.directory" // the directory changed
	EventCordpairSIP       = "cordpair.sip"       // a SIP message of a leg
	EventCordpairTrunks    = "cordpair.trunks"    // a trunk changed
	EventCordpairMedia     = "cordpair.media"     // figures of the legs' media
)

// CordpairAsk is what a client asks for in signalwire.connect. Watch sends it
// the events of every call of the project, not only of its own; Details adds
// the cordpair.* events.
type CordpairAsk struct {
	Watch   bool `json:"watch,omitzero"`
	Details bool `json:"details,omitzero"`
}

// CordpairOffer answers CordpairAsk in the connect result: where phones reach
// the exchange.
type CordpairOffer struct {
	Version  int      `json:"version"`
	Relay    string   `json:"relay,omitzero"` // URL, ws://host:port
	SIP      string   `json:"sip,omitzero"`   // host:port
	Domain   string   `json:"domain,omitzero"`
	Contexts []string `json:"contexts,omitzero"`
}

// CallsResult answers cordpair.calls: live calls, oldest first, with the
// details of each leg and the connect state of the A legs.
type CallsResult struct {
	Code    ResultCode     `json:"code"`
	Message string         `json:"message"`
	Calls   []CallSnapshot `json:"calls"`
}

// CallSnapshot is one live call in full.
type CallSnapshot struct {
	CallParams
	ConnectState ConnectState `json:"connect_state,omitzero"`
	ConnectTag   string       `json:"connect_tag,omitzero"`
	Leg          *LegEvent    `json:"leg,omitzero"`

	Monitor *MonitorEvent `json:"monitor,omitzero"`
}

// Who ended a leg, in LegEvent.EndedBy.
const (
	EndedByRemote   = "remote"   // the phone at the other end
	EndedByOperator = "operator" // a RELAY command
	EndedByExchange = "exchange" // a rule of the exchange: ring timeout, its peer left, shutdown
	EndedByNetwork  = "network"  // no route, no reply, transport failure
)

// LegEvent is the body of cordpair.leg: what SIP and SDP say of one leg. It is
// sent when any of it changes, and always before the RELAY event that it
// explains.
type LegEvent struct {
	CallRef
	SIPCallID       string         `json:"sip_call_id,omitzero"`
	Remote          string         `json:"remote,omitzero"`    // host:port
	Transport       string         `json:"transport,omitzero"` // UDP, TCP
	RequestURI      string         `json:"request_uri,omitzero"`
	Codec           string         `json:"codec,omitzero"`     // PCMU/8000
	Video           string         `json:"video,omitzero"`     // VP8, while there is a picture
	Direction       string         `json:"direction,omitzero"` // the phone's own where it is not sendrecv: sendonly, inactive (it holds), recvonly
	HeadersSent     []Header       `json:"headers_sent,omitzero"`
	HeadersReceived []Header       `json:"headers_received,omitzero"`
	SIPCode         int            `json:"sip_code,omitzero"` // last response or 0
	SIPPhrase       string         `json:"sip_phrase,omitzero"`
	SIPReason       string         `json:"sip_reason,omitzero"` // Reason header (RFC 3326)
	EndedBy         string         `json:"ended_by,omitzero"`
	Text            string         `json:"text,omitzero"` // a plain word on the end
	Extra           jsontext.Value `json:",embed"`
}

// SIPEvent is the body of cordpair.sip: one SIP message of a leg as it went over
// the network, retransmissions included. It goes to sessions that watch and ask
// for details. Authorization values are masked.
type SIPEvent struct {
	CallRef
	At        int64  `json:"at"`             // µs since 1970, by the server's clock
	Sent      bool   `json:"sent,omitzero"`  // by the exchange
	Transport string `json:"transport"`      // UDP, TCP, TLS
	Local     string `json:"local,omitzero"` // host:port
	Remote    string `json:"remote"`
	SIPCallID string `json:"sip_call_id"`
	Summary   string `json:"summary"` // INVITE, or 180 Ringing
	Raw       string `json:"raw"`
}

// DirectoryEvent is the body of cordpair.directory and of its reply.
type DirectoryEvent struct {
	Code    ResultCode       `json:"code,omitzero"`
	Message string           `json:"message,omitzero"`
	Entries []DirectoryEntry `json:"entries"`
}

// DirectoryEntry is one address that can be called.
type DirectoryEntry struct {
	Address string `json:"address"`         // sip:bob@demo
	Name    string `json:"name,omitzero"`   // Bob
	Kind    string `json:"kind"`            // phone, person
	About   string `json:"about,omitzero"`  // answers and talks
	Online  bool   `json:"online,omitzero"` // registered now
}

// MediaEvent is the body of cordpair.media: the figures of all legs that are
// up, once a second while there are any. A later one replaces an earlier one
// that a slow client has not read.
type MediaEvent struct {
	Legs []MediaFigures `json:"legs"`
}

// What MediaFigures.OneWay says: whose words do not arrive.
const (
	OneWaySpeak  = "speak"  // those of the far end: it is not heard here
	OneWayListen = "listen" // those for the far end: nothing is sent to it
)

// MediaFigures are one leg's. In is what came from the phone, Out what was
// sent to it, as far as its reports (RTCP) tell. Counters run from the leg's
// beginning. Levels are in dB relative to full scale, -96 for silence, and
// absent where the codec is not understood.
type MediaFigures struct {
	CallRef
	Codec      string   `json:"codec,omitzero"`
	Remote     string   `json:"remote,omitzero"` // host:port
	Direction  string   `json:"direction,omitzero"`
	PacketsIn  uint64   `json:"packets_in"`
	PacketsOut uint64   `json:"packets_out"`
	LostIn     uint64   `json:"lost_in"`
	LostOut    uint64   `json:"lost_out"`
	LossIn     float64  `json:"loss_in"` // of the last 10 s, 0 to 1
	LossOut    float64  `json:"loss_out"`
	JitterIn   float64  `json:"jitter_in"` // ms
	JitterOut  float64  `json:"jitter_out"`
	RoundTrip  float64  `json:"round_trip"` // ms, 0 while unknown
	LevelIn    *float64 `json:"level_in,omitzero"`
	LevelOut   *float64 `json:"level_out,omitzero"`
	MOSIn      float64  `json:"mos_in,omitzero"` // 1 to 4.4, 0 while unknown
	MOSOut     float64  `json:"mos_out,omitzero"`
	OneWay     string   `json:"one_way,omitzero"` // OneWaySpeak, OneWayListen
}

// TrunksEvent is the body of cordpair.trunks and of its reply: all trunks, by
// name.
type TrunksEvent struct {
	Code    ResultCode   `json:"code,omitzero"`
	Message string       `json:"message,omitzero"`
	Trunks  []TrunkState `json:"trunks"`
}

// TrunkState is how one trunk does.
type TrunkState struct {
	Name       string  `json:"name"`
	Server     string  `json:"server"`
	Health     string  `json:"health"` // unknown, up, degraded, down
	Registered bool    `json:"registered,omitzero"`
	RoundTrip  float64 `json:"round_trip,omitzero"` // ms, of the last check
	Since      int64   `json:"since,omitzero"`      // of Health, ms since 1970
	Problem    string  `json:"problem,omitzero"`
}
