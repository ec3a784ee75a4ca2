package exchange

import "testing"

// TestSessionThatTheCalleeDoesNotKnow: a phone that was called and has no session
// timers is asked by us whether it is there; a refusal is a sign of life, and
// when it is silent its leg ends.
func TestSessionThatTheCalleeDoesNotKnow(t *testing.T) {
	clock := &sessionClock{}
	d, p, b := timed(t, clock, "")
	clock.ring(t, peerHalf)
	p.reply(p.request("INVITE", "Session-Expires: 900;refresher=uac"), "200 OK", "", sdpOf(40000, "a=rtpmap:8 PCMA/8000\r\n"))
	p.request("ACK", "")
	clock.ring(t, peerHalf)
	p.reply(p.request("INVITE", ""), "488 Not Acceptable Here", "", "")
	clock.ring(t, peerHalf)
	p.request("INVITE", "")
	clock.ring(t, peerEnd)
	p.reply(p.request("BYE", "Session Timer Expired"), "200 OK", "", "")
	d.sessionExpired(t, b)
}
