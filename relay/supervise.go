package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

var (
	errReconnect = errors.New("reconnecting as asked")
	errSilent    = errors.New("the server fell silent")
	errGoodbye   = errors.New("closed by us")
)

// supervise keeps a session up until ctx ends or the credentials are refused.
func (c *Client) supervise(ctx context.Context) {
	defer c.wg.Done()
	defer c.farewell()
	for tries := 0; ctx.Err() == nil; {
		var wasUp bool
		var err error
		if defect := c.guard("the link", func() { wasUp, err = c.connect(ctx) }); defect != nil {
			err = defect
		}
		if errors.Is(err, ErrAuth) {
			c.refused(err)
			<-ctx.Done() // the refusal stays readable until the client is closed
			return
		}
		if wasUp {
			tries = 0
		}
		tries++
		if ctx.Err() != nil {
			return
		}
		wait := c.backoff(tries)
		if errors.Is(err, errReconnect) {
			wait = 0
		}
		c.linkDown(err, tries, wait)
		c.pause(ctx, wait)
	}
}

// backoff doubles from BackoffMin to BackoffMax and adds up to a half, so that
// many clients do not come back at once.
func (c *Client) backoff(tries int) time.Duration {
	d := c.cfg.BackoffMin << min(tries-1, 16)
	if d <= 0 || d > c.cfg.BackoffMax {
		d = c.cfg.BackoffMax
	}
	return min(d+rand.N(d/2+1), c.cfg.BackoffMax)
}

func (c *Client) pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.retry:
	case <-ctx.Done():
	}
}

// connect opens one connection and serves it to its end. up tells whether the
// session was; err is never nil.
func (c *Client) connect(ctx context.Context) (up bool, err error) {
	select {
	case <-c.retry: // meant for the connection before
	default:
	}
	cn, err := dialConn(ctx, &c.cfg)
	if err != nil {
		return false, err
	}
	cut := context.AfterFunc(ctx, func() { cn.goodbye(errGoodbye) })
	defer cut()
	var both sync.WaitGroup
	both.Add(2)
	defer both.Wait()
	defer cn.close(errGoodbye) // after a defect; otherwise it is closed by then
	go func() {                // ends when the socket closes; waited for below
		defer both.Done()
		defer close(cn.done)
		if err := c.guard("reader", func() { c.read(cn) }); err != nil {
			cn.close(err)
		}
	}()
	go func() { // ends with the reader; waited for below
		defer both.Done()
		if err := c.guard("writer", cn.writeLoop); err != nil {
			cn.close(err)
		}
	}()
	verdict := c.enter(cn) // the reader runs before the first request
	if err = verdictBefore(verdict, cn.done); err != nil {
		cn.close(err)
	}
	both.Wait()
	up = c.leave(cn)
	if err == nil {
		err = cn.reason()
	}
	return up, err
}

// verdictBefore waits for the verdict; nil is also that the socket closed
// without one. A server that refuses hangs up at once, so both may be there.
func verdictBefore(verdict <-chan error, closed <-chan struct{}) error {
	select {
	case err := <-verdict:
		return err
	case <-closed:
	}
	select {
	case err := <-verdict:
		return err
	default:
		return nil
	}
}

// enter asks to be let in; the verdict is nil when the session is up.
func (c *Client) enter(cn *conn) <-chan error {
	verdict := make(chan error, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.session
	params := wire.ConnectParams{
		Version:   wire.Version{Major: 3},
		Agent:     c.cfg.Agent,
		EventAcks: true,
		Authentication: wire.Authentication{
			Project: c.cfg.Project, Token: c.cfg.Token,
		},
		Contexts:           c.contexts,
		Protocol:           asked.Protocol,
		AuthorizationState: asked.AuthorizationState,
	}
	if c.cfg.Details || c.cfg.Watch {
		params.Params.Cordpair = &wire.CordpairAsk{Watch: c.cfg.Watch, Details: c.cfg.Details}
	}
	r, err := newRequest(wire.MethodConnect, params, time.Now().Add(c.cfg.HandshakeTimeout), func(a answer) {
		verdict <- c.admit(cn, asked.Protocol, a)
	})
	if err != nil {
		verdict <- err
		return verdict
	}
	r.plain = true
	r.alarm = c.alarms.set(r.deadline, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.overdue(r)
	})
	c.sendOn(cn, r)
	return verdict
}

