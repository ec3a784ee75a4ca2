package exchange

import (
	"fmt"
	"sync"
	"time"

	"cordpair/relay/wire"
)

// beyond is the code of a refusal at a limit: a JSON-RPC error, which every
// client takes for one, and whose message names the limit's key.
const beyond wire.ResultCode = ""

func limited(key string, value any, format string, args ...any) *failure {
	return &failure{beyond, fmt.Sprintf(format, args...) + fmt.Sprintf(": exchange.limits.%s is %v", key, value)}
}

// mayCall refuses new calls while draining, and beyond Limits.Calls.
func (x *Exchange) mayCall() *failure {
	switch {
	case x.reg.draining():
		return &failure{wire.CodeBusy, "the exchange is going out of service: no new calls"}
	case x.reg.full():
		return limited("calls", x.cfg.Limits.Calls, "as many calls are up as may be")
	}
	return nil
}

// mayPlace refuses a dial or connect of a session that asks for too many.
func (x *Exchange) mayPlace(s *session) *failure {
	rate := x.cfg.Limits.DialRate
	if s.places.take(rate, time.Now()) {
		return nil
	}
	return limited("dials_per_second", rate, "this session asks for more calls a second than it may")
}

// bucket lets so many a second pass, and as many at once, at least one. Safe
// for concurrent use; the zero value is full.
type bucket struct {
	mu   sync.Mutex
	used float64
	at   time.Time
}

func (b *bucket) take(rate float64, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used = max(0, b.used-rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.used+1 > max(rate, 1) {
		return false
	}
	b.used++
	return true
}
