package exchange

import (
	"strings"
	"testing"

	"cordpair/relay/wire"
)

// TestWhatIsNotOffered is refused by an error that names method and parameter,
// and changes nothing.
func TestWhatIsNotOffered(t *testing.T) {
	d := answeredCall(t, start(t))
	ref := wire.CallRef{CallID: d.a}
	speech := wire.CollectOptions{Speech: &wire.CollectSpeech{}}
	for _, req := range []struct {
		parameter, method string
		params            any
	}{
		{"record", wire.MethodJoinConference, wire.JoinConferenceParams{CallRef: ref, Name: "r", Record: "record-from-start"}},
		{"coach", wire.MethodJoinConference, wire.JoinConferenceParams{CallRef: ref, Name: "r", Extra: []byte(`{"coach":"x"}`)}},
		{"speech", wire.MethodCollect, wire.CollectParams{CallRef: ref, ControlID: "c", CollectOptions: speech}},
		{"speech", wire.MethodPlayCollect, wire.PlayCollectParams{CallRef: ref, ControlID: "c", Play: silence(1), Collect: speech}},
		{"", "calling.denoise", ref},
	} {
		f := d.c.request(req.method, req.params)
		if f.Error == nil || !strings.Contains(f.Error.Message, req.method) {
			t.Errorf("%s: %+v", req.method, f)
			continue
		}
		if req.parameter != "" && (f.Error.Code != wire.RPCParams || !strings.HasPrefix(f.Error.Message, req.method+": "+req.parameter+": ")) {
			t.Errorf("%s: %+v", req.method, f.Error)
		}
	}
	d.join("r") // it is in no conference, and collects nothing
}
