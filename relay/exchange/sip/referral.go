package sip

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// referralPatience is how long a REFER waits for Accept or Refuse.
const referralPatience = 2 * time.Second

// referralLife is how long we promise to report, in seconds.
const referralLife = 180

// Referral is a REFER of the peer. All methods are safe for concurrent use. It
// ends with its leg: a peer that hung up is told nothing more.
type Referral struct {
	l     *Leg
	req   *sip.Request
	event string // Event header of the NOTIFYs

	// Guarded by l.mu.
	tx    *serverTx // nil: answered
	timer *time.Timer
	taken bool // accepted
	done  bool // a final report was made
}

// receiveREFER tells a REFER inside the call (RFC 3515 §2.4.2). l.mu is held.
func (l *Leg) receiveREFER(req *sip.Request, tx *serverTx) {
	if l.phase == phaseEarly || l.referral != nil {
		l.s.reply(tx, req, 500, "Server Internal Error", Header{"Retry-After", "3"})
		return
	}
	hs := append(req.GetHeaders("Refer-To"), req.GetHeaders("r")...)
	if len(hs) != 1 {
		l.s.reply(tx, req, 400, "Bad Refer-To")
		return
	}
	to, replaces, ok := parseReferTo(hs[0].Value())
	if !ok {
		l.s.reply(tx, req, 400, "Bad Refer-To")
		return
	}
	r := &Referral{l: l, req: req, tx: tx, event: "refer"}
	if l.referrals++; l.referrals > 1 { // §2.4.6
		r.event += ";id=" + strconv.FormatUint(uint64(req.CSeq().SeqNo), 10)
	}
	l.referral = r
	r.timer = time.AfterFunc(l.s.timers.referral, func() { _ = r.Refuse(603) })
	by := value(req, "Referred-By")
	if by == "" {
		by = value(req, "b")
	}
	l.events.emit(l.s, Referred{To: to, Replaces: replaces, By: by, Headers: headersOf(req), Referral: r})
}

// parseReferTo takes an INVITE to a sip: URI; of the URI's headers, Replaces.
func parseReferTo(v string) (to string, replaces *Replaces, ok bool) {
	spec := strings.TrimSpace(v)
	if open := strings.LastIndexByte(spec, '<'); open >= 0 {
		end := strings.IndexByte(spec[open:], '>')
		if end < 0 {
			return "", nil, false
		}
		spec = spec[open+1 : open+end]
	}
	spec, query, _ := strings.Cut(spec, "?")
	_, uri, err := parseAddress(spec)
	if method := param(uri.UriParams, "method"); err != nil || method != "" && !strings.EqualFold(method, string(sip.INVITE)) {
		return "", nil, false
	}
	for field := range strings.SplitSeq(query, "&") {
		name, val, _ := strings.Cut(field, "=")
		if !strings.EqualFold(name, "Replaces") {
			continue
		}
		plain, err := url.PathUnescape(val)
		r, good := parseReplaces(plain)
		if err != nil || !good {
			return "", nil, false
		}
		replaces = &r
	}
	return spec, replaces, true
}

// Accept answers 202 and reports 100 Trying. ErrWrongState: it was answered
// already, or the leg has ended.
func (r *Referral) Accept() error {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	return r.accept()
}

func (r *Referral) accept() error {
	if !r.l.answerReferralOf(r, 202) {
		return wrongState("REFER", r.l.phase)
	}
	r.taken = true
	return r.report(100, "Trying")
}

// Refuse answers with a failure; a code outside 300–699 is 603. Errors as Accept.
func (r *Referral) Refuse(code int) error {
	if code < 300 || code > 699 {
		code = 603
	}
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	if !r.l.answerReferralOf(r, code) {
		return wrongState("REFER", r.l.phase)
	}
	return nil
}

// Notify reports how the call to the Refer-To address goes, by NOTIFY with a
// sipfrag; the reports keep their order. A REFER not yet answered is accepted.
// A code from 200 on is the last one. Errors: ErrWrongState (refused, already
// reported to the end, or the leg has ended), ErrTooMany, or a code or phrase
// that is none.
func (r *Referral) Notify(code int, phrase string) error {
	if code < 100 || code > 699 || !isTextValue(phrase) {
		return fmt.Errorf("sip: NOTIFY of %d %q", code, phrase)
	}
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	if !r.taken {
		if err := r.accept(); err != nil {
			return err
		}
	}
	if r.done || r.l.phase == phaseDown {
		return wrongState("NOTIFY", r.l.phase)
	}
	return r.report(code, phrase)
}

// report queues one NOTIFY. l.mu is held.
func (r *Referral) report(code int, phrase string) error {
	state := "active;expires=" + strconv.Itoa(referralLife)
	if code >= 200 {
		r.done = true
		state = "terminated;reason=noresource"
	}
	l := r.l
	return l.sendInLine(inLine{method: sip.NOTIFY, fill: func(req *sip.Request, f flow) {
		add(req, "Contact", l.contact(f))
		add(req, "Event", r.event)
		add(req, "Subscription-State", state)
		setBody(req, "message/sipfrag;version=2.0", []byte(fmt.Sprintf("SIP/2.0 %d %s\r\n", code, phrase)))
	}, done: func(*sip.Response, error) {}})
}

// answerReferral answers the REFER that waits. l.mu is held.
func (l *Leg) answerReferral(code int) { l.answerReferralOf(l.referral, code) }

// answerReferralOf is false where it is answered already. l.mu is held.
func (l *Leg) answerReferralOf(r *Referral, code int) bool {
	if r.tx == nil {
		return false
	}
	r.timer.Stop()
	phrase := phraseFor(code)
	if code == 202 {
		phrase = "Accepted"
	}
	res := l.answer(r.req, code, phrase, nil)
	res.SetBody(nil)
	r.tx.respond(res)
	r.tx, l.referral = nil, nil
	return true
}
