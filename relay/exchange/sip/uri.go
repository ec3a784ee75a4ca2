package sip

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Party is one end of a leg, from a From or To header.
type Party struct {
	URI     string // sip:alice@example.com, without parameters of the header
	Display string // display name, unquoted; may be empty
	User    string
	Host    string // without port; IPv6 in brackets
}

const maxURI = 1024

// ValidateURI tells whether s can be used as From, To or target: a sip:
// or sips: URI, bare or as "Display Name" <sip:user@host:port;params>. The error is a
// [*URIError] that says what to mend. Safe for concurrent use.
func ValidateURI(s string) error {
	_, _, err := parseAddress(s)
	return err
}

// parseAddress reads name-addr or addr-spec (RFC 3261 §25.1); the display name
// comes back unquoted.
func parseAddress(s string) (display string, uri sip.Uri, err error) {
	bad := func(problem string) (string, sip.Uri, error) {
		return "", sip.Uri{}, &URIError{URI: s, Problem: problem}
	}
	if len(s) > maxURI {
		return bad("longer than 1024 bytes")
	}
	if !isTextValue(s) {
		return bad("has line breaks, control characters or broken UTF-8")
	}
	spec := strings.TrimSpace(s)
	if spec == "" {
		return bad("is empty")
	}
	if open := strings.LastIndexByte(spec, '<'); open >= 0 {
		if !strings.HasSuffix(spec, ">") {
			return bad("has < without > at its end")
		}
		name, ok := unquote(strings.TrimSpace(spec[:open]))
		if !ok {
			return bad("the display name is not well quoted")
		}
		display, spec = name, spec[open+1:len(spec)-1]
	}
	if problem := checkSpec(spec); problem != "" {
		return bad(problem)
	}
	if err := sip.ParseUri(spec, &uri); err != nil {
		return bad(err.Error())
	}
	return display, uri, nil
}

// checkSpec checks addr-spec strictly, because sipgo's parser takes nearly
// anything; "" means good.
func checkSpec(spec string) string {
	scheme, rest, ok := strings.Cut(spec, ":")
	switch {
	case !ok || strings.ContainsAny(scheme, "@."):
		return "it must begin with sip:"
	case !strings.EqualFold(scheme, "sip") && !strings.EqualFold(scheme, "sips"):
		return "only sip: and sips: addresses can be called, not " + scheme + ":"
	case strings.Contains(rest, "?"):
		return "headers (?) are not allowed in an address"
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("<>\"\\^`{|}", c) >= 0 {
			return "the character " + strconv.QuoteRune(rune(c)) + " is not allowed"
		}
	}
	if strings.Count(rest, "@") > 1 {
		return "more than one @"
	}
	user, hostport, ok := strings.Cut(rest, "@")
	if !ok {
		user, hostport = "", rest
	} else if user == "" || strings.HasPrefix(user, ":") {
		return "nothing stands before the @"
	}
	if strings.ContainsAny(user, "[]/") && strings.ContainsAny(user, "[]") {
		return "brackets are not allowed before the @"
	}
	hostport, _, _ = strings.Cut(hostport, ";")
	return checkHostPort(hostport)
}

func checkHostPort(s string) string {
	var (
		host, port string
		hasPort    bool
	)
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "[ without ]"
		}
		if a, err := netip.ParseAddr(s[1:end]); err != nil || !a.Is6() {
			return "no IPv6 address in the brackets"
		}
		rest := s[end+1:]
		if rest != "" && rest[0] != ':' {
			return "only a port may follow ]"
		}
		hasPort, port = rest != "", strings.TrimPrefix(rest, ":")
	} else {
		host, port, hasPort = strings.Cut(s, ":")
		if !isHost(host) {
			if host == "" {
				return "the host is missing"
			}
			return "the host " + strconv.Quote(host) + " is no name or address"
		}
	}
	if hasPort {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "the port must be 1 to 65535"
		}
	}
	return ""
}

func isHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	for _, label := range strings.Split(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !isAlnum(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// unquote takes a display name, quoted or as plain words.
func unquote(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	if s[0] != '"' {
		return s, !strings.ContainsAny(s, "\"\\<>,;:@")
	}
	if len(s) < 2 || s[len(s)-1] != '"' {
		return "", false
	}
	return unescape(s[1 : len(s)-1])
}

// unescape resolves quoted-pair; a bare quote is an error.
func unescape(s string) (string, bool) {
	if !strings.ContainsAny(s, "\"\\") {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return "", false
		case '\\':
			if i++; i == len(s) {
				return "", false
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// escape prepares a display name for sipgo, which writes it between quotes as it is.
func escape(display string) string { return escapes.Replace(display) }

func party(display string, uri *sip.Uri) Party {
	if plain, ok := unescape(display); ok {
		display = plain
	}
	return Party{URI: uri.String(), Display: display, User: uri.User, Host: uri.Host}
}
