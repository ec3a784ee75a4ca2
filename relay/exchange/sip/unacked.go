package sip

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"
)

// unacked is a 2xx to an INVITE (or re-INVITE) whose ACK has not come yet. It
// is retransmitted end to end, on TCP too (RFC 3261 §13.3.1.4).
type unacked struct {
	seq      uint32
	raw      []byte
	flow     flow
	interval time.Duration
	deadline time.Time
	timer    *time.Timer
	offers   bool // a re-INVITE's: it has our offer, the ACK will have the answer
}

// awaitACK starts the retransmission of a 2xx just sent. l.mu is held.
func (l *Leg) awaitACK(res *sip.Response, seq uint32, f flow) {
	if l.unacked != nil {
		l.unacked.timer.Stop()
	}
	t := l.s.timers
	u := &unacked{
		seq: seq, raw: []byte(res.String()), flow: f, interval: t.T1,
		deadline: time.Now().Add(t.life()),
	}
	u.timer = time.AfterFunc(u.interval, func() { l.ackMissing(u) })
	l.unacked = u
}

// ackMissing sends the 2xx again, or gives the leg up.
func (l *Leg) ackMissing(u *unacked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unacked != u || l.s.ctx.Err() != nil {
		return
	}
	left := time.Until(u.deadline)
	if left <= 0 {
		l.unacked = nil
		l.noACK()
		return
	}
	l.s.sendBack(u.flow, u.raw)
	u.interval = min(2*u.interval, l.s.timers.T2)
	u.timer.Reset(min(u.interval, left))
}

// noACK ends the dialog whose answer nobody acknowledged. l.mu is held.
func (l *Leg) noACK() {
	if l.owed != nil { // ended meanwhile; only the BYE was still to come
		r := *l.owed
		l.owed = nil
		l.sendBYE(r)
		return
	}
	l.hangup(EndReason{Code: 408, Phrase: "ACK Timeout"}, Ended{
		By: Network, Code: 408, Phrase: "Request Timeout", Err: ErrNoACK,
		Text: "the peer never acknowledged our answer",
	})
}

// receiveACK takes the ACK to a 2xx; a repeated one is ignored.
func (l *Leg) receiveACK(req *sip.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unacked
	if u == nil || req.CSeq().SeqNo != u.seq || param(req.From().Params, "tag") != l.dlg.remoteTag {
		return
	}
	u.timer.Stop()
	l.unacked = nil
	body := req.Body()
	if len(body) > 0 {
		l.remoteSDP = body
	}
	switch {
	case l.owed != nil:
		r := *l.owed
		l.owed = nil
		l.sendBYE(r)
	case l.phase == phaseAnswered:
		l.phase = phaseUp
		l.session.start(l)
		if l.in.offered {
			body = nil
		}
		l.events.emit(l.s, Established{SDP: body})
	case u.offers && l.phase == phaseUp && len(body) > 0:
		l.events.emit(l.s, Reanswered{SDP: body, Headers: headersOf(req)})
	case u.offers && l.phase == phaseUp:
		l.events.emit(l.s, ReofferFailed{Err: errUnanswered})
	default:
		l.release()
	}
}

var errUnanswered = errors.New("sip: the ACK has no answer to our offer")
