package sip

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// maxParts is how many parts of a body are looked at.
const maxParts = 16

// message is a request or a response.
type message interface {
	sip.Message
	RemoveHeader(name string) bool
}

// unwrap leaves of a message's body what the rest of this package reads. Of a
// body in parts that is the description (RFC 5621 §3.1); gateways put theirs of
// the telephone network beside it. What an INVITE or its answer has instead of
// a description, and does not insist on, is left out.
func unwrap(msg message) {
	body := msg.Body()
	if len(body) == 0 {
		return
	}
	kind, params, _ := mime.ParseMediaType(value(msg, "Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		if sdp := descriptionIn(body, params["boundary"]); len(sdp) > 0 {
			msg.RemoveHeader("Content-Type")
			add(msg, "Content-Type", sdpType)
			msg.SetBody(sdp)
			return
		}
	}
	if kind != "" && kind != sdpType && mayIgnore(msg) {
		msg.SetBody(nil)
	}
}

// mayIgnore reports whether a body that is no description may be left out: that
// of an answer to an INVITE, as there is no way to refuse it, and that of an
// INVITE which says so (RFC 3261 §20.11).
func mayIgnore(msg sip.Message) bool {
	cseq := msg.CSeq()
	if cseq == nil || cseq.MethodName != sip.INVITE {
		return false
	}
	if _, answer := msg.(*sip.Response); answer {
		return true
	}
	_, params, err := mime.ParseMediaType(value(msg, "Content-Disposition"))
	return err == nil && strings.EqualFold(params["handling"], "optional")
}

// descriptionIn finds the session description among the parts of a body.
func descriptionIn(body []byte, boundary string) []byte {
	if boundary == "" {
		return nil
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if kind != sdpType {
			continue
		}
		sdp, err := io.ReadAll(part)
		if err != nil {
			return nil
		}
		return sdp
	}
	return nil
}
