package sip

import (
	"strings"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// Header is one header field as it stands on the wire.
type Header struct {
	Name  string
	Value string
}

// Header names that the stack writes itself; callers may not set them.
var ownHeaders = map[string]bool{
	"via": true, "v": true, "from": true, "f": true, "to": true, "t": true,
	"call-id": true, "i": true, "cseq": true, "contact": true, "m": true,
	"max-forwards": true, "route": true, "record-route": true,
	"content-length": true, "l": true, "content-type": true, "c": true,
	"session-expires": true, "x": true, "min-se": true, "require": true,
	"supported": true, "k": true, "authorization": true, "proxy-authorization": true,
	"allow": true, "user-agent": true, "server": true,
}

const maxHeaderValue = 4096

// ValidateHeader tells whether a header may be added to a message: a token as
// name, none of the names the stack writes itself, no line break or control
// character in the value (header injection), at most 4096 bytes. The error is
// a [*HeaderError]. Safe for concurrent use.
func ValidateHeader(h Header) error {
	switch {
	case h.Name == "":
		return &HeaderError{h.Name, "the name is empty"}
	case !isToken(h.Name):
		return &HeaderError{h.Name, "the name has characters that are not allowed"}
	case ownHeaders[strings.ToLower(h.Name)]:
		return &HeaderError{h.Name, "this header is written by the SIP stack"}
	case len(h.Value) > maxHeaderValue:
		return &HeaderError{h.Name, "the value is longer than 4096 bytes"}
	case !isTextValue(h.Value):
		return &HeaderError{h.Name, "the value has line breaks, control characters or broken UTF-8"}
	}
	return nil
}

func validateHeaders(hs []Header) error {
	for _, h := range hs {
		if err := ValidateHeader(h); err != nil {
			return err
		}
	}
	return nil
}

// isToken is token of RFC 3261 §25.1.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isAlnum(c) && !strings.ContainsRune("-.!%*_+`'~", rune(c)) {
			return false
		}
	}
	return s != ""
}

func isTextValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// headersOf copies all headers of a message, in order.
func headersOf(msg interface{ Headers() []sip.Header }) []Header {
	hs := msg.Headers()
	out := make([]Header, 0, len(hs))
	for _, h := range hs {
		out = append(out, Header{Name: h.Name(), Value: h.Value()})
	}
	return out
}

// value returns the first header of a name, "" if there is none.
func value(msg sip.Message, name string) string {
	if hs := msg.GetHeaders(name); len(hs) > 0 {
		return hs[0].Value()
	}
	return ""
}

// hasOption looks for a token in a comma-separated header (Supported, Allow,
// Require), also in its compact form.
func hasOption(msg sip.Message, token string, names ...string) bool {
	for _, name := range names {
		for _, h := range msg.GetHeaders(name) {
			for _, v := range strings.Split(h.Value(), ",") {
				if strings.EqualFold(strings.TrimSpace(v), token) {
					return true
				}
			}
		}
	}
	return false
}

// param is a header or URI parameter; names are case-insensitive (RFC 3261 §7.3.1).
func param(ps sip.HeaderParams, name string) string {
	for _, kv := range ps {
		if strings.EqualFold(kv.K, name) {
			return kv.V
		}
	}
	return ""
}

func hasParam(ps sip.HeaderParams, name string) bool {
	for _, kv := range ps {
		if strings.EqualFold(kv.K, name) {
			return true
		}
	}
	return false
}

func add(msg sip.Message, name, value string) { msg.AppendHeader(sip.NewHeader(name, value)) }

func addAll(msg sip.Message, hs []Header) {
	for _, h := range hs {
		add(msg, h.Name, h.Value)
	}
}
