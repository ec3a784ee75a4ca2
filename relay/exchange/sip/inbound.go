package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// inbound is what an inbound leg needs until its final response.
type inbound struct {
	tx      *serverTx
	invite  *sip.Request
	offered bool          // the INVITE had SDP
	last    *sip.Response // provisional, sent again every minute (§13.3.1.1)
	repeat  *time.Timer
	rel     *reliably   // the caller requires 100rel
	expires *time.Timer // the caller's Expires (§13.3.1)
}

func (in *inbound) stopTimers() {
	for _, t := range []*time.Timer{in.repeat, in.expires} {
		if t != nil {
			t.Stop()
		}
	}
	in.rel.stop()
}

// receiveINVITE makes a leg of an INVITE outside any dialog (§13.3.1).
func (s *Stack) receiveINVITE(req *sip.Request, tx *serverTx, f flow) {
	if s.cfg.Handler == nil {
		s.reply(tx, req, 480, "Temporarily Unavailable")
		return
	}
	if code, phrase, h := refusal(req); code != 0 {
		s.reply(tx, req, code, phrase, h...)
		return
	}
	user, ok := s.authorizeInvite(req, tx, f)
	if !ok {
		return
	}
	old, no := s.replaced(req)
	if no.code != 0 {
		s.reply(tx, req, no.code, no.phrase, no.hs...)
		return
	}
	l := s.newInbound(req, tx, f)
	l.user, l.replaces = user, old
	if err := s.addLeg(l); err != nil {
		s.reply(tx, req, 503, "Service Unavailable", Header{"Retry-After", "5"})
		return
	}
	tx.cancelHook(l.dlg.localTag, l.receiveCANCEL)
	trying := s.response(req, 100, "Trying", "")
	trying.SetBody(nil)
	tx.respond(trying)
	l.armExpires(req)
	// Ends when the handler returns; waited for by Close.
	s.spawn("invite handler", func() {
		returned := false
		defer func() {
			if !returned { // it panicked: the caller must not ring for ever
				l.End(EndReason{Code: 500, Phrase: "Server Internal Error"})
			}
		}()
		if takes, ok := s.cfg.Handler.(ReplaceHandler); ok && old != nil {
			takes.Replace(old, l)
		} else {
			s.cfg.Handler.Invite(l)
		}
		returned = true
	})
}

// refusal is what an INVITE is refused for before anybody hears of it.
func refusal(req *sip.Request) (code int, phrase string, hs []Header) {
	if len(req.Body()) > 0 {
		if coding := strings.TrimSpace(value(req, "Content-Encoding")); coding != "" && !strings.EqualFold(coding, "identity") {
			return 415, "Unsupported Media Type", []Header{{"Accept-Encoding", "identity"}}
		}
		ct, _, _ := strings.Cut(value(req, "Content-Type"), ";")
		if ct = strings.TrimSpace(ct); ct != "" && !strings.EqualFold(ct, sdpType) {
			return 415, "Unsupported Media Type", []Header{{"Accept", sdpType}}
		}
	}
	if len(req.GetHeaders("Contact")) == 0 {
		return 400, "Missing Contact", nil
	}
	if se, ok := sessionExpires(req); ok && se.interval < minSE {
		return 422, "Session Interval Too Small", []Header{{"Min-SE", strconv.Itoa(int(minSE / time.Second))}}
	}
	return 0, "", nil
}

func (s *Stack) newInbound(req *sip.Request, tx *serverTx, f flow) *Leg {
	from, to := req.From(), req.To()
	tag := token(8)
	l := &Leg{
		s: s, id: token(16), dir: Inbound,
		from: party(from.DisplayName, &from.Address), to: party(to.DisplayName, &to.Address),
		requestURI: req.Recipient.String(),
		dlg:        dialogFromRequest(req, tag), flow: f, headers: headersOf(req),
		times: Times{Created: time.Now()},
		in:    &inbound{tx: tx, invite: req, offered: len(req.Body()) > 0},
	}
	if l.in.offered {
		l.remoteSDP = req.Body()
	}
	if hasOption(req, option100rel, "Require") {
		l.in.rel = newReliably(req)
	}
	l.session.negotiateUAS(req, l.s.cfg.SessionExpires)
	return l
}

