package relay

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
)

func decoded(t *testing.T, kind, params string) model.Event {
	t.Helper()
	d := &decoder{}
	n, err := d.event(inboundParams{EventType: kind, Timestamp: jsontext.Value("1773496931.5"), Params: jsontext.Value(params)},
		time.Unix(1773496931, 500e6))
	if err != nil {
		t.Fatal(err)
	}
	return n.event
}

func TestDecodeSIPMessage(t *testing.T) {
	got := decoded(t, "cordpair.sip", `{"call_id":"a","at":1773496931250000,"sent":true,"transport":"UDP","remote":"127.0.0.1:5082",
		"sip_call_id":"x","summary":"180 \u001b[31mRinging","raw":"SIP/2.0 180 Ringing\r\n\r\n"}`)
	want := model.SIPSeen{At: time.Unix(1773496931, 250e6), Call: "a", Sent: true, Transport: "UDP", Remote: "127.0.0.1:5082",
		Summary: "180 [31mRinging", Raw: "SIP/2.0 180 Ringing\r\n\r\n"}
	if s := got.(model.SIPSeen); !s.At.Equal(want.At) || s.Summary != want.Summary || s.Call != want.Call || s.Raw != want.Raw || !s.Sent || s.Remote != want.Remote {
		t.Errorf("%+v", s)
	}
	late := decoded(t, "cordpair.sip", `{"call_id":"a","at":1,"summary":"ACK"}`).(model.SIPSeen)
	if !late.At.Equal(time.Unix(1773496931, 500e6)) {
		t.Errorf("a time that cannot be: %v", late.At)
	}
}

func TestDecodeMedia(t *testing.T) {
	got := decoded(t, "cordpair.media", `{"legs":[
		{"call_id":"a","packets_in":10,"loss_in":0.25,"jitter_in":3.5,"round_trip":12,"level_in":-20.5,"level_out":-96,"mos_in":4.1,"one_way":"speak"},
		{"call_id":"b","loss_in":7,"jitter_in":-1,"round_trip":1e300,"one_way":"what"}]}`).(model.MediaSeen)
	if len(got.Legs) != 2 {
		t.Fatalf("%+v", got)
	}
	a, b := got.Legs[0], got.Legs[1]
	if a.LossIn != 0.25 || a.JitterIn != 3500*time.Microsecond || a.RoundTrip != 12*time.Millisecond || !a.Levels || a.LevelIn != -20.5 || a.OneWay != model.NotHeard {
		t.Errorf("%+v", a)
	}
	if b.LossIn != 1 || b.JitterIn != 0 || b.RoundTrip != time.Hour || b.Levels || b.OneWay != model.BothWays {
		t.Errorf("%+v", b)
	}
}

// TestMailboxFusesFigures: a slow taker gets the newest figures once, and all
// else in its order.
func TestMailboxFusesFigures(t *testing.T) {
	m := newMailbox()
	figures := func(n uint64) model.Event {
		return model.MediaSeen{Legs: []model.LegMedia{{Call: "a", PacketsIn: n}}}
	}
	m.put(model.Notice{Text: "1"}, figures(1), model.Notice{Text: "2"}, figures(2), figures(3))
	for range 2 {
		got, err := m.take(t.Context())
		if err != nil || len(got) != 3 || got[1].(model.MediaSeen).Legs[0].PacketsIn != 3 || got[2] != (model.Notice{Text: "2"}) {
			t.Errorf("%+v, %v", got, err)
		}
		m.put(model.Notice{Text: "1"}, figures(1), model.Notice{Text: "2"}, figures(3))
	}
}

func TestDecodeTrunks(t *testing.T) {
	got := decoded(t, "cordpair.trunks", `{"trunks":[
		{"name":"uk","server":"sip.example.test","health":"up","registered":true,"round_trip":12.5,"since":1773496931000},
		{"name":"us\u001b[2J","health":"burning","problem":"no answer\r\n"}]}`).(model.TrunksChanged)
	want := []model.Trunk{
		{Name: "uk", Server: "sip.example.test", Health: model.HealthUp, Registered: true, RoundTrip: 12500 * time.Microsecond, Since: time.UnixMilli(1773496931000)},
		{Name: "us[2J", Problem: "no answer"},
	}
	if len(got.Trunks) != 2 || !got.Trunks[0].Since.Equal(want[0].Since) {
		t.Fatalf("%+v", got)
	}
	got.Trunks[0].Since = want[0].Since
	if got.Trunks[0] != want[0] || got.Trunks[1].Health != model.HealthUnknown || got.Trunks[1].Name != want[1].Name {
		t.Errorf("%+v", got.Trunks)
	}
}
