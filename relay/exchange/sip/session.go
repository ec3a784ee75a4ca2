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
	interval time.Duration // 0: none
	min      time.Duration // from a 422
	ours     bool          // we refresh
	announce string        // UAS: Session-Expires for our 2xx
	require  bool          // UAS: the peer must refresh, so Require: timer
	update   bool          // the peer takes UPDATE
	unasked  bool          // the peer has no session timers: it need not take our refreshes
	refresh  Timer
	expiry   Timer
}

func (t *session) stop() {
	for _, x := range []Timer{t.refresh, t.expiry} {
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

// negotiateUAS settles the timer for a request we are about to accept (§9); with
// none in it, ours counts, 0 for none.
func (t *session) negotiateUAS(req *sip.Request, ours time.Duration) {
	t.update = hasOption(req, "UPDATE", "Allow")
	peerKnows := hasOption(req, "timer", "Supported", "k")
	e, ok := sessionExpires(req)
	if !ok {
		t.interval, t.ours, t.unasked = ours, true, !peerKnows
		t.announce, t.require = "", false
		if ours > 0 {
			t.announce = strconv.Itoa(int(ours/time.Second)) + ";refresher=uas"
		}
		return
	}
	t.unasked = false
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
		add(res, "Require", optionTimer)
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

// settleUAC takes the timer from the 2xx to our INVITE. A peer that grants none,
// as those do that know of none, has the one that was asked for if calls are to
// have one: we refresh it.
func (t *session) settleUAC(res *sip.Response, always bool) {
	asked := t.interval
	t.negotiateUAC(res)
	if t.interval == 0 && asked > 0 && always {
		t.interval, t.ours, t.unasked = asked, true, true
	}
}

// start arms the timer after a (re)negotiation: refresh at half time where it
// is our turn, BYE shortly before the end in any case (§10). l.mu is held.
func (t *session) start(l *Leg) {
	t.stop()
	if t.interval <= 0 {
		return
	}
	if t.ours {
		t.refresh = l.s.cfg.AfterFunc(t.interval/2, l.refreshSession)
	}
	t.expiry = l.s.cfg.AfterFunc(t.interval-min(32*time.Second, t.interval/3), func() {
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
	switch {
	case l.phase != phaseUp || l.s.ctx.Err() != nil:
	case l.offer != nil: // refreshes as well, if it is accepted
		l.session.refresh = time.AfterFunc(time.Second, l.refreshSession)
	default:
		l.startOffer(&ownOffer{method: l.refreshMethod()})
	}
}

func (l *Leg) refreshMethod() sip.RequestMethod {
	if l.session.update {
		return sip.UPDATE
	}
	return sip.INVITE
}

// ask adds the wish for a session timer to a request of ours inside the call; as
// its UAC we are the refresher from then on.
func (t *session) ask(req *sip.Request) {
	if t.interval > 0 {
		add(req, "Session-Expires", strconv.Itoa(int(t.interval/time.Second))+";refresher=uac")
		add(req, "Min-SE", strconv.Itoa(int(max(t.min, minSE)/time.Second)))
	}
}

// renew takes the timer from the 2xx to such a request. l.mu is held.
func (t *session) renew(l *Leg, res *sip.Response) {
	interval := t.interval
	t.negotiateUAC(res)
	if t.interval == 0 && interval > 0 {
		t.interval, t.ours = interval, true
	}
	t.start(l)
}
