//go:build linux

package main

import (
	"context"
	"os/signal"
	"syscall"

	"cordpair/relay/benchmark/load"
)

// serve serves until the process is told to end.
func serve(addr string, calls, events int) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	s, err := load.Listen(addr, calls, events)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return s.Close()
}
