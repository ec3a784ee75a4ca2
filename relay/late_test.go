package relay

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// asked lists the calling methods that a server was asked for until now.
func asked(t *testing.T, s *relaytest.Server, c *Client) []string {
	t.Helper()
	if err := c.Receive(within(t), "office"); err != nil { // it is behind all that was sent before
		t.Fatal(err)
	}
	var list []string
	for _, f := range s.Journal() {
		if !f.Out && strings.HasPrefix(f.Method, "calling.") {
			list = append(list, f.Method)
		}
	}
	return list
}

// everything is all that can be asked of a call.
func everything(ctx context.Context, k *Call) map[string]error {
	no := func(_ any, err error) error { return err }
	return map[string]error{
		"pass": k.Pass(ctx), "hold": k.Hold(ctx), "unhold": k.Unhold(ctx),
		"transfer": k.Transfer(ctx, "https://x.test"), "digits": k.SendDigits(ctx, "1"),
		"play": no(k.PlayTTS(ctx, "hello")), "record": no(k.Record(ctx, RecordOptions{})),
		"collect": no(k.Collect(ctx, CollectOptions{Digits: &DigitsOptions{Max: 1}})),
		"prompt":  no(k.PromptTTS(ctx, "hello", CollectOptions{Digits: &DigitsOptions{Max: 1}})),
		"amd":     no(k.AMD(ctx, AMDOptions{})), "fax": no(k.DetectFax(ctx, "", 0)), "digit": no(k.DetectDigit(ctx, "", 0)),
		"tap": no(k.Tap(ctx, TapOptions{Addr: "127.0.0.1", Port: 9})), "refer": no(k.Refer(ctx, "sip:bob@test", "", "")),
		"join": no(k.JoinConference(ctx, "room", ConferenceOptions{})), "leave": k.LeaveConference(ctx, "id"),
		"monitor": k.Monitor(ctx, "sip:desk@test", model.Listening, false), "message": no(k.Message(ctx, "hello")),
		"connect": no(k.ConnectSIP(ctx, wanted())),
		"plan":    no(k.Connect(ctx, Plan{{{From: "sip:a@test", To: "sip:b@test"}}}, ConnectOptions{})),
	}
}

// TestNothingIsSentWithAnEndedContext: whoever has given up before asking does
// not want a phone to ring.
func TestNothingIsSentWithAnEndedContext(t *testing.T) {
	s, c, call := acting(t)
	before := asked(t, s, c)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	errs := everything(ctx, call)
	errs["hang up"] = call.Hangup(ctx, "")
	_, errs["dial"] = c.DialSIP(ctx, model.Dial{From: "sip:desk@test", To: "sip:bob@test"})
	errs["receive"] = c.Receive(ctx, "other")
	for op, err := range errs {
		var e *Error
		if !errors.Is(err, ErrExpired) || !errors.Is(err, context.Canceled) || !errors.As(err, &e) {
			t.Errorf("%s: %v", op, err)
		}
	}
	if after := asked(t, s, c); !slices.Equal(before, after) {
		t.Errorf("%d requests went out: %v", len(after)-len(before), after[len(before):])
	}
	if call.ConnectState() != model.Idle || c.Stats().InFlight != 0 {
		t.Error("something was begun:", call.ConnectState(), c.Stats())
	}
}

// TestNothingIsAskedOfAnEndedCall: the error tells how it ended, without a trip
// to a server that has forgotten it.
func TestNothingIsAskedOfAnEndedCall(t *testing.T) {
	s, c, call := acting(t)
	if err := call.Hangup(within(t), "busy"); err != nil {
		t.Fatal(err)
	}
	before := len(asked(t, s, c))
	errs := everything(within(t), call)
	errs["answer"] = call.Answer(within(t))
	_, errs["wait"] = call.WaitFor(within(t), model.Answered)
	for op, err := range errs {
		var e *Error
		if !errors.As(err, &e) || e.Kind != ErrEnded || e.Call != call.ID() || e.Cause.Word != "busy" || e.Cause.By != model.Operator {
			t.Errorf("%s: %v", op, err)
		} else if text := err.Error(); !strings.Contains(text, "operator hung up, as busy") {
			t.Errorf("%s: %s", op, text)
		}
	}
	if n := len(asked(t, s, c)) - before; n != 0 {
		t.Errorf("%d requests went out", n)
	}
	if err := errors.Join(call.Hangup(within(t), ""), call.Hangup(within(t), "")); err != nil {
		t.Error("it is down, as wanted:", err)
	}
	if _, ok := c.Call(call.ID()); ok {
		t.Error("an ended call is listed")
	}
	if err := c.Attach("", "").Answer(within(t)); !errors.Is(err, ErrInvalid) {
		t.Error("a call without an id:", err)
	}
}

