package exchange

import (
	"math"
	"strings"
	"testing"

	"cordpair/relay/wire"
)

// TestRefusedOutright: RELAY reference §7.6. The message names the member.
func TestRefusedOutright(t *testing.T) {
	x := start(t)
	yes := true
	type params = wire.CallConnectParams
	device := func(edit func(*wire.DeviceParams)) func(*params) {
		return func(p *params) { edit(&p.Devices[0][0].Params) }
	}
	for name, tc := range map[string]struct {
		edit func(*params)
		code wire.ResultCode
		says string
	}{
		"no devices":     {func(p *params) { p.Devices = nil }, "400", "devices"},
		"empty group":    {func(p *params) { p.Devices = [][]wire.Device{{}} }, "400", "devices"},
		"too many":       {func(p *params) { p.Devices = [][]wire.Device{make([]wire.Device, 100)} }, "400", "devices"},
		"unknown type":   {func(p *params) { p.Devices[0][0].Type = "agora" }, "400", "agora"},
		"no to":          {device(func(p *wire.DeviceParams) { p.To = "" }), "400", "to is missing"},
		"bad to":         {device(func(p *wire.DeviceParams) { p.To = "bob" }), "400", "to is not a SIP address"},
		"bad from":       {device(func(p *wire.DeviceParams) { p.From = "sip:a b@c" }), "400", "from is not"},
		"injected to":    {device(func(p *wire.DeviceParams) { p.To = "sip:a@b\r\nX: y" }), "400", "to"},
		"header not X":   {device(func(p *wire.DeviceParams) { p.Headers = []wire.Header{{Name: "Subject", Value: "x"}} }), "400", "X-"},
		"header CRLF":    {device(func(p *wire.DeviceParams) { p.Headers = []wire.Header{{Name: "X-A", Value: "x\r\nVia: y"}} }), "400", "X-A"},
		"header control": {device(func(p *wire.DeviceParams) { p.Headers = []wire.Header{{Name: "X-A", Value: "x\x00"}} }), "400", "X-A"},
		"header name":    {device(func(p *wire.DeviceParams) { p.Headers = []wire.Header{{Name: "X-A:", Value: "x"}} }), "400", "X-A:"},
		"header of a phone": {func(p *params) {
			p.Devices[0][0] = wire.Device{Type: "phone", Params: wire.DeviceParams{ToNumber: "+15550100", Headers: []wire.Header{{Name: "Replaces", Value: "x"}}}}
		}, "400", "X-"},
		"codec of a phone": {func(p *params) {
			p.Devices[0][0] = wire.Device{Type: "phone", Params: wire.DeviceParams{ToNumber: "+15550100", Codecs: []string{"SPEEX"}}}
		}, "400", "SPEEX"},
		"unknown codec":    {device(func(p *wire.DeviceParams) { p.Codecs = []string{"PCMU", "SPEEX"} }), "400", "SPEEX"},
		"video only":       {device(func(p *wire.DeviceParams) { p.Codecs = []string{"VP8"} }), "400", "audio codec"},
		"negative timeout": {device(func(p *wire.DeviceParams) { p.Timeout = -1 }), "400", "timeout"},
		"negative session": {device(func(p *wire.DeviceParams) { p.SessionTimeout = -1 }), "400", "session_timeout"},
		"short session":    {device(func(p *wire.DeviceParams) { p.SessionTimeout = 30 }), "400", "session_timeout"},
		"webrtc":           {device(func(p *wire.DeviceParams) { p.WebRTCMedia = &yes }), "400", "WebRTC media is not offered by this exchange"},
		"state event":      {device(func(p *wire.DeviceParams) { p.CallStateEvents = []string{"paused"} }), "400", "call_state_events"},
		"state URL":        {device(func(p *wire.DeviceParams) { p.CallStateURL = "ftp://x" }), "400", "call_state_url"},
		"link-local URL":   {device(func(p *wire.DeviceParams) { p.CallStateURL = "http://169.254.169.254/x" }), "400", "not allowed"},
		"price":            {func(p *params) { p.MaxPricePerMinute = 0.00755 }, "400", "max_price_per_minute"},
		"negative price":   {func(p *params) { p.MaxPricePerMinute = -1 }, "400", "max_price_per_minute"},
		"ringtone":         {func(p *params) { p.Ringback = []wire.Media{{Type: "ringtone", Params: wire.MediaParams{Name: "xx"}}} }, "400", "ringtone"},
		"ringback type":    {func(p *params) { p.Ringback = []wire.Media{{Type: "video"}} }, "400", "ringback"},
		"silence":          {func(p *params) { p.Ringback = []wire.Media{{Type: "silence", Params: wire.MediaParams{Duration: -1}}} }, "400", "ringback"},
		"emergency":        {device(func(p *wire.DeviceParams) { p.To = "sip:911@127.0.0.1:9" }), "403", "emergency"},
		"priced phone": {func(p *params) {
			p.Devices[0][0] = wire.Device{Type: "phone", Params: wire.DeviceParams{ToNumber: "+15550100"}}
			p.MaxPricePerMinute = 0.01
		}, "402", "max_price_per_minute"},
		"emergency phone": {func(p *params) {
			p.Devices[0][0] = wire.Device{Type: "phone", Params: wire.DeviceParams{ToNumber: "1-1-2"}}
		}, "403", "emergency"},
	} {
		p := wire.CallConnectParams{Devices: [][]wire.Device{{sipDevice("sip:bob@demo")}}}
		tc.edit(&p)
		f := x.checkConnect(p)
		if f == nil || f.code != tc.code || !strings.Contains(f.message, tc.says) {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestAccepted(t *testing.T) {
	x := start(t)
	no := false
	p := wire.CallConnectParams{
		MaxPricePerMinute: 0.0075,
		Ringback: []wire.Media{
			{Type: "ringtone", Params: wire.MediaParams{Name: "UK"}},
			{Type: "silence", Params: wire.MediaParams{Duration: 1.5}},
			{Type: "tts", Params: wire.MediaParams{Text: "please hold"}},
			{Type: "audio", Params: wire.MediaParams{URL: "https://example.test/a.wav"}},
		},
		Devices: [][]wire.Device{{{Type: "sip", Params: wire.DeviceParams{
			From: `"Desk" <sip:desk@demo>`, To: "sip:bob@demo;transport=tcp", Timeout: 5, SessionTimeout: 600,
			Headers: []wire.Header{{Name: "x-a", Value: "ü"}}, Codecs: []string{"opus", "PCMU", "VP8"}, WebRTCMedia: &no,
			CallStateURL: "https://u:p@example.test/x", CallStateEvents: []string{"created", "ringing", "answered", "ended"},
		}}}},
	}
	if f := x.checkConnect(p); f != nil {
		t.Error(f)
	}
	for _, price := range []float64{math.NaN(), math.Inf(1)} {
		if checkPrice(price) == nil {
			t.Errorf("%v accepted", price)
		}
	}
}

func TestSplitURI(t *testing.T) {
	for uri, want := range map[string][3]string{
		"sip:bob@demo": {"bob", "demo", ""},
		`"B <x>" <sip:b%6fb@Demo:5070;x=y>;tag=1`: {"bob", "demo", "5070"},
		"sip:bob:pw@[::1]:5060;transport=tcp":     {"bob", "::1", "5060"},
		"sip:demo":                                {"", "demo", ""},
		"sip:a;b=c@127.0.0.1?x=y":                 {"a", "127.0.0.1", ""},
		"":                                        {"", "", ""},
		"sip:127.0.0.1:5060":                      {"", "127.0.0.1", "5060"},
	} {
		user, host := splitURI(uri)
		if user != want[0] || host != want[1] || portOf(uri) != want[2] {
			t.Errorf("%s: %q %q %q", uri, user, host, portOf(uri))
		}
	}
}

func TestWrongFormNamesTheMember(t *testing.T) {
	c := connect(t, start(t))
	r := c.command(wire.MethodCallConnect, jsonValue(`{"call_id":"x","devices":[[{"type":"sip","params":{"timeout":"soon"}}]]}`))
	if r.Code != wire.CodeBad || !strings.Contains(r.Message, "devices.0.0.params.timeout") {
		t.Errorf("%+v", r)
	}
}

func FuzzSplitURI(f *testing.F) {
	f.Add(`"B" <sip:b@[::1]:5060;x>`)
	f.Fuzz(func(t *testing.T, uri string) {
		_, host := splitURI(uri)
		if strings.ContainsRune(host, ';') {
			t.Errorf("%q: host %q", uri, host)
		}
		portOf(uri)
		(&Exchange{}).isEmergency(uri)
	})
}
