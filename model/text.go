package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from the wire safe to draw: control characters (C0, C1,
// DEL), line and paragraph separators and bidirectional overrides become
// spaces or vanish, broken UTF-8 becomes U+FFFD. Text that is clean is returned
// unchanged without allocating.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case hostile(r):
		default:
			b.WriteRune(r) // U+FFFD for broken bytes
		}
	}
	return b.String()
}

func isClean(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == 0x7f || c >= 0x80 {
			return cleanTail(s[i:])
		}
	}
	return true
}

func cleanTail(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7f || hostile(r) || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}

// hostile runes could move the cursor, reorder the line or hide text.
func hostile(r rune) bool {
	return unicode.IsControl(r) ||
		r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || // bidi embeddings, overrides, isolates
		r == 0x200E || r == 0x200F || r == 0x061C || // bidi marks
		r >= 0xE0000 && r <= 0xE007F || // tags
		r == 0x00AD || r == 0x180E || r == 0x200B || r >= 0x2060 && r <= 0x206F || // seen by nobody, and two names differ
		r == 0xFEFF
}
