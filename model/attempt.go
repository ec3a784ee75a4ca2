package model

import "time"

// AttemptState is the state of one connectSip.
type AttemptState uint8

// The states of an attempt. Ringing is optional: some servers never say so.
const (
	Idle AttemptState = iota
	Dialing
	RingingPeer
	Connected
	Disconnected
	Failed
)

var attemptStateNames = [...]string{"idle", "dialing", "ringing", "connected", "disconnected", "failed"}

func (s AttemptState) String() string {
	if int(s) < len(attemptStateNames) {
		return attemptStateNames[s]
	}
	return "idle"
}

// Active reports whether the attempt may still change the call: it is under
// way or connected.
func (s AttemptState) Active() bool { return s == Dialing || s == RingingPeer || s == Connected }

// Over reports whether the attempt has ended.
func (s AttemptState) Over() bool { return s == Disconnected || s == Failed }

// Input is what can happen to an attempt.
type Input uint8

// The inputs, in the order of the table's columns.
const (
	Submit      Input = iota // the operator asks for it
	Accepted                 // the server took the request
	Rejected                 // the server refused the request
	PeerRings                // the peer leg rings
	PeerJoined               // the wire says connected
	PeerLeft                 // the wire says failed or disconnected
	LegGone                  // a leg ended without a word on the connect
	SessionLost              // the server forgot our session
	HangUp                   // the operator cancels or disconnects
	TimedOut                 // no outcome by the local deadline
	inputCount
)

// Effect is what the machine wants done.
type Effect uint8

// The effects.
const (
	NoEffect   Effect = iota
	SendDial          // send calling.connect
	SendCancel        // cancel by the A leg: the peer leg's id is not needed
	SendHangup        // hang up the peer leg
)

type cell struct {
	next   AttemptState
	effect Effect
	legal  bool // false: misplaced, counted and ignored
}

func to(s AttemptState, e Effect) cell { return cell{next: s, effect: e, legal: true} }

// stay is filled in for cells that keep the state.
const stay = AttemptState(255)

var no = cell{next: stay}

// transitions is the whole machine: one row a state, one column an input.
var transitions = [6][inputCount]cell{
	//             submit                  accepted            rejected            rings                    joined                    left                       gone                       session lost               hang up                  timed out
	Idle:         {to(Dialing, SendDial), no, no, no, no, no, no, no, no, no},
	Dialing:      {no, to(stay, NoEffect), to(Failed, NoEffect), to(RingingPeer, NoEffect), to(Connected, NoEffect), to(Failed, NoEffect), to(Failed, NoEffect), to(Failed, NoEffect), to(stay, SendCancel), to(Failed, SendCancel)},
	RingingPeer:  {no, to(stay, NoEffect), no, to(stay, NoEffect), to(Connected, NoEffect), to(Failed, NoEffect), to(Failed, NoEffect), to(Failed, NoEffect), to(stay, SendHangup), to(Failed, SendCancel)},
	Connected:    {no, to(stay, NoEffect), no, no, to(stay, NoEffect), to(Disconnected, NoEffect), to(Disconnected, NoEffect), to(Disconnected, NoEffect), to(stay, SendHangup), no},
	Disconnected: {no, to(stay, NoEffect), no, no, to(stay, SendHangup), to(stay, NoEffect), to(stay, NoEffect), no, no, no},
	Failed:       {no, to(stay, NoEffect), no, no, to(stay, SendHangup), to(stay, NoEffect), to(stay, NoEffect), no, no, no},
}

// Attempt is one connectSip on one call.
type Attempt struct {
	Tag     Tag
	Call    CallID         // the A leg
	Peer    CallID         // the B leg, empty until the wire names it
	Request ConnectRequest // as asked; of a foreign attempt what the wire tells
	State   AttemptState
	Wanted  bool // false once the operator cancelled or disconnected
	Foreign bool // begun by another client: watched, never steered
	Several bool // several peers are tried: one that ends may not be the last
	Cause   Cause

	Submitted, Rang, Joined, Over time.Time
	Deadline                      time.Time // local; no outcome by then is a failure
}

// Step applies one input and returns the effect that it calls for; legal is
// false when the input has no place in the state, which changes nothing. A
// hang-up clears Wanted; an answer that comes when the peer is no longer
// wanted yields another hang-up. A foreign attempt never has effects.
func (a *Attempt) Step(in Input, at time.Time) (effect Effect, legal bool) {
	if in >= inputCount || int(a.State) >= len(transitions) {
		return NoEffect, false
	}
	c := transitions[a.State][in]
	if !c.legal {
		return NoEffect, false
	}
	switch in {
	case Submit:
		a.Wanted, a.Submitted = true, at
	case HangUp, TimedOut:
		a.Wanted = false
	}
	if c.next != stay && c.next != a.State {
		a.enter(c.next, at)
	}
	effect = c.effect
	if in == PeerJoined && a.State == Connected && !a.Wanted {
		effect = SendHangup
	}
	if a.Foreign {
		effect = NoEffect
	}
	return effect, true
}

func (a *Attempt) enter(s AttemptState, at time.Time) {
	a.State = s
	switch s {
	case RingingPeer:
		a.Rang = at
	case Connected:
		a.Joined = at
	case Disconnected, Failed:
		a.Over = at
	}
}

// mayGoOn reports whether the end of a peer leg leaves others to try.
func (a *Attempt) mayGoOn() bool { return a.Several && a.State != Connected }

// Cancelling reports whether the operator has given up an attempt that the
// wire still carries.
func (a *Attempt) Cancelling() bool { return !a.Wanted && !a.Foreign && a.State.Active() }
