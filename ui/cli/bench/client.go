package bench

import (
	"context"
	"errors"
	"runtime"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/benchmark/load"
)

// client measures a client with many live calls against a server that does
// nothing but send: each round is a client of its own.
func (r *run) client(ctx context.Context, told func(int)) (err error) {
	s, err := load.Listen("127.0.0.1:0", r.Calls, r.Events)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return r.rounds(ctx, told, func() error { return r.clientRound(ctx, s.URL) })
}

func (r *run) clientRound(ctx context.Context, url string) (err error) {
	before := heap()
	c, err := r.open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := load.Count(ctx, c, r.Calls, true); err != nil {
		return err
	}
	r.record("client_memory", max(0, heap()-before)/float64(r.Calls))

	call := c.Calls()[0]
	began := time.Now()
	c.Do(model.Order{ID: 1, Command: model.Answer{Call: call.ID()}})
	if err := load.Count(ctx, c, r.Events, false); err != nil {
		return err
	}
	r.record("client_events", float64(r.Events)/time.Since(began).Seconds())

	trips := make([]time.Duration, r.Trips)
	for i := range trips {
		sent := time.Now()
		if err := call.Pass(ctx); err != nil {
			return err
		}
		trips[i] = time.Since(sent)
	}
	r.record("command_round_trip", micros(quantile(trips, 0.5)))
	r.record("command_round_trip_p99", micros(quantile(trips, 0.99)))
	return nil
}

// open is a client that takes the calls of the server.
func (r *run) open(ctx context.Context, url string) (*relay.Client, error) {
	return relay.Open(ctx, relay.Config{URL: url, Project: "P", Token: "T", Contexts: []string{load.Context}, Logger: r.log})
}

// heap is what is live, after collecting.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
