package wire

// Monitoring: a third party listens to a call and its peer, and may be heard
// by one or both. The exchange calls a phone of theirs for it.
const (
	MethodCordpairMonitor       = "cordpair.monitor"        // begin, by calling the phone
	MethodCordpairMonitorChange = "cordpair.monitor.change" // another mode
	MethodCordpairMonitorLeave  = "cordpair.monitor.leave"  // hang the phone up

	EventCordpairMonitor = "cordpair.monitor" // a monitor came, changed or left
)

// Who hears a monitor, in MonitorParams.Mode.
const (
	MonitorListen  = "listen"  // nobody
	MonitorWhisper = "whisper" // one leg: Leg says which
	MonitorBarge   = "barge"   // both
)

// Which leg a whisper is for, in MonitorParams.Leg.
const (
	MonitorCall = "call" // the call itself; the default
	MonitorPeer = "peer" // its peer, whoever that is at the moment
)

// MonitorParams are those of cordpair.monitor. Device is the phone to call; its
// from may be empty. Those of cordpair.monitor.change are the same without
// Device, and cordpair.monitor.leave has the call alone.
type MonitorParams struct {
	CallRef
	Device Device `json:"device,omitzero"`
	Mode   string `json:"mode,omitzero"`
	Leg    string `json:"leg,omitzero"`
}

// States of a monitor.
const (
	MonitorCalling = "calling"
	MonitorRinging = "ringing"
	MonitorJoined  = "joined"
	MonitorEnded   = "ended"
	MonitorFailed  = "failed" // it never joined
)

// MonitorEvent is the body of cordpair.monitor: who monitors a call, and who
// hears them. It is told to sessions that ask for details.
type MonitorEvent struct {
	CallRef        // the monitored call
	State   string `json:"state"`
	Mode    string `json:"mode"`
	Leg     string `json:"leg,omitzero"`     // of a whisper
	Monitor *Peer  `json:"monitor,omitzero"` // the monitor's own leg
	Reason  Reason `json:"reason,omitzero"`  // of an end
	SIPCode int    `json:"sip_code,omitzero"`
	Text    string `json:"text,omitzero"`
}
