package exchange

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtp"
	law "github.com/zaf/g711"

	"cordpair/relay/exchange/media/tone"
	"cordpair/relay/wire"
)

// detects are what a detector told so far.
func (c *client) detects(control string) []string {
	var list []string
	for _, e := range bodies(c, wire.EventDetect, func(e wire.DetectEvent) bool { return e.ControlID == control }) {
		list = append(list, e.Detect.Type+" "+e.Detect.Params.Event)
	}
	return list
}

func (d *desk) detect(control, kind string, p wire.DetectorSettings) {
	d.c.t.Helper()
	d.c.must(wire.MethodDetect, wire.DetectParams{
		CallRef: wire.CallRef{CallID: d.a}, ControlID: control, Timeout: 2 * patience.Seconds(), Detect: wire.Detect{Type: kind, Params: p},
	})
}

func (d *desk) wants(control string, want ...string) {
	d.c.t.Helper()
	eventually(d.c.t, control+" finished", func() bool {
		got := d.c.detects(control)
		return len(got) > 0 && got[len(got)-1] == want[len(want)-1]
	})
	if got := d.c.detects(control); !slices.Equal(got, want) {
		d.c.t.Errorf("%s: %q", control, got)
	}
}

// TestDetect: each detector says what it found and then finished.
func TestDetect(t *testing.T) {
	d := answeredCall(t, start(t))
	d.detect("digit", wire.DetectDigit, wire.DetectorSettings{Digits: "5"})
	d.caller.keys("25")
	eventually(t, "the digit", func() bool { return slices.Contains(d.c.detects("digit"), "digit 5") })
	d.c.must(wire.MethodDetectStop, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "digit"})
	d.wants("digit", "digit 5", "digit finished")
	d.detect("fax", wire.DetectFax, wire.DetectorSettings{})
	d.caller.sings(2100)
	d.wants("fax", "fax CED", "fax finished")
	// Whoever talks on and on is a machine, also one that a stall interrupts.
	d.detect("machine", wire.DetectMachine, wire.DetectorSettings{DetectMessageEnd: new(bool), InitialTimeout: patience.Seconds(), EndSilenceTimeout: patience.Seconds()})
	d.caller.sings(440)
	d.wants("machine", "machine MACHINE", "machine finished")
	d.caller.stream.SetSource(nil)
	leg, gone := d.x.reg.call(d.a)
	if gone != nil {
		t.Fatal(gone)
	}
	eventually(t, "nothing of it is under way", func() bool { return leg.meter.Load().Stats().LevelIn < -40 })
	d.detect("silent", wire.DetectMachine, wire.DetectorSettings{InitialTimeout: 0.2})
	d.wants("silent", "machine UNKNOWN", "machine finished")
	d.detect("long", wire.DetectFax, wire.DetectorSettings{Tone: "CNG"})
	d.c.must(wire.MethodEnd, wire.EndParams{CallRef: wire.CallRef{CallID: d.a}})
	d.c.state(d.a, wire.CallEnded)
	d.wants("long", "fax finished")
}

