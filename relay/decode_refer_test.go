package relay

import (
	"testing"

	"cordpair/model"
)

func TestDecodeRefer(t *testing.T) {
	for params, want := range map[string]model.ActionChanged{
		`{"call_id":"a","state":"success","sip_refer_to":"sip:bob@demo","sip_refer_response_code":"202","sip_notify_response_code":"200"}`: {State: "success", Target: "sip:bob@demo", Code: 200},
		`{"call_id":"a","state":"failed","sip_refer_to":"sip:bob@demo","sip_refer_response_code":"403"}`:                                   {State: "failed", Target: "sip:bob@demo", Code: 403},
		`{"call_id":"a","state":"failed","sip_refer_to":7,"sip_notify_response_code":"9999999999999999999"}`:                               {State: "failed"},
	} {
		got := decoded(t, "calling.call.refer", params).(model.ActionChanged)
		if got.Kind != "refer" || got.Call != "a" || got.State != want.State || got.Target != want.Target || got.Code != want.Code {
			t.Errorf("%s: %+v", params, got)
		}
	}
}
