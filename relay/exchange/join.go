package exchange

import (
	"errors"
	"slices"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Calls that are up are joined like this: the one that becomes the host asks
// the other to be its leg ("adopt"), which answers as a leg that has just been
// answered, or that it is not free.
type (
	// msgHandover asks the host of a bridge to carry out a phone's REFER.
	msgHandover struct {
		handover *handover
		device   wire.Device
		headers  []sip.Header
		replaces *sip.Replaces // a call at the new peer that is not one of ours
	}
	// msgWhenBridged asks whether leg is in a bridge, as soon as it is settled.
	msgWhenBridged struct {
		leg   *call
		reply func(bridged bool)
	}
	// msgGiveUp parts the bridge that leg is in; both are free then. reply is
	// told who was at its other side, nil for nobody.
	msgGiveUp struct {
		leg   *call
		reply func(other *call)
	}
	// msgJoin connects a call to leg, which is up and free. settled is told once.
	msgJoin struct {
		leg     *call
		settled func(error)
	}
	// msgAdopt asks a call to be the leg of an attempt.
	msgAdopt struct {
		host      *call
		attempt   *attempt
		followers []*session
	}
	// msgLeave ends a leg that has handed its call over.
	msgLeave struct{}
	// msgNotAdopted is its no.
	msgNotAdopted struct {
		leg     *call
		attempt *attempt
	}
)

var errNotFree = errors.New("the call is over, or connected elsewhere")

func (m msgHandover) undelivered()    { m.handover.report(603, "Decline") }
func (m msgWhenBridged) undelivered() { m.reply(false) }
func (m msgGiveUp) undelivered()      { m.reply(nil) }
func (m msgJoin) undelivered()        { m.settled(errNotFree) }
func (m msgAdopt) undelivered()       { m.host.post(msgNotAdopted{attempt: m.attempt}) }
func (m msgNotAdopted) undelivered()  {}
func (m msgLeave) undelivered()       {}

// fromOther takes what calls that are transferred or joined tell each other.
func (c *call) fromOther(m message) {
	switch m := m.(type) {
	case msgHandover:
		c.handOver(m)
	case msgWhenBridged:
		c.whenBridged(m)
	case msgGiveUp:
		c.giveUp(m)
	case msgJoin:
		c.join(m)
	case msgAdopt:
		c.adopted(m)
	case msgNotAdopted:
		c.notAdopted(m)
	case msgLeave:
		c.leaveNow()
	}
}

// free reports whether the call is up and neither connected nor elsewhere.
func (c *call) free() bool {
	return c.over == nil && !c.answered.IsZero() && c.sound.started && !c.offer.again &&
		c.connecting == nil && c.peer == nil && !c.linked && c.host == nil && c.seat == nil
}

// seeks reports whether the call is being connected to somebody new, who may
// still answer.
func (c *call) seeks() bool {
	a := c.connecting
	return c.over == nil && a != nil && a.handover == nil && a.joined == nil && a.stopped == nil
}

// whenBridged answers at once, or when it is known whether the peer that is
// called answers: a phone may transfer while it hears that the new one rings.
func (c *call) whenBridged(m msgWhenBridged) {
	switch {
	case m.leg == c && c.linked && c.over == nil:
		c.host.post(m)
	case m.leg == c && c.seeks():
		c.connecting.then = append(c.connecting.then, func() { c.whenBridged(m) })
	default:
		m.reply(c.hosts(m.leg))
	}
}

// hosts reports whether the call is the host of a bridge that leg is in.
func (c *call) hosts(leg *call) bool {
	return c.over == nil && c.connecting == nil && c.peer != nil && slices.Contains(c.children, c.peer) &&
		(leg == c || leg == c.peer)
}

func (c *call) giveUp(m msgGiveUp) {
	switch {
	case c.hosts(m.leg):
		leg := c.peer
		c.unbridge()
		c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == leg })
		leg.post(msgFree{})
		if m.leg == c {
			m.reply(leg)
		} else {
			m.reply(c)
		}
	case m.leg == c && c.linked && c.over == nil:
		c.host.post(m)
	default:
		m.reply(nil)
	}
}

// join is a connect to a call that is up.
func (c *call) join(m msgJoin) {
	if !c.free() {
		m.settled(errNotFree)
		return
	}
	if c.connectTag == "" {
		c.connectTag = c.tag
	}
	c.ringback.Media = nil
	c.connecting = &attempt{host: c, live: []*call{m.leg}, joined: m.settled}
	c.announce(m.leg)
	m.leg.post(msgAdopt{c, c.connecting, c.followers})
}

// adopted makes this call the leg of another.
func (c *call) adopted(m msgAdopt) {
	if !c.free() {
		m.host.post(msgNotAdopted{c, m.attempt})
		return
	}
	c.dropMonitor(byExchange(wire.ReasonHangup, "the call that it monitored was transferred"))
	c.parent = &wire.Parent{CallID: m.host.id, NodeID: c.x.node, DeviceType: m.host.device.Type}
	c.host, c.boss, c.linked = m.host, m.host, true
	for _, s := range m.followers {
		c.follow(s)
	}
	for _, s := range c.followers {
		m.host.post(msgFollow{s})
	}
	c.publish()
	m.host.post(msgLegAnswered{c, c.sound.stream, c.sound.format.Name, c.sound.dtmf()})
}

// notAdopted ends the attempt: there is nobody to be connected to.
func (c *call) notAdopted(m msgNotAdopted) {
	if c.connecting == m.attempt {
		c.letGo(m.attempt)
		c.connectFailed(byExchange(wire.ReasonError, "%v", errNotFree))
	}
}

// letGo frees the leg of a join that is given up: it was up before.
func (c *call) letGo(a *attempt) {
	for _, leg := range a.live {
		c.children = slices.DeleteFunc(c.children, func(l *call) bool { return l == leg })
		leg.post(msgFree{})
	}
	a.live = nil
}
