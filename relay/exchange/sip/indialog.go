package sip

import (
	"github.com/emiago/sipgo/sip"
)

// receive handles a request inside the leg's dialog (RFC 3261 §12.2.2).
func (l *Leg) receive(req *sip.Request, tx *serverTx, f flow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dlg.remoteTag != "" && param(req.From().Params, "tag") != l.dlg.remoteTag {
		l.s.reply(tx, req, 481, "Call/Transaction Does Not Exist")
		return
	}
	seq := req.CSeq().SeqNo
	if seq < l.dlg.remoteSeq && req.Method != sip.BYE { // a BYE out of order still ends the call
		l.s.reply(tx, req, 500, "CSeq Out Of Order")
		return
	}
	l.dlg.remoteSeq = max(seq, l.dlg.remoteSeq)
	if l.phase == phaseDown && req.Method != sip.BYE { // only our BYE's answer is still to come
		l.s.reply(tx, req, 481, "Call/Transaction Does Not Exist")
		return
	}
	switch req.Method {
	case sip.BYE:
		l.receiveBYE(req, tx)
	case sip.INVITE, sip.UPDATE:
		l.receiveOffer(req, tx)
	case sip.INFO:
		l.receiveINFO(req, tx)
	case sip.PRACK:
		l.receivePRACK(req, tx)
	case sip.REFER:
		l.receiveREFER(req, tx)
	case sip.NOTIFY:
		l.receiveNOTIFY(req, tx)
	case sip.MESSAGE:
		l.receiveMESSAGE(req, tx)
	case sip.OPTIONS:
		l.ok(tx, req)
	default:
		l.s.reply(tx, req, 405, "Method Not Allowed", Header{"Allow", l.s.allow()})
	}
}

// ok answers 200 without body.
func (l *Leg) ok(tx *serverTx, req *sip.Request, hs ...Header) {
	l.s.reply(tx, req, 200, "OK", append(hs, Header{"Allow", l.s.allow()}, Header{"Supported", l.s.supported()})...)
}

// receiveBYE ends the leg (§15.1.2). It may overtake the ACK, and it may end an
// inbound early dialog; a callee may not end our early dialog this way.
func (l *Leg) receiveBYE(req *sip.Request, tx *serverTx) {
	if l.phase == phaseEarly && l.dir == Outbound {
		l.s.reply(tx, req, 481, "Call/Transaction Does Not Exist")
		return
	}
	l.s.reply(tx, req, 200, "OK")
	v := verdict(req)
	v.By, v.Text = Remote, "the other side hung up"
	if l.phase == phaseEarly {
		l.final(487, "Request Terminated", nil)
		v.Code, v.Phrase = 487, "Request Terminated"
	}
	if l.unacked != nil { // whoever hangs up has seen the answer
		l.unacked.timer.Stop()
		l.unacked = nil
	}
	l.owed = nil // the dialog is over, a BYE of ours would find nothing
	l.finish(v)
	l.release()
}

func (l *Leg) receiveINFO(req *sip.Request, tx *serverTx) {
	if len(req.Body()) == 0 {
		l.ok(tx, req)
		return
	}
	digit, ok := parseDigit(value(req, "Content-Type"), req.Body())
	if !ok {
		l.s.reply(tx, req, 415, "Unsupported Media Type",
			Header{"Accept", dtmfRelay + ", " + dtmfPlain})
		return
	}
	l.ok(tx, req)
	l.events.emit(l.s, digit)
}
