package relay

import (
	"strings"
	"testing"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Every command on a leg that is up has its method, names its leg and has a
// verb for people.
func TestEncodeOperations(t *testing.T) {
	node := func(model.CallID) string { return "n" }
	for method, cmd := range map[string]model.Command{
		wire.MethodSendDigits:     model.SendDigits{Call: "c", Digits: "12#"},
		wire.MethodHold:           model.Hold{Call: "c"},
		wire.MethodUnhold:         model.Unhold{Call: "c"},
		wire.MethodRefer:          model.Refer{Call: "c", To: "bob@demo"},
		wire.MethodRecord:         model.Record{Call: "c", Control: "r"},
		wire.MethodRecordStop:     model.StopRecord{Call: "c", Control: "r"},
		wire.MethodPlayStop:       model.StopPlay{Call: "c", Control: "p"},
		wire.MethodJoinConference: model.Join{Call: "c", Conference: "x"},
	} {
		if err := validate(cmd); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		got, params, err := encode(named(cmd), node)
		if err != nil || got != method {
			t.Errorf("%T: %s, %v", cmd, got, err)
			continue
		}
		frame, err := wire.Request("1", got, params)
		if err != nil || !strings.Contains(string(frame), `"call_id":"c"`) || strings.Contains(string(frame), `"control_id":""`) {
			t.Errorf("%s: %s, %v", method, frame, err)
		}
		if model.Target(cmd) != "c" || model.Verb(cmd) == "order" {
			t.Errorf("%T is about %q and called %q", cmd, model.Target(cmd), model.Verb(cmd))
		}
	}
	if validate(model.SendDigits{Call: "c", Digits: "1x"}) == nil || validate(model.Refer{Call: "c", To: "+15550100"}) == nil {
		t.Error("what cannot be sent is not refused")
	}
}

// Several targets become a plan: steps one after another, each of some devices
// at the same time.
func TestEncodeHunt(t *testing.T) {
	cmd := model.Connect{Call: "c", Tag: "t", Request: model.ConnectRequest{From: "a@b", To: "x@y, bob@demo & sips:z@y", Timeout: 5e9}}
	if err := validate(cmd); err != nil {
		t.Fatal(err)
	}
	_, params, err := encode(cmd, func(model.CallID) string { return "n" })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, step := range params.(wire.CallConnectParams).Devices {
		for _, d := range step {
			got = append(got, strings.Repeat(">", i)+d.Params.To+" "+d.Params.From)
		}
	}
	if want := "sip:x@y sip:a@b|>sip:bob@demo sip:a@b|>sips:z@y sip:a@b"; strings.Join(got, "|") != want {
		t.Errorf("devices %v, want %s", got, want)
	}
	if (Plan{{{From: "a@b", To: "x@y, z@y"}}}).check() == nil {
		t.Error("a device with two targets is taken")
	}
}
