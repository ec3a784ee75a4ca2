//go:build thirdparty

package conformance

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"cordpair/relay/relaytest/program"
)

// These are the steps of SIPp scenarios of a phone that is called.

const sippSDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
`

// takes waits for a request.
func takes(request string) string {
	return fmt.Sprintf("<recv request=%q timeout=\"30000\"/>\n", request)
}

// sends answers the last request. CSeq is that of the request, unless told
// otherwise: a final answer to an INVITE can follow one to a CANCEL.
func sends(status string, more ...string) string {
	tag, body, cseq := ";tag=[pid]B[call_number]", "Content-Length: 0\n\n", "[last_CSeq:]"
	for _, m := range more {
		switch {
		case strings.HasPrefix(m, "CSeq:"):
			cseq = m
		default:
			body = m
		}
	}
	if strings.HasPrefix(status, "200") && body != sippSDP {
		tag = "" // answers to requests inside a dialog, which has its tag
	}
	return "<send><![CDATA[\nSIP/2.0 " + status + "\n[last_Via:]\n[last_From:]\n[last_To:]" + tag +
		"\n[last_Call-ID:]\n" + cseq + "\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\n" + body + "]]></send>\n"
}

// refuses is the scenario of a phone that refuses.
func refuses(status string) string {
	return takes("INVITE") + sends(status) + takes("ACK")
}

// ringsOn is the scenario of a phone that rings until the call is cancelled.
var ringsOn = takes("INVITE") + sends("180 Ringing") + takes("CANCEL") + sends("200 OK") +
	sends("487 Request Terminated", "CSeq: 1 INVITE") + takes("ACK")

// picksUp is the scenario of a phone that answers and is hung up on.
var picksUp = takes("INVITE") + sends("180 Ringing") + sends("200 OK", sippSDP) + takes("ACK") + takes("BYE") + sends("200 OK")

// newSIPp starts a phone of a scenario.
func newSIPp(t *testing.T, scenario string) *program.SIPp {
	t.Helper()
	sheet := filepath.Join(t.TempDir(), "scenario.xml")
	write(t, sheet, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"phone\">\n"+scenario+"</scenario>\n")
	return program.StartCallee(t, "-sf", sheet)
}