func (l *Leg) armExpires(req *sip.Request) {
	n, err := strconv.ParseUint(strings.TrimSpace(value(req, "Expires")), 10, 32)
	if err != nil || n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != phaseEarly {
		return
	}
	l.in.expires = time.AfterFunc(time.Duration(n)*time.Second, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.phase == phaseEarly {
			l.final(487, "Request Terminated", nil)
			l.finish(Ended{By: Remote, Code: 487, Phrase: "Request Terminated", TimedOut: true,
				Text: "the caller's Expires ran out"})
		}
	})
}

// Answer sends 200 OK with our SDP and returns at once. It is retransmitted at
// T1, 2·T1, … T2 until the ACK, which [Established] tells; without an ACK in
// 64·T1 the leg is ended by BYE and Ended says ErrNoACK (§13.3.1.4). While a
// description that we sent reliably waits for its PRACK, the 200 waits too
// (RFC 3262 §3). A call that this one replaces is ended. Errors: ErrWrongState
// (also when the caller's CANCEL was first), ErrBadHeader.
func (l *Leg) Answer(sdp []byte, headers ...Header) error {
	if err := validateHeaders(headers); err != nil {
		return err
	}
	if err := l.pickUp(sdp, headers); err != nil {
		return err
	}
	if l.replaces != nil {
		l.replaces.End(EndReason{Word: "replaced"})
	}
	return nil
}

func (l *Leg) pickUp(sdp []byte, headers []Header) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dir != Inbound || l.phase != phaseEarly || l.in.rel.closing() {
		return wrongState("Answer", l.phase)
	}
	if l.in.rel.mustWait() {
		l.in.rel.answer = &pickUp{sdp, headers}
		return nil
	}
	return l.sendAnswer(sdp, headers)
}

// sendAnswer sends the 200. l.mu is held.
func (l *Leg) sendAnswer(sdp []byte, headers []Header) error {
	res := l.answer(l.in.invite, 200, "OK", headers)
	l.session.write(res)
	body := sdp
	if l.settled && !l.in.offered {
		body = nil // our offer and its answer are exchanged: another one would be a new offer
	}
	setBody(res, sdpType, body)
	seq := l.in.invite.CSeq().SeqNo
	if !l.in.tx.respond(res) {
		return wrongState("Answer", l.phase)
	}
	l.in.stopTimers()
	l.phase = phaseAnswered
	l.times.Answered = time.Now()
	if sdp != nil {
		l.localSDP = sdp
	}
	l.awaitACK(res, seq, l.in.tx.flow)
	l.in.invite, l.in.last = nil, nil // never answered again
	return nil
}

// answer is a response that belongs to the dialog. l.mu is held.
func (l *Leg) answer(req *sip.Request, code int, phrase string, headers []Header) *sip.Response {
	res := l.s.response(req, code, phrase, l.dlg.localTag)
	if code < 300 {
		add(res, "Contact", l.contact(l.flow))
		add(res, "Allow", l.s.allow())
		add(res, "Supported", l.s.supported())
	}
	addAll(res, headers)
	return res
}

// refuse sends a final failure and ends the leg. l.mu is held.
func (l *Leg) refuse(r EndReason) {
	if r.Code < 300 || r.Code > 699 {
		r.Code, r.Phrase = 480, "Temporarily Unavailable"
	}
	if !isTextValue(r.Phrase) || r.Phrase == "" {
		r.Phrase = phraseFor(r.Code)
	}
	var hs []Header
	if r.ReasonHeader != "" {
		hs = []Header{{"Reason", r.header()}}
	}
	l.final(r.Code, r.Phrase, hs)
	l.finish(Ended{By: Local, Code: r.Code, Phrase: r.Phrase, Word: r.Word})
}

// final sends a final failure response. l.mu is held.
func (l *Leg) final(code int, phrase string, hs []Header) {
	res := l.answer(l.in.invite, code, phrase, hs)
	res.SetBody(nil)
	l.in.tx.respond(res)
}

// receiveCANCEL: the caller gave up; the 200 to the CANCEL has been sent (§9.2).
func (l *Leg) receiveCANCEL(cancel *sip.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != phaseEarly {
		return
	}
	l.final(487, "Request Terminated", nil)
	v := verdict(cancel)
	v.By, v.Code, v.Phrase, v.Text = Remote, 487, "Request Terminated", "the caller cancelled"
	l.finish(v)
}
