package exchange

import (
	"fmt"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// renegotiation is an offer of ours inside an answered call, until the phone
// has accepted or refused it. There is one at a time.
type renegotiation struct {
	codecs  []string
	settled func(error) // in the call's actor; nil: accepted, and in use
}

// whenUp does something inside the dialog once that is possible: on an inbound
// call not before the phone has acknowledged our answer.
func (c *call) whenUp(do func()) {
	inbound := len(c.legs) == 1 && c.legs[0].Direction() == sip.Inbound
	if !inbound || c.acknowledged {
		do()
		return
	}
	c.onceUp = append(c.onceUp, do)
}

// up is the phone's acknowledgement.
func (c *call) up() {
	c.acknowledged = true
	for _, do := range c.onceUp {
		do()
	}
	c.onceUp = nil
}

// renegotiate offers the phone other codecs, or another direction. The error is
// that of not being able to ask; the outcome comes by settled.
func (c *call) renegotiate(codecs []string, dir media.Direction, settled func(error)) error {
	if c.asking != nil || len(c.legs) != 1 {
		return fmt.Errorf("the call is being changed already: %w", sip.ErrWrongState)
	}
	body, err := c.sound.reoffer(codecs, dir)
	if err != nil {
		return err
	}
	if err := c.legs[0].Reinvite(body); err != nil {
		return err
	}
	c.asking = &renegotiation{codecs: codecs, settled: settled}
	return nil
}

// reanswered takes the phone's answer to renegotiate.
func (c *call) reanswered(e sip.Reanswered) {
	n := c.asking
	if n == nil {
		return
	}
	c.asking = nil
	d, err := media.ParseSDP(e.SDP)
	if err == nil {
		err = c.sound.settle(d, n.codecs)
	}
	if err == nil {
		c.noteSound()
	}
	n.settled(err)
}

// reofferFailed takes its refusal; the call goes on as it was.
func (c *call) reofferFailed(e sip.ReofferFailed) {
	n := c.asking
	if n == nil {
		return
	}
	c.asking = nil
	err := e.Err
	if err == nil {
		err = fmt.Errorf("refused with %d %s", e.Code, e.Phrase)
	}
	n.settled(err)
}

// offerWanted gives the phone the offer that it asks for by a re-INVITE without
// one, as some do to end a hold: of all that it may have now, whatever was held
// before. Its answer is taken like that to an offer of our own.
func (c *call) offerWanted(l *sip.Leg) {
	dir := media.SendRecv
	if c.held {
		dir = media.SendOnly
	}
	if c.asking != nil || !c.sound.started {
		_ = l.RefuseReoffer(491) // fails only if the leg is over, which its Ended tells
		return
	}
	codecs := c.sound.kin()
	body, err := c.sound.reoffer(codecs, dir)
	if err != nil {
		c.log.Warn("offer not written", "err", err)
		_ = l.RefuseReoffer(500) // likewise
		return
	}
	if l.AnswerReoffer(body) != nil {
		return // over, or answered in our place with what was agreed before
	}
	c.asking = &renegotiation{codecs: codecs, settled: func(err error) {
		if err != nil {
			c.log.Info("the answer to an offer that was asked for cannot be used", "err", err)
		}
	}}
}

// reoffer writes an offer that changes the session.
func (s *sound) reoffer(codecs []string, dir media.Direction) ([]byte, error) {
	s.version++
	video := s.keepPicture(dir)
	return media.Offer(s.stream.LocalAddr(), s.withPicture(codecs), media.SDPOptions{
		SessionID: s.session, Version: s.version, Direction: dir, Video: video, Last: &s.remote,
	})
}

// settle begins with what the phone answered to reoffer.
func (s *sound) settle(answer media.Description, codecs []string) error {
	format, err := media.Accepted(answer, codecs)
	if err != nil {
		return err
	}
	s.acceptPicture(answer, s.withPicture(codecs), s.keepPicture(media.SendRecv))
	return s.begin(answer, format)
}

// holdCmd is calling.hold and calling.unhold. The phone is told by re-INVITE
// that it is not listened to; in a bridge the legs do not hear each other
// meanwhile, so that what is played to a held leg is heard by it alone.
type holdCmd struct {
	wire.AnswerParams
	hold bool
}

func (m holdCmd) ref() wire.CallRef { return m.CallRef }

func (holdCmd) check(*Exchange) *failure { return nil }

func (m holdCmd) do(c *call, req *request) {
	dir, message := media.SendRecv, "Call off hold"
	if m.hold {
		dir, message = media.SendOnly, "Call on hold"
	}
	switch {
	case c.answered.IsZero() || !c.sound.started:
		req.fail(conflict("call is not answered: it cannot be held"))
		return
	case c.asking != nil:
		req.fail(conflict("the call is being changed already"))
		return
	case c.held == m.hold:
		req.ok(message, c.id, "")
		c.tellHold(m.hold, nil)
		return
	}
	settled := func(err error) {
		if err == nil {
			c.setHeld(m.hold)
		}
		c.tellHold(m.hold, err)
	}
	req.ok(message, c.id, "")
	c.whenUp(func() {
		if err := c.renegotiate([]string{c.sound.format.Name}, dir, settled); err != nil {
			settled(err)
		}
	})
}

func (c *call) tellHold(hold bool, err error) {
	state := wire.HoldOff
	switch {
	case err != nil:
		c.log.Info("hold not changed", "err", err)
		state = wire.ActionErr
	case hold:
		state = wire.HoldOn
	}
	c.emit(wire.EventHold, wire.HoldEvent{CallRef: c.ref(), State: state})
}

// setHeld parts or joins the sound of a bridge as its legs are held or not.
func (c *call) setHeld(held bool) {
	c.held = held
	switch {
	case c.peer != nil:
		c.joinSound()
	case c.linked:
		c.host.post(msgLegHeld{c, held})
	}
}

// joinSound lets the legs of a bridge hear each other, or not while one of them
// is held.
func (c *call) joinSound() {
	c.closeBridge()
	if c.held || c.peerHeld {
		return
	}
	bridge, err := media.Bridge(c.sound.stream, c.peerStream)
	if err != nil {
		c.log.Warn("legs not joined again", "err", err) // a stream is closing; its end comes next
		return
	}
	c.bridge = bridge
}

// joinAfter asks the caller's phone for the codec that the peer has answered
// with, and bridges them when it accepts. The attempt goes on meanwhile.
func (c *call) joinAfter(m msgLegAnswered, mismatch error) {
	a := c.connecting
	settled := func(err error) {
		switch {
		case c.connecting != a || a.stopped != nil:
		case err != nil:
			c.log.Info("caller cannot change its codec", "err", err)
			c.connectRefused(m, mismatch)
		default:
			c.bridgeTo(m)
		}
	}
	c.whenUp(func() {
		if err := c.renegotiate([]string{m.codec}, media.SendRecv, settled); err != nil {
			settled(err)
		}
	})
}
