package sip

import (
	"errors"
	"fmt"
	"strconv"
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
	// Headers are added to the INVITE. See [ValidateHeader].
	Headers []Header
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
	sent        *sip.Request // nil until the INVITE is on the wire
	provisional bool         // something answered this try
	heard       bool         // something answered any try
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
// the way is told by [Ended]. Errors: [URIError], [HeaderError], ErrClosed, or
// an unusable SDP, SessionExpires or Timeout.
func (s *Stack) Invite(req OutboundInvite) (*Leg, error) {
	l, err := s.newOutbound(req)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.legs[legKey(l.dlg.callID, l.dlg.localTag)] = l
	}
	s.mu.Unlock()
	if closed {
		return nil, ErrClosed
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
	o.sent, o.provisional = nil, false
	l.dlg.remoteTag, l.dlg.routes, l.dlg.target = "", nil, o.current
	o.tx = l.s.request(&o.current, l.buildINVITE, l.onResponse, l.onFailure)
}

func (l *Leg) buildINVITE(f flow) *sip.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.out
	if l.phase == phaseDown {
		o.tx = nil
		l.release()
		return nil
	}
	l.flow = f
	req := l.dlg.request(sip.INVITE, 0)
	add(req, "Contact", l.s.contact(f, l.dlg.local.uri.User))
	add(req, "Allow", l.s.allow())
	add(req, "Supported", supported)
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
	if l.times.Ringing.IsZero() {
		l.times.Ringing = time.Now()
	}
	if param(res.To().Params, "tag") != "" {
		l.dlg.confirm(res)
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
		l.session.negotiateUAC(res)
		l.session.start(l)
		l.events.emit(l.s, Answered{SDP: l.remoteSDP, Headers: headersOf(res)})
	}
	o.sent = nil
}

// acknowledge sends the ACK to a 2xx (§13.2.2.4). It is called with l.mu held
// on the transaction's goroutine; the lock is let go while a name is looked up
// or a connection made.
func (l *Leg) acknowledge(res *sip.Response) error {
	next := l.dlg.next().Clone()
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
	const prefix = "sip: "
	s := err.Error()
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):]
	}
	return s
}
