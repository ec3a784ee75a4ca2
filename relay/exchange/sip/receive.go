package sip

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// receive takes one parsed message from a reader, in the order of arrival.
func (s *Stack) receive(msg sip.Message, f flow) {
	switch msg := msg.(type) {
	case *sip.Request:
		unwrap(msg)
		s.receiveRequest(msg, f)
	case *sip.Response:
		unwrap(msg)
		s.receiveResponse(msg, f)
	}
}

func (s *Stack) receiveRequest(req *sip.Request, f flow) {
	if malformed(req) != "" {
		s.refuseMalformed(req, f)
		return
	}
	stampVia(req.Via(), f)
	switch req.Method {
	case sip.ACK:
		s.receiveACK(req, f)
		return
	case sip.CANCEL:
		s.receiveCANCEL(req, f)
		return
	}
	if req.IsInvite() && !s.mayCall(req, f) {
		return
	}
	tx, old, merged := s.newServerTx(req, f)
	if old != nil {
		old.retransmitted()
		return
	}
	if merged {
		s.reply(tx, req, 482, "Loop Detected")
		return
	}
	s.dispatch(req, tx, f)
}

// mayCall applies the limit on calls per second and source to a new INVITE. What
// is too much is refused without a transaction, which would cost memory.
func (s *Stack) mayCall(req *sip.Request, f flow) bool {
	if s.calls == nil || hasParam(req.To().Params, "tag") {
		return true
	}
	s.mu.Lock()
	known := s.servers[serverKey(req, string(sip.INVITE))] != nil
	s.mu.Unlock()
	if known || s.calls.take(f.remote.Addr(), time.Now()) {
		return true
	}
	s.refuseStateless(req, f, 503, "Too Many Calls", Header{"Retry-After", "1"})
	return false
}

// receiveACK matches the ACK of a failure by its branch, that of a 2xx by its
// dialog. An ACK for nothing we know is dropped.
func (s *Stack) receiveACK(req *sip.Request, f flow) {
	s.mu.Lock()
	tx := s.servers[serverKey(req, string(sip.INVITE))]
	s.mu.Unlock()
	if tx != nil && tx.acknowledged() {
		return
	}
	if l := s.legFor(req); l != nil {
		l.receiveACK(req)
	}
}

// receiveCANCEL is RFC 3261 §9.2.
func (s *Stack) receiveCANCEL(req *sip.Request, f flow) {
	ctx, old, _ := s.newServerTx(req, f)
	if old != nil {
		old.retransmitted()
		return
	}
	s.mu.Lock()
	tx := s.servers[serverKey(req, string(sip.INVITE))]
	s.mu.Unlock()
	if tx == nil {
		s.reply(ctx, req, 481, "Call/Transaction Does Not Exist")
		return
	}
	tag, told := tx.cancelled()
	if tag == "" {
		tag = token(8)
	}
	res := s.response(req, 200, "OK", tag)
	res.SetBody(nil)
	ctx.respond(res)
	if told != nil {
		told(req)
	}
}

// dispatch handles a request that is new: in a dialog by its leg, else here.
func (s *Stack) dispatch(req *sip.Request, tx *serverTx, f flow) {
	switch {
	case req.SipVersion != "SIP/2.0":
		s.reply(tx, req, 505, "Version Not Supported")
		return
	case req.Recipient.Scheme != "sip" && req.Recipient.Scheme != "sips":
		s.reply(tx, req, 416, "Unsupported URI Scheme")
		return
	}
	if bad := s.unsupported(req); bad != "" {
		s.reply(tx, req, 420, "Bad Extension", Header{"Unsupported", bad})
		return
	}
	if hasParam(req.To().Params, "tag") {
		if l := s.legFor(req); l != nil {
			l.receive(req, tx, f)
			return
		}
		if req.Method != sip.OPTIONS && req.Method != sip.REGISTER {
			s.reply(tx, req, 481, "Call/Transaction Does Not Exist")
			return
		}
	}
	s.outOfDialog(req, tx, f)
}

func (s *Stack) outOfDialog(req *sip.Request, tx *serverTx, f flow) {
	switch req.Method {
	case sip.INVITE:
		s.receiveINVITE(req, tx, f)
	case sip.OPTIONS:
		s.reply(tx, req, 200, "OK", Header{"Allow", s.allow()}, Header{"Supported", s.supported()},
			Header{"Accept", sdpType})
	case sip.REGISTER:
		if s.cfg.Registrar == nil {
			s.reply(tx, req, 405, "Method Not Allowed", Header{"Allow", s.allow()})
			return
		}
		if s.authorizeRegister(req, tx, f) {
			s.cfg.Registrar.receive(s, req, tx, f)
		}
	case sip.BYE, sip.INFO, sip.UPDATE, sip.NOTIFY, sip.PRACK, sip.REFER:
		s.reply(tx, req, 481, "Call/Transaction Does Not Exist")
	default:
		s.reply(tx, req, 405, "Method Not Allowed", Header{"Allow", s.allow()})
	}
}

func (s *Stack) allow() string {
	if s.cfg.Registrar != nil {
		return allowed + ", REGISTER"
	}
	return allowed
}

// unsupported lists the option tags of Require that we do not have.
func (s *Stack) unsupported(req *sip.Request) string {
	known := "," + strings.ReplaceAll(s.supported(), " ", "")
	var bad []string
	for _, h := range req.GetHeaders("Require") {
		for _, tag := range strings.Split(h.Value(), ",") {
			if tag = strings.TrimSpace(tag); tag != "" && !strings.Contains(known+",", ","+strings.ToLower(tag)+",") {
				bad = append(bad, tag)
			}
		}
	}
	return strings.Join(bad, ", ")
}

// reply sends a final response without body and without dialog.
func (s *Stack) reply(tx *serverTx, req *sip.Request, code int, phrase string, hs ...Header) {
	res := s.response(req, code, phrase, token(8))
	addAll(res, hs)
	res.SetBody(nil)
	tx.respond(res)
}

// legKey finds a leg by what only it has: its Call-ID and our tag.
func legKey(callID, localTag string) string { return callID + "|" + localTag }

func (s *Stack) legFor(req *sip.Request) *Leg {
	key := legKey(req.CallID().Value(), param(req.To().Params, "tag"))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.legs[key]
}
