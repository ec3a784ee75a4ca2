package exchange

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// levelsEvery is how often levels are told: a meter's reading is over the last
// quarter of a second.
const levelsEvery = 250 * time.Millisecond

// maxLevels bounds the legs of one session's meters: more than a screen shows.
const maxLevels = 64

// watchLevels answers cordpair.levels.
func (x *Exchange) watchLevels(req *request, raw jsontext.Value) {
	if !req.from.isCordpair() {
		req.refuse(wire.RPCMethod, notAsked(req.method))
		return
	}
	var p wire.LevelsParams
	f := decodeParams(raw, &p)
	if f == nil && len(p.Calls) > maxLevels {
		f = bad("calls: at most %d legs", maxLevels)
	}
	if f != nil {
		req.fail(f)
		return
	}
	req.from.watchLevels(p.Calls)
	req.ok("Levels", "", "")
	x.levels.wake()
}

// tellLevels tells the levels of the legs that sessions asked for. It is a
// goroutine, asleep while none has; it ends when the exchange closes, which
// waits for it.
func (x *Exchange) tellLevels() {
	tick := time.NewTicker(levelsEvery)
	defer tick.Stop()
	for {
		tick.Stop()
		select {
		case <-x.ctx.Done():
			return
		case <-x.levels:
		}
		for tick.Reset(levelsEvery); x.sendLevels(); {
			select {
			case <-x.ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

// sendLevels reads and sends; false when no session wants any.
func (x *Exchange) sendLevels() bool {
	wanted := false
	for _, s := range x.reg.allSessions() {
		ids := s.levelled()
		if len(ids) == 0 {
			continue
		}
		wanted = true
		if legs := x.readLevels(ids); len(legs) > 0 {
			s.fused(x.event(wire.EventCordpairLevels, "", wire.LevelsEvent{Legs: legs}), "levels")
		}
	}
	return wanted
}

func (x *Exchange) readLevels(ids []string) []wire.LegLevel {
	var legs []wire.LegLevel
	for _, id := range ids {
		c, f := x.reg.call(id)
		if f != nil {
			continue
		}
		stream := c.meter.Load()
		if stream == nil {
			continue
		}
		if in, out, known := stream.Levels(); known {
			legs = append(legs, wire.LegLevel{CallID: id, In: in, Out: out})
		}
	}
	return legs
}

// watchLevels replaces the legs whose levels this session's socket wants.
func (s *session) watchLevels(ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.levels = ids
}

// levelled are the legs whose levels are wanted; none without a socket.
func (s *session) levelled() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	return s.levels
}
