package model

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCallJSONIsReadable holds that what people copy and inspect shows addresses
// as they are written, and one spelling of names.
func TestCallJSONIsReadable(t *testing.T) {
	c := &Call{ID: "A", State: Answered, From: Address{Name: "Erin & Co", URI: "sip:erin@demo"},
		Leg: LegReport{SIPCallID: "x@y", Codec: "PCMU/8000", HeadersReceived: []Header{{"X-Account", "8841"}}}}
	text := CallJSON(c)
	for _, want := range []string{"Erin & Co <sip:erin@demo>", `"call_id": "x@y"`, `"name": "X-Account"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for _, bad := range []string{`\u003c`, "null", "SIPCallID"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in it:\n%s", bad, text)
		}
	}
	if !json.Valid([]byte(text)) || !strings.HasSuffix(text, "}\n") {
		t.Errorf("not a JSON document and a line feed:\n%q", text)
	}
}
