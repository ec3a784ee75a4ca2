//go:build linux

package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"syscall"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/benchmark/load"
)

// figures are what a client prints; peer.js has the same.
type figures struct {
	SDK          string  `json:"sdk"`
	Calls        int     `json:"calls"`
	ReadyMs      float64 `json:"ready_ms"` // from making the client to its session
	IdleMiB      float64 `json:"idle_mib"`
	KiBPerCall   float64 `json:"kib_per_call"`
	EventsPerSec float64 `json:"events_per_s"`
	CPUPerMega   float64 `json:"cpu_s_per_million"`
	RoundTripUs  float64 `json:"round_trip_p50_us"`
}

// roundTrips are how many requests are sent one after another.
const roundTrips = 2000

func measure(url string, calls, events int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	began := time.Now()
	c, err := relay.Open(ctx, relay.Config{URL: url, Project: "P", Token: "T"})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Ready(ctx); err != nil {
		return err
	}
	out := figures{SDK: "cordpair/relay", Calls: calls, ReadyMs: ms(time.Since(began))}
	idle, err := resident()
	if err != nil {
		return err
	}
	out.IdleMiB = float64(idle) / 1024
	if err := c.Receive(ctx, "office"); err != nil {
		return err
	}
	if err := load.Count(ctx, c, calls, true); err != nil {
		return err
	}
	full, err := resident()
	if err != nil {
		return err
	}
	out.KiBPerCall = float64(full-idle) / float64(calls)

	before, at := processor(), time.Now()
	c.Do(model.Order{ID: 1, Command: model.Answer{Call: c.Calls()[0].ID()}})
	if err := load.Count(ctx, c, events, false); err != nil {
		return err
	}
	took := time.Since(at)
	out.EventsPerSec = float64(events) / took.Seconds()
	out.CPUPerMega = (processor() - before).Seconds() * 1e6 / float64(events)

	call := c.Calls()[0]
	trips := make([]time.Duration, roundTrips)
	for i := range trips {
		sent := time.Now()
		if err := call.Pass(ctx); err != nil {
			return err
		}
		trips[i] = time.Since(sent)
	}
	slices.Sort(trips)
	out.RoundTripUs = float64(trips[roundTrips/2]) / 1e3
	return json.NewEncoder(os.Stdout).Encode(out)
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// processor is the time that this process has computed.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
