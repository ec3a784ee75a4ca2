package exchange

import (
	"slices"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// fromSIP takes an event of a SIP leg. Events of a branch that lost, or of a
// leg already ended from here, have nothing more to say.
func (c *call) fromSIP(l *sip.Leg, e sip.Event) {
	if c.over != nil || !slices.Contains(c.legs, l) {
		return
	}
	switch e := e.(type) {
	case sip.Ringing:
		c.rings(l, e.Code, e.Phrase, e.Headers)
	case sip.Progress:
		c.progress(l, e)
	case sip.Answered:
		c.pickedUp(l, e)
	case sip.Established:
		c.established(e)
		c.up()
	case sip.Reoffer:
		c.reoffered(l, e)
	case sip.OfferWanted:
		c.offerWanted(l)
	case sip.Reanswered:
		c.reanswered(e)
	case sip.ReofferFailed:
		c.reofferFailed(e)
	case sip.Digit:
		c.heardINFO(rune(e.Digit))
	case sip.DigitSent:
		c.keyNext()
	case sip.TextAnswered:
		c.textAnswered(e)
	case sip.Texted:
		c.texted(e.Text)
	case sip.ReferAnswered:
		c.referAnswered(e)
	case sip.ReferProgress:
		c.referProgress(e)
	case sip.Referred:
		c.referredBy(e)
	case sip.Ended:
		c.legEnded(l, e)
	}
}

// established reads the SDP of an ACK: the answer to our own offer, where the
// INVITE had none. One without it ends the call, in which nobody could talk.
func (c *call) established(e sip.Established) {
	if c.sound.started {
		return
	}
	d, err := media.ParseSDP(e.SDP)
	if err == nil {
		err = c.sound.accept(d)
	}
	if err != nil {
		c.badAnswer(err)
		return
	}
	c.soundKnown()
}

// noteSound tells what was agreed.
func (c *call) noteSound() {
	d := &c.details
	d.Codec, d.Video, d.Direction = c.sound.codec(), c.sound.video(), ""
	if dir := c.sound.remote.Direction; c.sound.started && dir != media.SendRecv {
		d.Direction = dir.String()
	}
	c.tellLeg()
}

// reoffered agrees to hold, or to a new address of the phone's media; a change
// of codec other than between the laws of G.711 is refused and the call goes on
// as it was.
func (c *call) reoffered(l *sip.Leg, e sip.Reoffer) {
	d, err := media.ParseSDP(e.SDP)
	var body []byte
	if err == nil && c.sound.started {
		body, err = c.sound.reanswer(d)
	}
	if err != nil || body == nil {
		c.log.Debug("re-offer refused", "err", err)
		_ = l.RefuseReoffer(488) // fails only if the leg is over, which its Ended tells
		return
	}
	c.noteSound()
	_ = l.AnswerReoffer(body) // likewise
}

// branchEnd is the verdict on one branch of a fork.
type branchEnd struct {
	leg *sip.Leg
	sip.Ended
}

// legEnded takes the verdict on a SIP leg; with a fork, that of its last
// branch is the call's, unless an earlier one said more. A 6xx speaks for the
// other phones of the same person too, which are cancelled (RFC 3261 §16.7).
func (c *call) legEnded(l *sip.Leg, e sip.Ended) {
	c.legs = slices.DeleteFunc(c.legs, func(o *sip.Leg) bool { return o == l })
	end := branchEnd{l, e}
	if c.answered.IsZero() {
		if c.refused != nil && c.refused.says() > end.says() {
			end = *c.refused
		}
		c.refused = &end
	}
	switch {
	case end.says() == saysNo:
		c.endOthers(l)
	case len(c.legs) > 0:
		return
	}
	c.noteLeg(end.leg)
	c.noteResponse(c.details.SIPCode, c.details.SIPPhrase, end.Headers)
	c.finish(causeOf(end.Ended, c.direction, !c.answered.IsZero()))
}

// saysNo is the most that a branch can say.
const saysNo = 4

// says ranks how much the end of a branch tells of the person who was called.
func (b branchEnd) says() int {
	switch {
	case b.By == sip.Remote && b.Code >= 600:
		return saysNo
	case b.By == sip.Remote && b.Code == 486:
		return 3
	case b.TimedOut && b.By != sip.Network: // it rang
		return 2
	case b.By == sip.Remote:
		return 1
	}
	return 0
}

// stopOffer ends the search for a consumer.
func (c *call) stopOffer() {
	if c.offer.timer != nil {
		c.offer.timer.Stop()
		c.offer.timer = nil
	}
}

// headers of an inbound call's device are the X- headers of its INVITE.
func deviceOf(l *sip.Leg) wire.Device {
	return wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{
		From: fromText(l.From()), To: l.To().URI, Headers: xHeaders(l.Headers()),
	}}
}

// fromText keeps the caller's display name, in the form in which it can be
// used as a From again.
func fromText(p sip.Party) string {
	if p.Display == "" {
		return p.URI
	}
	return `"` + escapeDisplay(p.Display) + `" <` + p.URI + `>`
}
