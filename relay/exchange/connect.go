package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// connectCmd is calling.connect.
type connectCmd struct{ wire.CallConnectParams }

func (m connectCmd) check(x *Exchange) *failure {
	if f := x.mayCall(); f != nil {
		return f
	}
	return x.checkConnect(m.CallConnectParams)
}

func (m connectCmd) do(c *call, req *request) {
	switch {
	case c.answered.IsZero():
		req.fail(conflict("call is not answered: answer it first"))
		return
	case c.answering != nil:
		req.fail(conflict("the caller's phone has not acknowledged the answer yet"))
		return
	case c.connecting != nil:
		req.fail(conflict("a connect is already running on this call: cancel it with calling.disconnect first"))
		return
	case c.seat != nil:
		req.fail(conflict("call is in the conference %.60q: leave it first", c.seat.room.name))
		return
	case c.linked:
		c.host.post(msgBounce{c, msgCommand{m, req}})
		return
	case c.peer != nil:
		req.fail(conflict("call is already connected: disconnect its peer first"))
		return
	}
	req.ok("Connecting", c.id, "")
	c.connectTag, c.connectURL = m.Tag, m.StatusURL
	a := &attempt{host: c, plan: m.Devices, longest: orDuration(m.MaxDuration, 0)}
	c.connecting = a
	c.ringback, _ = playlistOf("ringback", m.Ringback) // checked before
	c.ringback.Loop = media.LoopForever
	if !a.next() {
		c.connectFailed(a.last)
	}
}

// newLeg makes a B leg that this call owns.
func (c *call) newLeg(a *attempt, d wire.Device) *call {
	leg := newCall(c.x, wire.Outbound, "connect")
	leg.tag, leg.device = c.connectTag, d
	leg.parent = &wire.Parent{CallID: c.id, NodeID: c.x.node, DeviceType: c.device.Type}
	leg.host, leg.boss, leg.attempt, leg.linked = c, c, a, true
	leg.followers, leg.longest = c.followers, a.longest
	leg.sound.codecs, leg.sound.picture = c.sound.joinable(), c.sound.pictureFor()
	return leg
}

// announce tells the client of a B leg before the leg itself says anything.
func (c *call) announce(leg *call) {
	c.children = append(c.children, leg)
	c.connectState = wire.ConnectConnecting
	c.tellConnect(leg, "")
}

func (c *call) tellConnect(leg *call, failed wire.Reason) {
	e := wire.ConnectEvent{
		CallRef: c.ref(), ConnectState: c.connectState, Tag: c.connectTag, FailedReason: failed, SegmentID: c.id,
	}
	if leg != nil {
		e.Peer = leg.asPeer()
	}
	c.emitConnect(e)
}

// emitConnect tells a connect event, also to the connect's status_url.
func (c *call) emitConnect(e wire.ConnectEvent) {
	c.emit(wire.EventCallConnect, e)
	c.postStatus(c.connectURL, wire.EventCallConnect, e)
}

// fromLeg takes what a leg of this call's connect, or its peer, tells.
func (c *call) fromLeg(m message) {
	switch m := m.(type) {
	case msgLegRinging:
		c.legRinging()
	case msgLegEarly:
		c.earlyMedia(m)
	case msgLegAnswered:
		c.legAnswered(m)
	case msgLegOver:
		c.legOver(m.leg, m.cause)
	case msgLegHeld:
		if c.peer == m.leg {
			c.peerHeld = m.held
			c.joinSound()
		}
	case msgBounce:
		c.bounce(m)
	case msgLegEnded:
		c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == m.leg })
		c.mayEnd()
	}
}

// legRinging lets the caller hear that the peer is being called.
func (c *call) legRinging() {
	a := c.connecting
	if a == nil || a.stopped != nil {
		return
	}
	c.startRingback()
	if h := a.handover; h != nil && !h.rings {
		h.rings = true
		h.report(180, "Ringing")
	}
}

// legAnswered bridges the first leg that was answered. Where the legs cannot
// understand each other, the caller's phone is asked to change its codec.
func (c *call) legAnswered(m msgLegAnswered) {
	a := c.connecting
	if a == nil || a.stopped != nil || !slices.Contains(a.live, m.leg) {
		return // the leg has been dropped
	}
	if a.handover != nil && a.handover.by == c {
		c.introduce(m)
		return
	}
	c.bridgeTo(m)
}

