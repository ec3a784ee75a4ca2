package relay

import (
	"bytes"
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Take waits until something has happened and returns all that has, in the
// order of the wire; outcomes of orders and changes of the link stand in the
// same stream. The stream begins with the first Take or Do: what was known by
// then comes first. From then on nothing is dropped, so go on taking; one
// goroutine at a time. It returns the error of ctx, or ErrClosed once the
// client is closed and all has been taken.
func (c *Client) Take(ctx context.Context) ([]model.Event, error) {
	c.mu.Lock()
	c.startFeed()
	c.mu.Unlock()
	return c.box.take(ctx)
}

// Depth is how many events wait to be taken.
func (c *Client) Depth() int { return c.box.depth() }

// startFeed begins the stream with the state so far. The lock is held.
func (c *Client) startFeed() {
	if c.feeding {
		return
	}
	c.feeding = true
	now := time.Now()
	c.box.put(model.LinkChanged{At: now, Link: c.link})
	if c.unkept != "" {
		c.box.put(model.Notice{At: now, Text: model.Clean(c.unkept)})
	}
	if contacts := c.book.Contacts(); contacts != nil {
		c.box.put(model.DirectoryChanged{At: now, Contacts: contacts})
	}
	if trunks := c.book.Trunks(); trunks != nil {
		c.box.put(model.TrunksChanged{At: now, Trunks: trunks})
	}
	snap := c.stateNow(now)
	if c.listed {
		c.box.put(snap)
	}
	for _, s := range snap.Calls {
		_, offered := c.offers.set[s.Call.ID]
		if offered || !c.listed {
			c.box.put(model.CallSeen{At: now, Call: s.Call, Offered: offered})
		}
	}
	if c.listed {
		return
	}
	old := model.Snapshot{At: now, Remembered: true}
	for _, s := range snap.Calls {
		if s.Connect != model.ConnectUnknown {
			c.box.put(model.ConnectChanged{At: now, Call: s.Call.ID, State: s.Connect, Tag: s.ConnectTag,
				Peer: model.CallInfo{ID: s.Call.Peer, Node: s.Call.Node}})
		}
		if c.book.Call(s.Call.ID).Stale {
			old.Calls = append(old.Calls, s)
		}
	}
	if old.Calls != nil {
		c.box.put(old) // last: it takes back what the events above confirmed
	}
}

// stateNow lists what the client knows of every call.
func (c *Client) stateNow(now time.Time) model.Snapshot {
	snap := model.Snapshot{At: now}
	for _, call := range c.book.Rows(true) {
		s := model.SnapshotCall{Call: infoOf(call), Leg: call.Leg, Monitor: call.Monitor}
		if a := call.Attempt; a != nil && a.State.Active() {
			s.ConnectTag = a.Tag
			s.Call.Peer = a.Peer
			s.Connect = model.ConnectConnecting
			if a.State == model.Connected {
				s.Connect = model.ConnectConnected
			}
		}
		snap.Calls = append(snap.Calls, s)
	}
	return snap
}

func infoOf(c *model.Call) model.CallInfo {
	return model.CallInfo{
		ID: c.ID, Node: c.Node, State: c.State, Direction: c.Direction, Type: c.Type,
		From: c.From, To: c.To, Headers: c.Headers, Codecs: c.Codecs, Context: c.Context, Tag: c.Tag,
		CreatedBy: c.CreatedBy, Parent: c.Parent, Peer: c.PeerID,
		Created: c.Created, Answered: c.Answered, Ended: c.Ended, EndReason: c.End.Word, EndSource: c.EndSource,
	}
}

// Do carries out an order. It never blocks; the outcome comes as
// model.OrderSettled in the stream of Take, exactly once: without a fault when
// the server took it, FaultRefused with the server's code, FaultExpired when
// the link was down until the order's deadline (it is never sent later),
// FaultUnknown when the link was lost before the answer, FaultTimeout,
// FaultInvalid when it cannot be valid and was not sent. A zero deadline means
// Config.RequestTimeout from now. After Close nothing is settled.
func (c *Client) Do(o model.Order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.startFeed()
	if o.Deadline.IsZero() {
		o.Deadline = time.Now().Add(c.cfg.RequestTimeout)
	}
	settle := func(a answer) {
		c.emitOrder(model.OrderSettled{At: a.at, Order: o.ID, Fault: a.fault})
	}
	r, err := c.requestFor(o.Command, o.Deadline, settle)
	if err != nil {
		settle(answer{at: time.Now(), fault: &model.Fault{Kind: model.FaultInvalid, Text: model.Clean(err.Error())}})
		return
	}
	c.submit(r)
}

// emitOrder tells the outcome of an order given through Do. The client's own
// Book has its own orders with numbers of their own.
func (c *Client) emitOrder(ev model.OrderSettled) { c.box.put(ev) }

func (c *Client) requestFor(cmd model.Command, deadline time.Time, settle func(answer)) (*request, error) {
	cmd = named(cmd)
	if err := validate(cmd); err != nil {
		return nil, err
	}
	method, params, err := encode(cmd, c.node)
	if err != nil {
		return nil, err
	}
	return newRequest(method, params, deadline, settle)
}

// Preview is the JSON-RPC frame, indented, that Do would send for a command.
// The id of the request, and the tag and control id where the command has
// none, are made when it is sent; here they read <id>, <tag> and <control>.
func (c *Client) Preview(cmd model.Command) string {
	switch p := cmd.(type) {
	case model.Connect:
		if p.Tag == "" {
			p.Tag = "<tag>"
		}
		cmd = p
	case model.Dial:
		if p.Tag == "" {
			p.Tag = "<tag>"
		}
		cmd = p
	case model.Play:
		if p.Control == "" {
			p.Control = "<control>"
		}
		cmd = p
	}
	c.mu.Lock()
	method, params, err := encode(cmd, c.node)
	c.mu.Unlock()
	if err != nil {
		return err.Error()
	}
	frame, err := wire.Request("<id>", method, params)
	if err != nil {
		return err.Error()
	}
	v := jsontext.Value(bytes.TrimSpace(frame))
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		return string(frame)
	}
	return string(v)
}
