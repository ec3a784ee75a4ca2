package relay

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// recorded plays the server's part of a recording to a client of ours: each
// request that the recorded client made must come, and then comes what the
// server said, with the ids of today in place of those recorded.
type recorded struct {
	t     *testing.T
	s     *relaytest.Server
	c     *Client
	lines []line
	asked chan wire.Frame
	up    chan struct{}
	ids   map[string]string
	conn  int
}

func playRecording(t *testing.T, name string) (*recorded, *Client) {
	t.Helper()
	r := &recorded{t: t, s: relaytest.New(t), asked: make(chan wire.Frame, 16), up: make(chan struct{}, 4),
		lines: transcripts(t)[name], ids: make(map[string]string), conn: 1}
	if r.lines == nil {
		t.Fatal("no such recording:", name)
	}
	r.s.Inspect = func(_ *relaytest.Conn, f wire.Frame) relaytest.Verdict {
		if f.Method == wire.MethodConnect {
			return relaytest.Handle
		}
		r.asked <- f
		return relaytest.Ignore
	}
	r.s.Connected = func(*relaytest.Conn) { r.up <- struct{}{} }
	r.c = opened(t, config(r.s))
	<-r.up
	done := make(chan struct{})
	go func() { // ends with the recording; the cleanup waits for it
		defer close(done)
		r.run(within(t))
	}()
	t.Cleanup(func() { <-done })
	return r, r.c
}

func (r *recorded) run(ctx context.Context) {
	handshakes := make(map[wire.ID]bool)
	for _, l := range r.lines {
		f, err := wire.DecodeFrame(l.Frame)
		switch {
		case err != nil:
			r.t.Errorf("%v: %s", err, l.Frame)
			return
		case f.Method == wire.MethodConnect:
			handshakes[f.ID] = true
			if l.Conn > r.conn {
				r.conn = l.Conn
				r.s.Last().Drop()
				<-r.up
			}
		case l.Dir == "c2s" && f.Method != "":
			if !r.takes(ctx, f) {
				return
			}
		case l.Dir == "s2c" && !handshakes[f.ID]:
			r.s.Last().Raw([]byte(r.today(string(l.Frame))))
		}
	}
}

// takes waits for the request that the recording has next.
func (r *recorded) takes(ctx context.Context, was wire.Frame) bool {
	select {
	case f := <-r.asked:
		if f.Method != was.Method {
			r.t.Errorf("recorded is %s, asked was %s", was.Method, f.Method)
			return false
		}
		var then, now struct {
			Tag     string `json:"tag"`
			Control string `json:"control_id"`
		}
		_, _ = wire.Decode(was.Params, &then), wire.Decode(f.Params, &now)
		for recorded, today := range map[string]string{string(was.ID): string(f.ID), then.Tag: now.Tag, then.Control: now.Control} {
			if recorded != "" {
				r.ids[recorded] = today
			}
		}
		return true
	case <-ctx.Done():
		r.t.Errorf("nobody asked for %s", was.Method)
		return false
	}
}

func (r *recorded) today(frame string) string {
	for recorded, today := range r.ids {
		frame = strings.ReplaceAll(frame, `"`+recorded+`"`, `"`+today+`"`)
	}
	return frame
}

// caller is the call that most recordings begin with; the server answers it by
// itself in most.
func (r *recorded) caller(state model.CallState) *Call {
	r.t.Helper()
	return callIn(r.t, r.c, state)
}

// callIn waits for the recorded call to be in that state.
func callIn(t *testing.T, c *Client, state model.CallState) *Call {
	t.Helper()
	if err := c.until(within(t), "test", "", func() (bool, error) {
		call := c.book.Call(recordedA)
		return call != nil && call.State == state, nil
	}, watchKey{keyCall, string(recordedA)}); err != nil {
		t.Fatal(err)
	}
	call, _ := c.Call(recordedA)
	return call
}

