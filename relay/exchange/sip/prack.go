package sip

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// supported lists our extensions.
func (s *Stack) supported() string {
	list := optionTimer + ", " + option100rel
	if _, ok := s.cfg.Handler.(ReplaceHandler); ok {
		list += ", " + optionReplaces
	}
	return list
}

// reliably sends provisional answers that need a PRACK each, one after another
// (RFC 3262 §3). Its leg's mutex guards it; all methods take nil, which is an
// INVITE that does not require 100rel.
type reliably struct {
	cseq     uint32 // of the INVITE
	rseq     uint32 // last one given
	line     []*sip.Response
	answer   *pickUp // the 200 that waits for the line to end
	timer    *time.Timer
	interval time.Duration
	deadline time.Time
}

type pickUp struct {
	sdp     []byte
	headers []Header
}

const maxProvisionals = 16 // waiting for PRACK

func newReliably(invite *sip.Request) *reliably {
	return &reliably{cseq: invite.CSeq().SeqNo, rseq: rand.Uint32N(1 << 30)}
}

func (r *reliably) stop() {
	if r != nil && r.timer != nil {
		r.timer.Stop()
	}
}

// closing: Answer was called, nothing provisional may follow.
func (r *reliably) closing() bool { return r != nil && r.answer != nil }

// mustWait: a description is on its way that was not acknowledged (§3).
func (r *reliably) mustWait() bool {
	if r == nil {
		return false
	}
	for _, res := range r.line {
		if len(res.Body()) > 0 {
			return true
		}
	}
	return false
}

func (r *reliably) number(res *sip.Response) error {
	if len(r.line) >= maxProvisionals {
		return fmt.Errorf("%w: provisional answers wait for PRACK", ErrTooMany)
	}
	r.rseq++
	add(res, "Require", option100rel)
	add(res, "RSeq", strconv.FormatUint(uint64(r.rseq), 10))
	return nil
}

// queueReliable sends it when those before it were acknowledged. l.mu is held.
func (l *Leg) queueReliable(res *sip.Response) {
	r := l.in.rel
	if r.line = append(r.line, res); len(r.line) == 1 {
		l.startReliable()
	}
}

func (l *Leg) startReliable() {
	r, t := l.in.rel, l.s.timers
	first := r.line[0]
	l.sendProvisional(first)
	r.stop()
	r.interval, r.deadline = t.T1, time.Now().Add(t.life())
	r.timer = time.AfterFunc(r.interval, func() { l.repeatReliable(first) })
}

// repeatReliable retransmits until the PRACK; without one the INVITE is refused.
func (l *Leg) repeatReliable(res *sip.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.in.rel
	if l.phase != phaseEarly || l.s.ctx.Err() != nil || len(r.line) == 0 || r.line[0] != res {
		return
	}
	left := time.Until(r.deadline)
	if left <= 0 {
		l.final(504, phraseFor(504), nil)
		l.finish(Ended{By: Network, Code: 504, Phrase: phraseFor(504), Err: ErrNoACK,
			Text: "the caller never acknowledged our provisional answer"})
		return
	}
	l.sendProvisional(res)
	r.interval *= 2
	r.timer = time.AfterFunc(min(r.interval, left), func() { l.repeatReliable(res) })
}

// receivePRACK matches a PRACK to the answer on its way (§3). l.mu is held.
func (l *Leg) receivePRACK(req *sip.Request, tx *serverTx) {
	rseq, cseq, ok := parseRAck(value(req, "RAck"))
	var r *reliably
	if l.in != nil {
		r = l.in.rel
	}
	switch {
	case !ok:
		l.s.reply(tx, req, 400, "Bad RAck")
		return
	case r == nil || cseq != r.cseq || rseq > r.rseq:
		l.s.reply(tx, req, 481, phraseFor(481))
		return
	case l.phase != phaseEarly: // the final answer overtook it
		l.ok(tx, req)
		return
	case len(r.line) == 0 || value(r.line[0], "RSeq") != strconv.FormatUint(uint64(rseq), 10):
		l.s.reply(tx, req, 481, phraseFor(481))
		return
	}
	r.stop()
	acked := r.line[0]
	r.line = r.line[1:]
	l.takePRACK(req, tx, len(acked.Body()) > 0)
	switch {
	case len(r.line) > 0:
		l.startReliable()
	case r.answer != nil:
		a := r.answer
		r.answer = nil
		if err := l.sendAnswer(a.sdp, a.headers); err != nil {
			l.s.log.Debug("sip: answer after PRACK", "err", err)
		}
	}
}

