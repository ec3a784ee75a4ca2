package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestFrameRing(t *testing.T) {
	r := &frameRing{}
	data := []byte(`{"jsonrpc":"2.0","id":"1","method":"signalwire.connect","params":{"authentication":{"project":"p","token":"secret"}}}`)
	r.Tap(true, data)
	for i := range data { // the caller's bytes are its own again
		data[i] = 'x'
	}
	r.Tap(false, []byte(`{"id":"2","method":"signalwire.event","params":{"event_type":"calling.call.state","params":{"call_id":"a"}}}`))
	r.Tap(true, []byte(`{"id":"3","method":"calling.answer","params":{"call_id":"a"}}`))
	r.Tap(false, []byte(`{"id":"3","result":{"code":"200"}}`))
	r.Tap(false, []byte(`token=secret`))
	r.Tap(true, []byte(`{"id":"2","result":{}}`)) // an acknowledgement
	r.Tap(false, []byte(`{"id":"4","method":"signalwire.ping","params":{}}`))
	r.Tap(true, []byte(`{"id":"4","result":{}}`))
	r.Tap(false, []byte(`{"id":"5","method":"signalwire.event","params":{"event_type":"cordpair.media","params":{"legs":[]}}}`))
	list := r.Since(0)
	var names []string
	for _, f := range list {
		names = append(names, fmt.Sprintf("%d %s %s", f.Seq, f.Name, f.Call))
		if strings.Contains(f.Text, "secret") {
			t.Errorf("a secret is shown: %s", f.Text)
		}
	}
	want := "1 signalwire.connect |2 calling.call.state a|3 calling.answer a|4 reply to calling.answer |5 not JSON "
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("%q", got)
	}
	if !list[0].Out || list[1].Out || !strings.Contains(list[1].Text, "\n  \"method\"") {
		t.Errorf("%+v", list[:2])
	}
	if got := r.Since(4); len(got) != 1 || got[0].Seq != 5 {
		t.Errorf("%+v", got)
	}
}

func TestFrameRingIsBounded(t *testing.T) {
	r := &frameRing{}
	for range 3 * frameCount {
		r.Tap(false, []byte(`{"method":"x"}`))
	}
	if n := len(r.Since(0)); n != frameCount {
		t.Errorf("%d frames", n)
	}
	for range 20 {
		r.Tap(false, []byte(`"`+strings.Repeat("x", frameBytes/8)+`"`))
	}
	if r.bytes > frameBytes {
		t.Errorf("%d bytes", r.bytes)
	}
}
