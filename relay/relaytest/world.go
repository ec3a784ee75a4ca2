package relaytest

import (
	"fmt"
	"strings"
	"sync"

	"cordpair/relay/wire"
)

// Leg is a call in a World.
type Leg struct {
	wire.CallParams
	peer *Leg
	tag  string // of the connect under way or done
}

// World holds calls and peers behind a Server. Peers behave by the user part
// of their address: busy, decline, noanswer and notfound fail that way, silent
// rings until it is cancelled, and anybody else picks up.
type World struct {
	s *Server

	mu   sync.Mutex
	legs map[string]*Leg
	made int
}

// NewWorld lets a Server make calls.
func NewWorld(s *Server) *World {
	w := &World{s: s, legs: make(map[string]*Leg)}
	for method, h := range map[string]func(*Conn, wire.Frame, *Leg){
		wire.MethodAnswer:         w.answer,
		wire.MethodEnd:            w.end,
		wire.MethodCallConnect:    w.connect,
		wire.MethodCallDisconnect: w.disconnect,
		wire.MethodPlay:           w.play,
	} {
		s.Handle(method, func(c *Conn, f wire.Frame) {
			var ref wire.CallRef
			_ = wire.Decode(f.Params, &ref)
			w.mu.Lock()
			defer w.mu.Unlock()
			leg := w.legs[ref.CallID]
			if leg == nil {
				c.Refuse(f.ID, wire.CodeNotFound, "Call does not exist")
				return
			}
			h(c, f, leg)
		})
	}
	s.Handle(wire.MethodDial, func(c *Conn, f wire.Frame) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.dial(c, f)
	})
	return w
}

func (w *World) make(direction wire.Direction, device wire.Device) *Leg {
	w.made++
	leg := &Leg{CallParams: wire.CallParams{
		CallRef:   wire.CallRef{NodeID: "node-1", CallID: fmt.Sprintf("%08d-leg", w.made)},
		CallState: wire.CallCreated, Direction: direction, Device: device,
	}}
	w.legs[leg.CallID] = leg
	return leg
}

// Call lets somebody call in: it offers the call and returns its id.
func (w *World) Call(from, context string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	leg := w.make(wire.Inbound, wire.Device{Type: wire.DeviceSIP,
		Params: wire.DeviceParams{From: from, To: "sip:" + context + "@test"}})
	leg.Context = context
	w.s.Last().Event(wire.EventCallReceive, leg.CallParams)
	return leg.CallID
}

// Leave lets the far end of a leg hang up.
func (w *World) Leave(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if leg := w.legs[id]; leg != nil {
		w.gone(w.s.Last(), leg, wire.ReasonHangup)
	}
}

// Peer is the id of the leg that a call is connected to, empty when none is.
func (w *World) Peer(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if leg := w.legs[id]; leg != nil && leg.peer != nil {
		return leg.peer.CallID
	}
	return ""
}

func (w *World) state(c *Conn, leg *Leg, s wire.CallState, why wire.Reason) {
	leg.CallState, leg.EndReason = s, why
	c.Event(wire.EventCallState, leg.CallParams)
}

// gone ends a leg as section 7 of the protocol notes has it: the connect event
// on the A leg comes before either leg's end.
func (w *World) gone(c *Conn, leg *Leg, why wire.Reason) {
	delete(w.legs, leg.CallID)
	w.state(c, leg, wire.CallEnding, why)
	if peer := leg.peer; peer != nil {
		w.part(c, leg, why)
		if leg.Parent == nil { // the caller left: so does the peer
			w.gone(c, peer, why)
		}
	}
	w.state(c, leg, wire.CallEnded, why)
}

// part takes two legs apart and tells it on the A leg.
func (w *World) part(c *Conn, leg *Leg, why wire.Reason) {
	a, b := leg, leg.peer
	if leg.Parent != nil {
		a, b = b, a
	}
	ev := connectEvent(a, b, wire.ConnectDisconnected)
	if b.CallState != wire.CallAnswered && b.CallState != wire.CallEnding {
		ev.ConnectState, ev.FailedReason = wire.ConnectFailed, wire.ReasonCancel
	}
	a.peer, b.peer = nil, nil
	c.Event(wire.EventCallConnect, ev)
}

func connectEvent(a, b *Leg, s wire.ConnectState) wire.ConnectEvent {
	return wire.ConnectEvent{CallRef: a.CallRef, ConnectState: s, Tag: a.tag,
		Peer: &wire.Peer{NodeID: b.NodeID, CallID: b.CallID, Tag: a.tag, Device: b.Device}}
}

func (w *World) answer(c *Conn, f wire.Frame, leg *Leg) {
	c.OK(f.ID, "Answered")
	w.state(c, leg, wire.CallAnswered, "")
}

