package exchange

import (
	"errors"
	"strings"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// digitsCmd is calling.send_digits.
type digitsCmd struct{ wire.SendDigitsParams }

func (m digitsCmd) check(*Exchange) *failure {
	if m.Digits == "" {
		return bad("digits is missing")
	}
	if len(m.Digits) > maxDigits {
		return bad("digits is longer than %d", maxDigits)
	}
	if strings.Trim(m.Digits, "0123456789*#ABCDabcdwW") != "" {
		return bad("digits: %.20q are not all 0-9 * # A-D, w or W", m.Digits)
	}
	return nil
}

const maxDigits = 256

func (m digitsCmd) do(c *call, req *request) {
	var sent <-chan struct{}
	a := &keying{control: m.ControlID}
	f := c.begin(m.ControlID, a, func() (err error) {
		sent, err = c.sound.stream.SendDigits(m.Digits)
		if errors.Is(err, media.ErrNoDTMF) {
			a.left, err = strings.Map(upperDigit, m.Digits), nil
		}
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Sending Digits", c.id, m.ControlID)
	if a.left != "" {
		c.keyByINFO(a)
		return
	}
	c.await(sent, msgActionEnded{m.ControlID, a})
}

// upperDigit leaves w, the short pause, as it is.
func upperDigit(r rune) rune {
	if r >= 'a' && r <= 'd' {
		return r - 'a' + 'A'
	}
	return r
}
