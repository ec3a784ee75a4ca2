package exchange

import (
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// msgOrphaned says that nobody has come for a call that lost its last session.
type msgOrphaned struct{}

func (msgOrphaned) undelivered() {}

// abandon starts the wait for somebody to take up a call that no session is
// told of any more, if such calls are to end. A call that looks for a consumer
// is none: it has a wait of its own.
func (c *call) abandon() {
	after := c.x.cfg.Limits.Orphan
	if after <= 0 || len(c.followers) > 0 || c.over != nil || c.orphan != nil || c.waiting() {
		return
	}
	// Posts one message; stopped when a session follows the call, or it leaves.
	c.orphan = time.AfterFunc(after, func() { c.post(msgOrphaned{}) })
}

// adopt ends that wait.
func (c *call) adopt() {
	if c.orphan != nil {
		c.orphan.Stop()
		c.orphan = nil
	}
}

// orphaned ends the call if nobody has come meanwhile.
func (c *call) orphaned() {
	if c.orphan == nil {
		return // somebody came as the time ran out
	}
	c.hangUp(byExchange(wire.ReasonAbandoned, "its client is gone and did not come back"),
		sip.EndReason{Code: 480, Phrase: "Temporarily Unavailable"})
}
