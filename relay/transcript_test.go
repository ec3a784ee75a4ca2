package relay

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

// line is one frame of a recorded session; see testdata/README.md.
type line struct {
	Dir   string         `json:"dir"`
	Conn  int            `json:"conn"` // counts sockets
	Frame jsontext.Value `json:"frame"`
}

func transcripts(t testing.TB) map[string][]line {
	t.Helper()
	files, err := filepath.Glob("testdata/transcripts/*.jsonl")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	all := make(map[string][]line, len(files))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []line
		sc := bufio.NewScanner(bytes.NewReader(data))
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			var l line
			if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			lines = append(lines, l)
		}
		base := strings.TrimSuffix(filepath.Base(name), ".jsonl")
		all[strings.TrimPrefix(base, "js3-")] = lines
	}
	return all
}

// replay folds a recorded session: what the client of the time asked for is
// given to the Book as if it had been asked for here.
func replay(t *testing.T, lines []line) (*model.Book, []model.OrderSettled) {
	t.Helper()
	book := model.NewBook()
	var (
		dec     decoder
		settled []model.OrderSettled
		orders  = make(map[wire.ID]model.CommandID)
		at      = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	)
	for _, l := range lines {
		at = at.Add(10 * time.Millisecond)
		var in inbound
		if err := wire.Decode(l.Frame, &in); err != nil {
			t.Fatalf("%v: %s", err, l.Frame)
		}
		switch {
		case l.Dir == "c2s":
			if cmd := recordedCommand(t, l.Frame); cmd != nil {
				if c, ok := cmd.(model.Connect); ok {
					if _, err := book.Connect(c.Call, c.Tag, c.Request, at); err != nil {
						t.Fatal(err)
					}
				}
				orders[in.ID] = book.Give(cmd, at).ID
			}
		case in.Method == wire.MethodEvent:
			n, err := dec.event(in.Params, at)
			if err != nil {
				t.Fatalf("%v: %s", err, l.Frame)
			}
			if n.event == nil {
				t.Fatalf("unknown event: %s", l.Frame)
			}
			book.Apply(n.event)
		case in.Method == "":
			if id, ok := orders[in.ID]; ok {
				ev := model.OrderSettled{At: at, Order: id, Fault: judge(&in, false, at).fault}
				settled = append(settled, ev)
				book.Apply(ev)
			}
		}
	}
	return book, settled
}

// recordedCommand reads a request of the recording back into a command.
func recordedCommand(t *testing.T, frame jsontext.Value) model.Command {
	t.Helper()
	f, err := wire.DecodeFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	var ref wire.CallRef
	switch f.Method {
	case wire.MethodCallConnect:
		var p wire.CallConnectParams
		if err := wire.Decode(f.Params, &p); err != nil {
			t.Fatal(err)
		}
		d := p.Devices[0][0].Params
		req := model.ConnectRequest{From: d.From, To: d.To}
		if req.Validate() != nil {
			req = wanted() // we would not even have sent it
		}
		return model.Connect{Call: model.CallID(p.CallID), Tag: model.Tag(p.Tag), Request: req}
	case wire.MethodEnd:
		_ = wire.Decode(f.Params, &ref)
		return model.Hangup{Call: model.CallID(ref.CallID)}
	case wire.MethodCallDisconnect:
		_ = wire.Decode(f.Params, &ref)
		return model.Disconnect{Call: model.CallID(ref.CallID)}
	}
	return nil
}

const recordedA = model.CallID("00000000-0000-4000-8000-000000000003")

// TestTranscriptsEndAsTheirNamesSay folds each recorded connect.
func TestTranscriptsEndAsTheirNamesSay(t *testing.T) {
	all := transcripts(t)
	for name, want := range map[string]struct {
		state model.AttemptState
		by    model.Party
		word  string
		a, b  model.CallState
		code  int
	}{
		"03-connectsip-success-full":                  {model.Disconnected, model.Peer, model.WordHangup, model.Ended, model.Ended, 0},
		"11-connectsip-success-peer-hangs-up":         {model.Disconnected, model.Peer, model.WordHangup, model.Ended, model.Ended, 0},
		"12-connectsip-success-caller-hangs-up":       {model.Disconnected, model.Caller, model.WordHangup, model.Ended, model.Ended, 0},
		"13-connectsip-success-operator-disconnects":  {model.Disconnected, model.Operator, model.WordDisconnect, model.Answered, model.Answered, 0},
		"14-connectsip-busy":                          {model.Failed, model.Peer, model.WordBusy, model.Answered, model.Ended, 0},
		"15-connectsip-no-answer-timeout":             {model.Failed, model.Exchange, model.WordNoAnswer, model.Answered, model.Ended, 0},
		"16-connectsip-declined":                      {model.Failed, model.Peer, model.WordDecline, model.Answered, model.Ended, 0},
		"17-connectsip-cancelled-by-disconnect":       {model.Connected, model.Nobody, "", model.Answered, model.Answered, 0},
		"18-connectsip-caller-hangs-up-while-ringing": {model.Failed, model.Caller, model.WordCancel, model.Ended, model.Ended, 0},
		"19-connectsip-invalid-destination":           {model.Failed, model.Exchange, model.WordRefused, model.Answered, 0, 400},
		"20-connectsip-destination-not-found":         {model.Failed, model.Peer, model.WordNotFound, model.Answered, model.Ended, 0},
		"21-connectsip-price-too-high":                {model.Failed, model.Exchange, model.WordRefused, model.Answered, 0, 402},
		"22-connectsip-call-gone-404":                 {model.Failed, model.Caller, model.WordCancel, model.Answered, 0, 404},
		"23-connectsip-conflict-409":                  {model.Failed, model.Exchange, model.WordRefused, model.Answered, 0, 409},
		"24-bridge-survives-reconnect":                {model.Disconnected, model.Nobody, "", model.Answered, model.Ended, 0},
	} {
		t.Run(name, func(t *testing.T) {
			lines := all[name]
			if lines == nil {
				t.Fatal("no such transcript")
			}
			book, settled := replay(t, lines)
			a := book.Call(recordedA)
			if a == nil || a.Attempt == nil {
				t.Fatalf("%+v", a)
			}
			if a.ConnectState() != want.state || a.State != want.a {
				t.Fatalf("connect %v, call %v", a.ConnectState(), a.State)
			}
			if by, word := a.Attempt.Cause.By, a.Attempt.Cause.Word; want.word != "" && (by != want.by || word != want.word) {
				t.Errorf("by %v, %s", by, word)
			}
			if b := book.Peer(a); (b != nil) != (want.b != 0) || b != nil && b.State != want.b {
				t.Errorf("peer %+v", b)
			}
			if want.code != 0 && (len(settled) == 0 || settled[len(settled)-1].Fault.Code != want.code) {
				t.Errorf("settled %+v", settled)
			}
		})
	}
}

