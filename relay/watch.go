package relay

import (
	"context"

	"cordpair/model"
)

// watchKey is what a watch looks at.
type watchKey struct {
	kind uint8
	id   string
}

const (
	keyCall uint8 = iota
	keyTag
	keyControl
	keyOffers
	keyLink
)

// watch is a condition on the folded state. It is checked when it is
// registered and after each event that touches its keys, always under the
// client's lock, so nothing can slip between the check and the wait.
type watch struct {
	keys []watchKey
	met  func() bool
	done chan struct{}
}

// check wakes the watches of a key whose condition is met. The lock is held.
func (c *Client) check(key watchKey) {
	for w := range c.watches[key] {
		if w.met() {
			c.unwatch(w)
			close(w.done)
		}
	}
}

// checkAll checks every watch. The lock is held.
func (c *Client) checkAll() {
	for key := range c.watches {
		c.check(key)
	}
}

func (c *Client) unwatch(w *watch) {
	for _, key := range w.keys {
		delete(c.watches[key], w)
		if len(c.watches[key]) == 0 {
			delete(c.watches, key)
		}
	}
}

// watchFor registers a condition, or returns nil when it is met already. The
// lock is held.
func (c *Client) watchFor(met func() bool, keys ...watchKey) *watch {
	if met() {
		return nil
	}
	w := &watch{keys: keys, met: met, done: make(chan struct{})}
	for _, key := range keys {
		if c.watches[key] == nil {
			c.watches[key] = make(map[*watch]struct{})
		}
		c.watches[key][w] = struct{}{}
	}
	return w
}

// wait waits for a watch; nil is met already. It returns the error of ctx when
// that ends first.
func (c *Client) wait(ctx context.Context, w *watch) error {
	if w == nil {
		return nil
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-w.done:
		return nil // it was met while ctx ended
	default:
	}
	c.unwatch(w)
	return ctx.Err()
}

// stopped says why waiting makes no sense any more: the client is over, or the
// link has been away for longer than the grace period.
func (c *Client) stopped() error {
	switch {
	case c.over != nil:
		return c.over
	case c.graceOver:
		return ErrLinkLost
	}
	return nil
}

// until waits until met is true or returns an error; met is called under the
// lock. Op and call name the wait in errors.
func (c *Client) until(ctx context.Context, op string, call model.CallID, met func() (bool, error), keys ...watchKey) error {
	var failed error
	c.mu.Lock()
	w := c.watchFor(func() bool {
		var ok bool
		if ok, failed = met(); ok || failed != nil {
			return true
		}
		if kind := c.stopped(); kind != nil {
			failed = &Error{Op: op, Call: call, Kind: kind}
			return true
		}
		return false
	}, keys...)
	c.mu.Unlock()
	if err := c.wait(ctx, w); err != nil {
		return &Error{Op: op, Call: call, Err: err}
	}
	return failed
}
