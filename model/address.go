package model

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Address is a party: a SIP URI with an optional display name, or a telephone
// number. The zero Address is "nobody".
type Address struct {
	Name string // display name, may be empty
	URI  string // sip:user@host..., or +15550100
}

// ErrAddress is wrapped by every error of ParseAddress.
var ErrAddress = errors.New("not an address")

// ParseAddress reads "sip:bob@demo", "sips:…", "Bob <sip:bob@demo>", a bare
// "bob@demo" (taken as SIP) or a telephone number (+ and digits, with spaces,
// dots, dashes and parentheses allowed). It returns the normal form, or an
// error that says what to type and wraps ErrAddress.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Address{}, fmt.Errorf("%w: empty, type sip:user@host", ErrAddress)
	}
	if Clean(s) != s {
		return Address{}, fmt.Errorf("%w: control characters are not allowed", ErrAddress)
	}
	name, uri := splitName(s)
	if number, ok := parseNumber(uri); ok {
		return Address{Name: name, URI: number}, nil
	}
	norm, err := parseSIP(uri)
	if err != nil {
		return Address{}, err
	}
	return Address{Name: name, URI: norm}, nil
}

// ParseSIPAddress is ParseAddress for a place that takes only SIP.
func ParseSIPAddress(s string) (Address, error) {
	a, err := ParseAddress(s)
	if err == nil && !a.IsSIP() {
		return Address{}, fmt.Errorf("%w: %s is a telephone number, type sip:user@host", ErrAddress, s)
	}
	return a, err
}

func splitName(s string) (name, uri string) {
	if i := strings.IndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		return strings.Trim(strings.TrimSpace(s[:i]), `"`), s[i+1 : len(s)-1]
	}
	return "", s
}

func parseNumber(s string) (string, bool) {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" .-()", r):
		default:
			return "", false
		}
	}
	digits := len(strings.TrimPrefix(b.String(), "+"))
	return b.String(), digits >= 3 && digits <= 15
}

func parseSIP(uri string) (string, error) {
	scheme, rest := "sip", uri
	if i := strings.IndexByte(uri, ':'); i >= 0 && !strings.ContainsAny(uri[:i], "@.") {
		scheme, rest = strings.ToLower(uri[:i]), uri[i+1:]
	}
	if scheme != "sip" && scheme != "sips" {
		return "", fmt.Errorf("%w: %q is neither sip nor sips", ErrAddress, scheme+":")
	}
	user, hostAndMore, found := strings.Cut(rest, "@")
	if !found {
		return "", fmt.Errorf("%w: no @, type sip:user@host", ErrAddress)
	}
	if user == "" {
		return "", fmt.Errorf("%w: no user before the @", ErrAddress)
	}
	if strings.ContainsAny(user, " <>\"@") || strings.ContainsAny(hostAndMore, " <>\"@") {
		return "", fmt.Errorf("%w: spaces, quotes, angle brackets and a second @ are not allowed", ErrAddress)
	}
	host := hostAndMore
	if i := strings.IndexAny(hostAndMore, ";?"); i >= 0 {
		host = hostAndMore[:i]
	}
	if err := checkHostPort(host); err != nil {
		return "", err
	}
	return scheme + ":" + rest, nil
}

func checkHostPort(s string) error {
	host, port := s, ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return fmt.Errorf("%w: [ without ]", ErrAddress)
		}
		if _, err := netip.ParseAddr(s[1:end]); err != nil {
			return fmt.Errorf("%w: %s is no IPv6 address", ErrAddress, s[1:end])
		}
		host, port = "v6", s[end+1:]
		if port != "" && port[0] != ':' {
			return fmt.Errorf("%w: text after ]", ErrAddress)
		}
		port = strings.TrimPrefix(port, ":")
	} else if i := strings.IndexByte(s, ':'); i >= 0 {
		host, port = s[:i], s[i+1:]
		if port == "" {
			return fmt.Errorf("%w: no port after the colon", ErrAddress)
		}
	}
	if host == "" {
		return fmt.Errorf("%w: no host after the @", ErrAddress)
	}
	for _, r := range host {
		if r > 0x7e || !(r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return fmt.Errorf("%w: %q cannot stand in a host name", ErrAddress, r)
		}
	}
	if port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%w: %q is no port (1 to 65535)", ErrAddress, port)
		}
	}
	return nil
}

// IsSIP reports whether the address is a SIP URI.
func (a Address) IsSIP() bool {
	return strings.HasPrefix(a.URI, "sip:") || strings.HasPrefix(a.URI, "sips:")
}

// IsZero reports whether there is nobody.
func (a Address) IsZero() bool { return a == Address{} }

// String writes the address as SIP does: Bob <sip:bob@demo>.
func (a Address) String() string {
	if a.Name == "" {
		return a.URI
	}
	if strings.ContainsAny(a.Name, `",;:<>@()`) {
		return `"` + strings.ReplaceAll(a.Name, `"`, `'`) + `" <` + a.URI + ">"
	}
	return a.Name + " <" + a.URI + ">"
}

// User is the part before the @, or the number.
func (a Address) User() string {
	if !a.IsSIP() {
		return a.URI
	}
	_, rest, _ := strings.Cut(a.URI, ":")
	user, _, _ := strings.Cut(rest, "@")
	user, _, _ = strings.Cut(user, ";")
	return user
}

// Host is the part after the @ without parameters, empty for a number.
func (a Address) Host() string {
	if !a.IsSIP() {
		return ""
	}
	_, host, _ := strings.Cut(a.URI, "@")
	if i := strings.IndexAny(host, ";?"); i >= 0 {
		host = host[:i]
	}
	return host
}

// Brief is the shortest form that a person recognises: the name, else
// user@host without the scheme, else the number.
func (a Address) Brief() string {
	switch {
	case a.Name != "":
		return a.Name
	case !a.IsSIP():
		return a.URI
	case a.Host() == "":
		return a.User()
	}
	return a.User() + "@" + a.Host()
}

// LooseAddress takes whatever the wire calls an address; it never fails. Text
// is cleaned.
func LooseAddress(s string) Address {
	s = strings.TrimSpace(Clean(s))
	if a, err := ParseAddress(s); err == nil {
		return a
	}
	name, uri := splitName(s)
	return Address{Name: name, URI: uri}
}
