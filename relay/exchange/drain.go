package exchange

import (
	"context"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Drain lets the calls that are up come to their own end: new ones are refused
// (503), also those that a program asks for; sessions go on. It returns when
// there is no call left. What is left at the limit, or when ctx ends, is ended
// with reason maxDuration; then Drain waits for that, at most Limits.Close.
// Close comes next; calling it during Drain ends both at once.
func (x *Exchange) Drain(ctx context.Context, limit time.Duration) {
	x.reg.drain()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-x.reg.idle:
		return
	case <-ctx.Done():
	case <-timer.C:
	}
	x.reg.tellCalls(msgDrop{drained})
	within(x.reg.idle, x.cfg.Limits.Close)
}

var drained = cause{
	reason: wire.ReasonMaxDuration, by: wire.EndedByExchange, text: "the exchange is going out of service",
	code: unavailable.Code, phrase: unavailable.Phrase,
}

var unavailable = sip.EndReason{Code: 503, Phrase: "Service Unavailable"}