// admit folds the answer to signalwire.connect; it runs in the reader's place
// in the stream, so no event of the session can come before LinkUp.
func (c *Client) admit(cn *conn, asked string, a answer) error {
	if a.fault != nil {
		if a.fault.Code == wire.RPCAuth {
			return fmt.Errorf("%w: %s", ErrAuth, a.fault.Text)
		}
		if a.fault.Code == wire.RPCParams && asked != "" {
			c.session = Session{} // it is no session any more; the same again would be refused for ever
			c.sessionChanged()
		}
		return fmt.Errorf("the server did not let us in: %s", a.fault.Text)
	}
	var res wire.ConnectResult
	if err := loosely(a.raw, &res, "/protocol"); err != nil {
		return fmt.Errorf("the server's welcome cannot be read: %w", err)
	}
	link := model.Link{
		State: model.LinkUp, Generation: c.link.Generation + 1, Since: a.at,
		Resumed: res.SessionRestored || asked != "" && res.Protocol == asked,
		Server:  model.Server{URL: c.cfg.URL, Identity: model.Clean(res.Identity)},
	}
	if c.link.State == model.LinkLost && c.link.Generation > 0 {
		link.Gap = a.at.Sub(c.link.Since)
	}
	if link.Resumed && link.Generation == 1 && !c.keptAt.IsZero() {
		link.Gap = max(a.at.Sub(c.keptAt), 1) // since the process before
	}
	if o := res.Cordpair; o != nil {
		link.Server.Cordpair = true
		link.Server.SIP, link.Server.Domain = model.Clean(o.SIP), model.Clean(o.Domain)
		for _, name := range o.Contexts {
			link.Server.Contexts = append(link.Server.Contexts, model.Clean(name))
		}
	}
	if !link.Resumed {
		c.session.AuthorizationState = ""
	}
	c.session.Protocol = res.Protocol
	c.sessionChanged()
	c.conn = cn
	c.graceOver = false
	c.alarms.stop(c.graceBell)
	c.log.Info("relay: session is up", "url", c.cfg.URL, "generation", link.Generation, "resumed", link.Resumed)
	c.setLink(link)
	if !link.Resumed && link.Generation > 1 && !link.Server.Cordpair {
		c.forgetStale() // nobody will tell us of them again
	}
	c.recall(link)
	c.reread(link)
	c.flushWaiting()
	c.startHeart(cn)
	return nil
}

// leave retires a connection that has ended and tells whether its session was
// up.
func (c *Client) leave(cn *conn) (wasUp bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms.stop(cn.pingWatch)
	c.alarms.stop(cn.probeAlarm)
	if c.conn == cn {
		c.conn, wasUp = nil, true
		c.listed = false
		c.lastHeard = cn.lastHeard()
	}
	c.retireAll(cn)
	return wasUp
}

// linkDown tells that there is no link and when the next try is.
func (c *Client) linkDown(why error, tries int, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	link := c.link
	if link.State != model.LinkLost {
		link.Since = now
		if errors.Is(why, errSilent) && !c.lastHeard.IsZero() {
			link.Since = c.lastHeard // since then nothing can have come
		}
		c.graceBell = c.alarms.set(now.Add(c.cfg.Grace), c.graceEnds)
	}
	link.State, link.RetryAt, link.Tries = model.LinkLost, now.Add(wait), tries
	link.RTT, link.Gap, link.Resumed = 0, 0, false
	link.Detail = model.Clean(why.Error())
	c.log.Info("relay: no link", "why", link.Detail, "tries", tries, "wait", wait)
	c.setLink(link)
}

// graceEnds gives up on behalf of all who wait: the link was away too long.
func (c *Client) graceEnds() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil || c.over != nil {
		return
	}
	c.graceOver = true
	c.checkAll()
}

// refused ends the client's work: the credentials are wrong.
func (c *Client) refused(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	link := c.link
	link.State, link.Since, link.RetryAt = model.LinkRefused, time.Now(), time.Time{}
	link.Detail = model.Clean(why.Error())
	c.stopWork(ErrAuth, link)
}

// farewell closes the stream.
func (c *Client) farewell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	link := c.link
	link.State, link.Since, link.RetryAt = model.LinkClosed, time.Now(), time.Time{}
	c.stopWork(ErrClosed, link)
	c.box.close()
}

// stopWork settles everything that waits, for good.
func (c *Client) stopWork(why error, link model.Link) {
	c.over = why
	for _, r := range bySeq(c.waiting) {
		c.retire(r, &model.Fault{Kind: model.FaultExpired, Text: why.Error()})
	}
	c.setLink(link)
	c.checkAll()
	c.nowReady()
}

// setLink tells the new state of the link.
func (c *Client) setLink(link model.Link) {
	c.link = link
	c.emit(model.LinkChanged{At: time.Now(), Link: link})
}
