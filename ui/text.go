package ui

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

// longestCluster is how many bytes one character may have. Real ones (a family
// of emoji with skin tones) stay below; towers of combining marks do not.
const longestCluster = 48

// printable reports whether s is plain ASCII, whose bytes are its cells.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// cells measures a text as fit would draw it.
func cells(s string) int {
	if printable(s) {
		return len(s)
	}
	_, n := fitWide(model.Clean(s), len(s)*2, "")
	return n
}

// cluster cuts the first character as a person sees it off s.
func cluster(s string) (char string, width int) {
	char, width = ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if char == "" {
		_, n := utf8.DecodeRuneInString(s)
		return s[:n], 0
	}
	return char, width
}

// fit makes any text safe to draw and cuts it to at most w cells, with the
// ellipsis where something was lost. It returns the width of the result.
func fit(s string, w int, ellipsis string) (string, int) {
	if w <= 0 {
		return "", 0
	}
	if printable(s) {
		if len(s) <= w {
			return s, len(s)
		}
		return s[:w-1] + ellipsis, w
	}
	return fitWide(model.Clean(s), w, ellipsis)
}

func fitWide(s string, w int, ellipsis string) (string, int) {
	var b strings.Builder
	used, cutAt, cutWidth := 0, 0, 0 // where the ellipsis would go
	for rest := s; rest != ""; {
		char, width := cluster(rest)
		rest = rest[len(char):]
		if len(char) > longestCluster || ansi.StringWidth(char) != width {
			_, n := utf8.DecodeRuneInString(char)
			char = char[:n]
			width = ansi.StringWidth(char)
		}
		if used == 0 && clings(char) || leans(char) {
			continue // it would stick to what stands beside the text
		}
		if used+width > w {
			return b.String()[:cutAt] + ellipsis, cutWidth + 1
		}
		b.WriteString(char)
		used += width
		if used < w {
			cutAt, cutWidth = b.Len(), used
		}
	}
	return b.String(), used
}

// clings reports whether a character joins the one before it.
func clings(char string) bool {
	joined, _ := cluster(" " + char)
	return len(joined) > 1
}

// leans reports whether a character joins the one after it, as a sign before a
// number does that has no number.
func leans(char string) bool {
	if last, _ := utf8.DecodeLastRuneInString(char); last < 0x600 {
		return false
	}
	joined, _ := cluster(char + " ")
	return len(joined) > len(char)
}

// wrap breaks a text into lines of at most w cells, at spaces where it can.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(model.Clean(s), w, ""), "\n")
}

// brief writes a duration as a phone shows it: 0:07, 12:20, 1:02:03.
func brief(d time.Duration) string {
	s := int(max(0, d) / time.Second)
	var buf [16]byte
	b := buf[:0]
	if s >= 3600 {
		b = appendInt(b, s/3600)
		b = append(b, ':', byte('0'+s/600%6), byte('0'+s/60%10))
	} else {
		b = appendInt(b, s/60)
	}
	return string(append(b, ':', byte('0'+s/10%6), byte('0'+s%10)))
}

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// plural writes "1 call", "2 calls".
func plural(n int, noun string) string {
	s := string(appendInt(nil, n)) + " " + noun
	if n != 1 {
		s += "s"
	}
	return s
}
