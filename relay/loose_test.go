package relay

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/relaytest"
	"cordpair/relay/wire"
)

// TestMistypedMembersCostThemselves: the state of a call is told all the same.
func TestMistypedMembersCostThemselves(t *testing.T) {
	var d decoder
	decode := func(kind, params string) (noted, error) {
		return d.event(inboundParams{EventType: kind, Params: jsontext.Value(params)}, time.Now())
	}
	n, err := decode(wire.EventCallState, `{"call_id":"a","call_state":"answered","start_time":"noon","answer_time":[],"node_id":"n",
		"device":{"type":"sip","params":{"from":"sip:a@test","to":7,"timeout":"30","codecs":"PCMU","headers":[{"name":"X-A","value":"1"},7]}},
		"peer":"b","parent":3,"end_reason":null,"later":{"x":1}}`)
	if err != nil {
		t.Fatal(err)
	}
	got := n.event.(model.CallSeen).Call
	if got.ID != "a" || got.State != model.Answered || got.Node != "n" || got.From.URI != "sip:a@test" || len(got.Headers) != 1 {
		t.Errorf("%+v", got)
	}
	if n, err = decode(wire.EventCallConnect, `{"call_id":"a","connect_state":"connected","tag":{"x":1},"peer":{"call_id":"b","device":"sip"}}`); err != nil {
		t.Fatal(err)
	}
	if got := n.event.(model.ConnectChanged); got.State != model.ConnectConnected || got.Peer.ID != "b" {
		t.Errorf("%+v", got)
	}
	if n, err = decode(wire.EventCallDial, `{"tag":"t","dial_state":"answered","call":{"call_id":"a","device":[]}}`); err != nil {
		t.Fatal(err)
	}
	if got := n.event.(model.DialChanged); got.State != model.DialAnswered || got.Call.ID != "a" {
		t.Errorf("%+v", got)
	}
	for kind, params := range map[string]string{
		wire.EventCallState:   `{"call_id":7,"call_state":"answered"}`,
		wire.EventCallReceive: `{"call_id":"a","call_state":{}}`,
		wire.EventCallConnect: `{"call_id":"a","connect_state":[]}`,
		wire.EventCallDial:    `{"tag":"t","dial_state":"answered","call":{"call_id":1}}`,
		wire.EventPlay:        `{"call_id":"a","control_id":"c","state":{}}`,
		wire.EventRecord:      `[]`,
		wire.EventCollect:     `{"call_id":`,
	} {
		if n, err := decode(kind, params); err == nil {
			t.Errorf("%s %s: %+v", kind, params, n)
		}
	}
}

// TestMistypedAnswers: what the server took is taken, and a welcome lets in.
func TestMistypedAnswers(t *testing.T) {
	for result, ok := range map[string]bool{
		`{"code":"200","message":7,"call_id":[]}`: true, `{"code":204}`: true, `{"code":"404","message":{}}`: false,
		`{"code":{},"message":"OK"}`: false, `{"code":"2ab"}`: false, `{"code":"2000"}`: false, `{"code":-200}`: false, `[]`: false,
	} {
		if a := judge(&inbound{Result: jsontext.Value(result)}, false, time.Now()); (a.fault == nil) != ok {
			t.Errorf("%s: %+v", result, a.fault)
		}
	}
	s := relaytest.New(t)
	s.Handle(wire.MethodPass, func(c *relaytest.Conn, f wire.Frame) {
		c.Raw(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%q,"error":"boom","params":7}`, f.ID))
	})
	s.Handle(wire.MethodConnect, func(c *relaytest.Conn, f wire.Frame) {
		c.Reply(f.ID, jsontext.Value(`{"identity":7,"protocol":"signalwire_x_y","authorization":{"scopes":"calling","signature":1},"ice_servers":{}}`))
	})
	c := opened(t, config(s))
	if c.Session().Protocol != "signalwire_x_y" {
		t.Error(c.Session())
	}
	if err := c.Attach("a", "n").Pass(within(t)); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}

// TestMistypedResults: an action ends all the same.
func TestMistypedResults(t *testing.T) {
	s, _, call := acting(t)
	col, err := call.Collect(within(t), CollectOptions{Speech: &SpeechOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventCollect, col.ID(), `"final":"yes","result":{"type":"speech","params":{"text":"hello","confidence":"high"}}`)
	if res, err := col.Ended(within(t)); err != nil || res.Text != "hello" {
		t.Errorf("%+v %v", res, err)
	}
	det, err := call.AMD(within(t), AMDOptions{})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":1,"params":{"event":"HUMAN","beep":"no"}}`)
	send(s, call, wire.EventDetect, det.ID(), `"detect":{"type":[],"params":{"event":"finished"}}`)
	if res, err := det.Ended(within(t)); err != nil || res.Event != "HUMAN" {
		t.Errorf("%+v %v", res, err)
	}
	rec, err := call.Record(within(t), RecordOptions{})
	if err != nil {
		t.Fatal(err)
	}
	send(s, call, wire.EventRecord, rec.ID(), `"state":"finished","duration":"long","url":"https://x.test/a","size":[],"record":7`)
	if res, err := rec.Ended(within(t)); err != nil || res.URL != "https://x.test/a" {
		t.Errorf("%+v %v", res, err)
	}
}

// FuzzWithout takes one value out of any JSON: what is left is JSON.
func FuzzWithout(f *testing.F) {
	for data, path := range map[string]string{
		`{"a":{"b":[1,2,{"c":3}]}}`: "/a/b/2/c", `{"a":1}`: "/a", `[1]`: "/0", `{}`: "/x", `{"~":{"/":1}}`: "/~0/~1", `7`: "/a", `[2]`: "/9",
	} {
		f.Add([]byte(data), path)
	}
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		var tokens []string
		for token := range jsontext.Pointer(path).Tokens() {
			tokens = append(tokens, token)
		}
		if rest, ok := without(data, tokens); ok && !rest.IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) {
			t.Errorf("%q less %q is %q", data, path, rest)
		}
	})
}
