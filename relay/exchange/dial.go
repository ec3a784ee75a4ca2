package exchange

import (
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// dialing is one calling.dial: the host of its legs until all but the winner
// have ended. It is an actor; run is its goroutine.
type dialing struct {
	*mailbox
	x         *Exchange
	tag       string
	followers []*session
	attempt   *attempt
	children  []*call
}

// dial answers calling.dial and starts trying.
func (x *Exchange) dial(req *request, raw jsontext.Value) {
	var p wire.DialParams
	f := decodeParams(raw, &p)
	if f == nil {
		f = x.checkDial(p)
	}
	if f == nil {
		f = x.mayPlace(req.from)
	}
	if f == nil {
		f = x.mayCall()
	}
	if f != nil {
		req.fail(f)
		return
	}
	if !x.tasks.add() {
		req.fail(&failure{wire.CodeBusy, "the exchange is closing"})
		return
	}
	req.ok("Dialing", "", "")
	d := &dialing{mailbox: newMailbox(), x: x, tag: p.Tag, followers: []*session{req.from}}
	d.attempt = &attempt{host: d, plan: p.Devices, longest: orDuration(p.MaxDuration, 0)}
	// Ends when the attempt is settled and its losers have ended; Close waits.
	go d.run()
}

func (d *dialing) run() {
	defer d.x.tasks.done()
	defer d.close()
	defer func() {
		if p := recover(); p != nil {
			d.x.log.Error("dial panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			why := byExchange(wire.ReasonError, "internal error")
			for _, leg := range d.children {
				leg.post(msgDrop{why})
				leg.post(msgRelease{})
			}
			d.tellFailed(why)
		}
	}()
	if !d.attempt.next() {
		d.failed(d.attempt.last)
	}
	for len(d.children) > 0 {
		m := d.take()
		if m == nil {
			<-d.wake
			continue
		}
		d.receive(m)
	}
}

func (d *dialing) receive(m message) {
	switch m := m.(type) {
	case msgLegAnswered:
		d.answered(m.leg)
	case msgLegOver:
		if failed := d.attempt.over(m.leg, m.cause); failed != nil {
			d.failed(*failed)
		}
	case msgLegEnded:
		d.forget(m.leg)
	case msgCommand, msgBounce:
		m.undelivered()
	}
}

func (d *dialing) newLeg(a *attempt, dev wire.Device) *call {
	leg := newCall(d.x, wire.Outbound, "dial")
	leg.tag, leg.device = d.tag, dev
	leg.host, leg.boss, leg.attempt = d, d, a
	leg.followers, leg.longest = d.followers, a.longest
	leg.sound.codecs, leg.sound.picture.wanted = g711, true // where the device names one
	return leg
}

func (d *dialing) announce(leg *call) { d.children = append(d.children, leg) }

func (d *dialing) forget(leg *call) {
	d.children = slices.DeleteFunc(d.children, func(l *call) bool { return l == leg })
}

// answered tells the winner; from then on it is a call of its own.
func (d *dialing) answered(leg *call) {
	if !d.attempt.answered(leg) {
		return
	}
	p := leg.shot.Load().CallParams
	p.CallState, p.DialWinner = wire.CallAnswered, true
	d.tell(wire.DialEvent{DialState: wire.DialAnswered, Call: &p})
	leg.post(msgFree{})
	d.forget(leg)
	d.attempt.dropRest(lostRace)
	d.attempt.release()
}

func (d *dialing) failed(why cause) {
	d.tellFailed(why)
	d.attempt.release()
}

func (d *dialing) tellFailed(why cause) {
	d.tell(wire.DialEvent{DialState: wire.DialFailed, Reason: why.reason, Source: why.source(wire.Outbound)})
}

func (d *dialing) tell(e wire.DialEvent) {
	e.NodeID, e.Tag = d.x.node, d.tag
	d.x.tell(d.followers, wire.EventCallDial, "", e)
}

var _ = []attemptHost{(*dialing)(nil), (*call)(nil)}