// fine fails the test on the first error.
func fine(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestRecordedCallsAndDials(t *testing.T) {
	desk := Device{From: "sip:desk@example.test", To: "sip:agent@pbx.example.test", Timeout: 20 * time.Second}
	t.Run("30", func(t *testing.T) {
		r, c := playRecording(t, "30-inbound-answer-hangup")
		call, err := c.Incoming(within(t))
		fine(t, err, call.Answer(within(t)), call.Hangup(within(t), ""))
		if call.State() != model.Ended || call.EndReason() != model.WordHangup || r.conn != 1 {
			t.Fatalf("%+v", call.Info())
		}
	})
	t.Run("31", func(t *testing.T) {
		_, c := playRecording(t, "31-inbound-pass")
		call, err := c.Incoming(within(t))
		fine(t, err, call.Pass(within(t)))
	})
	t.Run("32", func(t *testing.T) {
		_, c := playRecording(t, "32-dial-sip-success")
		call, err := c.DialSIP(within(t), model.Dial{From: desk.From, To: desk.To})
		fine(t, err)
		if call.State() != model.Answered || call.Direction() != model.Outbound {
			t.Fatalf("%+v", call.Info())
		}
		fine(t, call.Hangup(within(t), ""))
	})
	t.Run("33", func(t *testing.T) {
		_, c := playRecording(t, "33-dial-devices-serial-parallel")
		call, err := c.Dial(within(t), DialRequest{Plan: Plan{{desk}, {{From: "+15550100001", To: "+15550100002"}, desk}}})
		fine(t, err)
		if call.State() != model.Answered {
			t.Fatalf("%+v", call.Info())
		}
	})
	t.Run("34", func(t *testing.T) {
		_, c := playRecording(t, "34-dial-failed")
		_, err := c.DialSIP(within(t), model.Dial{From: desk.From, To: desk.To})
		var e *Error
		if !errors.Is(err, ErrDialFailed) || !errors.As(err, &e) || e.Cause.Word != model.WordBusy {
			t.Fatal(err)
		}
	})
}

func TestRecordedConnects(t *testing.T) {
	for name, word := range map[string]string{
		"14-connectsip-busy": model.WordBusy, "15-connectsip-no-answer-timeout": model.WordNoAnswer,
		"16-connectsip-declined": model.WordDecline, "18-connectsip-caller-hangs-up-while-ringing": model.WordCancel,
		"20-connectsip-destination-not-found": model.WordNotFound, "21-connectsip-price-too-high": "",
		"22-connectsip-call-gone-404": "", "23-connectsip-conflict-409": "",
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := playRecording(t, name)
			_, err := r.caller(model.Answered).ConnectSIP(within(t), wanted())
			var e *Error
			if !errors.As(err, &e) || e.Cause.Word != word || errors.Is(err, ErrConnectFailed) != (word != "") || errors.Is(err, ErrRefused) != (word == "") {
				t.Fatal(err)
			}
		})
	}
	t.Run("11", func(t *testing.T) {
		r, _ := playRecording(t, "11-connectsip-success-peer-hangs-up")
		call := r.caller(model.Answered)
		peer, err := call.ConnectSIP(within(t), wanted())
		fine(t, err)
		_, err = peer.PlayTTS(within(t), "You are the peer")
		fine(t, err)
		cause, err := call.Disconnected(within(t))
		if err != nil || cause.By != model.Peer {
			t.Fatalf("%+v %v", cause, err)
		}
		p, err := call.PlayTTS(within(t), "The peer disconnected")
		fine(t, err, p.Ended(within(t)), call.Hangup(within(t), ""))
	})
	t.Run("13", func(t *testing.T) {
		r, _ := playRecording(t, "13-connectsip-success-operator-disconnects")
		call := r.caller(model.Answered)
		peer, err := call.ConnectSIP(within(t), wanted())
		fine(t, err, call.Disconnect(within(t)))
		one, err1 := peer.PlayTTS(within(t), "still here")
		two, err2 := peer.PlayTTS(within(t), "still here")
		fine(t, err1, err2, one.Ended(within(t)), two.Ended(within(t)))
	})
	t.Run("24", func(t *testing.T) {
		r, _ := playRecording(t, "24-bridge-survives-reconnect")
		call := r.caller(model.Answered)
		_, err := call.ConnectSIP(within(t), wanted())
		fine(t, err)
		if cause, err := call.Disconnected(within(t)); err != nil || cause.IsZero() {
			t.Fatalf("%+v %v", cause, err)
		}
		p, err := call.PlayTTS(within(t), "x")
		fine(t, err, p.Ended(within(t)))
	})
}

