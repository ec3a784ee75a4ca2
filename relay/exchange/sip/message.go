package sip

import (
	"crypto/rand"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

const (
	allowed        = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, MESSAGE"
	optionTimer    = "timer"    // RFC 4028
	option100rel   = "100rel"   // RFC 3262
	optionReplaces = "replaces" // RFC 3891
	sdpType        = "application/sdp"
)

// token is a random identifier of n bytes in hex.
func token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}

// addVia puts our Via on top, with rport (RFC 3581).
func (s *Stack) addVia(req *sip.Request, f flow) {
	local := s.local(f)
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: f.network(),
		Host: hostText(local.Addr()), Port: int(local.Port()),
	}
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+token(12))
	via.Params.Add("rport", "")
	req.PrependHeader(via)
}

// contact is the URI under which the peer of a flow reaches us; in a dialog of
// sips: URIs it is one too (RFC 3261 §8.1.1.8).
func (s *Stack) contact(f flow, user string, secure bool) string {
	local := s.local(f)
	uri := sip.Uri{Scheme: "sip", User: user, Host: hostText(local.Addr()), Port: int(local.Port())}
	switch {
	case secure && f.network() == netTLS:
		uri.Scheme = "sips"
	case f.reliable():
		uri.UriParams.Add("transport", strings.ToLower(f.network()))
	}
	return "<" + uri.String() + ">"
}

func hostText(ip netip.Addr) string {
	if ip.Is6() {
		return "[" + ip.WithZone("").String() + "]"
	}
	return ip.String()
}

// response is RFC 3261 §8.2.6: what every response takes from its request.
// toTag is added to a To without tag; "" for a 100.
func (s *Stack) response(req *sip.Request, code int, phrase, toTag string) *sip.Response {
	res := sip.NewResponse(code, phrase)
	sip.CopyHeaders("Via", req, res)
	if code > 100 && code < 300 && (req.IsInvite() || req.Method == sip.UPDATE) {
		sip.CopyHeaders("Record-Route", req, res)
	}
	if h := req.From(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if h := req.To(); h != nil {
		to := sip.HeaderClone(h).(*sip.ToHeader)
		if toTag != "" && !hasParam(to.Params, "tag") {
			to.Params.Add("tag", toTag)
		}
		res.AppendHeader(to)
	}
	if h := req.CallID(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if h := req.CSeq(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if code == 100 {
		sip.CopyHeaders("Timestamp", req, res)
	}
	add(res, "Server", s.cfg.UserAgent)
	return res
}

// setBody ends a message: Content-Type where there is a body, Content-Length always.
func setBody(msg sip.Message, contentType string, body []byte) {
	if len(body) > 0 {
		add(msg, "Content-Type", contentType)
	}
	msg.SetBody(body)
}

// ackNon2xx is RFC 3261 §17.1.1.3.
func ackNon2xx(invite *sip.Request, res *sip.Response) *sip.Request {
	ack := inTransaction(sip.ACK, invite)
	ack.AppendHeader(sip.HeaderClone(res.To()))
	ack.SetBody(nil)
	return ack
}

// cancelFor is RFC 3261 §9.1.
func cancelFor(invite *sip.Request, reason string) *sip.Request {
	cancel := inTransaction(sip.CANCEL, invite)
	cancel.AppendHeader(sip.HeaderClone(invite.To()))
	if reason != "" {
		add(cancel, "Reason", reason)
	}
	cancel.SetBody(nil)
	return cancel
}

// inTransaction is a request that belongs to an INVITE's transaction: same
// Request-URI, top Via, Route, From, Call-ID and CSeq number.
func inTransaction(method sip.RequestMethod, invite *sip.Request) *sip.Request {
	req := sip.NewRequest(method, *invite.Recipient.Clone())
	req.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, req)
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
	return req
}
