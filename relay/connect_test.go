package relay

import (
	"context"
	"errors"
	"testing"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

func TestConnectSIPEndsAsThePeerDoes(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)

	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil {
		t.Fatal(err)
	}
	if peer.State() != model.Answered || peer.Peer() != call || call.Peer() != peer {
		t.Fatalf("peer %+v", peer.Info())
	}
	if string(peer.ID()) != w.Peer(string(call.ID())) {
		t.Fatalf("peer is %s", peer.ID())
	}
	for _, leg := range []*Call{call, peer} {
		p, err := leg.PlayTTS(within(t), "hello")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Ended(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	w.Leave(string(peer.ID()))
	for _, leg := range []*Call{call, peer} {
		cause, err := leg.Disconnected(within(t))
		if err != nil || cause.By != model.Peer || cause.Word != model.WordHangup {
			t.Fatalf("%v %v", cause, err)
		}
	}
	if _, err := peer.WaitFor(within(t), model.Ended); err != nil {
		t.Fatal(err)
	}
	if call.State() != model.Answered {
		t.Fatalf("the caller is %v", call.State())
	}
	// And once more: at once, for it is apart already.
	if cause, err := call.Disconnected(within(t)); err != nil || cause.By != model.Peer {
		t.Fatalf("%v %v", cause, err)
	}
	if err := call.Hangup(within(t), ""); err != nil {
		t.Fatal(err)
	}
	if n := c.Stats().Calls; n != 0 {
		t.Fatalf("%d calls are still kept", n)
	}
	if call.State() != model.Ended || call.End().By != model.Operator {
		t.Fatalf("%+v", call.End())
	}
}

func TestConnectSIPFails(t *testing.T) {
	for user, want := range map[string]model.Cause{
		"busy":     {By: model.Peer, Word: model.WordBusy},
		"decline":  {By: model.Peer, Word: model.WordDecline},
		"noanswer": {By: model.Peer, Word: model.WordNoAnswer},
		"notfound": {By: model.Peer, Word: model.WordNotFound},
	} {
		t.Run(user, func(t *testing.T) {
			s := relaytest.New(t)
			w := relaytest.NewWorld(s)
			c := opened(t, config(s))
			call := answered(t, c, w)
			req := wanted()
			req.To = "sip:" + user + "@test"
			_, err := call.ConnectSIP(within(t), req)
			var e *Error
			if !errors.Is(err, ErrConnectFailed) || !errors.As(err, &e) {
				t.Fatal(err)
			}
			if e.Cause.Word != want.Word {
				t.Fatalf("%+v", e.Cause)
			}
			if call.State() != model.Answered {
				t.Fatal("the caller must stay")
			}
			// A second connect on the same call works.
			if _, err := call.ConnectSIP(within(t), wanted()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestConnectSIPRefused(t *testing.T) {
	for code, kind := range map[wire.ResultCode]error{
		wire.CodeBad: ErrRefused, wire.CodePayment: ErrRefused, wire.CodeConflict: ErrRefused,
		wire.CodeNotFound: ErrGone, wire.CodeGone: ErrGone,
	} {
		t.Run(string(code), func(t *testing.T) {
			s := relaytest.New(t)
			w := relaytest.NewWorld(s)
			c := opened(t, config(s))
			call := answered(t, c, w)
			s.Handle(wire.MethodCallConnect, func(c *relaytest.Conn, f wire.Frame) { c.Refuse(f.ID, code, "no") })
			_, err := call.ConnectSIP(within(t), wanted())
			var e *Error
			if !errors.Is(err, kind) || !errors.Is(err, ErrRefused) || !errors.As(err, &e) || e.Code != code.Int() {
				t.Fatal(err)
			}
			if gone := kind == ErrGone; gone != (call.State() == model.Ended) {
				t.Fatalf("the call is %v", call.State())
			}
		})
	}
}

func TestConnectSIPCallerLeavesWhileItRings(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	req := wanted()
	req.To = "sip:silent@test"
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(within(t), req); errc <- err }() // ends with the call; received below
	ringing(t, c, call)
	w.Leave(string(call.ID()))
	err := <-errc
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrConnectFailed) || e.Cause.By != model.Caller || e.Cause.Word != model.WordCancel {
		t.Fatalf("%v %+v", err, e)
	}
}

// ringing waits until the peer of a call rings.
func ringing(t testing.TB, c *Client, call *Call) {
	t.Helper()
	err := c.until(within(t), "test", call.ID(), func() (bool, error) {
		return call.now().ConnectState() == model.RingingPeer, nil
	}, watchKey{keyCall, string(call.ID())})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDisconnectCancelsWhileItRings(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	req := wanted()
	req.To = "sip:silent@test"
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(within(t), req); errc <- err }() // ends with Disconnect; received below
	ringing(t, c, call)
	if err := call.Disconnect(within(t)); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := <-errc; !errors.As(err, &e) || e.Cause.By != model.Operator || e.Cause.Word != model.WordCancel {
		t.Fatalf("%v", err)
	}
	if call.State() != model.Answered {
		t.Fatal("the caller must stay")
	}
}

func TestContextEndsOnlyTheWaiting(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	req := wanted()
	req.To = "sip:silent@test"
	ctx, cancel := context.WithCancel(context.Background())
	errc := make(chan error, 1)
	go func() { _, err := call.ConnectSIP(ctx, req); errc <- err }() // ends with ctx; received below
	ringing(t, c, call)
	cancel()
	err := <-errc
	var e *Error
	if !errors.Is(err, ErrStillConnecting) || !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Tag == "" {
		t.Fatal(err)
	}
	if call.ConnectState() != model.RingingPeer {
		t.Fatal("the attempt must go on")
	}
	for _, f := range s.Journal() {
		if f.Method == wire.MethodEnd || f.Method == wire.MethodCallDisconnect {
			t.Fatalf("a context hung up: %s", f.Data)
		}
	}
	if err := call.Disconnect(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestDisconnectKeepsBothLegs(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil {
		t.Fatal(err)
	}
	if err := peer.Disconnect(within(t)); err != nil {
		t.Fatal(err)
	}
	cause, err := call.Disconnected(within(t))
	if err != nil || cause.By != model.Operator || cause.Word != model.WordDisconnect {
		t.Fatalf("%+v %v", cause, err)
	}
	if call.State() != model.Answered || peer.State() != model.Answered {
		t.Fatal("both legs must stay up")
	}
}

func TestDial(t *testing.T) {
	s := relaytest.New(t)
	relaytest.NewWorld(s)
	c := opened(t, config(s))
	call, err := c.DialSIP(within(t), model.Dial{From: "sip:desk@test", To: "sip:alice@test"})
	if err != nil {
		t.Fatal(err)
	}
	if call.State() != model.Answered || call.Direction() != model.Outbound || call.To().URI != "sip:alice@test" {
		t.Fatalf("%+v", call.Info())
	}
	_, err = c.DialSIP(within(t), model.Dial{From: "sip:desk@test", To: "sip:busy@test"})
	var e *Error
	if !errors.Is(err, ErrDialFailed) || !errors.As(err, &e) || e.Cause.Word != model.WordBusy {
		t.Fatal(err)
	}
	call, err = c.DialPhone(within(t), model.Dial{From: "+15550100001", To: "+15550100002"})
	if err != nil || call.Type() != "phone" {
		t.Fatalf("%v %v", call, err)
	}
}
