package relay_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cordpair/model"
	"cordpair/relay"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// Two phones ring at the same time, then a third; whoever answers first is the
// call.
func ExampleClient_Dial() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()

	call, err := client.Dial(ctx, relay.DialRequest{Plan: relay.Plan{
		{
			{From: "sip:desk@demo", To: "sip:alice@demo", Timeout: 15 * time.Second},
			{From: "+15550100001", To: "+15550100002", Timeout: 15 * time.Second},
		},
		{{From: "sip:desk@demo", To: "sip:night@demo"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(call.To(), "is", call.State())

	// Output:
	// sip:alice@demo is answered
}

// A PIN is asked for. No input would be a result, not an error.
func ExampleCall_PromptTTS() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()
	world.Handle(wire.MethodPlayCollect, func(c *relaytest.Conn, f wire.Frame) { // a caller who knows it
		var p wire.PlayCollectParams
		_ = wire.Decode(f.Params, &p)
		c.OK(f.ID, "Playing and collecting")
		c.Event(wire.EventCollect, map[string]any{"call_id": p.CallID, "control_id": p.ControlID, "final": true,
			"result": map[string]any{"type": "digit", "params": map[string]any{"digits": "4711", "terminator": "#"}}})
	})

	call, err := client.Incoming(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := call.Answer(ctx); err != nil {
		fmt.Println(err)
		return
	}
	prompt, err := call.PromptTTS(ctx, "Please enter your PIN", relay.CollectOptions{
		Digits: &relay.DigitsOptions{Max: 6, Terminators: "#", Timeout: 3 * time.Second},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := prompt.Ended(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Type, result.Digits)

	// Output:
	// digit 4711
}

// A second process takes over what the first had, however that one ended.
func ExampleConfig_sessionFile() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	server := relaytest.Start()
	defer server.Close()
	world := relaytest.NewWorld(server)
	dir, err := os.MkdirTemp("", "relay-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	cfg := relay.Config{URL: server.URL, Project: "project", Token: "token", Contexts: []string{"office"},
		SessionFile: filepath.Join(dir, "session.json")}

	first, err := relay.Open(ctx, cfg)
	if err == nil {
		err = first.Ready(ctx)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	world.Call("sip:caller@demo", "office")
	call, err := first.Incoming(ctx)
	if err == nil {
		err = call.Answer(ctx)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	first.Close() // which ends no call

	second, err := relay.Open(ctx, cfg)
	if err == nil {
		err = second.Ready(ctx)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	defer second.Close()
	fmt.Println("resumed:", second.Link().Resumed)
	for _, call := range second.Calls() {
		fmt.Println(call.From(), "is", call.State(), "and unconfirmed:", call.Info().Stale)
		fmt.Println("hung up:", call.Hangup(ctx, "") == nil)
	}

	// Output:
	// resumed: true
	// sip:caller@demo is answered and unconfirmed: true
	// hung up: true
}

// Every error has a kind, and says what a person needs.
func ExampleError() {
	ctx := context.Background()
	client, world := example()
	defer client.Close()
	defer world.Close()

	_, err := client.DialSIP(ctx, model.Dial{From: "sip:desk@demo", To: "+15550100"})
	fmt.Println(errors.Is(err, relay.ErrInvalid), err)

	_, err = client.DialSIP(ctx, model.Dial{From: "sip:desk@demo", To: "sip:decline@demo"})
	var failure *relay.Error
	if errors.As(err, &failure) {
		fmt.Println(errors.Is(err, relay.ErrDialFailed), failure.Cause.By, failure.Cause.Word)
	}

	// Output:
	// true relay: dial: the request is not valid: not an address: +15550100 is a telephone number, type sip:user@host
	// true peer decline
}
