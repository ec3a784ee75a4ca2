package sip

import (
	"bytes"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// malformed is RFC 3261 §8.1.1: what a request must have; "" if it has.
func malformed(req *sip.Request) string {
	switch cseq := req.CSeq(); {
	case req.Via() == nil:
		return "Missing Via"
	case req.From() == nil:
		return "Missing From"
	case req.To() == nil:
		return "Missing To"
	case req.CallID() == nil || req.CallID().Value() == "":
		return "Missing Call-ID"
	case cseq == nil:
		return "Missing CSeq"
	case !strings.EqualFold(strings.TrimSpace(string(cseq.MethodName)), string(req.Method)):
		return "CSeq Method Mismatch"
	case param(req.From().Params, "tag") == "" && req.IsInvite():
		return "Missing From Tag"
	case hasFolding(req.CallID().Value()):
		return "Bad Call-ID"
	case badRecipient(req):
		return "Bad Request-URI"
	}
	return repeated(req)
}

// badRecipient tells a Request-URI that names no host or carries headers. Inside
// a dialog the tags say who is meant: to refuse a BYE for its Request-URI would
// keep a call up that the other side has left.
func badRecipient(req *sip.Request) bool {
	inDialog := req.To() != nil && hasParam(req.To().Params, "tag")
	return !inDialog && isSIP(&req.Recipient) && (req.Recipient.Host == "" || len(req.Recipient.Headers) > 0)
}

// single are the headers that a request has once at most, by every name.
var single = map[string]string{
	"from": "From", "f": "From", "to": "To", "t": "To", "call-id": "Call-ID", "i": "Call-ID", "cseq": "CSeq",
	"max-forwards": "Max-Forwards", "content-length": "Content-Length", "l": "Content-Length",
	"content-type": "Content-Type", "c": "Content-Type",
}

// repeated finds such a header twice, or with a value that is none.
func repeated(req *sip.Request) string {
	seen := map[string]bool{}
	for _, h := range req.Headers() {
		name := single[strings.ToLower(h.Name())]
		if name != "" && seen[name] {
			return "Repeated " + name
		}
		seen[name] = true
	}
	if m := req.MaxForwards(); m != nil && m.Val() > 255 {
		return "Bad Max-Forwards"
	}
	if req.IsInvite() && len(req.GetHeaders("Contact")) > 1 { // §8.1.1.8
		return "Repeated Contact"
	}
	return ""
}

func hasFolding(s string) bool { return strings.ContainsAny(s, "\r\n\x00") }

// refuseMalformed answers 400 without a transaction, where there is enough of
// a request to answer at all. An ACK is never answered.
func (s *Stack) refuseMalformed(req *sip.Request, f flow) {
	if req.Via() == nil || req.IsAck() {
		return
	}
	stampVia(req.Via(), f)
	phrase := malformed(req)
	if phrase == "" {
		phrase = "Bad Request"
	}
	s.refuseStateless(req, f, 400, phrase)
}

func (s *Stack) refuseStateless(req *sip.Request, f flow, code int, phrase string, hs ...Header) {
	res := s.response(req, code, phrase, token(8))
	addAll(res, hs)
	res.SetBody(nil)
	if err := s.send(responseFlow(req, f), []byte(res.String())); err != nil {
		s.log.Debug("sip: refusal not sent", "err", err)
	}
}

// refuseUnreadable answers a request whose start line is beyond the parser: it
// is read again with a start line that makes sense. What is not even that is
// dropped.
func (s *Stack) refuseUnreadable(data []byte, f flow) {
	line, rest, ok := bytes.Cut(data, []byte("\r\n"))
	method, tail, _ := strings.Cut(string(line), " ")
	if !ok || !isToken(method) || !strings.Contains(tail, "SIP/2.0") {
		return
	}
	again := append([]byte(method+" sip:unreadable.invalid SIP/2.0\r\n"), rest...)
	msg, _ := s.parser.ParseSIP(again)
	req, ok := msg.(*sip.Request)
	if !ok || req == nil || req.Via() == nil || req.IsAck() {
		return
	}
	stampVia(req.Via(), f)
	uri, _, _ := strings.Cut(tail, " ")
	if scheme, _, found := strings.Cut(uri, ":"); found && isScheme(scheme) && malformed(req) == "" {
		s.refuseStateless(req, f, 416, phraseFor(416))
		return
	}
	s.refuseStateless(req, f, 400, "Bad Request Line")
}

// isScheme is a URI scheme other than ours (RFC 3986 §3.1).
func isScheme(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; !isAlnum(c) && strings.IndexByte("+-.", c) < 0 {
			return false
		}
	}
	return text != "" && !strings.EqualFold(text, "sip") && !strings.EqualFold(text, "sips")
}
