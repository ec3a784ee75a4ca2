package exchange

import (
	"slices"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// handover is a REFER of a phone under way (RFC 3515, RFC 5589): the other leg
// of its bridge is connected to somebody else. It belongs to the bridge's host.
// The bridge stays what it is until the new leg has answered, and when nobody
// answers; a phone that hangs up before is "ended" when that is known.
type handover struct {
	by       *call // whose phone asks; it leaves when this has worked
	referral *sip.Referral
	rings    bool // told the phone
	gone     bool // a leg of the bridge is over
	part     bool // the operator parts the legs
}

// handoverLinger is how long a phone has to hang up by itself once it knows
// that its transfer has worked.
const handoverLinger = 2 * time.Second

// referredBy takes the phone's REFER. What a program could not dial is refused,
// and so is a transfer of a call that is not connected.
func (c *call) referredBy(e sip.Referred) {
	if code := c.mayHandOver(e); code != 0 {
		_ = e.Referral.Refuse(code) // fails only if the leg is over, as below
		return
	}
	h := &handover{by: c, referral: e.Referral}
	if e.Replaces != nil {
		if named := c.x.reg.ofLeg(c.x.stack.Find(*e.Replaces)); named != nil {
			c.handTo(h, named)
			return
		}
	}
	m := msgHandover{h, handoverDevice(e.To), referredByHeader(e.By), e.Replaces}
	_ = e.Referral.Accept()
	if c.linked {
		c.host.post(m)
		return
	}
	c.handOver(m)
}

// mayHandOver is the SIP code that refuses the REFER, 0 for none.
func (c *call) mayHandOver(e sip.Referred) int {
	bridged := c.linked || c.peer != nil && slices.Contains(c.children, c.peer)
	if c.answered.IsZero() || !bridged || c.connecting != nil {
		return 603
	}
	d := handoverDevice(e.To)
	d.Params.From = "sip:phone@" + c.x.cfg.Domain // to be checked with
	switch f := c.x.checkPlan([][]wire.Device{{d}}, 0); {
	case f == nil:
		return 0
	case f.code == wire.CodeForbidden:
		return 403
	}
	return 400
}

func handoverDevice(to string) wire.Device {
	return wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{To: to}}
}

// referredByHeader tells the new peer who asks, where the phone said so.
func referredByHeader(by string) []sip.Header {
	h := sip.Header{Name: "Referred-By", Value: by}
	if by == "" || sip.ValidateHeader(h) != nil {
		return nil
	}
	return []sip.Header{h}
}

// handOver tries the new peer.
func (c *call) handOver(m msgHandover) {
	h := m.handover
	if c.over != nil || c.connecting != nil || c.peer == nil || h.by != c && h.by != c.peer {
		h.report(603, "Decline")
		return
	}
	moved := c
	if h.by == c {
		moved = c.peer
	}
	m.device.Params.From = moved.party()
	c.connecting = &attempt{host: c, plan: [][]wire.Device{{m.device}},
		handover: h, headers: m.headers, replaces: m.replaces}
	if !c.connecting.next() {
		c.connectFailed(c.connecting.last)
	}
}

// party is the address of the phone at the end of this leg.
func (c *call) party() string {
	p := c.device.Params
	address := p.To
	switch {
	case c.device.Type == wire.DevicePhone:
		address = "sip:" + cleanNumber(p.ToNumber) + "@" + c.x.cfg.Domain
	case c.direction == wire.Inbound:
		address = p.From
	}
	if sip.ValidateURI(address) != nil {
		return "sip:anonymous@anonymous.invalid"
	}
	return address
}

// report tells the phone how it goes. It may have hung up; then nobody wants to
// know.
func (h *handover) report(code int, phrase string) { _ = h.referral.Notify(code, phrase) }

// handedOver settles a handover by the peer: the new leg has its place.
func (c *call) handedOver(h *handover, old *call) {
	h.report(200, "OK")
	c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == old })
	old.across.Store(nil)
	old.post(msgRelays{false})
	old.post(msgFree{})
	old.leaveSoon()
}