func TestRecordedActions(t *testing.T) {
	speech := CollectOptions{Speech: &SpeechOptions{Language: "en-US"}}
	for name, drive := range map[string]func(*testing.T, context.Context, *Call){
		"40-play-lifecycle": func(t *testing.T, ctx context.Context, k *Call) {
			p, err := k.PlayTTS(ctx, "hi")
			fine(t, err, p.Pause(ctx), p.Resume(ctx), p.SetVolume(ctx, -5), p.Stop(ctx), p.Ended(ctx))
		},
		"41-record-lifecycle": func(t *testing.T, ctx context.Context, k *Call) {
			rec, err := k.Record(ctx, RecordOptions{})
			fine(t, err)
			if rec.URL() == "" {
				t.Error("the answer names the file")
			}
			fine(t, rec.Pause(ctx, false), rec.Resume(ctx), rec.Stop(ctx))
			if res, err := rec.Ended(ctx); err != nil || res.URL == "" || res.Duration == 0 || res.Size == 0 {
				t.Errorf("%+v %v", res, err)
			}
		},
		"42-prompt-digits": func(t *testing.T, ctx context.Context, k *Call) {
			col, err := k.PromptTTS(ctx, "Enter PIN", CollectOptions{Digits: &DigitsOptions{Max: 4}})
			fine(t, err)
			if res, err := col.Ended(ctx); err != nil || res.Digits != "99" || !res.Final {
				t.Errorf("%+v %v", res, err)
			}
		},
		"43-prompt-speech-volume-stop": func(t *testing.T, ctx context.Context, k *Call) {
			col, err := k.PromptAudio(ctx, "https://media.example.test/q.mp3", speech)
			fine(t, err, col.SetVolume(ctx, 4), col.Stop(ctx))
			if res, err := col.Ended(ctx); err != nil || res.Type != "no_input" {
				t.Errorf("%+v %v", res, err)
			}
		},
		"44-collect-digits": func(t *testing.T, ctx context.Context, k *Call) {
			col, err := k.Collect(ctx, CollectOptions{Digits: &DigitsOptions{Max: 4}})
			fine(t, err, col.StartInputTimers(ctx))
			if res, err := col.Ended(ctx); err != nil || res.Digits != "1234" || res.Terminator != "#" {
				t.Errorf("%+v %v", res, err)
			}
		},
		"45-collect-stop": func(t *testing.T, ctx context.Context, k *Call) {
			col, err := k.Collect(ctx, speech)
			fine(t, err, col.Stop(ctx))
			if res, err := col.Ended(ctx); err != nil || res.Type != "no_input" {
				t.Errorf("%+v %v", res, err)
			}
		},
		"46-detect-machine-digit-fax": func(t *testing.T, ctx context.Context, k *Call) {
			for _, want := range []DetectResult{{Type: "machine", Event: "HUMAN"}, {Type: "digit", Event: "5"}, {Type: "fax", Event: "CED"}} {
				det, err := k.Detect(ctx, wire.Detect{Type: want.Type}, 0)
				fine(t, err)
				if got, err := det.Ended(ctx); err != nil || got != want {
					t.Errorf("%+v %v", got, err)
				}
			}
		},
		"47-detect-stop": func(t *testing.T, ctx context.Context, k *Call) {
			det, err := k.AMD(ctx, AMDOptions{})
			fine(t, err, det.Stop(ctx))
			if got, err := det.Ended(ctx); err != nil || got.Event != "" {
				t.Errorf("%+v %v", got, err)
			}
		},
		"48-tap-ws-rtp": func(t *testing.T, ctx context.Context, k *Call) {
			for _, o := range []TapOptions{{URI: "wss://tap.example.test/x"}, {Addr: "192.0.2.1", Port: 5004}} {
				tap, err := k.Tap(ctx, o)
				fine(t, err, tap.Stop(ctx), tap.Ended(ctx))
			}
		},
		"49-send-digits": func(t *testing.T, ctx context.Context, k *Call) { fine(t, k.SendDigits(ctx, "1w2W#")) },
	} {
		t.Run(name, func(t *testing.T) {
			r, c := playRecording(t, name)
			drive(t, within(t), r.caller(model.Answered))
			c.mu.Lock()
			defer c.mu.Unlock()
			if len(c.actions) != 0 {
				t.Errorf("%d actions are kept", len(c.actions))
			}
		})
	}
}

func TestRecordedSessions(t *testing.T) {
	for _, name := range []string{"session-server-disconnect", "session-drop-valid"} {
		t.Run(name, func(t *testing.T) {
			_, c := playRecording(t, name)
			up := last(takeUntil(t, c, func(ev model.Event) bool {
				l, ok := ev.(model.LinkChanged)
				return ok && l.Link.State == model.LinkUp && l.Link.Generation == 2
			})).(model.LinkChanged).Link
			if !up.Resumed || len(c.Calls()) != 1 || c.Calls()[0].State() != model.Answered {
				t.Fatalf("%+v %v", up, c.Calls())
			}
			if name == "session-server-disconnect" {
				p, err := c.Calls()[0].PlayTTS(within(t), "after idle")
				fine(t, err, p.Ended(within(t)))
			}
		})
	}
	for name, final := range map[string]bool{"session-auth-error-auth": true, "session-auth-error-internal": false, "session-auth-error-other": false} {
		t.Run(name, func(t *testing.T) {
			f, err := wire.DecodeFrame(transcripts(t)[name][1].Frame)
			if err != nil || f.Error == nil {
				t.Fatal(err)
			}
			s := relaytest.New(t)
			var tries atomic.Int32
			s.Handle(wire.MethodConnect, func(c *relaytest.Conn, ask wire.Frame) {
				if tries.Add(1) == 1 {
					c.ReplyError(ask.ID, f.Error.Code, f.Error.Message)
					return
				}
				c.Admit(ask)
			})
			err = open(t, config(s)).Ready(within(t))
			if errors.Is(err, ErrAuth) != final || (err == nil) == final {
				t.Fatal(err)
			}
		})
	}
}
