package sip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// OutboundInvite is a call to make.
type OutboundInvite struct {
	// From and To are sip: URIs, bare or with display name. Mandatory.
	From, To string
	// Targets are the URIs to send the INVITE to (say, registered contacts),
	// tried one after another until one answers or refuses by 6xx. Default: To.
	Targets []string
	// Proxy is a sip: URI that the INVITE is sent through, as a loose router,
	// whatever the target (RFC 3261 §8.1.2). Default: none.
	Proxy string
	// Follow says whether a 3xx may lead to a URI; what it may not is as if it had
	// not been named. It is called with the leg locked. Default: everywhere.
	Follow func(uri string) bool
	// Headers are added to the INVITE. See [ValidateHeader].
	Headers []Header
	// Replaces names the call of the callee that this one takes the place of
	// (RFC 3891). Default: none.
	Replaces *Replaces
	// SDP is the offer. Mandatory.
	SDP []byte
	// SessionExpires asks for a session timer (RFC 4028); 0 asks for none, the
	// least is 90 s. Whole seconds.
	SessionExpires time.Duration
	// Timeout is how long it may ring, over all targets; 0: no limit.
	Timeout time.Duration
	// Username and Password answer a 401 or 407 (digest), once per challenge.
	Username, Password string
}

// outbound is what an outbound leg needs until its dialog stands.
type outbound struct {
	req         OutboundInvite
	targets     []sip.Uri // still to be tried
	visited     map[string]bool
	redirects   int
	challenges  int
	current     sip.Uri
	auth        []Header // credentials for the current try
	tx          *clientTx
	sent        *sip.Request      // nil until the INVITE is on the wire
	seq         uint32            // its CSeq, 0 before there is one
	rseqs       map[string]uint32 // RSeq last seen, by the tag of the early dialog
	preload     []sip.Uri         // Route of the INVITE: the outbound proxy
	provisional bool              // something answered this try
	heard       bool              // something answered any try
	cancel      *cancelling
	cancelSent  bool
	ring        *time.Timer
	giveUp      *time.Timer // 64·T1 after the CANCEL
	best        *Ended      // verdict of the targets so far
}

// cancelling is why an INVITE is being cancelled.
type cancelling struct {
	reason   EndReason
	timedOut bool
}

const maxRedirects = 5

func (o *outbound) stopTimers() {
	if o.ring != nil {
		o.ring.Stop()
	}
}

// Invite calls somebody. It returns at once; everything that can go wrong on
// the way is told by [Ended]. Errors: [URIError], [HeaderError], ErrClosed,
// ErrTooMany, or
// an unusable SDP, SessionExpires or Timeout.
func (s *Stack) Invite(req OutboundInvite) (*Leg, error) {
	l, err := s.newOutbound(req)
	if err != nil {
		return nil, err
	}
	if err := s.addLeg(l); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if req.Timeout > 0 {
		l.out.ring = time.AfterFunc(req.Timeout, l.ringExpired)
	}
	l.try()
	return l, nil
}

func (s *Stack) newOutbound(req OutboundInvite) (*Leg, error) {
	fromName, from, err := parseAddress(req.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	toName, to, err := parseAddress(req.To)
	if err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if err := validateHeaders(req.Headers); err != nil {
		return nil, err
	}
	switch {
	case req.Replaces != nil && !req.Replaces.valid():
		return nil, errors.New("sip: invite: Replaces names no dialog")
	case len(req.SDP) == 0:
		return nil, errors.New("sip: invite: no SDP offer")
	case req.Timeout < 0:
		return nil, errors.New("sip: invite: negative timeout")
	case req.SessionExpires != 0 && req.SessionExpires < minSE:
		return nil, fmt.Errorf("sip: invite: session expires %v is below %v", req.SessionExpires, minSE)
	}
	o := &outbound{req: req, visited: map[string]bool{}}
	for _, t := range req.Targets {
		_, uri, err := parseAddress(t)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		o.targets = append(o.targets, uri)
	}
	if len(o.targets) == 0 {
		o.targets = []sip.Uri{*to.Clone()}
	}
	if o.preload, err = proxyRoute(req.Proxy); err != nil {
		return nil, err
	}
	l := &Leg{
		s: s, id: token(16), dir: Outbound, out: o,
		from: party(escape(fromName), &from), to: party(escape(toName), &to),
		requestURI: o.targets[0].String(),
		dlg: dialog{
			callID: token(16), localTag: token(8),
			local: identity{escape(fromName), bare(from)}, remote: identity{escape(toName), bare(to)},
		},
		localSDP: req.SDP, times: Times{Created: time.Now()},
	}
	l.session.interval = req.SessionExpires
	return l, nil
}

// proxyRoute is the route set that an outbound proxy makes; nil for none.
func proxyRoute(proxy string) ([]sip.Uri, error) {
	if proxy == "" {
		return nil, nil
	}
	_, uri, err := parseAddress(proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	if !hasParam(uri.UriParams, "lr") {
		uri.UriParams.Add("lr", "")
	}
	return []sip.Uri{uri}, nil
}

// bare takes off what a URI in From and To must not have (RFC 3261 §19.1.1).
func bare(uri sip.Uri) sip.Uri {
	uri.UriParams, uri.Headers, uri.Port, uri.Password = nil, nil, 0, ""
	return uri
}

// try sends the INVITE to the next target. l.mu is held.
func (l *Leg) try() {
	o := l.out
	o.current, o.targets = o.targets[0], o.targets[1:]
	o.auth, o.challenges = nil, 0
	o.visited[o.current.String()] = true
	l.sendINVITE()
}

// sendINVITE starts one INVITE transaction to the current target. l.mu is held.
func (l *Leg) sendINVITE() {
	o := l.out
	o.sent, o.provisional, o.seq, o.rseqs = nil, false, 0, nil
	l.settled = false
	l.dlg.remoteTag, l.dlg.target, l.dlg.routes = "", o.current, o.preload
	l.dlg.secure = strings.EqualFold(o.current.Scheme, "sips")
	o.tx = l.s.request(where{uri: l.dlg.next()}, l.buildINVITE, l.onResponse, l.onFailure)
}

// buildINVITE is called for each address that is tried; the INVITE stays the
// same request, with the same CSeq (RFC 3263 §4.3).
func (l *Leg) buildINVITE(f flow) *sip.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.out
	switch {
	case l.phase == phaseDown:
		o.tx = nil
		l.release()
		return nil
	case o.cancel != nil: // cancelled while the address before this one was silent
		o.tx = nil
		l.finish(l.cancelVerdict(487, "Request Terminated", nil))
		return nil
	}
	l.flow, o.provisional = f, false
	req := l.dlg.request(sip.INVITE, o.seq)
	o.seq = req.CSeq().SeqNo
	add(req, "Contact", l.contact(f))
	add(req, "Allow", l.s.allow())
	add(req, "Supported", l.s.supported())
	if r := o.req.Replaces; r != nil {
		add(req, "Require", optionReplaces)
		add(req, "Replaces", r.String())
	}
	add(req, "User-Agent", l.s.cfg.UserAgent)
	if se := l.session.interval; se > 0 {
		add(req, "Session-Expires", strconv.Itoa(int(se/time.Second)))
		add(req, "Min-SE", strconv.Itoa(int(max(l.session.min, minSE)/time.Second)))
	}
	addAll(req, o.auth)
	addAll(req, o.req.Headers)
	setBody(req, sdpType, o.req.SDP)
	o.sent = req
	l.headers = headersOf(req)
	return req
}
