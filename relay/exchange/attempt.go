package exchange

import (
	"slices"
	"sync/atomic"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// attempt is several outbound legs tried by a plan: the groups one after
// another, the legs of a group at the same time, the first answer wins. It
// belongs to the goroutine of its host; only verdict is shared with the legs.
type attempt struct {
	host    attemptHost
	plan    [][]wire.Device
	longest time.Duration // max_duration of the request
	live    []*call       // ringing, or on the way to it
	lost    []*call       // over, waiting to be released
	winner  *call
	stopped *cause // cancelled: nothing more is tried
	last    cause  // why the last leg failed

	headers  []sip.Header  // of the INVITEs, beside the devices' own
	replaces *sip.Replaces // by the leg
	handover *handover     // for a phone's REFER
	joined   func(error)   // the leg was up before; told how that went
	then     []func()      // done in the host's actor once the attempt is settled

	// verdict is taken once: by the leg that answers first, or by closed.
	verdict atomic.Pointer[call]
}

// closed takes the verdict of an attempt that nobody may win any more.
var closed = new(call)

// attemptHost makes the legs of an attempt and tells the client of them.
type attemptHost interface {
	actor
	newLeg(a *attempt, d wire.Device) *call
	announce(leg *call)
}

// claim is called by a leg that was answered; false: it came too late.
func (a *attempt) claim(leg *call) bool { return a.verdict.CompareAndSwap(nil, leg) }

// next starts the next group; false when there is none left. A leg that cannot
// start counts as failed.
func (a *attempt) next() bool {
	for len(a.plan) > 0 && len(a.live) == 0 {
		group := a.plan[0]
		a.plan = a.plan[1:]
		for _, d := range group {
			leg := a.host.newLeg(a, d)
			if !leg.startOut(func() { a.host.announce(leg) }) {
				a.last = byExchange(wire.ReasonError, "the exchange is at its limit of calls")
				continue
			}
			a.live = append(a.live, leg)
		}
	}
	return len(a.live) > 0
}

// answered notes the winner; false when the attempt was settled before.
func (a *attempt) answered(leg *call) bool {
	if a.stopped != nil || a.winner != nil || !slices.Contains(a.live, leg) {
		return false
	}
	a.winner = leg
	a.live = slices.DeleteFunc(a.live, func(l *call) bool { return l == leg })
	return true
}

// over notes that a leg has failed and goes on to the next group; failed is
// set when there is nothing more to try.
func (a *attempt) over(leg *call, why cause) (failed *cause) {
	if !slices.Contains(a.live, leg) {
		leg.post(msgRelease{})
		return nil
	}
	a.live = slices.DeleteFunc(a.live, func(l *call) bool { return l == leg })
	a.lost = append(a.lost, leg)
	if a.stopped == nil {
		a.last = why
	}
	if a.winner != nil {
		a.release()
		return nil
	}
	return a.failure()
}

// failure is why the attempt has failed, nil while it has not.
func (a *attempt) failure() *cause {
	switch {
	case len(a.live) > 0:
		return nil
	case a.stopped != nil:
		return a.stopped
	case a.next():
		return nil
	}
	a.verdict.CompareAndSwap(nil, closed)
	return &a.last
}

// stop cancels the attempt; failed is set when no leg has to be waited for.
func (a *attempt) stop(why cause) (failed *cause) {
	if a.stopped != nil || a.winner != nil {
		return nil
	}
	a.stopped = &why
	a.verdict.CompareAndSwap(nil, closed)
	a.dropRest(why)
	return a.failure()
}

// dropRest ends all legs that are still tried.
func (a *attempt) dropRest(why cause) {
	for _, leg := range a.live {
		leg.post(msgDrop{why})
	}
}

// release lets the legs that are over say "ended", now that the client knows
// how the attempt went.
func (a *attempt) release() {
	for _, leg := range a.lost {
		leg.post(msgRelease{})
	}
	a.lost = nil
}

// settledNow does what waited for the outcome.
func (a *attempt) settledNow() {
	for _, do := range a.then {
		do()
	}
	a.then = nil
}

var lostRace = byExchange(wire.ReasonCancel, "another leg answered first")
