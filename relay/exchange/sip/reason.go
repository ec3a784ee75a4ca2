package sip

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// verdict fills in what the message that ended a leg says of the why.
func verdict(msg interface {
	sip.Message
	Headers() []sip.Header
}) Ended {
	v := Ended{Headers: headersOf(msg)}
	var raw []string
	for _, h := range msg.GetHeaders("Reason") {
		raw = append(raw, h.Value())
	}
	v.Reason = strings.Join(raw, ", ")
	v.Q850 = causeOf(v.Reason, "Q.850")
	if code := causeOf(v.Reason, "SIP"); code >= 100 && code <= 699 {
		v.Code = code
		v.Phrase = phraseFor(code)
	}
	return v
}

// causeOf finds the cause of a protocol in a Reason header (RFC 3326 §2); 0 if
// there is none.
func causeOf(reason, protocol string) int {
	for _, part := range splitQuoted(reason, ',') {
		fields := splitQuoted(part, ';')
		if !strings.EqualFold(strings.TrimSpace(fields[0]), protocol) {
			continue
		}
		for _, f := range fields[1:] {
			name, v, _ := strings.Cut(f, "=")
			if strings.EqualFold(strings.TrimSpace(name), "cause") {
				n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 10)
				if err == nil {
					return int(n)
				}
			}
		}
	}
	return 0
}

// splitQuoted splits outside of quoted strings; it returns at least one part.
func splitQuoted(s string, sep byte) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

var phrases = map[int]string{
	200: "OK", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
	404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
	422: "Session Interval Too Small", 480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
	484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
	488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
	501: "Not Implemented", 503: "Service Unavailable", 504: "Server Time-out",
	600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}

// phraseFor is RFC 3261 §21's phrase for a code, or the name of its class.
func phraseFor(code int) string {
	if p := phrases[code]; p != "" {
		return p
	}
	switch code / 100 {
	case 3:
		return "Redirection"
	case 4:
		return "Request Failure"
	case 5:
		return "Server Failure"
	case 6:
		return "Global Failure"
	}
	return ""
}
