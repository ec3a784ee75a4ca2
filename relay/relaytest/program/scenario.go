package program

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Scenario builds what a [SIPp] plays, message by message: a call made or a
// call taken. Lines given to its methods are further header lines, or a body
// where they begin with "v=0" or stand after an empty one; SIPp's keywords such
// as [call_id] work in them. The zero value is not ready, see [Caller] and
// [Callee].
type Scenario struct {
	caller   bool
	dialog   bool // a caller's: somebody has answered, so To has a tag
	b        strings.Builder
	messages int // sent and received so far, as SIPp counts for [branch-N]
	cseq     int // of our last request
	invite   int // place of our last INVITE among the messages
	checks   []string
}

// Caller begins a scenario that makes a call: its first step is
// Request("INVITE").
func Caller() *Scenario { return &Scenario{caller: true} }

// Callee begins a scenario that takes a call: it has taken the INVITE, which
// passes these checks.
func Callee(checks ...Check) *Scenario {
	return (&Scenario{}).Take("INVITE", checks...)
}

// Check is what a message must have, or must not.
type Check struct {
	header, regexp string // header "": the body
	not            bool
	keep           string
}

// Has checks a header, named with its colon, by a regular expression.
func Has(header, regexp string) Check { return Check{header: header, regexp: regexp} }

// HasBody checks the body.
func HasBody(regexp string) Check { return Check{regexp: regexp} }

// Keep keeps a header's value, for "[$name]" in later lines.
func Keep(header, name string) Check { return Check{header: header, keep: name} }

// Lacks checks that a message does not match anywhere.
func Lacks(regexp string) Check { return Check{regexp: regexp, not: true} }

// Take waits for a message, such as "ACK" or "200", for a minute and a half.
func (s *Scenario) Take(what string, checks ...Check) *Scenario {
	switch {
	case what == "INVITE" && !s.caller:
		checks = slices.Concat([]Check{Keep("To:", "me"), Keep("From:", "them"), Keep("Via:", "via"), Keep("CSeq:", "cseq")}, checks)
	case s.caller && (what[0] == '1' || what[0] == '2'):
		s.dialog = true
	}
	return s.take(kind(what), checks)
}

// Maybe passes over a message that may come next, or not.
func (s *Scenario) Maybe(what string) *Scenario {
	s.messages++
	fmt.Fprintf(&s.b, "<recv %s optional=\"true\"/>\n", kind(what))
	return s
}

func kind(what string) string {
	if what[0] >= '1' && what[0] <= '6' {
		return fmt.Sprintf("response=%q", what)
	}
	return fmt.Sprintf("request=%q", what)
}

func (s *Scenario) take(what string, checks []Check) *Scenario {
	s.messages++
	fmt.Fprintf(&s.b, "<recv %s rrs=\"true\" timeout=\"90000\">\n", what)
	if len(checks) > 0 {
		s.b.WriteString("<action>\n")
	}
	for _, c := range checks {
		name := c.keep
		if name == "" {
			name = fmt.Sprintf("check%d", len(s.checks))
		}
		where, how := `search_in="body"`, `check_it="true"`
		switch {
		case c.keep != "":
			where, how, c.regexp = fmt.Sprintf("search_in=\"hdr\" header=%q", c.header), "", ".*"
		case c.not:
			where, how = `search_in="msg"`, `check_it_inverse="true"`
		case c.header != "":
			where = fmt.Sprintf("search_in=\"hdr\" header=%q", c.header)
		}
		if !slices.Contains(s.checks, name) {
			s.checks = append(s.checks, name)
		}
		fmt.Fprintf(&s.b, "<ereg regexp=\"%s\" %s %s assign_to=%q/>\n", escape.Replace(c.regexp), where, how, name)
	}
	if len(checks) > 0 {
		s.b.WriteString("</action>\n")
	}
	s.b.WriteString("</recv>\n")
	return s
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Pause waits.
func (s *Scenario) Pause(milliseconds int) *Scenario {
	s.messages++
	fmt.Fprintf(&s.b, "<pause milliseconds=\"%d\"/>\n", milliseconds)
	return s
}

// Stream sends a file of G.711 µ-law over and over, from here on.
func (s *Scenario) Stream(file string) *Scenario {
	s.messages++
	fmt.Fprintf(&s.b, "<nop><action><exec rtp_stream=\"%s,-1,0\"/></action></nop>\n", file)
	return s
}

// Request sends a request of ours, with the next CSeq.
func (s *Scenario) Request(method string, lines ...string) *Scenario {
	s.cseq++
	if method == "INVITE" {
		s.invite = s.messages
	}
	return s.request(method, "[branch]", s.cseq, lines)
}

// Ack acknowledges the 2xx to our last INVITE.
func (s *Scenario) Ack(lines ...string) *Scenario {
	return s.request("ACK", "[branch]", s.cseq, lines)
}

// AckRefusal acknowledges another final answer to our last INVITE.
func (s *Scenario) AckRefusal() *Scenario {
	s.dialog = true // for the tag of the refusal
	s.request("ACK", s.inviteBranch(), s.cseq, nil)
	s.dialog = false
	return s
}

// Cancel cancels our last INVITE.
func (s *Scenario) Cancel() *Scenario {
	dialog := s.dialog
	s.dialog = false // it looks as the INVITE did
	s.request("CANCEL", s.inviteBranch(), s.cseq, nil)
	s.dialog = dialog
	return s
}

// Again sends our last INVITE once more, as after a loss; with other set as one
// that came another way: of the same call, but another transaction.
func (s *Scenario) Again(other bool, lines ...string) *Scenario {
	branch := s.inviteBranch()
	if other {
		branch, s.invite = "[branch]", s.messages
	}
	return s.request("INVITE", branch, s.cseq, lines)
}

func (s *Scenario) inviteBranch() string { return fmt.Sprintf("[branch-%d]", s.messages-s.invite) }

func (s *Scenario) request(method, branch string, cseq int, lines []string) *Scenario {
	uri, from, to := "sip:[service]@[remote_ip]:[remote_port]", `"Erin Vale" <sip:erin@[local_ip]:[local_port]>;tag=[pid]A[call_number]`,
		"<sip:[service]@[remote_ip]:[remote_port]>"
	switch {
	case s.dialog:
		to += "[peer_tag_param]"
	case !s.caller:
		uri, from, to = "[next_url]", "[$me];tag=[pid]B[call_number]", "[$them]"
	}
	head := fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=%s\nFrom: %s\nTo: %s\nCall-ID: [call_id]\nCSeq: %d %s\nMax-Forwards: 70\n",
		method, uri, branch, from, to, cseq, method)
	return s.send(head, lines, method != "ACK")
}

