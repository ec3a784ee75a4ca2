package exchange

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// statusServer is where status_url leads: it keeps what is posted to each path.
type statusServer struct {
	*httptest.Server
	mu   sync.Mutex
	said map[string][]string
	last string // a try that took too long comes again
}

func newStatusServer(t *testing.T) *statusServer {
	s := &statusServer{said: map[string][]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var e wire.EventParams
		var p wire.ActionEvent
		if wire.Decode(body, &e) != nil || wire.Decode(e.Params, &p) != nil {
			return
		}
		if p.State == wire.NoInput { // how far the recording came is not asked here
			p.State = wire.Finished
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		again := r.URL.Path + string(body)
		if again == s.last {
			return
		}
		s.last = again
		s.said[r.URL.Path] = append(s.said[r.URL.Path], fmt.Sprint(e.EventType, " ", p.ControlID, " ", p.State))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *statusServer) tells(t *testing.T, path string, want ...string) {
	t.Helper()
	same(t, func() []string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(s.said[path])
	}, want...)
}

// TestStatusURLOfAnAction is told the events that its client is told; that of an
// action before, under the same control id, is not.
func TestStatusURLOfAnAction(t *testing.T) {
	d, s := answeredCall(t, start(t)), newStatusServer(t)
	ref := wire.CallRef{CallID: d.a}
	silence := []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: 0.02}}}
	play := wire.PlayParams{CallRef: ref, ControlID: "p", Play: silence, StatusURL: s.URL + "/play"}
	d.c.must(wire.MethodPlay, play)
	d.c.action("p", wire.Finished)
	s.tells(t, "/play", "calling.call.play p playing", "calling.call.play p finished")
	play.StatusURL = ""
	d.c.must(wire.MethodPlay, play)
	d.c.action("p", wire.Finished)

	d.c.must(wire.MethodRecord, wire.RecordParams{CallRef: ref, ControlID: "r", StatusURL: s.URL + "/record",
		Record: wire.Record{Audio: wire.RecordAudio{InitialTimeout: &off, EndSilenceTimeout: &off}}})
	d.c.must(wire.MethodRecordPause, wire.ControlParams{CallRef: ref, ControlID: "r"})
	d.c.must(wire.MethodRecordResume, wire.ControlParams{CallRef: ref, ControlID: "r"})
	digits := &wire.CollectDigits{Max: 1}
	d.c.must(wire.MethodPlayCollect, wire.PlayCollectParams{CallRef: ref, ControlID: "c", Play: silence,
		Collect: wire.CollectOptions{Digits: digits}, StatusURL: s.URL + "/collect"})
	d.c.must(wire.MethodDetect, wire.DetectParams{CallRef: ref, ControlID: "d", StatusURL: s.URL + "/detect",
		Detect: wire.Detect{Type: wire.DetectDigit}})
	d.c.must(wire.MethodRefer, wire.ReferParams{CallRef: ref, StatusURL: s.URL + "/refer",
		Device: wire.ReferDevice{Type: wire.DeviceSIP, Params: wire.ReferDeviceParams{To: "sip:carol@demo"}}})
	if err := awaitSIP[sip.Referred](d.caller).Referral.Refuse(603); err != nil {
		t.Fatal(err)
	}
	s.tells(t, "/refer", "calling.call.refer  failed")
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: ref})
	s.tells(t, "/record", "calling.call.record r recording", "calling.call.record r paused",
		"calling.call.record r recording", "calling.call.record r finished")
	s.tells(t, "/collect", "calling.call.play c playing", "calling.call.play c finished", "calling.call.collect c finished")
	s.tells(t, "/detect", "calling.call.detect d ")
	s.tells(t, "/play", "calling.call.play p playing", "calling.call.play p finished")
}

// TestUselessStatusURL: what could never be posted to is refused.
func TestUselessStatusURL(t *testing.T) {
	d := answeredCall(t, start(t))
	ref, silence := wire.CallRef{CallID: d.a}, []wire.Media{{Type: wire.MediaSilence, Params: wire.MediaParams{Duration: 1}}}
	collect := wire.CollectOptions{Digits: &wire.CollectDigits{Max: 1}}
	const url = "http://169.254.1.1/"
	for method, params := range map[string]any{
		wire.MethodPlay:        wire.PlayParams{CallRef: ref, ControlID: "x", Play: silence, StatusURL: url},
		wire.MethodRecord:      wire.RecordParams{CallRef: ref, ControlID: "x", StatusURL: "here"},
		wire.MethodCollect:     wire.CollectParams{CallRef: ref, ControlID: "x", CollectOptions: collect, StatusURL: url},
		wire.MethodPlayCollect: wire.PlayCollectParams{CallRef: ref, ControlID: "x", Play: silence, Collect: collect, StatusURL: url},
		wire.MethodDetect:      wire.DetectParams{CallRef: ref, ControlID: "x", Detect: wire.Detect{Type: wire.DetectDigit}, StatusURL: url},
		wire.MethodTap: wire.TapParams{CallRef: ref, ControlID: "x", Tap: wire.Tap{Type: "audio"}, StatusURL: url,
			Device: wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "127.0.0.1", Port: 9}}},
		wire.MethodRefer: wire.ReferParams{CallRef: ref, StatusURL: url,
			Device: wire.ReferDevice{Type: wire.DeviceSIP, Params: wire.ReferDeviceParams{To: "sip:carol@demo"}}},
	} {
		if r := d.c.command(method, params); r.Code != wire.CodeBad {
			t.Errorf("%s: %+v", method, r)
		}
	}
}