// TestWaitForWhatHasPassed: a state that cannot come any more is no end of the
// call.
func TestWaitForWhatHasPassed(t *testing.T) {
	_, _, call := acting(t)
	state, err := call.WaitFor(within(t), model.Ringing)
	if state != model.Answered || !errors.Is(err, ErrPassed) || errors.Is(err, ErrEnded) {
		t.Error(state, err)
	}
	if state, err := call.WaitFor(within(t), model.Ringing, model.Answered); state != model.Answered || err != nil {
		t.Error(state, err)
	}
}

// TestDialFailureSaysWho: the leg, its address and what SIP said, whichever of
// the dial's end and the leg's comes first.
func TestDialFailureSaysWho(t *testing.T) {
	for name, legFirst := range map[string]bool{"the leg's end first": true, "the dial's end first": false} {
		t.Run(name, func(t *testing.T) {
			s := relaytest.New(t)
			s.Handle(wire.MethodDial, func(c *relaytest.Conn, f wire.Frame) {
				var p wire.DialParams
				_ = wire.Decode(f.Params, &p)
				leg := wire.CallParams{CallRef: wire.CallRef{NodeID: "n", CallID: "leg-1"}, CallState: wire.CallCreated,
					Direction: wire.Outbound, Tag: p.Tag, Device: p.Devices[0][0]}
				c.OK(f.ID, "Dialing")
				c.Event(wire.EventCallState, leg)
				c.Event(wire.EventCordpairLeg, wire.LegEvent{CallRef: leg.CallRef, SIPCode: 503, SIPPhrase: "Service Unavailable",
					EndedBy: "network", Text: "connection refused"})
				leg.CallState, leg.EndReason = wire.CallEnded, wire.ReasonError
				if legFirst {
					c.Event(wire.EventCallState, leg)
				}
				c.Event(wire.EventCallDial, wire.DialEvent{NodeID: "n", Tag: p.Tag, DialState: wire.DialFailed, Reason: wire.ReasonError})
				if !legFirst {
					c.Event(wire.EventCallState, leg)
				}
			})
			c := opened(t, config(s))
			_, err := c.DialSIP(within(t), model.Dial{From: "sip:desk@test", To: "sip:bob@test"})
			var e *Error
			if !errors.Is(err, ErrDialFailed) || !errors.As(err, &e) {
				t.Fatal(err)
			}
			if e.Call != "leg-1" || e.Cause.Code != 503 || e.Cause.By != model.Network || e.Cause.Word != model.WordUnreachable {
				t.Errorf("%+v", e)
			}
			if text := err.Error(); !strings.Contains(text, "bob@test cannot be reached: connection refused (503 Service Unavailable)") {
				t.Error(text)
			}
		})
	}
}

// TestConnectFailureSaysWho names the peer.
func TestConnectFailureSaysWho(t *testing.T) {
	_, _, call := acting(t)
	req := wanted()
	req.To = "sip:busy@test"
	if _, err := call.ConnectSIP(within(t), req); err == nil || !strings.HasSuffix(err.Error(), "the connect failed: busy@test is busy.") {
		t.Error(err)
	}
	if _, err := call.Connect(within(t), Plan{{{From: "sip:a@test", To: "sip:busy@test"}}}, ConnectOptions{}); err == nil || !strings.HasSuffix(err.Error(), ": busy@test is busy.") {
		t.Error(err)
	}
	req.To = "nobody"
	if _, err := call.ConnectSIP(within(t), req); err == nil || strings.Count(err.Error(), "connect") != 1 {
		t.Error("said twice:", err)
	}
}
