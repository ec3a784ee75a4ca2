package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// recordedParams are the parameters of the n-th request (from 1) of a method
// in a recording.
func recordedParams(t *testing.T, name, method string, n int) jsontext.Value {
	t.Helper()
	for _, l := range transcripts(t)[name] {
		f, err := wire.DecodeFrame(l.Frame)
		if err != nil {
			t.Fatal(err)
		}
		if l.Dir == "c2s" && f.Method == method {
			if n--; n == 0 {
				return f.Params
			}
		}
	}
	t.Fatalf("%s: no %s", name, method)
	return nil
}

// bare drops the ids, which are made anew each time, and the member that
// SDKs send but nobody needs.
func bare(t *testing.T, params jsontext.Value) string {
	t.Helper()
	var m map[string]jsontext.Value
	if err := wire.Decode(params, &m); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"node_id", "call_id", "control_id", "tag"} {
		delete(m, key)
	}
	v := wire.MustEncode(m)
	if err := v.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// TestRequestsAreThoseOfTheSDK gives what a recording gave and compares the
// frames.
func TestRequestsAreThoseOfTheSDK(t *testing.T) {
	no := func(_ any, err error) error { return err }
	for _, tc := range []struct {
		recording, method string
		n                 int
		do                func(context.Context, *Call) error
	}{
		{"41-record-lifecycle", wire.MethodRecord, 1, func(ctx context.Context, k *Call) error {
			return no(k.Record(ctx, RecordOptions{Beep: true, Format: "wav", Stereo: true, Direction: "both",
				InitialTimeout: Off, EndSilenceTimeout: Off, Terminators: "#", InputSensitivity: 60}))
		}},
		{"42-prompt-digits", wire.MethodPlayCollect, 1, func(ctx context.Context, k *Call) error {
			return no(k.Prompt(ctx, model.Playlist{{Kind: model.Speech, Text: "Enter PIN", Language: "en-US", Gender: "male"}}, 1,
				CollectOptions{InitialTimeout: 6 * time.Second, Digits: &DigitsOptions{Max: 4, Terminators: "#*", Timeout: 2500 * time.Millisecond}}))
		}},
		{"43-prompt-speech-volume-stop", wire.MethodPlayCollect, 1, func(ctx context.Context, k *Call) error {
			return no(k.PromptAudio(ctx, "https://media.example.test/q.mp3", CollectOptions{Speech: &SpeechOptions{
				EndSilenceTimeout: time.Second, Timeout: 20 * time.Second, Language: "en-GB", Hints: []string{"yes", "no"}, Model: "enhanced"}}))
		}},
		{"46-detect-machine-digit-fax", wire.MethodDetect, 1, func(ctx context.Context, k *Call) error {
			return no(k.AMD(ctx, AMDOptions{InitialTimeout: 4500 * time.Millisecond, EndSilenceTimeout: time.Second, MachineReadyTimeout: time.Second,
				VoiceThreshold: 1.25, WordsThreshold: 6, Interruptions: model.On, Timeout: 20 * time.Second}))
		}},
		{"46-detect-machine-digit-fax", wire.MethodDetect, 2, func(ctx context.Context, k *Call) error {
			return no(k.DetectDigit(ctx, "5", 3*time.Second))
		}},
		{"46-detect-machine-digit-fax", wire.MethodDetect, 3, func(ctx context.Context, k *Call) error {
			return no(k.DetectFax(ctx, "CNG", 3*time.Second))
		}},
		{"48-tap-ws-rtp", wire.MethodTap, 1, func(ctx context.Context, k *Call) error {
			return no(k.Tap(ctx, TapOptions{Direction: "both", URI: "wss://tap.example.test/x", Codec: "PCMU", Rate: 8000}))
		}},
		{"11-connectsip-success-peer-hangs-up", wire.MethodPlay, 1, func(ctx context.Context, k *Call) error {
			return no(k.PlayTTS(ctx, "You are the peer"))
		}},
	} {
		t.Run(fmt.Sprint(tc.recording, " ", tc.n), func(t *testing.T) {
			s := relaytest.New(t)
			w := relaytest.NewWorld(s)
			c := opened(t, config(s))
			call := answered(t, c, w)
			if err := tc.do(within(t), call); err != nil {
				t.Fatal(err)
			}
			f, err := s.Wait(within(t), relaytest.Request(tc.method, 1))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := bare(t, f.Params), bare(t, recordedParams(t, tc.recording, tc.method, tc.n)); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestConnectFrameIsThatOfTheSDK(t *testing.T) {
	c := offline(t)
	preview, err := wire.DecodeFrame([]byte(c.Preview(model.Connect{Call: "x", Request: model.ConnectRequest{
		From: "sip:desk@example.test", To: "sip:agent@pbx.example.test", Timeout: 20 * time.Second,
		Headers: []model.Header{{Name: "X-Account", Value: "42"}}, Codecs: []string{"OPUS", "PCMU"}, WebRTCMedia: model.Off,
		SessionTimeout: 600 * time.Second, CallStateURL: "https://hooks.example.test/state", CallStateEvents: model.StateEvents,
		MaxPricePerMinute: 75, Ringback: model.Playlist{
			{Kind: model.Audio, URL: "https://media.example.test/ring.mp3"},
			{Kind: model.Speech, Text: "Please hold", Language: "en-GB", Gender: "male", Voice: "polly.Amy"},
			{Kind: model.Silence, Duration: 1500 * time.Millisecond}, {Kind: model.Ringtone, Country: "it", Duration: 10 * time.Second},
		},
	}})))
	if err != nil {
		t.Fatal(err)
	}
	want := bare(t, recordedParams(t, "11-connectsip-success-peer-hangs-up", wire.MethodCallConnect, 1))
	if got := bare(t, preview.Params); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// acting runs an action whose events the test sends.
func acting(t *testing.T) (*relaytest.Server, *Client, *Call) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	return s, c, answered(t, c, w)
}

// send sends an event of an action.
func send(s *relaytest.Server, k *Call, kind, control, members string) {
	s.Last().Event(kind, jsontext.Value(fmt.Sprintf(`{"call_id":%q,"control_id":%q,%s}`, k.ID(), control, members)))
}

func TestRecordingTellsWhereItIs(t *testing.T) {
	s, _, call := acting(t)
	rec, err := call.RecordAudio(within(t), RecordOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t)
	if err := errors.Join(rec.Pause(ctx, true), rec.Resume(ctx), rec.Stop(ctx)); err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventRecord, rec.ID(), `"state":"recording"`)
	send(s, call, wire.EventRecord, rec.ID(), `"state":"finished","url":"https://files.test/a.mp3","duration":3.25,"record":{"size":52000}`)
	res, err := rec.Ended(ctx)
	if err != nil || res.URL != "https://files.test/a.mp3" || res.Duration != 3250*time.Millisecond || res.Size != 52000 || res.NoInput {
		t.Fatalf("%+v %v", res, err)
	}
	if err := rec.Stop(ctx); err != nil {
		t.Fatal("an ended recording needs no stop:", err)
	}
}

func TestPromptEndsByTheCollectAlone(t *testing.T) {
	s, _, call := acting(t)
	p, err := call.PromptTTS(within(t), "PIN?", CollectOptions{Digits: &DigitsOptions{Max: 4}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t)
	if err := errors.Join(p.SetVolume(ctx, 3), p.StartInputTimers(ctx)); err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventPlay, p.ID(), `"state":"playing"`)
	send(s, call, wire.EventPlay, p.ID(), `"state":"finished"`)
	send(s, call, wire.EventCollect, p.ID(), `"final":false,"result":{"type":"digit","params":{"digits":"9"}}`)
	send(s, call, wire.EventCollect, p.ID(), `"result":{"type":"start_of_input"}`)
	send(s, call, wire.EventCollect, p.ID(), `"final":true,"result":{"type":"digit","params":{"digits":"99","terminator":"#"}}`)
	res, err := p.Ended(ctx)
	if err != nil || res.Digits != "99" || res.Terminator != "#" || !res.Final {
		t.Fatalf("%+v %v", res, err)
	}
}

func TestCollectError(t *testing.T) {
	s, _, call := acting(t)
	col, err := call.Collect(within(t), CollectOptions{Speech: &SpeechOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventCollect, col.ID(), `"result":{"type":"error"}`)
	if _, err := col.Ended(within(t)); !errors.Is(err, ErrActionFailed) {
		t.Fatal(err)
	}
}

func TestDetection(t *testing.T) {
	s, _, call := acting(t)
	det, err := call.AMD(within(t), AMDOptions{WaitForBeep: true})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"MACHINE"}}`)
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":"machine","params":{"event":"MACHINE","beep":true}}`)
	if res, err := det.Ended(within(t)); err != nil || res.Event != "MACHINE" || !res.Beep {
		t.Fatalf("%+v %v", res, err)
	}
	digit, err := call.DetectDigit(within(t), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, digit.ID(), `"detect":{"type":"digit","params":{"event":"5"}}`)
	send(s, call, wire.EventDetect, digit.ID(), `"detect":{"type":"digit","params":{"event":"finished"}}`)
	if res, err := digit.Ended(within(t)); err != nil || res.Event != "5" {
		t.Fatalf("%+v %v", res, err)
	}
}

func TestReferHasNoControlID(t *testing.T) {
	s, _, call := acting(t)
	s.Handle(wire.MethodRefer, func(c *relaytest.Conn, f wire.Frame) {
		c.OK(f.ID, "Starting SIP REFER")
		send(s, call, wire.EventRefer, "", `"state":"success","sip_refer_to":"sip:x@y","sip_refer_response_code":"202"`)
	})
	ref, err := call.Refer(within(t), "x@y", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if res, err := ref.Ended(within(t)); err != nil || res.State != "success" || res.Response != "202" {
		t.Fatalf("%+v %v", res, err)
	}
}

func TestActionsEndWithTheirCall(t *testing.T) {
	s := relaytest.New(t)
	w := relaytest.NewWorld(s)
	c := opened(t, config(s))
	call := answered(t, c, w)
	peer, err := call.ConnectSIP(within(t), wanted())
	if err != nil {
		t.Fatal(err)
	}
	tap, err := peer.TapAudio(within(t), TapOptions{Addr: "127.0.0.1", Port: 4000})
	if err != nil {
		t.Fatal(err)
	}
	w.Leave(string(peer.ID()))
	if err := tap.Ended(within(t)); !errors.Is(err, ErrEnded) {
		t.Fatal(err)
	}
	if _, err := peer.PlayTTS(within(t), "hello?"); !errors.Is(err, ErrEnded) && !errors.Is(err, ErrGone) {
		t.Fatal(err)
	}
}

func TestPlainMethods(t *testing.T) {
	s, c, call := acting(t)
	ctx := within(t)
	s.Handle(wire.MethodJoinConference, func(c *relaytest.Conn, f wire.Frame) {
		c.Reply(f.ID, jsontext.Value(`{"code":"200","message":"Joining conference","conference_id":"conf-1"}`))
	})
	id, err := call.JoinConference(ctx, "sales", ConferenceOptions{Muted: true, StartOnEnter: model.Off, Record: true})
	if err != nil || id != "conf-1" {
		t.Fatal(id, err)
	}
	for method, err := range map[string]error{
		wire.MethodHold: call.Hold(ctx), wire.MethodUnhold: call.Unhold(ctx), wire.MethodTransfer: call.Transfer(ctx, "context:sales"),
		wire.MethodLeaveConference: call.LeaveConference(ctx, id), wire.MethodPass: call.Pass(ctx),
		wire.MethodReceive: c.Receive(ctx, "sales", "support"), wire.MethodUnreceive: c.Unreceive(ctx, "sales"),
	} {
		if err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if _, err := s.Wait(ctx, relaytest.Request(method, 1)); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
	if got := strings.Join(c.Contexts(), " "); got != "office support" {
		t.Fatal(got)
	}
	// What was subscribed at run time is subscribed again.
	s.Last().Drop()
	f, err := s.Wait(ctx, relaytest.Request(wire.MethodConnect, 2))
	if err != nil || !strings.Contains(string(f.Params), `"contexts":["office","support"]`) {
		t.Fatalf("%s %v", f.Params, err)
	}
}

func TestSendDigits(t *testing.T) {
	s, _, call := acting(t)
	s.Handle(wire.MethodSendDigits, func(c *relaytest.Conn, f wire.Frame) {
		var p wire.SendDigitsParams
		_ = wire.Decode(f.Params, &p)
		c.OK(f.ID, "Sending Digits")
		send(s, call, wire.EventSendDigits, p.ControlID, `"state":"finished"`)
	})
	if err := call.SendDigits(within(t), "1w2W#"); err != nil {
		t.Fatal(err)
	}
}

func TestPlanTriesOneAfterAnother(t *testing.T) {
	s, _, call := acting(t)
	s.Handle(wire.MethodCallConnect, func(c *relaytest.Conn, f wire.Frame) {
		var p wire.CallConnectParams
		_ = wire.Decode(f.Params, &p)
		c.OK(f.ID, "Connecting")
		if len(p.Devices) != 2 || len(p.Devices[1]) != 2 || p.Devices[1][1].Type != "phone" {
			t.Errorf("%s", f.Params)
		}
		leg := func(id string, st wire.CallState, why wire.Reason) {
			c.Event(wire.EventCallState, wire.CallParams{CallRef: wire.CallRef{CallID: id}, CallState: st, Tag: p.Tag,
				Direction: wire.Outbound, EndReason: why, Parent: &wire.Parent{CallID: p.CallID}})
		}
		leg("first", wire.CallRinging, "")
		leg("first", wire.CallEnded, wire.ReasonBusy) // not the end of the plan
		leg("second", wire.CallRinging, "")
		leg("second", wire.CallAnswered, "")
		c.Event(wire.EventCallConnect, wire.ConnectEvent{CallRef: p.CallRef, ConnectState: wire.ConnectConnected, Tag: p.Tag,
			Peer: &wire.Peer{CallID: "second", Tag: p.Tag}})
	})
	peer, err := call.Connect(within(t), Plan{
		{{From: "sip:desk@test", To: "sip:a@test"}},
		{{From: "sip:desk@test", To: "sip:b@test"}, {From: "+15550100001", To: "+15550100002"}},
	}, ConnectOptions{Ringback: model.Playlist{{Kind: model.Ringtone, Country: "us"}}})
	if err != nil || peer.ID() != "second" {
		t.Fatal(peer, err)
	}
}

func TestConnectPhone(t *testing.T) {
	_, _, call := acting(t)
	peer, err := call.ConnectPhone(within(t), Device{From: "+15550100001", To: "+1 555 010 0002"}, ConnectOptions{})
	if err != nil || peer.Type() != "phone" || peer.To().URI != "+15550100002" {
		t.Fatal(peer, err)
	}
}

// TestInvalidIsNeverSent gives each method something that cannot be valid.
func TestInvalidIsNeverSent(t *testing.T) {
	s, c, call := acting(t)
	ctx := within(t)
	asked := func() (n int) {
		for _, f := range s.Journal() {
			if !f.Out && f.Method != "" {
				n++
			}
		}
		return n
	}
	before := asked()
	sip := Device{From: "sip:a@b", To: "sip:c@d"}
	none := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"hangup":     call.Hangup(ctx, "boredom"),
		"wait":       none(call.WaitFor(ctx)),
		"connect":    none(call.ConnectSIP(ctx, model.ConnectRequest{From: "sip:a@b", To: "nobody"})),
		"header":     none(call.ConnectSIP(ctx, model.ConnectRequest{From: "sip:a@b", To: "sip:c@d", Headers: []model.Header{{Name: "From"}}})),
		"plan":       none(call.Connect(ctx, Plan{}, ConnectOptions{})),
		"ringback":   none(call.Connect(ctx, Plan{{sip}}, ConnectOptions{Ringback: model.Playlist{{}}})),
		"price":      none(call.Connect(ctx, Plan{{sip}}, ConnectOptions{MaxPricePerMinute: -1})),
		"phone":      none(call.ConnectPhone(ctx, sip, ConnectOptions{})),
		"codecs":     none(c.Dial(ctx, DialRequest{Plan: Plan{{{From: "+15550100001", To: "+15550100002", Codecs: []string{"PCMU"}}}}})),
		"empty step": none(c.Dial(ctx, DialRequest{Plan: Plan{{}}})),
		"dial sip":   none(c.DialSIP(ctx, model.Dial{From: "sip:a@b", To: "+15550100001"})),
		"dial phone": none(c.DialPhone(ctx, model.Dial{From: "+15550100001", To: "sip:a@b"})),
		"play":       none(call.Play(ctx, nil, 0)),
		"volume":     none(call.Play(ctx, model.Playlist{{Kind: model.Speech, Text: "x"}}, 41)),
		"ringtone":   none(call.PlayRingtone(ctx, "xx", 0)),
		"audio":      none(call.PlayAudio(ctx, "file:///etc/passwd")),
		"silence":    none(call.PlaySilence(ctx, 0)),
		"digits":     call.SendDigits(ctx, "12x"),
		"record":     none(call.Record(ctx, RecordOptions{Format: "ogg"})),
		"direction":  none(call.Record(ctx, RecordOptions{Direction: "up"})),
		"collect":    none(call.Collect(ctx, CollectOptions{})),
		"max":        none(call.Collect(ctx, CollectOptions{Digits: &DigitsOptions{}})),
		"detect":     none(call.Detect(ctx, wire.Detect{Type: "lies"}, 0)),
		"tone":       none(call.DetectFax(ctx, "XYZ", 0)),
		"tap":        none(call.Tap(ctx, TapOptions{})),
		"tap both":   none(call.Tap(ctx, TapOptions{URI: "ws://x", Port: 1})),
		"refer":      none(call.Refer(ctx, "nobody", "", "")),
		"transfer":   call.Transfer(ctx, " "),
		"conference": none(call.JoinConference(ctx, "", ConferenceOptions{})),
		"leave":      call.LeaveConference(ctx, ""),
		"receive":    c.Receive(ctx, ""),
		"no peer":    call.Disconnect(ctx),
		"never had":  none(call.Disconnected(ctx)),
	} {
		var e *Error
		if !errors.Is(err, ErrInvalid) || !errors.As(err, &e) || strings.TrimSpace(e.Error()) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := asked(); after != before {
		t.Fatalf("%d requests went out", after-before)
	}
}
