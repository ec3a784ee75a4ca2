package relay

import (
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Reread asks again for what can be read: calls, directory and trunks. The answers
// come as events. It returns at once, and does nothing while the link is down or
// where the server has no lists to read.
func (c *Client) Reread() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over == nil && c.link.State == model.LinkUp && c.link.Server.Cordpair {
		c.reread(c.link)
	}
}

// reread asks for what can be read again: calls, directory and trunks.
func (c *Client) reread(link model.Link) {
	if !link.Server.Cordpair {
		c.nowReady()
		return
	}
	c.internal(wire.MethodCordpairCalls, struct{}{}, func(a answer) {
		if a.fault == nil {
			if snap, err := c.dec.snapshot(a.raw, a.at); err == nil {
				c.listed = true
				c.emit(snap)
			}
		}
		lost := a.fault != nil && a.fault.Kind == model.FaultUnknown // the next session asks again
		if c.over == nil && c.link.State == model.LinkUp && !lost {
			c.nowReady()
		}
	})
	if len(c.levels) > 0 { // the new socket does not know
		c.askLevels()
	}
	c.internal(wire.MethodCordpairDirectory, struct{}{}, func(a answer) {
		var body wire.DirectoryEvent
		if a.fault == nil && wire.Decode(a.raw, &body) == nil {
			c.emit(directory(body, a.at))
		}
	})
	c.internal(wire.MethodCordpairTrunks, struct{}{}, func(a answer) {
		var body wire.TrunksEvent
		if a.fault == nil && wire.Decode(a.raw, &body) == nil { // an older exchange does not know
			c.emit(c.dec.trunks(&body, a.at))
		}
	})
}

// internal sends a request of the client's own. The lock is held.
func (c *Client) internal(method string, params any, settle func(answer)) {
	r, err := newRequest(method, params, time.Now().Add(c.cfg.RequestTimeout), settle)
	if err != nil {
		settle(answer{fault: &model.Fault{Kind: model.FaultInternal, Text: err.Error()}})
		return
	}
	c.submit(r)
}
