package model

import "time"

// Event is something that happened. The set is closed: a new kind is added
// here, folded in Book.Apply and made in package relay.
type Event interface{ event() }

// CallInfo is what one frame says of a leg; zero members are unknown.
type CallInfo struct {
	ID                       CallID
	Node                     NodeID
	State                    CallState
	Direction                Direction
	Type                     string
	From, To                 Address
	Headers                  []Header
	Codecs                   []string
	Context                  string
	Tag                      Tag
	CreatedBy                string
	Parent                   CallID
	Peer                     CallID
	Created, Answered, Ended time.Time // by the server's clock, corrected to ours
	EndReason                string
	EndSource                string
}

// CallSeen tells of a leg: an offered call, a state, the winner of a dial.
type CallSeen struct {
	At      time.Time
	Call    CallInfo
	Offered bool // by calling.call.receive: it is ours to answer
}

// ConnectState of RELAY.
type ConnectState uint8

// The connect states of the wire.
const (
	ConnectUnknown ConnectState = iota
	ConnectConnecting
	ConnectConnected
	ConnectFailed
	ConnectDisconnected
)

// ConnectChanged tells of joining a call to a peer.
type ConnectChanged struct {
	At     time.Time
	Call   CallID // the A leg
	State  ConnectState
	Tag    Tag
	Peer   CallInfo // ID and device of the B leg
	Reason string
}

// DialState of RELAY.
type DialState uint8

// The dial states of the wire.
const (
	DialUnknown DialState = iota
	DialDialing
	DialAnswered
	DialFailed
)

// DialChanged tells of a dial.
type DialChanged struct {
	At     time.Time
	Tag    Tag
	State  DialState
	Call   CallInfo // the winner, when answered
	Reason string
}

// LegReported tells what SIP says of a leg.
type LegReported struct {
	At   time.Time
	Call CallID
	Leg  LegReport
}

// SIPSeen is one SIP message of a leg as it went over the network, secrets
// masked. Only the embedded exchange tells.
type SIPSeen struct {
	At        time.Time
	Call      CallID
	Sent      bool   // by the exchange, not by the phone
	Transport string // UDP, TCP, TLS
	Remote    string // host:port of the phone
	Summary   string // INVITE, or 180 Ringing
	Raw       string // with its line ends; nothing of it can be trusted
}

// MediaSeen are the media figures of all legs that are up, about once a second.
type MediaSeen struct {
	At   time.Time
	Legs []LegMedia
}

// LegMedia are one leg's figures: In is what came from the phone, Out what was
// sent to it, as far as its reports tell.
type LegMedia struct {
	Call                CallID
	PacketsIn, LostIn   uint64
	PacketsOut, LostOut uint64
	LossIn, LossOut     float64       // of the last seconds, 0 to 1
	JitterIn, JitterOut time.Duration // 0 while unknown
	RoundTrip           time.Duration // 0 while unknown
	Levels              bool          // LevelIn and LevelOut are known
	LevelIn, LevelOut   float64       // dB relative to full scale, -96 for silence
	MOSIn, MOSOut       float64       // 1 to 4.4, 0 while unknown
	OneWay              OneWay
}

// OneWay says whose words do not arrive.
type OneWay uint8

// The ways.
const (
	BothWays   OneWay = iota
	NotHeard          // the far end's words do not come
	CannotHear        // nothing reaches the far end
)

// ActionChanged tells of a play, record, collect or other action.
type ActionChanged struct {
	At      time.Time
	Call    CallID
	Control string
	Kind    string // play, record, ...
	State   string // playing, finished, error, success, failed, ...
	Target  string // of refer: whom the phone was asked to call
	Code    int    // of refer: the last SIP response that tells of it, 0 when none did
}

// Snapshot is the server's full list of live calls; or, when Remembered, what
// we knew ourselves before: nothing of it is confirmed, and it is silent about
// all others.
type Snapshot struct {
	At         time.Time
	Calls      []SnapshotCall
	Remembered bool
}

// SnapshotCall is one call of a Snapshot.
type SnapshotCall struct {
	Call       CallInfo
	Connect    ConnectState
	ConnectTag Tag
	Leg        LegReport
	Monitor    *Monitor
}

// TrunksChanged replaces what is known of the trunks.
type TrunksChanged struct {
	At     time.Time
	Trunks []Trunk
}

// DirectoryChanged replaces the directory.
type DirectoryChanged struct {
	At       time.Time
	Contacts []Contact
}

// LinkChanged tells the state of the link.
type LinkChanged struct {
	At   time.Time
	Link Link
}

// FaultKind says how an order failed.
type FaultKind uint8

// The kinds of fault.
const (
	FaultRefused  FaultKind = iota + 1 // the server said no
	FaultExpired                       // never sent: the link was down until the deadline
	FaultUnknown                       // sent, the link was lost before the answer
	FaultTimeout                       // sent, no answer by the deadline
	FaultInvalid                       // not sent: it cannot be valid
	FaultInternal                      // a defect of ours
)

// Fault is why an order failed.
type Fault struct {
	Kind FaultKind
	Code int    // the server's result code, such as 409, 0 when none
	Text string // the server's message or ours
}

func (f *Fault) Error() string { return f.Text }

// OrderSettled is the definite outcome of an order. Fault is nil when it was
// carried out.
type OrderSettled struct {
	At    time.Time
	Order CommandID
	Fault *Fault
}

// Notice is something a person should see that fits nowhere else: garbage on
// the wire, a defect caught.
type Notice struct {
	At   time.Time
	Text string
}

func (CallSeen) event()         {}
func (ConnectChanged) event()   {}
func (DialChanged) event()      {}
func (LegReported) event()      {}
func (ActionChanged) event()    {}
func (SIPSeen) event()          {}
func (MediaSeen) event()        {}
func (Snapshot) event()         {}
func (DirectoryChanged) event() {}
func (TrunksChanged) event()    {}
func (LinkChanged) event()      {}
func (OrderSettled) event()     {}
func (Notice) event()           {}
