package sip

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// MaxText is the longest text of [Leg.SendText], in bytes: with its headers a
// MESSAGE must stay below 1300 (RFC 3428 §8).
const MaxText = 900

const plainText = "text/plain"

// Texted is a text from the peer: a MESSAGE inside the call (RFC 3428), of
// text/plain. Its answer, 200, has been sent.
type Texted struct{ Text string }

// TextAnswered is the final response to [Leg.SendText].
type TextAnswered struct {
	Ref    string // as given to SendText
	Code   int    // 0: Err tells why there is none
	Phrase string
	Err    error
}

func (Texted) event()       {}
func (TextAnswered) event() {}

// SendText sends a text to the peer of an established call, by MESSAGE inside
// the dialog. It returns at once; [TextAnswered] carries ref and the response,
// unless the leg ends first. Unlike INFO it waits for nothing before it: a phone
// that never answers a MESSAGE must not hold digits up. Errors: ErrWrongState,
// ErrBadText.
func (l *Leg) SendText(ref, text string) error {
	if text == "" || len(text) > MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fmt.Errorf("%w: 1 to %d bytes of UTF-8", ErrBadText, MaxText)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != phaseUp {
		return wrongState("MESSAGE", l.phase)
	}
	answered := func(e TextAnswered) {
		l.mu.Lock()
		defer l.mu.Unlock()
		e.Ref = ref
		l.events.emit(l.s, e)
	}
	l.send(sip.MESSAGE, func(req *sip.Request, _ flow) {
		setBody(req, plainText+";charset=UTF-8", []byte(text))
	}, func(res *sip.Response) {
		answered(TextAnswered{Code: res.StatusCode, Phrase: res.Reason})
	}, func(err error) { answered(TextAnswered{Err: err}) })
	return nil
}

// receiveMESSAGE takes a text. l.mu is held.
func (l *Leg) receiveMESSAGE(req *sip.Request, tx *serverTx) {
	kind := strings.TrimSpace(cutParams(value(req, "Content-Type")))
	body := req.Body()
	switch {
	case kind != "" && !strings.EqualFold(kind, plainText):
		l.s.reply(tx, req, 415, "Unsupported Media Type", Header{"Accept", plainText})
	case !utf8.Valid(body):
		l.s.reply(tx, req, 400, "Text Is Not UTF-8")
	default:
		l.ok(tx, req)
		if len(body) > 0 {
			l.events.emit(l.s, Texted{Text: string(body)})
		}
	}
}