// takePRACK handles the description in a PRACK (§5): the answer to the offer in
// our response, or a new offer of the caller. l.mu is held.
func (l *Leg) takePRACK(req *sip.Request, tx *serverTx, described bool) {
	body := req.Body()
	answers := described && !l.in.offered && !l.settled
	switch {
	case len(body) == 0:
		l.settled = l.settled || described && l.in.offered
		l.ok(tx, req)
	case answers:
		l.settled, l.remoteSDP = true, body
		l.ok(tx, req)
		l.events.emit(l.s, EarlyAnswer{SDP: body})
	case l.reoffer == nil && (l.settled || described):
		l.settled = true
		l.askReoffer(&reoffer{req: req, tx: tx})
	default: // a second offer before the first was answered
		l.s.reply(tx, req, 488, phraseFor(488))
	}
}

// parseRAck reads "RSeq CSeq Method" of an INVITE.
func parseRAck(v string) (rseq, cseq uint32, ok bool) {
	f := strings.Fields(v)
	if len(f) != 3 || f[2] != string(sip.INVITE) {
		return 0, 0, false
	}
	a, errA := strconv.ParseUint(f[0], 10, 32)
	b, errB := strconv.ParseUint(f[1], 10, 32)
	return uint32(a), uint32(b), errA == nil && errB == nil && a > 0
}

// acceptReliable acknowledges a reliable provisional answer by PRACK (RFC 3262
// §4). false: it came before, or out of order, and is not to be looked at.
// l.mu is held.
func (l *Leg) acceptReliable(res *sip.Response) bool {
	tag := param(res.To().Params, "tag")
	n, err := strconv.ParseUint(strings.TrimSpace(value(res, "RSeq")), 10, 32)
	if !hasOption(res, option100rel, "Require") || err != nil || n == 0 || tag == "" {
		return true // an ordinary one
	}
	o, rseq := l.out, uint32(n)
	if last, seen := o.rseqs[tag]; seen && rseq != last+1 {
		return false
	}
	if o.rseqs == nil {
		o.rseqs = map[string]uint32{}
	}
	if len(o.rseqs) >= maxContacts { // no proxy forks that wide
		return false
	}
	o.rseqs[tag] = rseq
	if len(res.Body()) > 0 {
		l.settled = true
	}
	l.sendPRACK(res, rseq)
	return true
}

// sendPRACK goes to the early dialog that the answer came from, which may be
// another one than the leg's. l.mu is held.
func (l *Leg) sendPRACK(res *sip.Response, rseq uint32) {
	l.dlg.localSeq++
	d, seq := l.dlg, l.dlg.localSeq
	d.confirm(res)
	rack := fmt.Sprintf("%d %d INVITE", rseq, res.CSeq().SeqNo)
	auth := l.out.auth
	l.busy++
	over := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.busy--
		l.release()
	}
	l.s.request(l.toward(&d), func(flow) *sip.Request {
		req := d.request(sip.PRACK, seq)
		add(req, "RAck", rack)
		add(req, "User-Agent", l.s.cfg.UserAgent)
		addAll(req, auth)
		req.SetBody(nil)
		return req
	}, func(res *sip.Response) {
		if res.StatusCode >= 200 {
			over()
		}
	}, func(error) { over() }) // the peer repeats its answer, or gives the call up
}
