package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// identity is one side's From/To: the display name as on the wire (escaped).
type identity struct {
	display string
	uri     sip.Uri
}

// dialog is the dialog state of RFC 3261 §12. Its leg's mutex guards it.
type dialog struct {
	callID    string
	localTag  string
	remoteTag string
	local     identity
	remote    identity
	localSeq  uint32
	remoteSeq uint32
	routes    []sip.Uri
	target    sip.Uri // remote target
	secure    bool    // of sips: URIs
}

// dialogFromRequest is the UAS side (§12.1.1).
func dialogFromRequest(req *sip.Request, localTag string) dialog {
	from, to := req.From(), req.To()
	d := dialog{
		callID: req.CallID().Value(), localTag: localTag, remoteTag: param(from.Params, "tag"),
		local:  identity{to.DisplayName, *to.Address.Clone()},
		remote: identity{from.DisplayName, *from.Address.Clone()},
		// Any start will do for our own numbers, but 0 trips some peers.
		localSeq: 1, remoteSeq: req.CSeq().SeqNo,
		routes: recordRoutes(req),
		target: *from.Address.Clone(),
	}
	d.refresh(req)
	d.secure = isSecure(req, d.routes)
	return d
}

// isSecure is RFC 3261 §12.1.1: whether an INVITE opens a dialog of sips: URIs.
func isSecure(req *sip.Request, routes []sip.Uri) bool {
	if strings.EqualFold(req.Recipient.Scheme, "sips") || len(routes) > 0 && strings.EqualFold(routes[0].Scheme, "sips") {
		return true
	}
	c := req.Contact()
	return len(routes) == 0 && c != nil && strings.EqualFold(c.Address.Scheme, "sips")
}

// confirm is the UAC side (§12.1.2): what the 2xx (or 1xx) fixes.
func (d *dialog) confirm(res *sip.Response) {
	d.remoteTag = param(res.To().Params, "tag")
	d.routes = recordRoutes(res)
	slices.Reverse(d.routes)
	d.refresh(res)
}

// refresh takes a new remote target from a Contact (§12.2).
func (d *dialog) refresh(msg sip.Message) {
	hs := msg.GetHeaders("Contact")
	if len(hs) == 0 {
		return
	}
	if c, ok := hs[0].(*sip.ContactHeader); ok && !c.Address.Wildcard && c.Address.Host != "" && isSIP(&c.Address) {
		d.target = *c.Address.Clone()
		d.target.Headers = nil
	}
}

func isSIP(uri *sip.Uri) bool { return uri.Scheme == "sip" || uri.Scheme == "sips" || uri.Scheme == "" }

func recordRoutes(msg sip.Message) []sip.Uri {
	var out []sip.Uri
	for _, h := range msg.GetHeaders("Record-Route") {
		if rr, ok := h.(*sip.RecordRouteHeader); ok && rr.Address.Host != "" {
			out = append(out, *rr.Address.Clone())
		}
	}
	return out
}

// next is where a request inside the dialog goes: the first route, else the target.
func (d *dialog) next() *sip.Uri {
	if len(d.routes) > 0 {
		return &d.routes[0]
	}
	return &d.target
}

// request makes a request inside the dialog (§12.2.1.1), without Via and body.
// seq 0 takes the next number.
func (d *dialog) request(method sip.RequestMethod, seq uint32) *sip.Request {
	target, routes := d.target, d.routes
	if len(routes) > 0 && !hasParam(routes[0].UriParams, "lr") {
		// A strict router: it stands in the Request-URI, the target comes last.
		target, routes = routes[0], append(slices.Clone(routes[1:]), d.target)
	}
	req := sip.NewRequest(method, *target.Clone())
	for _, r := range routes {
		req.AppendHeader(&sip.RouteHeader{Address: *r.Clone()})
	}
	if seq == 0 {
		d.localSeq++
		seq = d.localSeq
	}
	d.address(req)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	return req
}

// address adds Max-Forwards, From, To and Call-ID.
func (d *dialog) address(req *sip.Request) {
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	from := &sip.FromHeader{DisplayName: d.local.display, Address: *d.local.uri.Clone()}
	from.Params.Add("tag", d.localTag)
	req.AppendHeader(from)
	to := &sip.ToHeader{DisplayName: d.remote.display, Address: *d.remote.uri.Clone()}
	if d.remoteTag != "" {
		to.Params.Add("tag", d.remoteTag)
	}
	req.AppendHeader(to)
	callID := sip.CallIDHeader(d.callID)
	req.AppendHeader(&callID)
}

// refuseFork ends a second answer to one INVITE, from another branch of a
// forking proxy: ACK, then BYE (§13.2.2.4).
func (s *Stack) refuseFork(res *sip.Response) {
	from, to := res.From(), res.To()
	d := &dialog{
		callID: res.CallID().Value(), localTag: param(from.Params, "tag"),
		local:    identity{from.DisplayName, *from.Address.Clone()},
		remote:   identity{to.DisplayName, *to.Address.Clone()},
		localSeq: res.CSeq().SeqNo, target: *to.Address.Clone(),
	}
	d.confirm(res)
	// Ends with its transaction or the stack; waited for by Close.
	s.spawn("fork", func() {
		f, err := s.route(s.ctx, where{uri: d.next()})
		if err != nil {
			s.log.Debug("sip: forked answer not ended", "err", err)
			return
		}
		ack := d.request(sip.ACK, d.localSeq)
		ack.SetBody(nil)
		s.addVia(ack, f)
		if err := s.send(f, []byte(ack.String())); err != nil {
			return
		}
		s.request(where{uri: d.next()}, func(flow) *sip.Request {
			bye := d.request(sip.BYE, 0)
			bye.SetBody(nil)
			return bye
		}, func(*sip.Response) {}, func(error) {})
	})
}
