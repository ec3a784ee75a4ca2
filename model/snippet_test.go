package model

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everything is a request with every member.
var everything = ConnectRequest{
	From: "sip:desk@example.test", To: "sip:agent@pbx.example.test", Timeout: 25 * time.Second,
	Headers: []Header{{"X-Account", "42"}, {"X-Note", `he said "hi" \ it's`}}, Codecs: []string{"OPUS", "PCMU"},
	WebRTCMedia: On, SessionTimeout: 600 * time.Second, CallStateURL: "https://hooks.example.test/state",
	CallStateEvents: []string{"created", "ended"}, MaxPricePerMinute: 75,
	Ringback: Playlist{{Kind: Audio, URL: "https://media.example.test/ring.mp3"}, {Kind: Speech, Text: "Please hold", Language: "en-GB", Gender: "male", Voice: "v"},
		{Kind: Silence, Duration: 1500 * time.Millisecond}, {Kind: Ringtone, Country: "it", Duration: 10 * time.Second}},
}

// What is copied can be pasted, in every language that the reader knows.
func TestCodeIsRead(t *testing.T) {
	for _, lang := range Languages {
		text := Code(lang.Name, everything)
		if text == "" {
			t.Errorf("no code in %s", lang.Name)
		}
		if lang.Name == "Go" {
			for _, want := range []string{`To: "sip:agent@pbx.example.test"`, "25 * time.Second", "model.On", "1500 * time.Millisecond", `{Name: "X-Account", Value: "42"}`} {
				if !strings.Contains(text, want) {
					t.Errorf("the Go code lacks %s:\n%s", want, text)
				}
			}
			continue
		}
		got, err := ReadSnippet(text)
		if err != nil || !reflect.DeepEqual(got, everything) {
			t.Errorf("%s:\n%s\n%v\n%+v", lang.Name, text, err, got)
		}
		few := ConnectRequest{From: "a@b", To: "c@d"}
		if got, err := ReadSnippet(Code(lang.Name, few)); err != nil || !reflect.DeepEqual(got, few) {
			t.Errorf("%s: %v %+v", lang.Name, err, got)
		}
	}
	several := everything
	several.To = "sip:a@x, sip:b@x & sip:c@x"
	for _, lang := range Languages {
		if lang.Name == "Go" {
			continue
		}
		if got, err := ReadSnippet(Code(lang.Name, several)); err != nil || !reflect.DeepEqual(got, several) {
			t.Errorf("%s:\n%s\n%v\n%+v", lang.Name, Code(lang.Name, several), err, got)
		}
	}
	if Code("Perl", everything) != "" {
		t.Error("there is code in Perl")
	}
}

func TestReadSnippet(t *testing.T) {
	user := ConnectRequest{From: "sip:user1@domain.com", To: "sip:user2@domain.com", Timeout: 30 * time.Second, Headers: []Header{{"X-SomeKeyA", "SomeValueA"}}}
	for _, text := range []string{
		"const peer = await call.connectSip({\n from: 'sip:user1@domain.com', // us\n to: `sip:user2@domain.com`,\n timeout: 30,\n headers: [ { name: \"X-SomeKeyA\", value: \"SomeValueA\" }, ],\n});\nawait call.playTTS({ text: 'hi' })",
		`{"jsonrpc":"2.0","id":"1","method":"calling.connect","params":{"node_id":"n","devices":[[{"type":"sip","params":{"from":"sip:user1@domain.com","to":"sip:user2@domain.com","timeout":30,"headers":[{"name":"X-SomeKeyA","value":"SomeValueA"}]}}]],"ringback":[]}}`,
		"from: x { /* all */ from: \"sip:user1@domain.com\", 'to': \"sip:user2@domain.com\", timeout: 3_0, headers: [{name: 'X-SomeKeyA', value: 'SomeValueA'}], unknown: foo.bar(1, [2]), other: someName }",
		"await call.connect(devices=[[{'type': 'sip', 'params': {'from': 'sip:user1@domain.com', 'to': 'sip:user2@domain.com', 'timeout': 30, 'webrtc_media': None, 'headers': [{'name': 'X-SomeKeyA', 'value': 'SomeValueA'}]}}]])",
	} {
		got, err := ReadSnippet(text)
		if err != nil || !reflect.DeepEqual(got, user) {
			t.Errorf("%s\n%v\n%+v", text, err, got)
		}
	}
	for _, text := range []string{"", "sip:bob@demo", "connectSip(", "connectSip({ to: 'x", "{}", "connectSip({to})", "{to: 'a' from: 'b'}", strings.Repeat("{a:[", 100), strings.Repeat("x", longestSnippet+1), "{a: 1e}", "{: 1}", "{a: @}", "connectSip({to: [}])"} {
		if got, err := ReadSnippet(text); !errors.Is(err, errSnippet) && got.To == "" {
			t.Errorf("%.40q gave %+v, %v", text, got, err)
		}
	}
	if got, err := ReadSnippet(`{to: "sip:a\u0040b\x21\n"}`); err != nil || got.To != "sip:a@b! " {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseHunt(t *testing.T) {
	got, err := ParseHunt(" a@x ,sip:b@x& sips:c@x:5061")
	if want := [][]string{{"sip:a@x"}, {"sip:b@x", "sips:c@x:5061"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"", "a", "a@x,", "a@x,,b@x", "a@x & ", "+15550100", strings.Repeat("a@x,", 20) + "a@x"} {
		if _, err := ParseHunt(s); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", s, err)
		}
	}
	r := ConnectRequest{From: "a@b", To: "a@x, b@x & c@x", Timeout: 5 * time.Second}
	if !r.Several() || r.RingTime() != 10*time.Second || r.Validate() != nil {
		t.Errorf("%v %v %v", r.Several(), r.RingTime(), r.Validate())
	}
	if before, last := LastTarget(r.To); before != "a@x, b@x &" || last != "c@x" {
		t.Errorf("%q %q", before, last)
	}
	if r.To = "a@x"; r.Several() || r.RingTime() != 5*time.Second {
		t.Error("one is several")
	}
	if _, err := ParseHunt("sip:a@x, bob"); err == nil || !strings.Contains(err.Error(), `"bob": no @`) {
		t.Errorf("which of them is wrong: %v", err)
	}
}

// FuzzReadSnippet holds that no text breaks the reader.
func FuzzReadSnippet(f *testing.F) {
	for _, lang := range Languages {
		f.Add(Code(lang.Name, everything))
	}
	f.Add("connectSip({ringback: new A().b(c({d: 'e\\")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadSnippet(text)
		if err != nil {
			return
		}
		if Clean(r.To) != r.To || Clean(r.From) != r.From {
			t.Errorf("%q gave unclean addresses %q %q", text, r.From, r.To)
		}
		_ = r.Validate()
	})
}
