package sip

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"
)

// ownOffer is a re-INVITE or UPDATE of ours that is not settled yet; at most one
// per leg.
type ownOffer struct {
	method sip.RequestMethod
	sdp    []byte // nil: only a refresh of the session timer
	sent   bool   // waits for its answer; else for its time to be tried again
	tries  int
	retry  *time.Timer
}

const maxOfferTries = 6

// Reinvite offers the peer of an established call a new session description:
// hold and resume, another codec, another address. It returns at once; the
// outcome is told by [Reanswered] or [ReofferFailed]. Where both sides offer at
// the same time it is tried again after the wait of RFC 3261 §14.1. A peer that
// does not know the call any more, or does not answer at all, ends the leg.
// Errors: ErrWrongState (not established, or an offer of ours is pending).
func (l *Leg) Reinvite(sdp []byte) error { return l.propose(sip.INVITE, sdp) }

// Update is Reinvite by UPDATE (RFC 3311), which needs no ACK and no person to
// confirm it. It may be used before the answer too, once the first offer was
// answered reliably (RFC 3262). Where the peer does not allow UPDATE, an
// established call is offered by re-INVITE.
func (l *Leg) Update(sdp []byte) error { return l.propose(sip.UPDATE, sdp) }

func (l *Leg) propose(method sip.RequestMethod, sdp []byte) error {
	if len(sdp) == 0 {
		return fmt.Errorf("sip: %s without an offer", method)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if method == sip.UPDATE && !l.session.update && l.phase == phaseUp {
		method = sip.INVITE
	}
	early := method == sip.UPDATE && l.phase == phaseEarly && l.settled && l.session.update
	switch {
	case l.phase != phaseUp && !early:
		return wrongState(string(method), l.phase)
	case l.offer != nil && l.offer.sdp != nil:
		return fmt.Errorf("%w: %s while another offer is pending", ErrWrongState, method)
	}
	next := &ownOffer{method: method, sdp: sdp}
	if l.offer != nil { // a mere refresh
		if l.offer.sent {
			l.offered = next
			return nil
		}
		l.offer.retry.Stop()
	}
	l.startOffer(next)
	return nil
}

// startOffer sends an offer, or waits while the peer's own is pending. l.mu is held.
func (l *Leg) startOffer(o *ownOffer) {
	l.offer, o.retry = o, nil
	if l.reoffer != nil || l.unacked != nil && (l.unacked.offers || o.method == sip.INVITE) {
		l.postponeOffer(o)
		return
	}
	o.sent = true
	o.tries++
	l.send(o.method, func(req *sip.Request, f flow) {
		add(req, "Contact", l.contact(f))
		add(req, "Allow", l.s.allow())
		add(req, "Supported", optionTimer)
		if l.phase == phaseUp {
			l.session.ask(req)
		}
		sdp := o.sdp
		if sdp == nil && o.method == sip.INVITE {
			sdp = l.localSDP
		}
		setBody(req, sdpType, sdp)
	}, func(res *sip.Response) { l.offerAnswered(o, res, nil) }, func(err error) { l.offerAnswered(o, nil, err) })
}

// glareUnit is what the waits of RFC 3261 §14.1 are multiples of.
const glareUnit = 10 * time.Millisecond

// postponeOffer is the wait of RFC 3261 §14.1: longer for the owner of the
// Call-ID, so that the two sides do not meet again. l.mu is held.
func (l *Leg) postponeOffer(o *ownOffer) {
	units := rand.IntN(201)
	if l.dir == Outbound {
		units = 210 + rand.IntN(191)
	}
	o.sent = false
	o.retry = time.AfterFunc(time.Duration(units)*l.s.timers.glare, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.offer == o && !o.sent && l.phase != phaseDown && l.s.ctx.Err() == nil {
			l.startOffer(o)
		}
	})
}

