package cli

import (
	"context"
	"time"

	"github.com/google/uuid"

	"cordpair/model"
)

// dialFirst dials the first leg and waits until it is answered.
func (c *connectRun) dialFirst(ctx context.Context) error {
	c.dialTag = model.Tag(uuid.NewString())
	id := c.s.give(model.Dial{Tag: c.dialTag, From: c.req.From, To: c.dial, Timeout: c.req.Timeout})
	var refused *model.Fault
	over := false
	for {
		err := c.s.pull(ctx, func(ev model.Event) bool {
			switch ev := ev.(type) {
			case model.OrderSettled:
				if ev.Order == id {
					refused = ev.Fault
				}
			case model.DialChanged:
				over = over || ev.Tag == c.dialTag && ev.State == model.DialFailed
			}
			c.findLeg()
			c.reportLeg()
			return false
		})
		leg := c.s.book.Call(c.leg)
		switch {
		case leg != nil && leg.State == model.Answered:
			return nil
		case refused != nil:
			return c.dialRefused(refused)
		case leg != nil && leg.State == model.Ended, over && leg == nil:
			return c.quit("the first leg was not answered")
		case ctx.Err() != nil:
			return c.abandonDial()
		case err != nil:
			return failed(err)
		}
	}
}

func (c *connectRun) findLeg() {
	if c.leg != "" {
		return
	}
	for _, call := range c.s.book.Rows(true) {
		if call.Tag == c.dialTag {
			c.leg = call.ID
			return
		}
	}
}

func (c *connectRun) reportLeg() {
	leg := c.s.book.Call(c.leg)
	if leg == nil || leg.State == c.printed {
		return
	}
	c.printed = leg.State
	r := legRecordOf(leg, time.Now())
	c.p.emit(c.json, r, r.State, r.Text)
}

func (c *connectRun) dialRefused(f *model.Fault) error {
	r := legRecord{Event: "call", State: model.Ended.String(), Reason: model.WordRefused, By: model.Exchange.String(),
		Text: f.Text, At: stamp(time.Now())}
	c.p.emit(c.json, r, r.State, r.Text)
	return c.quit(f.Text)
}

func (c *connectRun) abandonDial() error {
	if c.leg != "" {
		c.s.give(model.Hangup{Call: c.leg, Reason: model.WordCancel})
		c.drain(func() bool { c.reportLeg(); return c.s.book.Call(c.leg).State == model.Ended })
	}
	return c.quit("cancelled")
}
