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
	if !c.sound.started {
		req.fail(conflict("call is not answered: nobody would hear the digits"))
		return
	}
	if f := c.addAction(m.ControlID, &action{event: wire.EventSendDigits}); f != nil {
		req.fail(f)
		return
	}
	sent, err := c.sound.stream.SendDigits(m.Digits)
	if err != nil {
		delete(c.actions, m.ControlID)
		req.fail(&failure{mediaCode(err), err.Error()})
		return
	}
	req.ok("Sending Digits", c.id, m.ControlID)
	c.await(sent, msgDigitsSent{m.ControlID})
}

func (c *call) digitsSent(m msgDigitsSent) {
	if a := c.actions[m.control]; a != nil {
		delete(c.actions, m.control)
		c.tellAction(m.control, a.event, wire.Finished)
	}
}
