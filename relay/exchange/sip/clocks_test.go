package sip

import (
	"strings"
	"testing"
	"time"
)

// Tests of what happens when a time is up make that time long and say themselves
// when it is over: a machine may stop for seconds at any place.

// silent is the end of Timer B or F for a request under way, waiting for it to
// be sent.
func (s *Stack) silent(t *testing.T, method string) {
	t.Helper()
	eventually(t, method+" is under way", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for key, tx := range s.clients {
			if strings.HasSuffix(key, "|"+method) {
				tx.giveUp.Reset(0)
				return true
			}
		}
		return false
	})
}

// ackIsLate is the end of the wait for the ACK to a 2xx.
func (l *Leg) ackIsLate(t *testing.T) {
	t.Helper()
	eventually(t, "an ACK is waited for", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.unacked == nil {
			return false
		}
		l.unacked.deadline = time.Time{}
		l.unacked.timer.Reset(0)
		return true
	})
}

// answerIsLate is the end of the wait for the answer to a new offer, or to the
// wish for one, that was told.
func (l *Leg) answerIsLate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reoffer.timer.Reset(0)
}

// flush reads all that was sent so far, such as copies of a 200 whose ACK was
// slow.
func (w *wire) flush(id string) {
	w.t.Helper()
	w.send(strings.ReplaceAll(invite("flush"+id, "flush-"+id, ""), "INVITE", "OPTIONS"))
	for w.response(200, "OPTIONS").CallID().Value() != "flush-"+id {
	}
}