func TestDetectRefused(t *testing.T) {
	d := answeredCall(t, start(t))
	for name, detect := range map[string]wire.Detect{
		"type": {Type: "mood"}, "tone": {Type: "fax", Params: wire.DetectorSettings{Tone: "ABC"}},
		"digits": {Type: "digit", Params: wire.DetectorSettings{Digits: "xyz"}},
		"time":   {Type: "machine", Params: wire.DetectorSettings{InitialTimeout: -1}},
	} {
		r := d.c.command(wire.MethodDetect, wire.DetectParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "d", Detect: detect})
		if r.Code != wire.CodeBad {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func (d *desk) tap(control, direction string, device wire.TapDevice) wire.StartedResult {
	d.c.t.Helper()
	f := d.c.request(wire.MethodTap, wire.TapParams{
		CallRef: wire.CallRef{CallID: d.a}, ControlID: control,
		Tap: wire.Tap{Type: "audio", Params: wire.TapAudio{Direction: direction}}, Device: device,
	})
	var r wire.StartedResult
	if err := wire.Decode(f.Result, &r); err != nil {
		d.c.t.Fatal(err)
	}
	return r
}

// TestTapRTP: the caller's voice arrives as RTP from the address that was
// told.
func TestTapRTP(t *testing.T) {
	d := answeredCall(t, start(t))
	ear, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	if err := ear.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	d.caller.sings(440)
	to := ear.LocalAddr().(*net.UDPAddr)
	r := d.tap("t", "speak", wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "127.0.0.1", Port: wire.Port(to.Port), Codec: "PCMA"}})
	if r.Code != wire.CodeOK || r.SourceDevice == nil {
		t.Fatalf("%+v", r)
	}
	d.c.action("t", wire.Tapping)
	var pcm []int16
	buf := make([]byte, 1500)
	clear := func() bool { // a machine that stalls leaves gaps
		f, strength := tone.Detect(pcm[max(0, len(pcm)-earful):], 8000)
		return len(pcm) >= earful && f > 425 && f < 455 && strength > 0.5
	}
	for !clear() {
		n, from, err := ear.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		var p rtp.Packet
		if err := p.Unmarshal(buf[:n]); err != nil || p.PayloadType != 8 || from.(*net.UDPAddr).Port != int(r.SourceDevice.Params.Port) {
			t.Fatalf("%v from %v: %v", p.Header, from, err)
		}
		for _, b := range p.Payload {
			pcm = append(pcm, law.DecodeAlawFrame(b))
		}
	}
	d.c.must(wire.MethodTapStop, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "t"})
	d.c.action("t", wire.Finished)
	e := bodies(d.c, wire.EventTap, func(wire.TapEvent) bool { return true })[1]
	if e.Device.Type != "rtp" || e.Tap.Params.Direction != "speak" {
		t.Errorf("%+v", e)
	}
}

// TestTapWebSocket: what the caller is played arrives as binary messages.
func TestTapWebSocket(t *testing.T) {
	var mu sync.Mutex
	var pcm []int16
	closed := make(chan error, 1)
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil {
				closed <- err
				return
			}
			mu.Lock()
			for _, b := range data {
				if kind == websocket.BinaryMessage {
					pcm = append(pcm, law.DecodeUlawFrame(b))
				}
			}
			mu.Unlock()
		}
	}))
	defer server.Close()
	d := answeredCall(t, start(t, func(c *Config) { c.tapPatience = patience }))
	d.c.must(wire.MethodPlay, wire.PlayParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "p", Play: ringtone("fr", 600)})
	d.caller.hears(440)
	r := d.tap("t", "listen", wire.TapDevice{Type: "ws", Params: wire.TapDeviceParams{URI: "ws" + server.URL[4:]}})
	if r.Code != wire.CodeOK {
		t.Fatalf("%+v", r)
	}
	eventually(t, "the tone", func() bool {
		mu.Lock()
		defer mu.Unlock()
		if len(pcm) < earful {
			return false
		}
		f, strength := tone.Detect(pcm[len(pcm)-earful:], 8000)
		return f > 425 && f < 455 && strength > 0.5
	})
	d.c.must(wire.MethodTapStop, wire.ControlParams{CallRef: wire.CallRef{CallID: d.a}, ControlID: "t"})
	d.c.action("t", wire.Finished)
	if err := soon(t, closed); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("%v", err)
	}
}

func TestTapThatCannotBe(t *testing.T) {
	d := answeredCall(t, start(t))
	for name, tc := range map[string]struct {
		device wire.TapDevice
		code   wire.ResultCode
	}{
		"type":       {wire.TapDevice{Type: "carrier pigeon"}, wire.CodeBad},
		"address":    {wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "host", Port: 1}}, wire.CodeBad},
		"port":       {wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "127.0.0.1"}}, wire.CodeBad},
		"link-local": {wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "169.254.169.254", Port: 9}}, wire.CodeForbidden},
		"private":    {wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "192.168.0.1", Port: 9}}, wire.CodeForbidden},
		"codec":      {wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{Addr: "127.0.0.1", Port: 9, Codec: "OPUS"}}, wire.CodeMedia},
		"uri":        {wire.TapDevice{Type: "ws", Params: wire.TapDeviceParams{URI: "http://x"}}, wire.CodeBad},
	} {
		if r := d.tap("t", "", tc.device); r.Code != tc.code {
			t.Errorf("%s: %+v", name, r)
		}
	}
	// Nobody there: it starts and ends, in that order.
	if r := d.tap("gone", "", wire.TapDevice{Type: "ws", Params: wire.TapDeviceParams{URI: "ws://127.0.0.1:9/"}}); r.Code != wire.CodeOK {
		t.Errorf("%+v", r)
	}
	d.c.action("gone", wire.Tapping)
	d.c.action("gone", wire.Finished)
}
