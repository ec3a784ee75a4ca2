package exchange

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// answerCmd is calling.answer.
type answerCmd struct{ wire.AnswerParams }

func (m answerCmd) check(*Exchange) *failure {
	if f := checkDuration(m.MaxDuration); f != nil {
		return f
	}
	return checkCodecs(m.Codecs)
}

func (m answerCmd) do(c *call, req *request) {
	switch {
	case c.offer.again:
		c.takeAgain(req)
		return
	case c.direction != wire.Inbound:
		req.fail(conflict("call is outbound: the phone that was called answers it"))
		return
	case !c.answered.IsZero():
		req.fail(conflict("call is already answered"))
		return
	}
	if err := c.pickUp(m.Codecs); err != nil {
		c.answerFailed(req, m.Codecs, err)
		return
	}
	c.longest = orDuration(m.MaxDuration, 0)
	c.stopOffer()
	c.noteResponse(200, "OK", nil)
	if !c.sound.started {
		c.awaitSound(req)
		return
	}
	req.ok("Answered", c.id, "")
	c.noteSound()
	c.setState(wire.CallAnswered)
}

// answering is a calling.answer to a caller whose INVITE had no offer: the call
// is answered when its ACK has told where the sound goes. A client that plays
// something at once would find no sound before.
type answering struct {
	req   *request
	timer *time.Timer
}

// ackPatience is how long a client waits for its result meanwhile; an ACK that
// takes longer was lost.
const ackPatience = 700 * time.Millisecond

// awaitSound keeps the client waiting for a moment.
func (c *call) awaitSound(req *request) {
	c.answered = time.Now() // it is nobody else's to take
	// Posts one message, which finds nothing left if the ACK was in time.
	c.answering = &answering{req, time.AfterFunc(ackPatience, func() { c.post(msgAckLate{}) })}
}

// ackLate gives the client its result; "answered" is still told by the ACK.
func (c *call) ackLate() {
	if c.answering != nil {
		c.answering.req.ok("Answered", c.id, "")
	}
}

// soundKnown is the ACK.
func (c *call) soundKnown() {
	a := c.answering
	if a == nil {
		return
	}
	c.answering = nil
	a.timer.Stop()
	a.req.ok("Answered", c.id, "")
	c.noteSound()
	c.setState(wire.CallAnswered)
}

// neverAnswered is the end of the call before its ACK.
func (c *call) neverAnswered() {
	if a := c.answering; a != nil {
		c.answering = nil
		a.timer.Stop()
		a.req.fail(callGone)
	}
}

// pickUp answers the INVITE with the first of the codecs that the caller has, or
// with one of our choice; the caller hears silence, not nothing.
func (c *call) pickUp(codecs []string) error {
	if err := c.sound.open(c.x.engine, c.x.stack.Addr().Addr()); err != nil {
		return err
	}
	var body []byte
	var err error
	switch {
	case c.offer.sdp != nil:
		body, err = c.sound.answer(*c.offer.sdp, codecs)
	case len(codecs) > 0:
		c.sound.picture.wanted = true
		body, err = c.sound.propose(codecs)
	default:
		body, err = c.sound.propose(g711)
	}
	if err != nil {
		return err
	}
	return c.legs[0].Answer(body)
}

// answerFailed tells why. A call whose caller has none of the codecs that were
// asked for rings on: it can be answered with others.
func (c *call) answerFailed(req *request, codecs []string, err error) {
	switch {
	case errors.Is(err, sip.ErrWrongState):
		req.fail(callGone) // the caller's CANCEL was first; its Ended comes next
	case errors.Is(err, media.ErrNoCommonCodec) && len(codecs) > 0 && c.offer.sdp != nil:
		req.fail(&failure{wire.CodeMedia, fmt.Sprintf("codecs: the caller has none of %s: it offers %s",
			strings.Join(codecs, ", "), offered(*c.offer.sdp))})
	case errors.Is(err, media.ErrNoCommonCodec):
		req.fail(&failure{wire.CodeMedia, "the caller offers no codec that the exchange has"})
		c.hangUp(byExchange(wire.ReasonError, "no codec in common with the caller"),
			sip.EndReason{Code: 488, Phrase: "Not Acceptable Here"})
	default:
		req.fail(&failure{wire.CodeInternal, err.Error()})
		c.hangUp(byExchange(wire.ReasonError, "%v", err), sip.EndReason{Code: 500})
	}
}

// offered names the audio codecs of an offer, for a text; the names are the
// phone's.
func offered(d media.Description) string {
	var names []string
	for _, f := range d.Formats[:min(8, len(d.Formats))] {
		names = append(names, fmt.Sprintf("%.20q", f.Name))
	}
	return strings.Join(names, ", ")
}
