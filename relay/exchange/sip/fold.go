package sip

import (
	"bytes"
	"regexp"
)

var (
	folds      = regexp.MustCompile(`\r\n[ \t]+`)
	viaLines   = regexp.MustCompile(`(?im)^(?:via|v)[ \t]*:[^\r]*`)
	separators = regexp.MustCompile(`[ \t]*([/;=,])[ \t]*`)
	gaps       = regexp.MustCompile(`[ \t]+`)
)

// unfold joins the folded lines of a datagram's header (RFC 3261 §7.3.1), and
// takes the white space out of a Via that had them: sipgo's parser takes both
// for content. Nearly all messages have none and come back as they are; data is
// never written to.
func unfold(data []byte) []byte {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return data
	}
	head := data[:end]
	if !bytes.Contains(head, []byte("\r\n ")) && !bytes.Contains(head, []byte("\r\n\t")) {
		return data
	}
	head = viaLines.ReplaceAllFunc(folds.ReplaceAll(head, []byte(" ")), func(line []byte) []byte {
		return gaps.ReplaceAll(separators.ReplaceAll(line, []byte("$1")), []byte(" "))
	})
	return append(head, data[end:]...)
}
