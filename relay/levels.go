package relay

import (
	"slices"

	"cordpair/model"
	"cordpair/relay/wire"
)

// WatchLevels asks for the levels of some legs (64 at most), in place of those
// before; they come as model.LevelsSeen in the stream of Take, four times a
// second. None asks for nothing. It never blocks, and holds over a lost link.
// Only the embedded exchange tells levels; elsewhere it does nothing.
func (c *Client) WatchLevels(calls []model.CallID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Equal(calls, c.levels) {
		return
	}
	c.levels = slices.Clone(calls)
	if c.link.State == model.LinkUp && c.link.Server.Cordpair {
		c.askLevels()
	}
}

// askLevels tells the exchange. A refusal, as by an older one, leaves meters to
// the figures of every second. The lock is held.
func (c *Client) askLevels() {
	p := wire.LevelsParams{Calls: make([]string, 0, len(c.levels))}
	for _, id := range c.levels {
		p.Calls = append(p.Calls, string(id))
	}
	c.internal(wire.MethodCordpairLevels, p, func(answer) {})
}
