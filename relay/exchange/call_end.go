package exchange

import (
	"slices"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// hangUp ends the leg from here: by an operator, by a rule, by its host.
func (c *call) hangUp(why cause, how sip.EndReason) {
	if c.over != nil {
		return
	}
	for _, l := range c.legs {
		l.End(how)
	}
	if how.Code != 0 && c.direction == wire.Inbound && c.answered.IsZero() {
		why.code, why.phrase = how.Code, how.Phrase
	}
	c.finish(why)
}

// finish begins the end of the call: details, "ending", then what hangs on it.
// "ended" follows by mayEnd when nothing has to be told before it.
func (c *call) finish(why cause) {
	if c.over != nil {
		return
	}
	c.over = &why
	c.neverAnswered()
	c.noteEnd(why)
	c.tellLeg()
	if !c.answered.IsZero() || c.direction == wire.Inbound && why.by == wire.EndedByOperator {
		c.setState(wire.CallEnding)
	}
	c.stopActions()
	c.referred(wire.ReferFailed)
	c.stopTexts()
	c.leaveConference()
	c.dropMonitor(byExchange(wire.ReasonHangup, "the call that it monitored has ended"))
	c.stopOffer()
	c.leaveConnect()
	if c.host != nil {
		c.host.post(msgLegOver{c, why})
	}
	c.mayEnd()
}

// leaveConnect tells the client and the other leg that the caller is gone
// (RELAY reference §7.5, §7.8).
func (c *call) leaveConnect() {
	if a := c.connecting; a != nil && a.handover != nil && a.handover.by == c && c.over.by == wire.EndedByRemote {
		c.closeBridge() // its phone need not wait for the outcome; this call does
		return
	}
	if c.connecting != nil {
		c.cancelConnect(byExchange(wire.ReasonCancel, "the caller has left"))
		return
	}
	if c.peer != nil && slices.Contains(c.children, c.peer) {
		leg := c.peer
		c.unbridge()
		leg.post(msgDrop{byExchange(wire.ReasonHangup, "the caller has left")})
	}
}

// unbridge parts the legs and tells the client; both stay up.
func (c *call) unbridge() {
	leg := c.peer
	c.closeBridge()
	c.peer, c.peerStream = nil, nil
	c.tuneMonitor()
	c.across.Store(nil)
	leg.across.Store(nil)
	c.stopSpeaking()
	c.relays = false
	c.hearDigits()
	leg.post(msgRelays{false})
	c.connectState = wire.ConnectDisconnected
	c.emitConnect(wire.ConnectEvent{
		CallRef: c.ref(), ConnectState: wire.ConnectDisconnected, Tag: c.connectTag,
		Peer: leg.asPeer(), SegmentID: c.id,
	})
}

func (c *call) closeBridge() {
	if c.bridge != nil {
		c.bridge.Close()
		c.bridge = nil
	}
}

// mayEnd says "ended" once nobody has to be told anything before it.
func (c *call) mayEnd() {
	if c.over == nil || c.done || c.host != nil || c.connecting != nil ||
		len(c.children) > 0 || len(c.actions) > 0 {
		return
	}
	c.done = true
	c.setState(wire.CallEnded)
}
