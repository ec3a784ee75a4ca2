package relay

import (
	"strings"
	"testing"

	"cordpair/model"
	"cordpair/relay/wire"
)

func TestEncodeCordpair(t *testing.T) {
	node := func(model.CallID) string { return "n" }
	for want, cmd := range map[string]model.Command{
		`"method":"cordpair.monitor","params":{"node_id":"n","call_id":"c","device":{"type":"sip","params":{"to":"sip:me@demo"}},"mode":"listen"}`:          model.StartMonitor{Call: "c", Phone: "me@demo"},
		`"method":"cordpair.monitor","params":{"node_id":"n","call_id":"c","device":{"type":"phone","params":{"to_number":"+15550100001"}},"mode":"barge"}`: model.StartMonitor{Call: "c", Phone: "+15550100001", Mode: model.Barging, ToPeer: true},
		`"method":"cordpair.monitor.change","params":{"node_id":"n","call_id":"c","mode":"whisper","leg":"peer"}`:                                           model.SetMonitor{Call: "c", Mode: model.Whispering, ToPeer: true},
		`"method":"cordpair.monitor.change","params":{"node_id":"n","call_id":"c","mode":"whisper","leg":"call"}`:                                           model.SetMonitor{Call: "c", Mode: model.Whispering},
		`"method":"cordpair.monitor.leave","params":{"node_id":"n","call_id":"c"}`:                                                                          model.StopMonitor{Call: "c"},
		`"method":"cordpair.message","params":{"node_id":"n","call_id":"c","control_id":"m","text":"hello"}`:                                                model.Message{Call: "c", Control: "m", Text: "hello"},
	} {
		method, params, err := encode(named(cmd), node)
		if err != nil || validate(cmd) != nil {
			t.Errorf("%T: %v, %v", cmd, err, validate(cmd))
			continue
		}
		frame, err := wire.Request("1", method, params)
		if err != nil || !strings.Contains(string(frame), want) {
			t.Errorf("%T: %s, %v\nwant %s", cmd, frame, err, want)
		}
		if model.Verb(cmd) == "order" {
			t.Errorf("%T has no verb", cmd)
		}
	}
	for _, cmd := range []model.Command{model.StartMonitor{Call: "c", Phone: "not an address"}, model.Message{Call: "c", Text: " "},
		model.Message{Call: "c", Text: strings.Repeat("x", 901)}} {
		if validate(cmd) == nil {
			t.Errorf("%T is taken", cmd)
		}
	}
}

func TestDecodeMonitor(t *testing.T) {
	got := decoded(t, "cordpair.monitor", `{"call_id":"a","state":"joined","mode":"whisper","leg":"peer",
		"monitor":{"call_id":"m","device":{"type":"sip","params":{"to":"sip:me@demo"}}}}`).(model.MonitorChanged)
	if m := got.Monitor; got.Call != "a" || m.Leg != "m" || m.Phone.URI != "sip:me@demo" || m.State != model.MonitorJoined || m.Mode != model.Whispering || !m.ToPeer || !m.Joined {
		t.Errorf("%+v", got)
	}
	got = decoded(t, "cordpair.monitor", `{"call_id":"a","state":"failed","mode":"listen","reason":"busy","sip_code":486,"text":"the phone is busy"}`).(model.MonitorChanged)
	if m := got.Monitor; m.State != model.MonitorOver || m.Joined || m.End.Word != model.WordBusy || m.End.Code != 486 {
		t.Errorf("%+v", got)
	}
	for _, odd := range []string{`{"call_id":"a","state":"shouting","mode":"listen"}`, `{"call_id":"a","state":"joined","mode":"haunt"}`} {
		if ev := decoded(t, "cordpair.monitor", odd); ev != nil {
			t.Errorf("%s: %+v", odd, ev)
		}
	}
}

func TestDecodeMessageAndLevels(t *testing.T) {
	got := decoded(t, "cordpair.message", `{"call_id":"a","control_id":"x","state":"refused","sip_code":405,"sip_phrase":"Method Not\u001b Allowed"}`).(model.MessageSettled)
	if got.Delivered || got.Code != 405 || got.Phrase != "Method Not Allowed" || got.Control != "x" {
		t.Errorf("%+v", got)
	}
	if ok := decoded(t, "cordpair.message", `{"call_id":"a","state":"delivered","sip_code":200}`).(model.MessageSettled); !ok.Delivered {
		t.Errorf("%+v", ok)
	}
	if got := decoded(t, "cordpair.message", `{"call_id":"a","state":"received","text":"thanks\u0007"}`).(model.MessageReceived); got.Text != "thanks" {
		t.Errorf("%+v", got)
	}
	levels := decoded(t, "cordpair.levels", `{"legs":[{"call_id":"a","in":-20,"out":-96},{"call_id":"b","in":5,"out":-1e9}]}`).(model.LevelsSeen)
	if len(levels.Legs) != 2 || levels.Legs[0].In != -20 || levels.Legs[1].In != 0 || levels.Legs[1].Out != -96 {
		t.Errorf("%+v", levels)
	}
}
