package exchange

import (
	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// What calls and dials are told. Between a leg and its host (the A leg of a
// connect, or a dial) the talk is:
//
//	leg → host: ringing, early media, answered, over, ended
//	host → leg: drop (be over), release (say "ended"), free (no host any more)
type (
	// msgSIP is what happened on the SIP leg.
	msgSIP struct {
		leg   *sip.Leg
		event sip.Event
	}

	// msgCommand is a RELAY request for this call.
	msgCommand struct {
		cmd command
		req *request
	}

	// msgConsumers says that there may be a new consumer for a waiting call.
	msgConsumers struct{}
	// msgOfferTimeout says that no consumer came in time.
	msgOfferTimeout struct{}
	// msgAckLate says that a caller has not acknowledged our answer for a while.
	msgAckLate struct{}
	// msgSessionGone says that a session will not come back.
	msgSessionGone struct{ s *session }
	// msgFollow adds a session that is to be told of this call.
	msgFollow struct{ s *session }
	// msgShutdown ends the call because the exchange closes.
	msgShutdown struct{}

	// msgMaxDuration says that the call has lasted as long as was asked.
	msgMaxDuration struct{}

	// msgKeyNext says that a pause between digits is over.
	msgKeyNext struct{}
	// msgPassDigit is a digit for the phone from the other leg of the bridge.
	msgPassDigit struct{ digit rune }
	// msgRelays says whether the other leg needs to be passed this one's digits.
	msgRelays struct{ on bool }
	// msgSentOut says that the conference is over.
	msgSentOut struct{ seat *seat }
	// msgRoom says who is in the conference; the list is read only.
	msgRoom struct {
		seat *seat
		in   []*media.Stream
	}
	// msgActionEnded says that what an action runs is done.
	msgActionEnded struct {
		control string
		action  action
	}
	// msgPrompted says that the playing part of a play_and_collect is done.
	msgPrompted struct {
		control string
		a       *collecting
	}
	// msgCollectTick says that a timeout of a collection has passed.
	msgCollectTick struct {
		control string
		a       *collecting
	}
	// msgDetected is one thing that a detector found.
	msgDetected struct {
		control string
		a       *detecting
		found   media.Detection
	}
	// msgDigit is a digit that the phone keyed.
	msgDigit struct{ digit rune }

	msgLegRinging struct{ leg *call }
	msgLegEarly   struct {
		leg    *call
		stream *media.Stream
	}
	msgLegAnswered struct {
		leg    *call
		stream *media.Stream
		codec  string
		dtmf   bool // the phone takes telephone-events
	}
	// msgLegHeld says that the peer is held, or no longer.
	msgLegHeld struct {
		leg  *call
		held bool
	}
	msgLegOver struct {
		leg   *call
		cause cause
	}
	msgLegEnded struct{ leg *call }
	// msgBounce asks the host whether a leg is still bound to it; if not, the
	// command comes back to the leg.
	msgBounce struct {
		leg  *call
		back msgCommand
	}

	msgDrop    struct{ cause cause }
	msgRelease struct{}
	msgFree    struct{}
)

func (msgSIP) undelivered()          {}
func (msgConsumers) undelivered()    {}
func (msgOfferTimeout) undelivered() {}
func (msgAckLate) undelivered()      {}
func (msgSessionGone) undelivered()  {}
func (msgFollow) undelivered()       {}
func (msgShutdown) undelivered()     {}
func (msgMaxDuration) undelivered()  {}
func (msgKeyNext) undelivered()      {}
func (msgPassDigit) undelivered()    {}
func (msgRelays) undelivered()       {}
func (msgLegHeld) undelivered()      {}
func (msgSentOut) undelivered()      {}
func (msgRoom) undelivered()         {}
func (msgActionEnded) undelivered()  {}
func (msgPrompted) undelivered()     {}
func (msgCollectTick) undelivered()  {}
func (msgDetected) undelivered()     {}
func (msgDigit) undelivered()        {}
func (msgLegRinging) undelivered()   {}
func (msgLegEarly) undelivered()     {}
func (msgLegEnded) undelivered()     {}
func (msgDrop) undelivered()         {}
func (msgRelease) undelivered()      {}
func (msgFree) undelivered()         {}

// undelivered: the client must have its answer all the same.
func (m msgCommand) undelivered() { m.req.fail(callGone) }

// undelivered: there is nobody to be connected to.
func (m msgLegAnswered) undelivered() {
	m.leg.post(msgDrop{cause{reason: wire.ReasonCancel, by: wire.EndedByExchange, text: "the caller has left"}})
}

// undelivered: the host is gone, so nothing needs to be told first.
func (m msgLegOver) undelivered() { m.leg.post(msgRelease{}) }

// undelivered: the client must have its answer all the same.
func (m msgBounce) undelivered() { m.back.undelivered() }
