package sip

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// shorten makes a leg's session interval short enough for a test; the wire
// never carries less than 90 s.
func shorten(l *Leg, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session.interval = d
	l.session.start(l)
}

func TestSessionTimerAsUAS(t *testing.T) {
	for _, c := range []struct{ ask, want, require string }{
		{"Session-Expires: 600\nSupported: timer\n", "600;refresher=uac", "timer"},
		{"x: 600;refresher=uas\nk: 100rel, timer\n", "600;refresher=uas", ""},
		{"Session-Expires: 600\n", "600;refresher=uas", ""}, // a proxy asked, the phone cannot
		{"", "", ""},
	} {
		in := make(calls, 1)
		s := listen(t, Config{Handler: in})
		w := newWire(t, s)
		w.send(invite("u1", "call-u", c.ask))
		if err := in.next(t).Answer([]byte(answer)); err != nil {
			t.Fatal(err)
		}
		ok := w.response(200, "INVITE")
		if value(ok, "Session-Expires") != c.want || value(ok, "Require") != c.require {
			t.Errorf("%q: %q, Require %q", c.ask, value(ok, "Session-Expires"), value(ok, "Require"))
		}
		w.send(inDialog("ACK", "u2", "call-u", param(ok.To().Params, "tag"), 10, "", ""))
		w.send(inDialog("BYE", "u3", "call-u", param(ok.To().Params, "tag"), 11, "", ""))
		w.response(200, "BYE")
	}
}

func TestPeerFailsToRefresh(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, events, _ := openCall(t, s, in, w, "x", "Session-Expires: 600;refresher=uac\nSupported: timer\n")
	shorten(leg, 60*time.Millisecond)
	w.reply(w.request("BYE"), 200, "OK", "", "")
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrSessionExpired) {
		t.Errorf("%+v", got)
	}
}

func TestPeerRefreshes(t *testing.T) {
	in := make(calls, 1)
	s := listen(t, Config{Handler: in})
	w := newWire(t, s)
	leg, _, tag := openCall(t, s, in, w, "y", "Session-Expires: 600;refresher=uac\nSupported: timer\n")
	leg.mu.Lock()
	before := leg.session.expiry
	leg.mu.Unlock()
	w.send(inDialog("UPDATE", "y1", "call-y", tag, 20, "Session-Expires: 120;refresher=uac\nSupported: timer\n", ""))
	if ok := w.response(200, "UPDATE"); value(ok, "Session-Expires") != "120;refresher=uac" {
		t.Errorf("%s", ok)
	}
	leg.mu.Lock()
	if leg.session.expiry == before || leg.session.interval != 2*time.Minute || leg.session.ours {
		t.Errorf("timer not restarted: %+v", leg.session)
	}
	leg.mu.Unlock()
	w.hangUp(leg)
}

// upOutbound is an established outbound leg to a wire with a session timer.
func upOutbound(t *testing.T, s *Stack, w *wire, extra string) (*Leg, *watcher) {
	t.Helper()
	l, events := call(t, s, "sip:bob@"+w.addr(), func(r *OutboundInvite) { r.SessionExpires = 600 * time.Second })
	w.reply(w.request("INVITE"), 200, "OK", extra, answer)
	w.request("ACK")
	await[Answered](events)
	return l, events
}

const granted = "Session-Expires: 600;refresher=uac\nRequire: timer\n"

func TestWeRefresh(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, _ := upOutbound(t, s, w, granted+"Allow: INVITE, UPDATE\n")
	l.mu.Lock()
	ours := l.session.ours && l.session.interval == 600*time.Second
	l.mu.Unlock()
	if !ours {
		t.Error("we were made the refresher and did not notice")
	}
	l.refreshSession()
	up := w.request("UPDATE")
	if value(up, "Session-Expires") != "600;refresher=uac" || len(up.Body()) != 0 {
		t.Errorf("%s", up)
	}
	w.reply(up, 405, "Method Not Allowed", "", "") // then by re-INVITE
	inv := w.request("INVITE")
	if string(inv.Body()) != offer || param(inv.To().Params, "tag") != "peer" {
		t.Errorf("%s", inv)
	}
	w.reply(inv, 200, "OK", granted, answer)
	if ack := w.request("ACK"); ack.CSeq().SeqNo != inv.CSeq().SeqNo {
		t.Errorf("%s", ack)
	}
	w.hangUp(l)
}

func TestRefreshFindsTheDialogGone(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, events := upOutbound(t, s, w, granted)
	l.refreshSession()
	w.reply(w.request("INVITE"), 481, "Call/Transaction Does Not Exist", "", "")
	w.reply(w.request("BYE"), 481, "Call/Transaction Does Not Exist", "", "")
	if got := await[Ended](events); got.By != Network || !errors.Is(got.Err, ErrSessionExpired) {
		t.Errorf("%+v", got)
	}
}

func TestRefreshGlare(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, _ := upOutbound(t, s, w, granted)
	l.refreshSession()
	inv := w.request("INVITE")
	// The peer's re-INVITE crosses ours: 491.
	from, to := inv.To().Value(), inv.From().Value()
	w.send("INVITE sip:ann@x SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bKglare;rport\nMax-Forwards: 70\nFrom: " + from +
		"\nTo: " + to + "\nCall-ID: " + l.CallID() + "\nCSeq: 1 INVITE\nContact: <sip:bob@{me}>\nContent-Length: 0\n\n")
	w.response(491, "INVITE")
	w.reply(inv, 200, "OK", granted, answer)
	for !strings.HasPrefix(w.request("ACK").CSeq().Value(), inv.CSeq().Value()[:1]) {
	}
	w.hangUp(l)
}

func TestNoTimerGranted(t *testing.T) {
	s := listen(t, Config{})
	w := newWire(t, s)
	l, _ := upOutbound(t, s, w, "")
	l.mu.Lock()
	if l.session.interval != 0 || l.session.expiry != nil {
		t.Error("a timer that nobody granted")
	}
	l.mu.Unlock()
	w.hangUp(l)
}
