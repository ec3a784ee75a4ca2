package exchange

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// texting is a cordpair.message whose answer the phone still owes.
type texting struct {
	ref     string // ours: control ids may repeat
	control string
}

// maxTexts bounds the messages that a phone has not answered.
const maxTexts = 16

// textCmd is cordpair.message.
type textCmd struct{ wire.MessageParams }

func (m textCmd) ref() wire.CallRef { return m.CallRef }

func (m textCmd) check(*Exchange) *failure {
	if strings.TrimSpace(m.Text) == "" || len(m.Text) > sip.MaxText || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0) {
		return bad("text must be 1 to %d bytes of UTF-8", sip.MaxText)
	}
	return nil
}

func (m textCmd) do(c *call, req *request) {
	switch {
	case c.answered.IsZero() || len(c.legs) != 1:
		req.fail(conflict("call is not answered: its phone takes no message yet"))
		return
	case len(c.texts) >= maxTexts:
		req.fail(&failure{wire.CodeBusy, "the phone has not answered the messages before"})
		return
	}
	t := texting{ref: uuid.NewString(), control: m.ControlID}
	c.texts = append(c.texts, t)
	req.ok("Sending message", c.id, m.ControlID)
	c.whenUp(func() {
		if err := c.legs[0].SendText(t.ref, m.Text); err != nil {
			c.textAnswered(sip.TextAnswered{Ref: t.ref, Err: err})
		}
	})
}

// textAnswered takes the phone's answer to a message.
func (c *call) textAnswered(e sip.TextAnswered) {
	i := slices.IndexFunc(c.texts, func(t texting) bool { return t.ref == e.Ref })
	if i < 0 {
		return
	}
	t := c.texts[i]
	c.texts = slices.Delete(c.texts, i, i+1)
	told := wire.MessageEvent{CallRef: c.ref(), ControlID: t.control, State: wire.MessageRefused, SIPCode: e.Code, SIPPhrase: e.Phrase}
	switch {
	case e.Code/100 == 2:
		told.State = wire.MessageDelivered
	case e.Code == 0:
		c.log.Debug("message not delivered", "err", e.Err)
		told.State = wire.MessageFailed
	}
	c.emit(wire.EventCordpairMessage, told)
}

// texted takes a message from the phone.
func (c *call) texted(text string) {
	c.emit(wire.EventCordpairMessage, wire.MessageEvent{CallRef: c.ref(), State: wire.MessageReceived, Text: text})
}

// stopTexts settles what the phone has not answered by the end of the call.
func (c *call) stopTexts() {
	for len(c.texts) > 0 {
		c.textAnswered(sip.TextAnswered{Ref: c.texts[0].ref})
	}
}
