package cli

import (
	"bytes"
	"testing"
)

// The JSON that scripts read: members, order and spelling are promised by the
// help texts, so a change here breaks users.
func TestJSONSchemas(t *testing.T) {
	for _, tc := range []struct {
		name   string
		record any
		want   string
	}{
		{"calls --json", callRecord{ID: "1", NodeID: "n", State: "answered", Direction: "inbound", Type: "sip", From: "sip:a@demo", To: "sip:b@demo",
			Context: "support", PeerID: "2", ConnectState: "connected", CreatedAt: "t0", AnsweredAt: "t1"},
			`{"id":"1","node_id":"n","state":"answered","direction":"inbound","type":"sip","from":"sip:a@demo","to":"sip:b@demo",` +
				`"context":"support","peer_id":"2","connect_state":"connected","created_at":"t0","answered_at":"t1"}`},
		{"an empty call", callRecord{},
			`{"id":"","node_id":"","state":"","direction":"","type":"","from":"","to":"","context":"","peer_id":"","connect_state":"","created_at":"","answered_at":""}`},
		{"connect --json", connectRecord{Event: "connect", State: "failed", CallID: "1", PeerID: "2", Reason: "busy", SIPCode: 486, By: "peer", Text: "b <busy>", At: "t"},
			`{"event":"connect","state":"failed","call_id":"1","peer_id":"2","reason":"busy","sip_code":486,"by":"peer","text":"b <busy>","at":"t"}`},
		{"connect --dial --json", legRecord{Event: "call", State: "answered", CallID: "1", At: "t"},
			`{"event":"call","state":"answered","call_id":"1","reason":"","sip_code":0,"by":"","text":"","at":"t"}`},
		{"exchange", readyRecord{Event: "ready", Relay: "ws://127.0.0.1:7070", SIP: "127.0.0.1:5060"},
			`{"event":"ready","relay":"ws://127.0.0.1:7070","sip":"127.0.0.1:5060"}`},
		{"doctor --json", checkRecord{Check: "link", State: "fail", Text: "x", Fix: "y"},
			`{"check":"link","state":"fail","text":"x","fix":"y"}`},
		{"config check --json", settingRecord{Key: "theme", Value: "dark", Source: "--theme"},
			`{"key":"theme","value":"dark","source":"--theme"}`},
		{"keys --json", keyRecord{Name: "quit", Keys: []string{"q", "ctrl+c"}, Where: "calls", Help: "leave"},
			`{"name":"quit","keys":["q","ctrl+c"],"where":"calls","help":"leave"}`},
	} {
		var out bytes.Buffer
		if _, ready := tc.record.(readyRecord); ready {
			conforms(t, "exchange", tc.want)
		}
		if err := printJSON(&out, tc.record); err != nil || out.String() != tc.want+"\n" {
			t.Errorf("%s: %v\n got %swant %s", tc.name, err, out.String(), tc.want)
		}
	}
}
