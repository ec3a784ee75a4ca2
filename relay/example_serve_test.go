package relay_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// A program that serves every call that comes, for as long as it runs: when the
// link stays away it waits for the next one.
func ExampleClient_Incoming() {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	client, world := example()
	defer client.Close()
	defer world.Close()

	serve := func(call *relay.Call) {
		defer stop() // one is enough for an example
		if err := call.Answer(ctx); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(call.From(), "is served")
		if err := call.Hangup(ctx, model.WordBusy); err != nil {
			fmt.Println(err)
		}
		fmt.Println(call.State(), call.EndReason())
	}
	served := make(chan struct{})
	for {
		call, err := client.Incoming(ctx)
		if errors.Is(err, relay.ErrLinkLost) {
			if err = client.Ready(ctx); err == nil {
				continue
			}
		}
		if err != nil {
			break // ctx has ended, or the client is closed or refused
		}
		go func() { serve(call); close(served) }() // one call each; ends with it
	}
	<-served

	// Output:
	// sip:caller@demo is served
	// ended busy
}

// Who answered is known long before the detection ends.
func ExampleCall_AMD() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()
	world.Handle(wire.MethodDetect, func(c *relaytest.Conn, f wire.Frame) { // a machine that talks on
		var p wire.DetectParams
		_ = wire.Decode(f.Params, &p)
		c.OK(f.ID, "Detecting")
		c.Event(wire.EventDetect, wire.DetectEvent{CallRef: p.CallRef, ControlID: p.ControlID,
			Detect: wire.Detected{Type: wire.DetectMachine, Params: wire.DetectedParams{Event: "MACHINE"}}})
	})

	call, err := client.DialSIP(ctx, model.Dial{From: "sip:desk@demo", To: "sip:alice@demo"})
	if err != nil {
		fmt.Println(err)
		return
	}
	detection, err := call.AMD(ctx, relay.AMDOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := detection.First(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verdict.Event)
	if err := detection.Stop(ctx); err != nil {
		fmt.Println(err)
	}

	// Output:
	// MACHINE
}
