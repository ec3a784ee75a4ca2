package model

import "time"

// MonitorMode says who hears a monitor. All modes hear both legs.
type MonitorMode uint8

// The modes.
const (
	Listening  MonitorMode = iota // nobody hears it
	Whispering                    // one leg does
	Barging                       // both do
)

func (m MonitorMode) String() string {
	return [...]string{"listen", "whisper", "barge"}[min(m, Barging)]
}

// MonitorState is how far a monitor is.
type MonitorState uint8

// The states.
const (
	MonitorCalling MonitorState = iota // its phone is called
	MonitorRinging
	MonitorJoined
	MonitorOver
)

// Monitor is a phone that listens to a call and its peer. Only the embedded
// exchange has monitors, at most one on a call.
type Monitor struct {
	Leg    CallID // of the phone
	Phone  Address
	State  MonitorState
	Mode   MonitorMode
	ToPeer bool  // a whisper is for the peer, not for the caller
	Joined bool  // it has heard the call
	End    Cause // once it is over
}

// MonitorChanged tells that a monitor came, changed or left.
type MonitorChanged struct {
	At      time.Time
	Call    CallID // the A leg of what is monitored
	Monitor Monitor
}

// StartMonitor calls a phone and lets it listen to a call and its peer.
type StartMonitor struct {
	Call   CallID
	Phone  string // SIP address or number
	Mode   MonitorMode
	ToPeer bool
}

// SetMonitor changes who hears the monitor of a call.
type SetMonitor struct {
	Call   CallID
	Mode   MonitorMode
	ToPeer bool
}

// StopMonitor hangs the monitor of a call up.
type StopMonitor struct{ Call CallID }

func (MonitorChanged) event() {}
func (StartMonitor) command() {}
func (SetMonitor) command()   {}
func (StopMonitor) command()  {}

// createdByMonitor is how the exchange marks the leg of a monitor.
const createdByMonitor = "monitor"

// IsMonitor reports whether the leg is that of a monitor.
func (c *Call) IsMonitor() bool { return c.CreatedBy == createdByMonitor }

// monitorChanged folds it. A call that is not known has nothing to be shown on.
func (b *Book) monitorChanged(ev MonitorChanged) {
	c := b.calls[ev.Call]
	if c == nil {
		b.misplaced++
		return
	}
	c.Version++
	if ev.Monitor.State == MonitorOver {
		c.Monitor = nil
		return
	}
	m := ev.Monitor
	c.Monitor = &m
}
