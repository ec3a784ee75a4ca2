package exchange

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// benchmarked runs an exchange whose calls are answered and connected by one
// program, to a callee of its own that picks up at once.
func benchmarked(b *testing.B) (x *Exchange, caller *sip.Stack, to string) {
	b.Helper()
	x, err := Start(context.Background(), Config{
		RelayAddr: "127.0.0.1:0", SIPAddr: "127.0.0.1:0", Project: testProject, Token: testToken,
		Limits: Limits{CallRate: 1e6, DialRate: 1e6, Calls: 1e6, Gone: time.Millisecond},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { x.Close() })
	callee, err := sip.Listen(context.Background(), sip.Config{Addr: "127.0.0.1:0", Handler: sip.HandlerFunc(func(l *sip.Leg) {
		if d, err := media.ParseSDP(l.RemoteSDP()); err == nil {
			if body, _, err := media.Answer(discard, d, g711, media.SDPOptions{}); err == nil {
				_ = l.Answer(body)
			}
		}
	})})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { callee.Close() })
	if caller, err = sip.Listen(context.Background(), sip.Config{Addr: "127.0.0.1:0"}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { caller.Close() })
	return x, caller, "sip:callee@" + callee.Addr().String()
}

// BenchmarkCall is a whole call through the exchange: INVITE, answer by a
// program over its WebSocket, connect to a second phone, hang-up. Both phones
// and the program run in the same process, so their cost is counted as well.
// kept-B/call is what the heap holds after a second for each call that ended.
func BenchmarkCall(b *testing.B) {
	x, caller, to := benchmarked(b)
	offer, err := media.Offer(discard, g711, media.SDPOptions{})
	if err != nil {
		b.Fatal(err)
	}
	drive(b, x, to)
	const abreast = 32
	before := heap()
	b.ReportAllocs()
	b.ResetTimer()
	work := make(chan struct{})
	var wg sync.WaitGroup
	for range abreast {
		wg.Go(func() {
			for range work {
				oneCall(b, caller, x.SIPAddr(), offer)
			}
		})
	}
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	for deadline := time.Now().Add(patience); len(x.reg.allCalls()) > 0 && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	b.ReportMetric(max(0, heap()-before)/float64(b.N), "kept-B/call")
}

// heap is what is live, after collecting.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// oneCall calls in, waits for the peer's voice path, and hangs up.
func oneCall(b *testing.B, caller *sip.Stack, at string, offer []byte) {
	l, err := caller.Invite(sip.OutboundInvite{
		From: "sip:ann@example.test", To: "sip:support@demo", Targets: []string{"sip:support@" + at}, SDP: offer,
	})
	if err != nil {
		b.Error(err)
		return
	}
	over := make(chan sip.Ended, 1)
	l.Notify(func(e sip.Event) {
		if e, ok := e.(sip.Ended); ok {
			over <- e
		}
	})
	if e := <-over; e.By != sip.Remote || e.Code >= 300 {
		b.Errorf("%+v", e)
	}
}
