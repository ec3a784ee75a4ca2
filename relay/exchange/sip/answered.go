package sip

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onResponse gets every response to the INVITE, on its transaction's goroutine.
func (l *Leg) onResponse(res *sip.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.provisional, l.out.heard = true, true
	switch {
	case res.StatusCode < 200:
		l.onProvisional(res)
	case res.StatusCode < 300:
		l.onAnswer(res)
	default:
		l.onRefusal(res)
	}
}

func (l *Leg) onProvisional(res *sip.Response) {
	if l.out.cancel != nil {
		l.sendCANCEL()
	}
	if res.StatusCode == 100 || l.phase != phaseEarly {
		return
	}
	if !l.acceptReliable(res) {
		return
	}
	if l.times.Ringing.IsZero() {
		l.times.Ringing = time.Now()
	}
	if param(res.To().Params, "tag") != "" {
		l.dlg.confirm(res)
	}
	if len(res.GetHeaders("Allow")) > 0 {
		l.session.update = hasOption(res, "UPDATE", "Allow")
	}
	hs, body := headersOf(res), res.Body()
	if res.StatusCode != 183 {
		l.events.emit(l.s, Ringing{Code: res.StatusCode, Phrase: res.Reason, Headers: hs})
		if len(body) == 0 {
			return
		}
	}
	if len(body) > 0 {
		l.remoteSDP = body
	}
	l.events.emit(l.s, Progress{Code: res.StatusCode, Phrase: res.Reason, SDP: body, Headers: hs})
}

// onAnswer acknowledges a 2xx; if the call was cancelled meanwhile, it is ended
// at once (§9.1, §15).
func (l *Leg) onAnswer(res *sip.Response) {
	o := l.out
	l.dlg.confirm(res)
	if err := l.acknowledge(res); err != nil && l.phase == phaseEarly && o.cancel == nil {
		l.finish(Ended{By: Network, Err: err, Text: "answered, but the ACK could not be sent"})
	}
	tx := o.tx
	o.tx = nil
	tx.cancel()
	switch {
	case l.phase == phaseDown:
		l.sendBYE(EndReason{})
	case o.cancel != nil:
		l.finish(l.cancelVerdict(487, "Request Terminated", nil))
		l.sendBYE(o.cancel.reason)
	default:
		o.stopTimers()
		l.phase = phaseUp
		l.times.Answered = time.Now()
		if len(res.Body()) > 0 {
			l.remoteSDP = res.Body()
		}
		l.session.settleUAC(res, l.s.cfg.SessionExpires > 0)
		l.session.start(l)
		l.events.emit(l.s, Answered{SDP: l.remoteSDP, Headers: headersOf(res)})
	}
	o.sent = nil
}

// acknowledge sends the ACK to a 2xx (§13.2.2.4). It is called with l.mu held
// on the transaction's goroutine; the lock is let go while a name is looked up
// or a connection made.
func (l *Leg) acknowledge(res *sip.Response) error {
	next := l.next()
	f, ok := l.s.literal(next)
	if !ok {
		ctx := l.out.tx.ctx
		l.mu.Unlock()
		var err error
		f, err = l.s.route(ctx, next)
		l.mu.Lock()
		if err != nil {
			return err
		}
	}
	ack := l.dlg.request(sip.ACK, res.CSeq().SeqNo)
	addAll(ack, l.out.auth)
	ack.SetBody(nil)
	l.s.addVia(ack, f)
	raw := []byte(ack.String())
	if l.out.tx != nil {
		l.s.linger(l.out.tx.key, raw, f, l.dlg.remoteTag)
	}
	if err := l.s.send(f, raw); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return nil
}

// onFailure: the transaction ended without a final response.
func (l *Leg) onFailure(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.out
	o.tx = nil
	switch {
	case l.phase == phaseDown:
		l.release()
	case o.cancel != nil || isCanceled(err):
		l.finish(l.cancelVerdict(487, "Request Terminated", nil))
	default:
		v := Ended{By: Network, Code: 503, Phrase: "Service Unavailable", Err: err, Text: clause(err)}
		if errors.Is(err, errTimeout) {
			v.Code, v.Phrase = 408, "Request Timeout"
		}
		l.nextTarget(v)
	}
}

// nextTarget goes on to the next target, or ends the leg with the best verdict
// so far: a refusal by somebody says more than nobody being there.
func (l *Leg) nextTarget(v Ended) {
	o := l.out
	if o.best == nil || o.best.By == Network || v.Code >= 600 {
		o.best = &v
	}
	if len(o.targets) > 0 && v.Code < 600 {
		l.try()
		return
	}
	l.finish(*o.best)
}

// clause is an error without our prefix, for a person.
func clause(err error) string {
	return strings.TrimPrefix(err.Error(), "sip: ")
}
