package program

import (
	"strings"
	"testing"
)

func TestScenarioIsXML(t *testing.T) {
	s := Caller().Request("INVITE", "X-A: 1", SDP("0", "sendonly", 1)).Maybe("100").Take("180", Keep("RSeq:", "rseq")).Cancel().Take("487").AckRefusal().String()
	for _, want := range []string{
		"INVITE sip:[service]@", "CSeq: 1 INVITE\n", "X-A: 1\n", "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\n", "a=sendonly",
		`<recv response="100" optional="true"/>`, `assign_to="rseq"`, "CANCEL sip:[service]@", "branch=[branch-3]", "branch=[branch-5]",
		"CSeq: 1 ACK\n", `<Reference variables="rseq"/>`,
	} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
	s = Callee(HasBody("<a&b>")).Reply("180 Ringing", "tag=x").Settle("200 OK", "Contact: <sip:else@where>").Request("BYE").Take("200").OK().String()
	for _, want := range []string{
		"&lt;a&amp;b&gt;", "[last_To:];tag=x\n", "Via:[$via]\n", "CSeq:[$cseq]\n", "Contact: <sip:else@where>\nContent-Length: 0\n",
		"BYE [next_url] SIP/2.0", "From: [$me];tag=[pid]B[call_number]\nTo: [$them]\n", "[last_To:]\n[last_Call-ID:]",
	} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
	if strings.Count(s, "Contact: <sip:else") != 1 || strings.Contains(s, "Contact: <sip:else@where>\nContact:") {
		t.Errorf("two Contacts in\n%s", s)
	}
}
