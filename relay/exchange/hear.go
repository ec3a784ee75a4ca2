package exchange

import (
	"maps"
	"slices"
)

// hearDigits listens to what the phone keys while somebody collects it. Not
// otherwise: on a leg without telephone-event each packet would be searched.
func (c *call) hearDigits() {
	if c.sound.stream == nil {
		return
	}
	for _, a := range c.actions {
		if _, ok := a.(*collecting); ok {
			c.sound.stream.OnDigit(func(d rune) { c.post(msgDigit{d}) })
			return
		}
	}
	c.sound.stream.OnDigit(nil)
}

// digit takes a digit that the phone keyed.
func (c *call) digit(d rune) {
	for _, control := range slices.Sorted(maps.Keys(c.actions)) {
		if a, ok := c.actions[control].(*collecting); ok {
			a.digit(c, control, d)
		}
	}
}
