package exchange

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// call is one leg as RELAY sees it, and an actor: run is its goroutine, and all
// members below "actor" belong to it.
type call struct {
	*mailbox
	x         *Exchange
	log       *slog.Logger
	id        string
	created   time.Time
	direction wire.Direction
	createdBy string // receive, dial, connect
	tag       string
	monitors  bool   // its sound belongs to the call that it monitors
	context   string // inbound, as the client that it is offered to spells it
	device    wire.Device
	parent    *wire.Parent
	shot      atomic.Pointer[wire.CallSnapshot] // for everybody
	meter     atomic.Pointer[media.Stream]      // while the call is up, for everybody
	across    atomic.Pointer[media.Stream]      // the other leg's, while bridged; its host sets both

	// actor
	state      wire.CallState
	answered   time.Time
	endedAt    time.Time
	followers  []*session // told of this call
	details    wire.LegEvent
	told       wire.LegEvent // details as last told
	legs       []*sip.Leg    // outbound: several while a fork rings
	refused    *branchEnd    // outbound: the branch that said most so far
	sound      sound
	actions    map[string]action
	statusURLs map[string]string // of running actions, by control id
	offer      offer
	answering  *answering
	seat       *seat           // in a conference
	room       []*media.Stream // who is there, this call too
	monitor    *monitor
	asking     *renegotiation
	onceUp     []func() // wait for the ACK of our answer
	referring  *referring
	keys       []*keying // by INFO, in turn
	texts      []texting // not answered yet
	relays     bool      // what is keyed here has to be passed on as digits
	held       bool

	acknowledged bool // our answer, by the phone

	longest time.Duration // outbound: how long it may last once answered, 0 for ever
	limit   *time.Timer
	orphan  *time.Timer // while no session is told of the call

	host    actor    // who tells the client before this leg says "ended"
	boss    actor    // the same, and not forgotten when released
	linked  bool     // host is the call that this leg is, or shall be, bridged to
	attempt *attempt // outbound: the attempt this leg is part of
	over    *cause
	done    bool // "ended" has been said

	connecting   *attempt // A: the connect that is running
	ringback     media.Playlist
	ringing      *media.Playback
	peer         *call           // the other leg of the bridge
	bridge       *media.Bridging // A: the bridge to peer, or to early media
	peerStream   *media.Stream   // A
	peerHeld     bool            // A
	children     []*call         // A: legs that wait for this one's word
	connectState wire.ConnectState
	connectTag   string
	connectURL   string // status_url
}

func newCall(x *Exchange, d wire.Direction, by string) *call {
	id := uuid.NewString()
	return &call{
		mailbox: newMailbox(), x: x, log: x.log.With("call", id), id: id, created: time.Now(),
		direction: d, createdBy: by, state: wire.CallCreated, actions: map[string]action{},
	}
}

// start registers the call, does announce and then lets the actor run begin.
// The goroutine ends when the call has ended; Close waits for it. False: at a
// limit, and nothing was done.
func (c *call) start(announce, begin func()) bool {
	if !c.x.tasks.add() {
		return false
	}
	if !c.x.reg.addCall(c) {
		c.x.tasks.done()
		return false
	}
	announce()
	go c.run(begin)
	return true
}

func (c *call) run(begin func()) {
	defer c.x.tasks.done()
	defer c.leave()
	c.guard(begin)
	for !c.done {
		m := c.take()
		if m == nil {
			<-c.wake
			continue
		}
		c.guard(func() { c.receive(m) })
	}
}

// leave is the last thing a call does, however it ended.
func (c *call) leave() {
	if c.limit != nil {
		c.limit.Stop()
	}
	c.adopt()
	c.meter.Store(nil)
	c.sound.close(c.x)
	c.x.reg.removeCall(c)
	c.close()
	if c.boss != nil {
		c.boss.post(msgLegEnded{c})
	}
}

// guard turns a panic into the end of this call and of nothing else.
func (c *call) guard(f func()) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.crash()
		}
	}()
	f()
}

// crash ends the call in the ordinary way if that still works, and by force
// if not: legs hung up, children released, nobody left waiting.
func (c *call) crash() {
	defer func() {
		if p := recover(); p == nil {
			return
		}
		for _, l := range c.legs {
			l.End(sip.EndReason{Code: 500, Phrase: "Server Internal Error"})
		}
		why := byExchange(wire.ReasonError, "internal error")
		for _, child := range c.children {
			child.post(msgDrop{why})
			child.post(msgRelease{})
		}
		if c.monitor != nil {
			c.monitor.leg.post(msgDrop{why})
		}
		if c.host != nil {
			c.host.post(msgLegOver{c, why})
		}
		c.done = true
	}()
	why := byExchange(wire.ReasonError, "internal error")
	if c.over != nil {
		panic("crashed while ending")
	}
	c.hangUp(why, sip.EndReason{Code: 500, Phrase: "Server Internal Error"})
}

