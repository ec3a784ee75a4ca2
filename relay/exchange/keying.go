package exchange

import (
	"errors"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// keying is a calling.send_digits under way. What is left of it goes out by
// INFO, digit by digit, on legs without telephone-event; else it is empty.
type keying struct {
	control string
	left    string
}

// stop does nothing: digits go on to their end, or to that of the leg.
func (*keying) stop() {}

func (*keying) tellEnd(c *call, control string) {
	c.tellAction(control, wire.EventSendDigits, wire.Finished)
}

// Pauses in digits, as media has them.
var pauses = map[byte]time.Duration{'w': 500 * time.Millisecond, 'W': time.Second}

// keyByINFO queues digits for INFO.
func (c *call) keyByINFO(a *keying) {
	c.keys = append(c.keys, a)
	if len(c.keys) == 1 {
		c.whenUp(c.keyNext)
	}
}

// keyNext sends the next digit; the phone's response to it, or the end of a
// pause, calls it again.
func (c *call) keyNext() {
	for len(c.keys) > 0 {
		a := c.keys[0]
		if a.left == "" || len(c.legs) != 1 {
			c.keys = c.keys[1:]
			c.actionEnded(msgActionEnded{a.control, a})
			continue
		}
		next := a.left[0]
		a.left = a.left[1:]
		if d, ok := pauses[next]; ok {
			// Posts one message, to nobody if the call is over.
			time.AfterFunc(d, func() { c.post(msgKeyNext{}) })
			return
		}
		if err := c.legs[0].SendInfoDigit(next, 0); err == nil {
			return
		}
		a.left = "" // the leg is over, which its Ended tells
	}
}

// heardINFO takes a digit that the phone sent by INFO. What listens to the
// leg's sound cannot hear it.
func (c *call) heardINFO(d rune) {
	for _, a := range c.actions {
		switch a := a.(type) {
		case *recording:
			a.rec.Digit(d)
		case *detecting:
			a.digit(c, d)
		}
	}
	c.digit(d)
	c.passDigit(d)
}

// passDigit lets the other leg of a bridge have a digit that its sound does
// not carry.
func (c *call) passDigit(d rune) {
	switch {
	case c.peer != nil:
		c.peer.post(msgPassDigit{d})
	case c.linked:
		c.host.post(msgPassDigit{d})
	}
}

// passedDigit keys a digit of the other leg to this one's phone.
func (c *call) passedDigit(d rune) {
	if c.over != nil || c.answered.IsZero() || c.peer == nil && !c.linked {
		return
	}
	_, err := c.sound.stream.SendDigits(string(d))
	if errors.Is(err, media.ErrNoDTMF) && len(c.legs) == 1 {
		err = c.legs[0].SendInfoDigit(byte(d), 0)
	}
	if err != nil {
		c.log.Debug("digit not passed on", "err", err)
	}
}
