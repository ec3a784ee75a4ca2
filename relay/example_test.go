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

// A call that is up is connected to a SIP peer. Both hear who they are, the
// peer leaves, and the caller is told.
func ExampleCall_ConnectSIP() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()

	call, err := client.Incoming(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := call.Answer(ctx); err != nil {
		fmt.Println(err)
		return
	}
	peer, err := call.ConnectSIP(ctx, model.ConnectRequest{
		From:    "sip:user1@domain.com",
		To:      "sip:user2@domain.com",
		Timeout: 30 * time.Second,
		Headers: []model.Header{
			{Name: "X-SomeKeyA", Value: "SomeValueA"},
			{Name: "X-SomeKeyB", Value: "SomeValueB"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	call.PlayTTS(ctx, "You are peer 1")
	peer.PlayTTS(ctx, "You are peer 2")

	cause, err := call.Disconnected(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cause.Sentence(""))
	call.PlayTTS(ctx, "The peer disconnected")
	fmt.Println("the caller is", call.State())

	// Output:
	// The peer hung up.
	// the caller is answered
}

// A failure says who and why, and the caller stays up.
func ExampleCall_ConnectSIP_busy() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()

	call, err := client.DialPhone(ctx, model.Dial{From: "+15550100001", To: "+15550100002"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = call.ConnectSIP(ctx, model.ConnectRequest{From: "sip:desk@demo", To: "sip:busy@demo"})
	var failure *relay.Error
	if errors.Is(err, relay.ErrConnectFailed) && errors.As(err, &failure) {
		fmt.Println(failure.Cause.Word+":", failure.Cause.Sentence("busy@demo"))
	}
	fmt.Println("the caller is", call.State())

	// Output:
	// busy: busy@demo is busy.
	// the caller is answered
}

// Everything that happens comes in one stream, outcomes of orders included.
func ExampleClient_Take() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, world := example()
	defer client.Close()
	defer world.Close()

	book := model.NewBook()
	for {
		events, err := client.Take(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, ev := range events {
			book.Apply(ev)
			switch ev := ev.(type) {
			case model.CallSeen:
				fmt.Println("call from", ev.Call.From, "is", ev.Call.State)
				if ev.Offered {
					client.Do(book.Give(model.Answer{Call: ev.Call.ID}, time.Now()))
				}
				if ev.Call.State == model.Answered {
					return
				}
			case model.OrderSettled:
				fmt.Println("order", ev.Order, "settled without fault:", ev.Fault == nil)
			}
		}
	}

	// Output:
	// call from sip:caller@demo is created
	// order 1 settled without fault: true
	// call from sip:caller@demo is answered
}

// example opens a client on a scripted server, where somebody calls in and
// where a peer hangs up once both legs were spoken to.
func example() (*relay.Client, *relaytest.Server) {
	server := relaytest.Start()
	world := relaytest.NewWorld(server)
	spoken := 0
	server.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
		if f.Method == wire.MethodPlay {
			if spoken++; spoken == 2 {
				var p wire.PlayParams
				_ = wire.Decode(f.Params, &p)
				world.Leave(p.CallID)
			}
		}
		return relaytest.Handle
	}
	client, err := relay.Open(context.Background(), relay.Config{
		URL: server.URL, Project: "project", Token: "token", Contexts: []string{"office"},
	})
	if err != nil {
		panic(err)
	}
	if err := client.Ready(context.Background()); err != nil {
		panic(err)
	}
	world.Call("sip:caller@demo", "office")
	return client, server
}
