package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// minSE is the least session interval (RFC 4028 §4).
const minSE = 90 * time.Second

// session is the session timer (RFC 4028). Its leg's mutex guards it.
type session struct {
	interval  time.Duration // 0: none
	min       time.Duration // from a 422
	ours      bool          // we refresh
	announce  string        // UAS: Session-Expires for our 2xx
	require   bool          // UAS: the peer must refresh, so Require: timer
	update    bool          // the peer takes UPDATE
	refresh   *time.Timer
	expiry    *time.Timer
	refreshes int // pending ones: at most one
}

func (t *session) stop() {
	for _, x := range []*time.Timer{t.refresh, t.expiry} {
		if x != nil {
			x.Stop()
		}
	}
}

type expires struct {
	interval  time.Duration
	refresher string // uac, uas or ""
}

// sessionExpires reads Session-Expires (compact x).
func sessionExpires(msg sip.Message) (expires, bool) {
	v := value(msg, "Session-Expires")
	if v == "" {
		v = value(msg, "x")
	}
	fields := strings.Split(v, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(fields[0]), 10, 31)
	if err != nil || n == 0 {
		return expires{}, false
	}
	e := expires{interval: time.Duration(n) * time.Second}
	for _, f := range fields[1:] {
		name, v, _ := strings.Cut(f, "=")
		if strings.EqualFold(strings.TrimSpace(name), "refresher") {
			e.refresher = strings.ToLower(strings.TrimSpace(v))
		}
	}
	return e, true
}

// negotiateUAS settles the timer for a request we are about to accept (§9).
func (t *session) negotiateUAS(req *sip.Request) {
	t.update = hasOption(req, "UPDATE", "Allow")
	e, ok := sessionExpires(req)
	if !ok {
		t.interval, t.announce, t.require = 0, "", false
		return
	}
	peerKnows := hasOption(req, "timer", "Supported", "k")
	refresher := "uas"
	if peerKnows && e.refresher != "uas" {
		refresher = "uac"
	}
	t.interval, t.ours = e.interval, refresher == "uas"
	t.announce = strconv.Itoa(int(e.interval/time.Second)) + ";refresher=" + refresher
	t.require = peerKnows && refresher == "uac"
}

// write adds the settled timer to a 2xx.
func (t *session) write(res *sip.Response) {
	if t.announce == "" {
		return
	}
	add(res, "Session-Expires", t.announce)
	if t.require {
		add(res, "Require", supported)
	}
}

// negotiateUAC takes the timer from a 2xx; none in it means none (§7.2).
func (t *session) negotiateUAC(res *sip.Response) {
	if hs := res.GetHeaders("Allow"); len(hs) > 0 {
		t.update = hasOption(res, "UPDATE", "Allow")
	}
	e, ok := sessionExpires(res)
	if !ok {
		t.interval = 0
		return
	}
	t.interval, t.ours = max(e.interval, minSE), e.refresher != "uas"
}

// start arms the timer after a (re)negotiation: refresh at half time where it
// is our turn, BYE shortly before the end in any case (§10). l.mu is held.
func (t *session) start(l *Leg) {
	t.stop()
	if t.interval <= 0 {
		return
	}
	if t.ours {
		t.refresh = time.AfterFunc(t.interval/2, l.refreshSession)
	}
	t.expiry = time.AfterFunc(t.interval-min(32*time.Second, t.interval/3), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.phase != phaseUp {
			return
		}
		l.hangup(EndReason{Code: 408, Phrase: "Session Timer Expired"}, Ended{
			By: Network, Code: 408, Phrase: "Request Timeout", Err: ErrSessionExpired,
			Text: "the session timer ran out: the peer seems to be gone",
		})
	})
}

// refreshSession sends UPDATE, or a re-INVITE with the SDP as it stands.
func (l *Leg) refreshSession() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != phaseUp || l.session.refreshes > 0 || l.s.ctx.Err() != nil {
		return
	}
	l.session.refreshes++
	method := sip.INVITE
	if l.session.update {
		method = sip.UPDATE
	}
	l.send(method, func(req *sip.Request, f flow) {
		add(req, "Contact", l.contact(f))
		add(req, "Supported", supported)
		// As UAC of this request we stay the refresher.
		add(req, "Session-Expires", strconv.Itoa(int(l.session.interval/time.Second))+";refresher=uac")
		add(req, "Min-SE", strconv.Itoa(int(max(l.session.min, minSE)/time.Second)))
		if method == sip.INVITE {
			setBody(req, sdpType, l.localSDP)
			return
		}
		req.SetBody(nil)
	}, func(res *sip.Response) { l.refreshed(method, res) }, func(error) { l.refreshed(method, nil) })
}

// refreshed handles the outcome (nil: none came).
func (l *Leg) refreshed(method sip.RequestMethod, res *sip.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session.refreshes--
	if res != nil && res.StatusCode < 300 {
		l.dlg.refresh(res)
		if method == sip.INVITE {
			l.acknowledgeRefresh(res)
		}
	}
	if l.phase != phaseUp {
		return
	}
	switch {
	case res == nil || res.StatusCode == 408 || res.StatusCode == 481: // §12.2.1.2
		l.hangup(EndReason{}, Ended{By: Network, Code: 408, Phrase: "Request Timeout", Err: ErrSessionExpired,
			Text: "the peer does not know this call any more"})
	case res.StatusCode < 300:
		interval := l.session.interval
		l.session.negotiateUAC(res)
		if l.session.interval == 0 {
			l.session.interval, l.session.ours = interval, true
		}
		l.session.start(l)
	case res.StatusCode == 422 && l.lengthen(res), res.StatusCode == 491:
		// Owner of the Call-ID or not, 2.1–4 s are legal for one and long
		// enough for the other (§14.1).
		l.session.refresh = time.AfterFunc(3*time.Second, l.refreshSession)
	case method == sip.UPDATE && (res.StatusCode == 405 || res.StatusCode == 501):
		l.session.update = false
		l.session.refresh = time.AfterFunc(0, l.refreshSession)
	}
	// Any other refusal: the dialog stands until the timer runs out.
}

// acknowledgeRefresh sends the ACK of a re-INVITE of ours. l.mu is held.
func (l *Leg) acknowledgeRefresh(res *sip.Response) {
	ack := l.dlg.request(sip.ACK, res.CSeq().SeqNo)
	ack.SetBody(nil)
	next := l.next()
	key := clientKey(res.Via(), string(sip.INVITE))
	tag := l.dlg.remoteTag
	deliver := func(f flow) {
		l.s.addVia(ack, f)
		raw := []byte(ack.String())
		l.s.linger(key, raw, f, tag)
		if err := l.s.send(f, raw); err != nil {
			l.s.log.Debug("sip: ACK not sent", "err", err)
		}
	}
	if f, ok := l.s.literal(next); ok {
		deliver(f)
		return
	}
	// Ends with the lookup or connect; waited for by Close.
	l.s.spawn("ack", func() {
		if f, err := l.s.route(l.s.ctx, next); err == nil {
			deliver(f)
		}
	})
}