// TestTranscriptsLoseNothing decodes every event and every command of the
// recordings into its type and writes it again: the same JSON must result.
func TestTranscriptsLoseNothing(t *testing.T) {
	for name, lines := range transcripts(t) {
		for _, l := range lines {
			f, err := wire.DecodeFrame(l.Frame)
			if err != nil {
				t.Fatalf("%s: %v: %s", name, err, l.Frame)
			}
			again, err := wire.Encode(f)
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, l.Frame, again)
			switch {
			case f.Method == wire.MethodEvent:
				var env wire.EventParams
				if err := wire.Decode(f.Params, &env); err != nil {
					t.Fatal(err)
				}
				same(t, name, f.Params, wire.MustEncode(env))
				body := typedBody(env.EventType)
				if err := wire.Decode(env.Params, body); err != nil {
					t.Fatalf("%s: %v: %s", name, err, env.Params)
				}
				same(t, name, env.Params, wire.MustEncode(body))
			case l.Dir == "c2s" && f.Method != "":
				body := typedParams(f.Method)
				if body == nil {
					t.Fatalf("%s: no type for %s", name, f.Method)
				}
				if err := wire.Decode(f.Params, body); err != nil {
					t.Fatalf("%s: %v: %s", name, err, f.Params)
				}
				same(t, name, plain(f.Params), wire.MustEncode(body))
			case l.Dir == "c2s" || len(f.Result) == 0:
			case bytes.Contains(f.Result, []byte(`"identity"`)):
				var welcome wire.ConnectResult
				if err := wire.Decode(f.Result, &welcome); err != nil {
					t.Fatal(err)
				}
				if name != "session-drop-noauthz" { // it lacks a member that we write empty
					same(t, name, f.Result, wire.MustEncode(welcome))
				}
			default:
				var res wire.Result
				if err := wire.Decode(f.Result, &res); err != nil {
					t.Fatal(err)
				}
				same(t, name, f.Result, wire.MustEncode(res))
			}
		}
	}
}

// plain is a request in our form: a port as a number, and without the switches
// that are off.
func plain(params jsontext.Value) jsontext.Value {
	return jsontext.Value(strings.NewReplacer(`"port":"5004"`, `"port":5004`, `"continuous":false,`, "",
		`,"start_input_timers":false`, "").Replace(string(params)))
}

func typedBody(event string) any {
	switch event {
	case wire.EventCallReceive, wire.EventCallState:
		return new(wire.CallParams)
	case wire.EventCallConnect:
		return new(wire.ConnectEvent)
	case wire.EventCallDial:
		return new(wire.DialEvent)
	}
	return new(wire.ActionEvent)
}

func typedParams(method string) any {
	switch method {
	case wire.MethodConnect:
		return new(wire.ConnectParams)
	case wire.MethodCallConnect:
		return new(wire.CallConnectParams)
	case wire.MethodDial:
		return new(wire.DialParams)
	case wire.MethodEnd:
		return new(wire.EndParams)
	case wire.MethodAnswer, wire.MethodPass, wire.MethodCallDisconnect:
		return new(wire.AnswerParams)
	case wire.MethodPlay:
		return new(wire.PlayParams)
	case wire.MethodSendDigits:
		return new(wire.SendDigitsParams)
	case wire.MethodReceive, wire.MethodUnreceive:
		return new(wire.ReceiveParams)
	case wire.MethodRecord:
		return new(wire.RecordParams)
	case wire.MethodCollect:
		return new(wire.CollectParams)
	case wire.MethodPlayCollect:
		return new(wire.PlayCollectParams)
	case wire.MethodDetect:
		return new(wire.DetectParams)
	case wire.MethodTap:
		return new(wire.TapParams)
	}
	if strings.Count(method, ".") == 2 { // pause, resume, stop, volume
		return new(wire.ControlParams)
	}
	return nil
}

func same(t *testing.T, name string, a, b jsontext.Value) {
	t.Helper()
	a, b = a.Clone(), b.Clone()
	if a.Canonicalize() != nil || b.Canonicalize() != nil || !bytes.Equal(a, b) {
		t.Errorf("%s:\n was %s\n now %s", name, a, b)
	}
}