// receive takes one message. Every kind is listed; the commands are in their
// own files.
func (c *call) receive(m message) {
	switch m := m.(type) {
	case msgSIP:
		c.fromSIP(m.leg, m.event)
	case msgReplace:
		c.takenOver(m)
	case msgCommand:
		c.command(m)
	case msgConsumers:
		c.tryOffer()
	case msgOfferTimeout:
		c.offerTimedOut()
	case msgAckLate:
		c.ackLate()
	case msgSessionGone:
		c.sessionGone(m.s)
	case msgFollow:
		c.follow(m.s)
	case msgShutdown:
		c.hangUp(byExchange(wire.ReasonHangup, "the exchange is closing"),
			sip.EndReason{Code: 503, Phrase: "Service Unavailable"})
	case msgOrphaned:
		c.orphaned()
	case msgMaxDuration:
		c.hangUp(byExchange(wire.ReasonMaxDuration, "the longest duration that was asked for is over"), sip.EndReason{})
	case msgKeyNext:
		c.keyNext()
	case msgPassDigit:
		c.passedDigit(m.digit)
	case msgRelays:
		c.relays = m.on
		c.hearDigits()
		c.stopSpeaking()
	case msgSentOut:
		c.sentOut(m.seat)
	case msgRoom:
		c.meets(m)
	case msgActionEnded:
		c.actionEnded(m)
	case msgPrompted:
		c.prompted(m)
	case msgCollectTick:
		c.collectTick(m)
	case msgDetected:
		c.detected(m)
	case msgDigit:
		c.keyed(m.digit)
	case msgLegRinging, msgLegEarly, msgLegAnswered, msgLegOver, msgLegEnded, msgLegHeld, msgBounce:
		if !c.fromMonitor(m) {
			c.fromLeg(m)
		}
	case msgHandover, msgWhenBridged, msgGiveUp, msgJoin, msgAdopt, msgNotAdopted, msgLeave:
		c.fromOther(m)
	case msgDrop:
		c.hangUp(m.cause, sip.EndReason{Code: m.cause.code, Phrase: m.cause.phrase})
	case msgRelease:
		c.host = nil
		c.mayEnd()
	case msgFree:
		c.freed()
	}
}

// freed makes it a call of its own again: its attempt or bridge is over.
func (c *call) freed() {
	c.host, c.linked, c.attempt = nil, false, nil
	c.publish()
	c.mayEnd()
}

// setState changes the state and tells it.
func (c *call) setState(s wire.CallState) {
	c.state = s
	switch s {
	case wire.CallAnswered:
		c.answered = time.Now()
		c.meter.Store(c.sound.stream)
		c.x.figures.wake()
		if c.longest > 0 {
			// Posts one message; stopped when the call leaves.
			c.limit = time.AfterFunc(c.longest, func() { c.post(msgMaxDuration{}) })
		}
	case wire.CallEnded:
		c.endedAt = time.Now()
	}
	c.emit(wire.EventCallState, c.params())
	c.x.hooks.state(c.device.Params, c.params(), c.webhookEvent)
}

// params describes the call as it is now.
func (c *call) params() wire.CallParams {
	p := wire.CallParams{
		CallRef: c.ref(), CallState: c.state, Direction: c.direction, Context: c.context,
		Device: c.device, SegmentID: c.id, ProjectID: c.x.cfg.Project, Tag: c.tag,
		CreatedBy: c.createdBy, Parent: c.parent, StartTime: c.created.UnixMilli(),
	}
	switch {
	case c.peer != nil:
		p.Peer = &wire.Peer{CallID: c.peer.id, NodeID: c.x.node}
	case c.linked:
		p.Peer = &wire.Peer{CallID: c.parent.CallID, NodeID: c.x.node}
	}
	if !c.answered.IsZero() {
		p.AnswerTime = c.answered.UnixMilli()
	}
	if !c.endedAt.IsZero() {
		p.EndTime = c.endedAt.UnixMilli()
	}
	if c.over != nil {
		p.EndReason, p.EndSource = c.over.reason, c.over.source(c.direction)
	}
	return p
}

func (c *call) ref() wire.CallRef { return wire.CallRef{NodeID: c.x.node, CallID: c.id} }

// asPeer is how connect events name this leg.
func (c *call) asPeer() *wire.Peer {
	return &wire.Peer{NodeID: c.x.node, CallID: c.id, Tag: c.tag, Device: c.device}
}

// emit publishes the call and tells an event to its followers and to all who
// watch.
func (c *call) emit(kind string, params any) {
	c.publish()
	c.x.tell(c.followers, kind, c.context, params)
}

// publish renews what others read of this call.
func (c *call) publish() {
	details := c.details
	c.shot.Store(&wire.CallSnapshot{
		CallParams: c.params(), ConnectState: c.connectState, ConnectTag: c.connectTag, Leg: &details,
		Monitor: c.monitorShown(),
	})
}

// follow makes a session one that is told of this call and of its peer.
func (c *call) follow(s *session) {
	if s == nil || slices.Contains(c.followers, s) {
		return
	}
	c.followers = append(slices.Clone(c.followers), s)
	c.adopt()
	if c.seat != nil {
		c.x.rooms.follow(c.seat, c.followers)
	}
	if c.linked && c.host != nil {
		c.host.post(msgFollow{s})
	}
	for _, child := range c.children {
		child.post(msgFollow{s})
	}
}

// unfollow is for a session that passed the call on, or is no more.
func (c *call) unfollow(s *session) {
	c.followers = slices.DeleteFunc(slices.Clone(c.followers), func(f *session) bool { return f == s })
}