// Reply answers the request that was taken last. A line that begins with "tag="
// gives another tag than the dialog's. A 200 to an INVITE is sent again until
// it is acknowledged.
func (s *Scenario) Reply(status string, lines ...string) *Scenario {
	to, rest := toLine("[last_To:]", lines)
	answer := strings.HasPrefix(status, "200") && !slices.Contains(lines, InDialog)
	return s.send(fmt.Sprintf("SIP/2.0 %s\n[last_Via:]\n[last_From:]\n%s\n[last_Call-ID:]\n[last_CSeq:]\n", status, to), rest, answer)
}

// Settle is Reply to the last INVITE, whatever was taken since.
func (s *Scenario) Settle(status string, lines ...string) *Scenario {
	to, rest := toLine("To:[$me]", lines)
	return s.send(fmt.Sprintf("SIP/2.0 %s\nVia:[$via]\nFrom:[$them]\n%s\n[last_Call-ID:]\nCSeq:[$cseq]\n", status, to), rest, strings.HasPrefix(status, "200"))
}

// toLine gives a To its tag, and takes that out of the lines.
func toLine(to string, lines []string) (string, []string) {
	tag := "tag=[pid]B[call_number]"
	rest := make([]string, 0, len(lines))
	for _, line := range lines {
		if strings.HasPrefix(line, "tag=") {
			tag = line
			continue
		}
		rest = append(rest, line)
	}
	if tag == InDialog {
		return to, rest
	}
	return to + ";" + tag, rest
}

// InDialog as a line of Reply: the request has the dialog's tag already.
const InDialog = "tag="

// OK answers a request inside the dialog.
func (s *Scenario) OK(lines ...string) *Scenario {
	return s.Reply("200 OK", append(lines, InDialog)...)
}

func (s *Scenario) send(head string, lines []string, again bool) *Scenario {
	s.messages++
	body := ""
	for i, line := range lines {
		if strings.HasPrefix(line, "v=0") || line == "" {
			body = strings.TrimPrefix(strings.Join(lines[i:], "\n"), "\n")
			lines = lines[:i]
			break
		}
	}
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Contact:") }) {
		head += "Contact: <sip:erin@[local_ip]:[local_port];transport=[transport]>\n"
	}
	for _, line := range lines {
		head += line + "\n"
	}
	if strings.HasPrefix(body, "v=0") {
		head += "Content-Type: application/sdp\n"
	}
	length := "0"
	if body != "" {
		length = "[len]"
	}
	retrans := ""
	if again {
		retrans = ` retrans="500"`
	}
	fmt.Fprintf(&s.b, "<send%s><![CDATA[\n%sContent-Length: %s\n\n%s\n]]></send>\n", retrans, head, length, body)
	return s
}

// SDP is a description that offers or answers audio: RTP payload types such as
// "0 8 101", and a direction such as sendonly, "" for none. A change of it has a
// higher version.
func SDP(formats, direction string, version int) string {
	s := fmt.Sprintf("v=0\no=sipp 1 %d IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP %s\n", version, formats)
	for _, f := range strings.Fields(formats) {
		s += map[string]string{"0": "a=rtpmap:0 PCMU/8000\n", "8": "a=rtpmap:8 PCMA/8000\n", "9": "a=rtpmap:9 G722/8000\n",
			"101": "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\n"}[f]
	}
	if direction != "" {
		s += "a=" + direction + "\n"
	}
	return strings.TrimSuffix(s, "\n")
}

// String is the scenario in SIPp's XML.
func (s *Scenario) String() string {
	refs := ""
	if len(s.checks) > 0 {
		refs = fmt.Sprintf("<Reference variables=%q/>\n", strings.Join(s.checks, ","))
	}
	return "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"test\">\n" + s.b.String() + refs + "</scenario>\n"
}

// File writes the scenario to a file of the test, for SIPp's option -sf.
func (s *Scenario) File(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scenario.xml")
	if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
