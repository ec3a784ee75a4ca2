package exchange

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// splitURI takes a sip: URI apart, with or without a display name around it.
// The user comes unescaped, the host in lower case and without its port.
func splitURI(uri string) (user, host string) {
	if open := strings.LastIndexByte(uri, '<'); open >= 0 {
		uri, _, _ = strings.Cut(uri[open+1:], ">")
	}
	if _, rest, ok := strings.Cut(uri, ":"); ok {
		uri = rest
	}
	if at := strings.LastIndexByte(uri, '@'); at >= 0 {
		user, uri = uri[:at], uri[at+1:]
		user, _, _ = strings.Cut(user, ":")
		user, _, _ = strings.Cut(user, ";")
		if plain, err := url.PathUnescape(user); err == nil {
			user = plain
		}
	}
	uri, _, _ = strings.Cut(uri, "?")
	uri, _, _ = strings.Cut(uri, ";")
	return user, strings.ToLower(stripPort(uri))
}

func stripPort(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// portOf is the port that a URI names, "" for none.
func portOf(uri string) string {
	if open := strings.LastIndexByte(uri, '<'); open >= 0 {
		uri, _, _ = strings.Cut(uri[open+1:], ">")
	}
	if at := strings.LastIndexByte(uri, '@'); at >= 0 {
		uri = uri[at+1:]
	} else if _, rest, ok := strings.Cut(uri, ":"); ok {
		uri = rest
	}
	uri, _, _ = strings.Cut(uri, "?")
	uri, _, _ = strings.Cut(uri, ";")
	_, port, err := net.SplitHostPort(uri)
	if err != nil {
		return ""
	}
	return port
}

// ours reports whether calls to a host are for our own registrar: the domain,
// or our own listen address.
func (x *Exchange) ours(uri string) bool {
	_, host := splitURI(uri)
	if strings.EqualFold(host, x.cfg.Domain) {
		return true
	}
	port := portOf(uri)
	own := x.stack.Addr()
	if port == "" {
		port = "5060"
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddrPort(net.JoinHostPort(host, port))
	return err == nil && addr == own
}

// isXHeader reports whether a header may be set by programs.
func isXHeader(name string) bool {
	return len(name) > 2 && strings.EqualFold(name[:2], "X-")
}

var displayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// escapeDisplay quotes what may not stand in a quoted display name.
func escapeDisplay(s string) string { return displayEscapes.Replace(s) }

// emergency numbers are never dialled by a program, whatever the host;
// [Config].Emergency adds to them.
var emergency = map[string]bool{"112": true, "911": true, "999": true}

// isEmergency reads the user part of an address, or a telephone number, without
// its punctuation. A number with a country prefix is looked at without it too:
// +49112 may well end at 112.
func (x *Exchange) isEmergency(address string) bool {
	number, international := strings.CutPrefix(cleanNumber(address), "+")
	if number = strings.TrimLeft(number, "+"); x.isEmergencyNumber(number) {
		return true
	}
	for code := 1; international && code <= 3 && code < len(number); code++ {
		if x.isEmergencyNumber(number[code:]) {
			return true
		}
	}
	return false
}

func (x *Exchange) isEmergencyNumber(digits string) bool {
	return emergency[digits] || slices.Contains(x.cfg.Emergency, digits)
}
