package sip

import "time"

// Event is something that happened on a leg. Per leg, events come in order and
// one at a time; [Ended] comes exactly once and last.
type Event interface{ event() }

// Ringing is a provisional answer of the callee other than 100 and 183
// (180 Ringing, 181 Call Is Being Forwarded, 182 Queued …). It may repeat.
type Ringing struct {
	Code    int
	Phrase  string
	Headers []Header
}

// Progress is 183, or the early media of another provisional answer (then it
// follows its Ringing). SDP is nil where the answer had none.
type Progress struct {
	Code    int
	Phrase  string
	SDP     []byte
	Headers []Header
}

// Answered: the callee of an outbound leg picked up; the ACK has been sent.
type Answered struct {
	SDP     []byte
	Headers []Header
}

// Established: the caller of an inbound leg acknowledged our answer. SDP is set
// only when the ACK carried one (the INVITE had no offer, so our answer was it).
type Established struct {
	SDP []byte
}

// Digit is one DTMF digit from an INFO request (application/dtmf-relay or
// application/dtmf). Duration is zero where the request did not say.
type Digit struct {
	Digit    byte // 0-9 * # A-D
	Duration time.Duration
}

// Reoffer is a new offer inside the call (re-INVITE or UPDATE), for example
// hold. Answer it by [Leg.AnswerReoffer] or [Leg.RefuseReoffer]; if nobody does
// so within a second, it is accepted with the last local SDP.
type Reoffer struct {
	Method string // INVITE, UPDATE or PRACK
	SDP    []byte
}

// OfferWanted: the peer of an established call asks for an offer of ours, by a
// re-INVITE that has none (RFC 3261 §14.2). Give it by [Leg.AnswerReoffer]; if
// nobody does so within a second, the last local SDP is offered again. The
// peer's answer, in its ACK, is told by [Reanswered]; one that is missing by
// [ReofferFailed].
type OfferWanted struct{}

// EarlyAnswer is the caller's answer, in its PRACK, to the offer of our
// [Leg.Progress]: its INVITE had none and required 100rel.
type EarlyAnswer struct{ SDP []byte }

// Referred: the peer asks us to call somebody (REFER, RFC 3515), or to take over
// a call where Replaces is set. Answer by Referral; what is not accepted within
// two seconds is refused by 603.
type Referred struct {
	// To is the address to call, as in Refer-To but without headers.
	To string
	// Replaces names the dialog to take over at To, nil for none. One of our
	// own is found by [Stack.Find].
	Replaces *Replaces
	// By is the Referred-By header, "" if there is none (RFC 3892).
	By       string
	Headers  []Header // of the REFER
	Referral *Referral
}

// ReferAnswered is the final response to [Leg.Refer]: 202, or a refusal.
type ReferAnswered struct {
	Code   int // 0: Err tells why there is none
	Phrase string
	Err    error
}

// ReferProgress is what the peer tells of its call to the Refer-To address.
type ReferProgress struct {
	Code   int // 100, 180, 200, 486 …
	Phrase string
	Done   bool // nothing more will come
}

// Reanswered: the peer accepted [Leg.Reinvite] or [Leg.Update], or answers what
// [OfferWanted] asked for. SDP is its answer.
type Reanswered struct {
	SDP     []byte
	Headers []Header
}

// ReofferFailed: the peer refused [Leg.Reinvite] or [Leg.Update] (488: it cannot
// do that), or did not answer what [OfferWanted] asked for. The call goes on as it was.
type ReofferFailed struct {
	Code    int // 0: Err tells why
	Phrase  string
	Headers []Header
	Err     error
}

// DigitSent is the outcome of [Leg.SendInfoDigit]: 2xx means that the peer took
// it, 0 that Err tells why not.
type DigitSent struct {
	Digit byte
	Code  int
	Err   error
}

// Side says who ended a leg.
type Side int

const (
	Remote  Side = iota + 1 // the other party: BYE, CANCEL, a final response
	Local                   // us: End, the ring timeout, Close
	Network                 // nobody: unreachable, no ACK, session timer, transport
)

func (s Side) String() string {
	switch s {
	case Remote:
		return "remote"
	case Local:
		return "local"
	case Network:
		return "network"
	}
	return "nobody"
}

// Ended is the verdict on a leg.
type Ended struct {
	By Side
	// Code and Phrase: the final response that ended the leg, received or sent;
	// 487 after a CANCEL; 408 where nobody answered. 0 for an ordinary BYE,
	// unless its Reason header names a SIP cause.
	Code   int
	Phrase string
	// Reason is the raw Reason header (RFC 3326), Q850 its Q.850 cause (0: none).
	Reason string
	Q850   int
	// Headers are those of the message that ended the leg; nil if we ended it.
	Headers []Header
	// TimedOut: the ring timeout ([OutboundInvite].Timeout) or the caller's
	// Expires ran out.
	TimedOut bool
	// Word is [EndReason].Word where the leg was ended by [Leg.End].
	Word string
	// Err is nil for every ordinary end.
	Err error
	// Text is one clause for a person.
	Text string
}

func (Ringing) event()       {}
func (Progress) event()      {}
func (Answered) event()      {}
func (Established) event()   {}
func (Digit) event()         {}
func (Reoffer) event()       {}
func (OfferWanted) event()   {}
func (EarlyAnswer) event()   {}
func (Referred) event()      {}
func (ReferAnswered) event() {}
func (ReferProgress) event() {}
func (Reanswered) event()    {}
func (ReofferFailed) event() {}
func (DigitSent) event()     {}
func (Ended) event()         {}

// EndReason says how to end a leg; the zero value is an ordinary hang-up.
type EndReason struct {
	// Code and Phrase are the final response for an inbound leg that was not
	// yet answered (default 480 Temporarily Unavailable; 300–699). In every
	// other state a Code is carried in a Reason header (RFC 3326).
	Code   int
	Phrase string
	// ReasonHeader overrides that Reason header, e.g. `Q.850;cause=16`.
	ReasonHeader string
	// Word is handed back in Ended.Word, uninterpreted.
	Word string
}
