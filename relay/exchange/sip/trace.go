package sip

import (
	"bytes"
	"net/netip"
	"strings"
	"time"
)

// Message is one SIP message on the wire, for a ladder.
type Message struct {
	At      time.Time
	Sent    bool   // by us
	Network string // UDP, TCP or TLS
	Local   netip.AddrPort
	Remote  netip.AddrPort
	CallID  string // "" if there is none
	Summary string // "INVITE", or "180 Ringing"
	Raw     string // as sent, credentials masked
}

func (s *Stack) trace(sent bool, f flow, raw []byte) {
	if s.cfg.Trace == nil {
		return
	}
	text := mask(string(raw))
	s.cfg.Trace(Message{
		At: time.Now(), Sent: sent, Network: f.network(), Local: s.localTrace(f), Remote: f.remote,
		CallID: rawHeader(text, "Call-ID", "i"), Summary: summary(text), Raw: text,
	})
}

// localTrace is the socket that a message came or goes by.
func (s *Stack) localTrace(f flow) netip.AddrPort {
	if f.network() == netTLS && s.tls != nil {
		return s.tlsAddr
	}
	return s.addr
}

func summary(text string) string {
	line, _, _ := strings.Cut(text, "\r\n")
	first, rest, _ := strings.Cut(line, " ")
	if strings.HasPrefix(first, "SIP/") {
		return rest
	}
	return first
}

func rawHeader(text string, names ...string) string {
	head, _, _ := strings.Cut(text, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, v, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for _, n := range names {
			if strings.EqualFold(strings.TrimSpace(name), n) {
				return strings.TrimSpace(v)
			}
		}
	}
	return ""
}

// mask hides Authorization and Proxy-Authorization values.
func mask(text string) string {
	if !bytes.Contains(bytes.ToLower([]byte(text)), []byte("authorization")) {
		return text
	}
	head, body, found := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	hidden := false
	for i, line := range lines {
		if hidden && strings.TrimLeft(line, " \t") != line { // folded
			lines[i] = " ***"
			continue
		}
		hidden = false
		name, _, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); ok &&
			(strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Proxy-Authorization")) {
			lines[i], hidden = name+": ***", true
		}
	}
	head = strings.Join(lines, "\r\n")
	if found {
		return head + "\r\n\r\n" + body
	}
	return head
}