func (c *call) bridgeTo(m msgLegAnswered) {
	a, old := c.connecting, c.peer
	c.closeBridge()
	bridge, err := media.Bridge(c.sound.stream, m.stream)
	switch {
	case errors.Is(err, media.ErrCodecMismatch) && !strings.EqualFold(m.codec, c.sound.format.Name):
		c.joinAfter(m, err)
		return
	case err != nil:
		c.connectRefused(m, err)
		return
	case !a.answered(m.leg):
		bridge.Close() // the leg was over first
		return
	}
	c.stopRingback()
	c.bridge, c.peer, c.connecting = bridge, m.leg, nil
	c.peerStream, c.peerHeld = m.stream, false
	c.tuneMonitor()
	c.across.Store(m.stream)
	m.leg.across.Store(c.sound.stream)
	if c.held {
		c.joinSound()
	}
	c.relayDigits(m.leg, m.dtmf)
	c.connectState = wire.ConnectConnected
	c.tellConnect(m.leg, "")
	a.dropRest(lostRace)
	a.release()
	if a.handover != nil {
		c.handedOver(a.handover, old)
	}
	if a.joined != nil {
		a.joined(nil)
	}
	a.settledNow()
}

// earlyMedia lets the caller hear what the only leg plays before its answer.
func (c *call) earlyMedia(m msgLegEarly) {
	a := c.connecting
	if a == nil || a.stopped != nil || len(a.live) != 1 || a.live[0] != m.leg || c.bridge != nil {
		return
	}
	bridge, err := media.Bridge(c.sound.stream, m.stream)
	if err != nil {
		c.log.Debug("early media not passed on", "err", err)
		return
	}
	c.stopRingback()
	c.bridge = bridge
}

// connectRefused ends an attempt whose answered leg cannot be bridged.
func (c *call) connectRefused(m msgLegAnswered, err error) {
	why := byExchange(wire.ReasonError, "the legs cannot be joined: %v", err)
	if errors.Is(err, media.ErrCodecMismatch) {
		why.text = fmt.Sprintf("the legs have no common codec: the caller has %s, the peer answered with %s",
			c.sound.format.Name, m.codec)
		why.code, why.phrase = 488, "Not Acceptable Here"
	}
	c.cancelConnect(why)
}

// legOver takes the end of a leg.
func (c *call) legOver(leg *call, why cause) {
	switch {
	case c.connecting != nil && c.peer == leg: // while it is handed over
		c.handoverLegOver(leg)
	case c.connecting != nil:
		if failed := c.connecting.over(leg, why); failed != nil {
			c.connectFailed(*failed)
		}
	case c.peer == leg:
		c.unbridge()
		leg.post(msgRelease{})
	default:
		leg.post(msgRelease{})
	}
}

// cancelConnect stops the attempt that is running.
func (c *call) cancelConnect(why cause) {
	if c.connecting.joined != nil {
		c.letGo(c.connecting)
	}
	if failed := c.connecting.stop(why); failed != nil {
		c.connectFailed(*failed)
	}
}

// connectFailed tells that the attempt failed, and lets its legs end.
func (c *call) connectFailed(why cause) {
	a := c.connecting
	c.connecting = nil
	if a.handover != nil {
		c.handoverFailed(a, why)
		return
	}
	c.stopRingback()
	c.closeBridge()
	c.connectState = wire.ConnectFailed
	var last *call
	if len(a.lost) > 0 {
		last = a.lost[len(a.lost)-1]
	}
	c.tellConnect(last, why.reason)
	a.release()
	if a.joined != nil {
		a.joined(errors.New(why.text))
	}
	a.settledNow()
	c.mayEnd()
}

// bounce answers a command for a leg that believes to be this call's peer; if
// it is no longer, it has been told so by now and can act for itself.
func (c *call) bounce(m msgBounce) {
	if c.connecting != nil || c.peer == m.leg {
		m.back.req.fail(conflict("call is already connected: disconnect it first"))
		return
	}
	m.leg.post(m.back)
}

// disconnectCmd is calling.disconnect: parts a bridge, both legs stay up; while
// the peer rings it cancels the attempt.
type disconnectCmd struct{ wire.AnswerParams }

func (disconnectCmd) check(*Exchange) *failure { return nil }

func (m disconnectCmd) do(c *call, req *request) {
	switch {
	case c.connecting != nil:
		req.ok("Disconnecting", c.id, "")
		if h := c.connecting.handover; h != nil {
			h.part = true
		}
		c.cancelConnect(cancelled)
	case c.peer != nil && slices.Contains(c.children, c.peer):
		req.ok("Disconnecting", c.id, "")
		leg := c.peer
		c.unbridge()
		c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == leg })
		leg.post(msgFree{})
	case c.linked:
		c.host.post(msgCommand{m, req}) // the A leg tells it
	default:
		req.fail(conflict("call is not connected"))
	}
}