// leaveSoon ends a leg that has handed its call over and does not hang up.
func (c *call) leaveSoon() {
	// Posts one message, which finds nobody if the phone has left.
	time.AfterFunc(handoverLinger, func() { c.post(msgLeave{}) })
}

// leaveNow does so, unless the leg has been given something to do.
func (c *call) leaveNow() {
	if c.free() && len(c.actions) == 0 {
		c.hangUp(byExchange(wire.ReasonHangup, "the phone has handed its call over"), sip.EndReason{})
	}
}

// introduce settles a handover by the caller: its peer and the new leg are
// connected to each other, and it is out of it.
func (c *call) introduce(m msgLegAnswered) {
	a, other := c.connecting, c.peer
	if !a.answered(m.leg) {
		return
	}
	c.connecting = nil
	c.stopRingback()
	c.unbridge()
	c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == other || l == m.leg })
	other.post(msgFree{})
	m.leg.post(msgFree{})
	a.release()
	h := a.handover
	other.post(msgJoin{leg: m.leg, settled: func(err error) {
		if err != nil {
			h.report(503, "Service Unavailable")
			m.leg.post(msgDrop{byExchange(wire.ReasonCancel, "the other side has left")})
			return
		}
		h.report(200, "OK")
		h.by.leaveSoon()
	}})
	c.mayEnd()
}

// handoverLegOver takes the end of the peer meanwhile. If it is the one who asks
// the caller waits for the new peer; else there is nobody to hand over.
func (c *call) handoverLegOver(leg *call) {
	h := c.connecting.handover
	h.gone = true
	c.closeBridge()
	if h.by != leg {
		c.cancelConnect(byExchange(wire.ReasonCancel, "the leg to be handed over has left"))
		return
	}
	if h.rings {
		c.startRingback()
	}
}

// handoverFailed goes back to the bridge as it was, or ends what is left of it.
func (c *call) handoverFailed(a *attempt, why cause) {
	h, leg := a.handover, c.peer
	code, phrase := why.code, why.phrase
	if code < 300 {
		code, phrase = rejection(why.reason)
	}
	h.report(code, phrase)
	c.stopRingback()
	c.connectState = wire.ConnectConnected
	switch {
	case c.over != nil:
		c.unbridge()
		leg.post(msgDrop{byExchange(wire.ReasonHangup, "the caller has left")})
		leg.post(msgRelease{})
	case h.gone:
		c.unbridge()
		leg.post(msgRelease{})
	case h.part:
		c.unbridge()
		c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == leg })
		leg.post(msgFree{})
	default:
		c.joinSound()
		c.tellConnect(leg, "")
	}
	a.release()
	c.mayEnd()
}

// handTo is a handover to who is connected to another call of the same phone
// (attended transfer): that call's peer and ours get each other, the phone is
// out of both. Each pair is parted by its host, and neither before both are
// there: while the new peer rings, ours may leave.
func (c *call) handTo(h *handover, named *call) {
	_ = h.referral.Accept()
	named.post(msgWhenBridged{named, func(bridged bool) {
		if !bridged {
			h.report(603, "Decline")
			return
		}
		c.post(msgWhenBridged{c, func(bridged bool) {
			if !bridged {
				h.report(503, "Service Unavailable")
				return
			}
			c.swapWith(named, h)
		}})
	}})
}

// swapWith joins who is at the other sides of two calls of one phone.
func (c *call) swapWith(named *call, h *handover) {
	named.post(msgGiveUp{named, func(theirs *call) {
		if theirs == nil {
			h.report(603, "Decline")
			return
		}
		c.post(msgGiveUp{c, func(ours *call) {
			if ours == nil {
				h.report(503, "Service Unavailable")
				return
			}
			ours.post(msgJoin{leg: theirs, settled: func(err error) {
				if err != nil {
					h.report(503, "Service Unavailable")
					return
				}
				h.report(200, "OK")
				c.leaveSoon()
				named.leaveSoon()
			}})
		}})
	}})
}
