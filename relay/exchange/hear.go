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
	wanted := c.relays
	for _, a := range c.actions {
		_, collects := a.(*collecting)
		wanted = wanted || collects
	}
	if !wanted {
		c.sound.stream.OnDigit(nil)
		return
	}
	c.sound.stream.OnDigit(func(d rune) { c.post(msgDigit{d}) })
}

// relayDigits has each leg of a bridge pass on what its phone keys as
// telephone-events where the other one takes none.
func (c *call) relayDigits(peer *call, peerDTMF bool) {
	own := c.sound.dtmf()
	c.relays = own && !peerDTMF
	c.hearDigits()
	peer.post(msgRelays{peerDTMF && !own})
}

// keyed takes a digit that was heard in the leg's media.
func (c *call) keyed(d rune) {
	c.digit(d)
	if c.relays {
		c.passDigit(d)
	}
}

// digit takes a digit that the phone keyed, by whatever means.
func (c *call) digit(d rune) {
	for _, control := range slices.Sorted(maps.Keys(c.actions)) {
		if a, ok := c.actions[control].(*collecting); ok {
			a.digit(c, control, d)
		}
	}
}
