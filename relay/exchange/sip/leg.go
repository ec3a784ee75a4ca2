package sip

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Direction of a leg, seen from here.
type Direction int

const (
	Inbound  Direction = iota + 1 // we were called
	Outbound                      // we called
)

func (d Direction) String() string {
	if d == Inbound {
		return "inbound"
	}
	return "outbound"
}

// Times of a leg; zero where it did not come to that.
type Times struct {
	Created  time.Time
	Ringing  time.Time // first provisional answer other than 100
	Answered time.Time
	Ended    time.Time
}

type phase int

const (
	phaseEarly    phase = iota // before a final response
	phaseAnswered              // inbound: 200 sent, no ACK yet
	phaseUp                    // confirmed dialog
	phaseDown                  // Ended was told
)

func (p phase) String() string {
	return [...]string{"not yet answered", "waiting for its ACK", "established", "ended"}[p]
}

// Leg is one INVITE dialog. All methods are safe for concurrent use and none
// of them waits for the network.
type Leg struct {
	s          *Stack
	id         string
	dir        Direction
	from, to   Party
	requestURI string
	user       string
	replaces   *Leg // ended by our answer

	events sink

	mu        sync.Mutex
	phase     phase
	dlg       dialog
	flow      flow
	headers   []Header
	localSDP  []byte
	remoteSDP []byte
	times     Times
	in        *inbound
	out       *outbound
	unacked   *unacked
	reoffer   *reoffer
	offer     *ownOffer // ours, unsettled
	offered   *ownOffer // to be sent after a refresh
	settled   bool      // the first offer was answered reliably before the call was
	refer     *ownRefer // ours, whose progress is not known to the end
	referrals int       // REFERs of the peer so far
	referral  *Referral // the one that waits for Accept or Refuse
	line      []inLine  // requests that go out one after another
	session   session
	owed      *EndReason // a BYE that must wait for the ACK (RFC 3261 §15)
	busy      int        // own requests that still need the dialog
}

// ID is unique in the process.
func (l *Leg) ID() string { return l.id }

// CallID is the SIP Call-ID.
func (l *Leg) CallID() string { return l.dlg.callID }

// Direction tells who called.
func (l *Leg) Direction() Direction { return l.dir }

// From is the caller, To the callee, as the INVITE's headers name them.
func (l *Leg) From() Party { return l.from }

// To is the callee.
func (l *Leg) To() Party { return l.to }

// User is who the caller of an inbound leg proved to be by digest; "" where
// nobody was asked.
func (l *Leg) User() string { return l.user }

// RequestURI is the first Request-URI of the INVITE.
func (l *Leg) RequestURI() string { return l.requestURI }

// Headers are all headers of the INVITE (outbound: of the last one sent; nil
// before that). The slice is the caller's.
func (l *Leg) Headers() []Header {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Header(nil), l.headers...)
}

// XHeaders are those of Headers whose name begins with X-.
func (l *Leg) XHeaders() []Header {
	var out []Header
	for _, h := range l.Headers() {
		if len(h.Name) > 2 && strings.EqualFold(h.Name[:2], "X-") {
			out = append(out, h)
		}
	}
	return out
}

// RemoteSDP is the last session description of the peer; nil before there is one.
func (l *Leg) RemoteSDP() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.remoteSDP
}

// LocalSDP is the last session description sent.
func (l *Leg) LocalSDP() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.localSDP
}

// RemoteAddr is where the INVITE came from or went to; zero while unresolved.
func (l *Leg) RemoteAddr() netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flow.remote
}

// Transport is "UDP", "TCP" or "TLS".
func (l *Leg) Transport() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flow.network()
}

// Times of the leg so far.
func (l *Leg) Times() Times {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.times
}

// Notify sets the sink for the leg's events, first those that happened so far.
// The sink is called in order, one event at a time, with no lock held; while it
// runs, only this leg's events wait.
func (l *Leg) Notify(f func(Event)) { l.events.set(l.s, f) }

// End ends the leg as its state asks, and returns at once; [Ended] follows.
//
//   - inbound, not answered: the final response of r (default 480);
//   - outbound, not answered: CANCEL, as soon as there is a provisional answer
//     (RFC 3261 §9.1). Ended comes with the final response, or after 64·T1. A
//     200 that crosses the CANCEL is acknowledged and ended by BYE;
//   - established: BYE; on an inbound leg not before the ACK (§15).
//
// Ending a leg that is ending or ended does nothing.
func (l *Leg) End(r EndReason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.phase == phaseDown:
	case l.phase == phaseEarly && l.dir == Inbound:
		l.refuse(r)
	case l.phase == phaseEarly:
		l.cancelInvite(cancelling{reason: r})
	default:
		l.hangup(r, Ended{By: Local, Word: r.Word, Code: r.Code, Phrase: r.Phrase})
	}
}

// hangup ends a confirmed (or about to be confirmed) dialog by BYE. l.mu is held.
func (l *Leg) hangup(r EndReason, verdict Ended) {
	if l.phase == phaseAnswered && l.unacked != nil {
		l.owed = &r
	} else {
		l.sendBYE(r)
	}
	l.finish(verdict)
}

// finish tells the verdict, once. l.mu is held.
func (l *Leg) finish(v Ended) {
	if l.phase == phaseDown {
		return
	}
	l.phase = phaseDown
	l.times.Ended = time.Now()
	l.session.stop()
	l.stopOffers()
	l.line, l.refer = nil, nil
	if l.referral != nil {
		l.answerReferral(487)
	}
	if l.reoffer != nil {
		l.refuseReoffer(487, "Request Terminated")
	}
	if l.out != nil {
		l.out.stopTimers()
	}
	if l.in != nil {
		l.in.stopTimers()
	}
	l.events.emit(l.s, v)
	l.release()
}

// release forgets a leg that is over and owes nothing more. l.mu is held.
func (l *Leg) release() {
	if l.phase != phaseDown || l.owed != nil || l.busy > 0 || l.out != nil && l.out.tx != nil {
		return
	}
	if l.unacked != nil {
		l.unacked.timer.Stop()
		l.unacked = nil
	}
	if l.out != nil && l.out.giveUp != nil {
		l.out.giveUp.Stop()
	}
	l.s.mu.Lock()
	delete(l.s.legs, legKey(l.dlg.callID, l.dlg.localTag))
	l.s.mu.Unlock()
}

// abandon stops the leg's timers when the stack is gone, and tells a verdict
// if none was told yet.
func (l *Leg) abandon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finish(Ended{By: Local, Err: ErrClosed, Text: "the SIP stack was closed"})
	l.owed = nil
	if l.unacked != nil {
		l.unacked.timer.Stop()
	}
}