func (w *World) end(c *Conn, f wire.Frame, leg *Leg) {
	var p wire.EndParams
	_ = wire.Decode(f.Params, &p)
	c.OK(f.ID, "Disconnecting call")
	w.gone(c, leg, p.Reason)
}

func (w *World) play(c *Conn, f wire.Frame, leg *Leg) {
	var p wire.PlayParams
	_ = wire.Decode(f.Params, &p)
	c.OK(f.ID, "Playing")
	for _, s := range []string{wire.Playing, wire.Finished} {
		c.Event(wire.EventPlay, wire.ActionEvent{CallRef: leg.CallRef, ControlID: p.ControlID, State: s})
	}
}

func (w *World) connect(c *Conn, f wire.Frame, a *Leg) {
	var p wire.CallConnectParams
	if err := wire.Decode(f.Params, &p); err != nil || len(p.Devices) == 0 || len(p.Devices[0]) == 0 {
		c.Refuse(f.ID, wire.CodeBad, "devices are missing")
		return
	}
	if a.peer != nil {
		c.Refuse(f.ID, wire.CodeConflict, "Call is already connected")
		return
	}
	c.OK(f.ID, "Connecting")
	b := w.make(wire.Outbound, p.Devices[0][0])
	a.tag, a.peer, b.peer = p.Tag, b, a
	b.CallParams.Tag, b.CreatedBy = p.Tag, "connect"
	b.Parent = &wire.Parent{CallID: a.CallID, NodeID: a.NodeID}
	c.Event(wire.EventCallConnect, connectEvent(a, b, wire.ConnectConnecting))
	w.state(c, b, wire.CallCreated, "")
	if why := failure(b.Device); why != "" {
		w.fail(c, a, b, why)
		return
	}
	w.state(c, b, wire.CallRinging, "")
	if user(b.Device) == "silent" {
		return
	}
	w.state(c, b, wire.CallAnswered, "")
	c.Event(wire.EventCallConnect, connectEvent(a, b, wire.ConnectConnected))
}

func (w *World) fail(c *Conn, a, b *Leg, why wire.Reason) {
	ev := connectEvent(a, b, wire.ConnectFailed)
	ev.FailedReason = why
	c.Event(wire.EventCallConnect, ev)
	a.peer, b.peer = nil, nil
	delete(w.legs, b.CallID)
	w.state(c, b, wire.CallEnded, why)
}

func (w *World) disconnect(c *Conn, f wire.Frame, leg *Leg) {
	if leg.peer == nil {
		c.Refuse(f.ID, wire.CodeConflict, "Call is not connected")
		return
	}
	c.OK(f.ID, "Disconnecting")
	a, b := leg, leg.peer
	if leg.Parent != nil {
		a, b = b, a
	}
	if b.CallState != wire.CallAnswered {
		w.fail(c, a, b, wire.ReasonCancel)
		return
	}
	w.part(c, leg, "")
}

func (w *World) dial(c *Conn, f wire.Frame) {
	var p wire.DialParams
	if err := wire.Decode(f.Params, &p); err != nil || len(p.Devices) == 0 || len(p.Devices[0]) == 0 {
		c.Refuse(f.ID, wire.CodeBad, "devices are missing")
		return
	}
	c.OK(f.ID, "Dialing")
	leg := w.make(wire.Outbound, p.Devices[0][0])
	leg.CallParams.Tag, leg.CreatedBy = p.Tag, "dial"
	w.state(c, leg, wire.CallCreated, "")
	if why := failure(leg.Device); why != "" {
		delete(w.legs, leg.CallID)
		c.Event(wire.EventCallDial, wire.DialEvent{Tag: p.Tag, DialState: wire.DialFailed, Reason: why})
		w.state(c, leg, wire.CallEnded, why)
		return
	}
	w.state(c, leg, wire.CallRinging, "")
	if user(leg.Device) == "silent" {
		return
	}
	w.state(c, leg, wire.CallAnswered, "")
	winner := leg.CallParams
	c.Event(wire.EventCallDial, wire.DialEvent{NodeID: leg.NodeID, Tag: p.Tag, DialState: wire.DialAnswered, Call: &winner})
}

func user(d wire.Device) string {
	name := strings.TrimPrefix(d.ToAddress(), "sip:")
	name, _, _ = strings.Cut(name, "@")
	return name
}

func failure(d wire.Device) wire.Reason {
	return map[string]wire.Reason{
		"busy": wire.ReasonBusy, "decline": wire.ReasonDecline,
		"noanswer": wire.ReasonNoAnswer, "notfound": wire.ReasonNotFound,
	}[user(d)]
}
