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
