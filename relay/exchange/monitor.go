package exchange

import (
	"slices"
	"strings"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// monitor is who listens to this call and its peer, or the others of its
// conference: a leg of its own, which the exchange calls. It belongs to the actor
// of the monitored call. There is one at a time; it stays from peer to peer, and
// ends with the call.
type monitor struct {
	leg    *call
	state  string
	mode   string
	side   string // of a whisper
	run    *media.Monitoring
	listen []*media.Stream // attached to run
}

// monitorCmd is cordpair.monitor.
type monitorCmd struct{ wire.MonitorParams }

func (m monitorCmd) ref() wire.CallRef { return m.CallRef }

func (m monitorCmd) device(x *Exchange) wire.Device {
	d := m.Device
	d.Type = orText(d.Type, wire.DeviceSIP)
	if d.Type == wire.DeviceSIP {
		d.Params.From = orText(d.Params.From, `"Monitor" <sip:monitor@`+x.cfg.Domain+`>`)
	}
	return d
}

func (m monitorCmd) check(x *Exchange) *failure {
	if f := checkMonitorMode(m.MonitorParams); f != nil {
		return f
	}
	if f := x.mayCall(); f != nil {
		return f
	}
	d := m.device(x)
	for _, name := range d.Params.Codecs {
		if !mixable(name) {
			return &failure{wire.CodeMedia, "device.params.codecs: a monitor can have PCMU, PCMA or G722 only"}
		}
	}
	return x.checkPlan([][]wire.Device{{d}}, 0)
}

func checkMonitorMode(p wire.MonitorParams) *failure {
	if !slices.Contains([]string{wire.MonitorListen, wire.MonitorWhisper, wire.MonitorBarge}, p.Mode) {
		return bad("mode %.20q is not known: use listen, whisper or barge", p.Mode)
	}
	if !slices.Contains([]string{"", wire.MonitorCall, wire.MonitorPeer}, p.Leg) {
		return bad("leg %.20q is not known: use call or peer", p.Leg)
	}
	return nil
}

// mixable reports whether a codec can be mixed.
func mixable(name string) bool { return isG711(name) || strings.EqualFold(name, "G722") }

func (m monitorCmd) do(c *call, req *request) {
	switch {
	case c.linked: // the A leg knows both
		c.host.post(msgCommand{m, req})
		return
	case c.monitors:
		req.fail(conflict("call is a monitor itself"))
		return
	case c.peer == nil && c.seat == nil:
		req.fail(conflict("call has no peer: connect it first"))
		return
	case c.monitor != nil:
		req.fail(conflict("call is monitored by %.80s already", c.monitor.leg.device.ToAddress()))
		return
	case !mixable(c.sound.format.Name):
		req.fail(&failure{wire.CodeMedia, "the sound of a call in " + c.sound.format.Name + " cannot be mixed"})
		return
	}
	leg := newCall(c.x, wire.Outbound, "monitor")
	leg.device, leg.monitors = m.device(c.x), true
	leg.host = c
	leg.followers = []*session{req.from}
	leg.sound.codecs = g711
	c.monitor = &monitor{leg: leg, state: wire.MonitorCalling, mode: m.Mode, side: side(m.MonitorParams)}
	if !leg.startOut(func() { req.ok("Calling the monitor", c.id, ""); c.tellMonitor() }) {
		c.monitor = nil
		req.fail(&failure{wire.CodeBusy, "the exchange is at its limit of calls"})
	}
}

// side is which leg a whisper is for, empty for the other modes.
func side(p wire.MonitorParams) string {
	if p.Mode != wire.MonitorWhisper {
		return ""
	}
	return orText(p.Leg, wire.MonitorCall)
}

// tellMonitor tells how the monitor does.
func (c *call) tellMonitor() { c.emit(wire.EventCordpairMonitor, *c.monitorShown()) }

// monitorShown is the monitor for others, nil for none.
func (c *call) monitorShown() *wire.MonitorEvent {
	m := c.monitor
	if m == nil {
		return nil
	}
	return &wire.MonitorEvent{CallRef: c.ref(), State: m.state, Mode: m.mode, Leg: m.side, Monitor: m.leg.asPeer()}
}

// fromMonitor takes what a monitor's leg tells; false for other legs.
func (c *call) fromMonitor(message message) bool {
	switch m := message.(type) {
	case msgLegRinging:
		if c.monitoredBy(m.leg) && c.monitor.state == wire.MonitorCalling {
			c.monitor.state = wire.MonitorRinging
			c.tellMonitor()
		}
		return m.leg.monitors
	case msgLegEarly:
		return m.leg.monitors
	case msgLegAnswered:
		if c.monitoredBy(m.leg) {
			c.monitorJoins(m)
		}
		return m.leg.monitors
	case msgLegOver:
		if c.monitoredBy(m.leg) {
			c.monitorLeft(m.cause)
		}
		if m.leg.monitors {
			m.leg.post(msgRelease{})
		}
		return m.leg.monitors
	}
	return false
}

func (c *call) monitoredBy(leg *call) bool { return c.monitor != nil && c.monitor.leg == leg }

// monitorJoins lets the monitor hear, now that its phone was picked up.
func (c *call) monitorJoins(m msgLegAnswered) {
	run, err := c.x.engine.Monitor(m.stream)
	if err != nil {
		c.dropMonitor(byExchange(wire.ReasonError, "the monitor cannot listen: %v", err))
		return
	}
	c.monitor.run, c.monitor.state = run, wire.MonitorJoined
	if c.tuneMonitor() {
		c.tellMonitor()
	}
}

// tuneMonitor has the monitor hear the legs that there are now, and be heard by
// those that its mode says. False: it could not, and was sent away.
func (c *call) tuneMonitor() bool {
	m := c.monitor
	if m == nil || m.run == nil {
		return true
	}
	legs := []*media.Stream{c.sound.stream}
	if c.peerStream != nil {
		legs = append(legs, c.peerStream)
	}
	for _, s := range c.room {
		if s != c.sound.stream {
			legs = append(legs, s)
		}
	}
	for _, old := range m.listen {
		if !slices.Contains(legs, old) {
			m.run.Detach(old)
		}
	}
	m.listen = legs
	for _, s := range legs {
		if err := m.run.Attach(s); err != nil {
			c.dropMonitor(byExchange(wire.ReasonError, "the monitor cannot listen: %v", err))
			return false
		}
	}
	var spoken []*media.Stream
	for i, s := range legs {
		which := wire.MonitorPeer
		if i == 0 {
			which = wire.MonitorCall
		}
		if m.mode == wire.MonitorBarge || m.mode == wire.MonitorWhisper && m.side == which {
			spoken = append(spoken, s)
		}
	}
	m.run.SpeakTo(spoken...)
	return true
}

// dropMonitor ends the monitor from here.
func (c *call) dropMonitor(why cause) {
	if c.monitor == nil {
		return
	}
	leg := c.monitor.leg
	c.monitorLeft(why)
	leg.post(msgDrop{why})
}

// monitorLeft takes the end of the monitor's leg.
func (c *call) monitorLeft(why cause) {
	m := c.monitor
	if m.run != nil {
		m.run.Close()
	}
	m.state = wire.MonitorFailed
	if m.run != nil {
		m.state = wire.MonitorEnded
	}
	e := c.monitorShown()
	e.Reason, e.SIPCode, e.Text = why.reason, why.code, why.text
	c.monitor = nil
	c.emit(wire.EventCordpairMonitor, *e)
}

// monitorChangeCmd is cordpair.monitor.change.
type monitorChangeCmd struct{ wire.MonitorParams }

func (m monitorChangeCmd) ref() wire.CallRef { return m.CallRef }

func (m monitorChangeCmd) check(*Exchange) *failure { return checkMonitorMode(m.MonitorParams) }

func (m monitorChangeCmd) do(c *call, req *request) {
	switch {
	case c.linked:
		c.host.post(msgCommand{m, req})
		return
	case c.monitor == nil:
		req.fail(noMonitor)
		return
	}
	c.monitor.mode, c.monitor.side = m.Mode, side(m.MonitorParams)
	req.ok("Changed", c.id, "")
	if c.tuneMonitor() {
		c.tellMonitor()
	}
}

var noMonitor = &failure{wire.CodeNotFound, "nobody monitors this call"}

// monitorLeaveCmd is cordpair.monitor.leave.
type monitorLeaveCmd struct{ wire.MonitorParams }

func (m monitorLeaveCmd) ref() wire.CallRef { return m.CallRef }

func (monitorLeaveCmd) check(*Exchange) *failure { return nil }

func (m monitorLeaveCmd) do(c *call, req *request) {
	switch {
	case c.linked:
		c.host.post(msgCommand{m, req})
	case c.monitor == nil:
		req.fail(noMonitor)
	default:
		req.ok("Leaving", c.id, "")
		c.dropMonitor(byOperator(wire.ReasonHangup))
	}
}

// monitorMay says whether a command makes sense for a monitor's own leg: its
// sound belongs to the call that it monitors.
func monitorMay(cmd command) *failure {
	switch cmd.(type) {
	case connectCmd, joinCmd, transferCmd, referCmd, monitorCmd:
		return conflict("call monitors another one: it can be hung up, held, played to and recorded")
	}
	return nil
}
