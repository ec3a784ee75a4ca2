//go:build thirdparty

package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// sippPhone is a SIPp that waits for one call.
type sippPhone struct {
	*process
	address, log string
}

// newSIPp starts a phone of a scenario.
func newSIPp(t *testing.T, scenario string) *sippPhone {
	t.Helper()
	dir := t.TempDir()
	port := freePorts(t, 6)
	sheet := filepath.Join(dir, "scenario.xml")
	write(t, sheet, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"phone\">\n"+scenario+"</scenario>\n")
	p := &sippPhone{address: fmt.Sprintf("sip:bob@127.0.0.1:%d", port), log: filepath.Join(dir, "messages.log")}
	cmd := exec.Command("sipp", "-sf", sheet, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", fmt.Sprint(port), "-m", "1", "-nostdin",
		"-mp", fmt.Sprint(port+2), "-timeout", "60", "-timeout_error", "-trace_msg", "-message_file", p.log)
	cmd.Dir = dir
	p.process = start(t, cmd)
	until(t, "SIPp listens", func() bool { return p.runs(t) && listensUDP(t, port) })
	return p
}

// listensUDP asks the system whether somebody has a port of 127.0.0.1. Trying to
// take it would get in the way of who is about to.
func listensUDP(t *testing.T, port int) bool {
	t.Helper()
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(table), fmt.Sprintf(" 0100007F:%04X ", port))
}

// content waits for SIPp to have seen its scenario through.
func (p *sippPhone) content(t *testing.T) {
	t.Helper()
	if !p.wait(t) {
		messages, _ := os.ReadFile(p.log)
		t.Errorf("SIPp is not content: %v: %s\n%s", p.err, p.stderr, messages)
	}
}

// first is the first message of a kind that SIPp saw.
func (p *sippPhone) first(t *testing.T, begins string) string {
	t.Helper()
	var text string
	until(t, "SIPp logs "+begins, func() bool {
		data, _ := os.ReadFile(p.log)
		for _, part := range strings.Split(string(data), "-----------------------------------------------") {
			if _, msg, ok := strings.Cut(part, ":\n\n"); ok && strings.HasPrefix(msg, begins) {
				text = strings.ReplaceAll(msg, "\r\n", "\n")
				return true
			}
		}
		return false
	})
	return text
}