// offerAnswered handles the outcome of an offer; res nil: none came.
func (l *Leg) offerAnswered(o *ownOffer, res *sip.Response, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	accepted := res != nil && res.StatusCode < 300
	if accepted {
		l.dlg.refresh(res)
		if o.method == sip.INVITE {
			l.acknowledgeOffer(res)
		}
	}
	if l.phase == phaseDown || l.offer != o {
		return
	}
	switch {
	case accepted:
		l.offerAccepted(o, res)
	case l.phase == phaseEarly && (res == nil || res.StatusCode != 491):
		l.offerFailed(o, res, err) // the INVITE itself goes on
	case res == nil || res.StatusCode == 408 || res.StatusCode == 481: // §12.2.1.2
		l.hangup(EndReason{}, Ended{By: Network, Code: 408, Phrase: "Request Timeout", Err: ErrSessionExpired,
			Text: "the peer does not know this call any more"})
	case o.tries >= maxOfferTries:
		l.offerFailed(o, res, err)
	case res.StatusCode == 422 && l.lengthen(res):
		l.startOffer(o)
	case res.StatusCode == 491, res.StatusCode == 500 && value(res, "Retry-After") != "":
		l.postponeOffer(o)
	case o.method == sip.UPDATE && (res.StatusCode == 405 || res.StatusCode == 501):
		l.session.update, o.method = false, sip.INVITE
		l.startOffer(o)
	default:
		l.offerFailed(o, res, err)
	}
}

// offerAccepted takes the new descriptions over. l.mu is held.
func (l *Leg) offerAccepted(o *ownOffer, res *sip.Response) {
	l.offer = nil
	if l.phase == phaseUp {
		l.session.renew(l, res)
	}
	if o.sdp != nil {
		l.localSDP = o.sdp
		if body := res.Body(); len(body) > 0 {
			l.remoteSDP = body
		}
		l.events.emit(l.s, Reanswered{SDP: l.remoteSDP, Headers: headersOf(res)})
	}
	l.nextOffer()
}

// offerFailed: the call goes on as it was. A refused refresh leaves the session
// timer to run out, unless the peer has none: then its word is a sign of life.
// l.mu is held.
func (l *Leg) offerFailed(o *ownOffer, res *sip.Response, err error) {
	l.offer = nil
	if o.sdp != nil {
		ev := ReofferFailed{Err: err}
		if res != nil {
			ev.Code, ev.Phrase, ev.Headers = res.StatusCode, res.Reason, headersOf(res)
		}
		l.events.emit(l.s, ev)
	} else if res != nil && l.session.unasked {
		l.session.start(l)
	}
	l.nextOffer()
}

// nextOffer starts what waited for a refresh to end. l.mu is held.
func (l *Leg) nextOffer() {
	if next := l.offered; next != nil {
		l.offered = nil
		l.startOffer(next)
	}
}

func (l *Leg) stopOffers() {
	if l.offer != nil && l.offer.retry != nil {
		l.offer.retry.Stop()
	}
	l.offer, l.offered = nil, nil
}

// acknowledgeOffer sends the ACK of a re-INVITE of ours. l.mu is held.
func (l *Leg) acknowledgeOffer(res *sip.Response) {
	ack := l.dlg.request(sip.ACK, res.CSeq().SeqNo)
	ack.SetBody(nil)
	next := l.next()
	key := clientKey(res.Via(), string(sip.INVITE))
	tag := l.dlg.remoteTag
	deliver := func(f flow) {
		l.s.addVia(ack, f)
		raw := []byte(ack.String())
		l.s.linger(key, raw, f, tag)
		if err := l.s.send(f, raw); err != nil {
			l.s.log.Debug("sip: ACK not sent", "err", err)
		}
	}
	if f, ok := l.s.literal(next); ok {
		deliver(f)
		return
	}
	// Ends with the lookup or connect; waited for by Close.
	l.s.spawn("ack", func() {
		if f, err := l.s.route(l.s.ctx, next); err == nil {
			deliver(f)
		}
	})
}
