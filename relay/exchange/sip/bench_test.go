package sip

import (
	"testing"
)

// BenchmarkCall is one whole call between two stacks: INVITE, 200, ACK, BYE, 200.
func BenchmarkCall(b *testing.B) {
	callee := listen(b, Config{Handler: HandlerFunc(func(l *Leg) { _ = l.Answer([]byte(answer)) })})
	caller := listen(b, Config{})
	to := uriOf("bob", callee)
	b.ReportAllocs()
	for b.Loop() {
		l, err := caller.Invite(OutboundInvite{From: "sip:ann@example.com", To: to, SDP: []byte(offer)})
		if err != nil {
			b.Fatal(err)
		}
		up, down := make(chan struct{}), make(chan struct{})
		l.Notify(func(ev Event) {
			switch ev.(type) {
			case Answered:
				close(up)
			case Ended:
				close(down)
			}
		})
		<-up
		l.End(EndReason{})
		<-down
	}
}
