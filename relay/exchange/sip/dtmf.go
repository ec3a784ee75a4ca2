package sip

import (
	"strconv"
	"strings"
	"time"
)

// The two ways DTMF travels in INFO; neither is an RFC, both are everywhere.
const (
	dtmfRelay = "application/dtmf-relay" // Signal=5\r\nDuration=160
	dtmfPlain = "application/dtmf"       // 5
)

const maxDigit = 60 * time.Second

func parseDigit(contentType string, body []byte) (Digit, bool) {
	text := strings.TrimSpace(string(body))
	switch strings.ToLower(strings.TrimSpace(cutParams(contentType))) {
	case dtmfPlain:
		b, ok := digitOf(text)
		return Digit{Digit: b}, ok
	case dtmfRelay:
		return parseRelay(text)
	}
	return Digit{}, false
}

func parseRelay(text string) (d Digit, ok bool) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		name, v, found := strings.Cut(line, "=")
		if !found {
			continue
		}
		switch v = strings.TrimSpace(v); strings.ToLower(strings.TrimSpace(name)) {
		case "signal":
			d.Digit, ok = digitOf(v)
		case "duration":
			if ms, err := strconv.ParseUint(v, 10, 16); err == nil {
				d.Duration = min(time.Duration(ms)*time.Millisecond, maxDigit)
			}
		}
	}
	return d, ok
}

// digitOf reads one digit; 10 and 11 are how some phones write * and #.
func digitOf(s string) (byte, bool) {
	switch s {
	case "10":
		return '*', true
	case "11":
		return '#', true
	}
	if len(s) != 1 {
		return 0, false
	}
	c := s[0]
	if c >= 'a' && c <= 'd' {
		c -= 'a' - 'A'
	}
	if c >= '0' && c <= '9' || c == '*' || c == '#' || c >= 'A' && c <= 'D' {
		return c, true
	}
	return 0, false
}
