package sip

import (
	"bytes"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// reofferPatience is how long a new offer waits for AnswerReoffer before it is
// accepted with the SDP as it stands.
const reofferPatience = time.Second

// reoffer is an offer of the peer that we have not answered yet.
type reoffer struct {
	req   *sip.Request
	tx    *serverTx
	timer *time.Timer
}

// receiveOffer handles re-INVITE (RFC 3261 §14.2) and UPDATE (RFC 3311 §5.2).
// l.mu is held.
func (l *Leg) receiveOffer(req *sip.Request, tx *serverTx) {
	invite, body := req.IsInvite(), req.Body()
	switch {
	case l.reoffer != nil, invite && l.unacked != nil, invite && l.phase != phaseUp:
		l.s.reply(tx, req, 500, "Server Internal Error", Header{"Retry-After", "1"})
		return
	case l.offer != nil && l.offer.sent && (invite || len(body) > 0),
		l.unacked != nil && l.unacked.offers && len(body) > 0: // one of ours waits for its answer, in the ACK
		l.s.reply(tx, req, 491, "Request Pending")
		return
	case l.phase != phaseUp && len(body) > 0 && !l.settled:
		// In an early dialog a second offer must wait for the first answer.
		l.s.reply(tx, req, 491, "Request Pending")
		return
	}
	if se, ok := sessionExpires(req); ok && se.interval < minSE {
		l.s.reply(tx, req, 422, "Session Interval Too Small", Header{"Min-SE", strconv.Itoa(int(minSE / time.Second))})
		return
	}
	l.dlg.refresh(req)
	if !invite && len(body) == 0 || bytes.Equal(body, l.remoteSDP) { // a mere refresh
		l.reoffer = &reoffer{req: req, tx: tx}
		l.acceptReoffer(l.localSDP)
		return
	}
	if invite {
		trying := l.s.response(req, 100, "Trying", "")
		trying.SetBody(nil)
		tx.respond(trying)
	}
	l.askReoffer(&reoffer{req: req, tx: tx})
}

// askReoffer tells the offer, or the wish for one, and waits for what is to be
// said. l.mu is held.
func (l *Leg) askReoffer(pending *reoffer) {
	l.reoffer = pending
	pending.timer = time.AfterFunc(l.s.timers.reoffer, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.reoffer == pending {
			l.acceptReoffer(l.localSDP)
		}
	})
	if len(pending.req.Body()) == 0 {
		l.events.emit(l.s, OfferWanted{})
		return
	}
	l.events.emit(l.s, Reoffer{Method: string(pending.req.Method), SDP: pending.req.Body()})
}

// AnswerReoffer accepts the pending [Reoffer] with our SDP, or gives the offer
// that [OfferWanted] asks for. ErrWrongState: there is none, or it was already
// accepted for want of an answer.
func (l *Leg) AnswerReoffer(sdp []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reoffer == nil {
		return wrongState("AnswerReoffer", l.phase)
	}
	l.acceptReoffer(sdp)
	return nil
}

// RefuseReoffer refuses the pending [Reoffer] or [OfferWanted], usually by 488; the call goes on
// as it was. ErrWrongState as for AnswerReoffer; a code outside 400–699 is 488.
func (l *Leg) RefuseReoffer(code int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reoffer == nil {
		return wrongState("RefuseReoffer", l.phase)
	}
	if code < 400 || code > 699 {
		code = 488
	}
	l.refuseReoffer(code, phraseFor(code))
	return nil
}

func (l *Leg) takeReoffer() *reoffer {
	r := l.reoffer
	l.reoffer = nil
	if r.timer != nil {
		r.timer.Stop()
	}
	return r
}

func (l *Leg) refuseReoffer(code int, phrase string) {
	r := l.takeReoffer()
	res := l.answer(r.req, code, phrase, nil)
	res.SetBody(nil)
	r.tx.respond(res)
}

// acceptReoffer sends the 200. l.mu is held.
func (l *Leg) acceptReoffer(sdp []byte) {
	r := l.takeReoffer()
	body := r.req.Body()
	res := l.answer(r.req, 200, "OK", nil)
	if _, ok := sessionExpires(r.req); ok {
		l.session.negotiateUAS(r.req, 0)
		l.session.write(res)
	}
	if !r.req.IsInvite() && len(body) == 0 {
		sdp = nil // an UPDATE without offer gets no answer
	}
	setBody(res, sdpType, sdp)
	if !r.tx.respond(res) {
		return
	}
	if len(body) > 0 {
		l.remoteSDP = body
	}
	if sdp != nil {
		l.localSDP = sdp
	}
	if r.req.IsInvite() {
		l.awaitACK(res, r.req.CSeq().SeqNo, r.tx.flow)
		l.unacked.offers = len(body) == 0 && sdp != nil
	}
	if l.phase == phaseUp {
		l.session.start(l)
	}
}
