package exchange

import "cordpair/relay/wire"

// digitsCmd is calling.send_digits.
type digitsCmd struct{ wire.SendDigitsParams }

func (m digitsCmd) check(*Exchange) *failure {
	if m.Digits == "" {
		return bad("digits is missing")
	}
	if len(m.Digits) > maxDigits {
		return bad("digits is longer than %d", maxDigits)
	}
	return nil
}

const maxDigits = 256

func (m digitsCmd) do(c *call, req *request) {
	var sent <-chan struct{}
	a := &keying{}
	f := c.begin(m.ControlID, a, func() (err error) {
		sent, err = c.sound.stream.SendDigits(m.Digits)
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Sending Digits", c.id, m.ControlID)
	c.await(sent, msgActionEnded{m.ControlID, a})
}

// keying is a calling.send_digits under way. The member keeps two of them
// apart: Go may give empty values one address.
type keying struct{ _ byte }

// stop does nothing: digits go on to their end, or to that of the stream.
func (*keying) stop() {}

func (*keying) tellEnd(c *call, control string) {
	c.tellAction(control, wire.EventSendDigits, wire.Finished)
}
