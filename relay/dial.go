package relay

import (
	"context"
	"errors"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// DialRequest asks for a new call. The zero value of each optional member leaves
// the choice to the server.
type DialRequest struct {
	Plan              Plan         // required
	Region            string       // where the server should place the call from
	Node              model.NodeID // of the server, rarely needed
	MaxPricePerMinute model.Price  // USD, the call is not made above it; 0: no limit
}

// dialMargin is what a dial may take beyond its ring time.
const dialMargin = model.OutcomeMargin

// DialSIP calls a SIP address (calling.dial) and returns the call once it is
// answered; see Dial. Tag may be empty.
func (c *Client) DialSIP(ctx context.Context, d model.Dial) (*Call, error) {
	if _, err := model.ParseSIPAddress(d.To); err != nil {
		return nil, &Error{Op: "dial", Kind: ErrInvalid, Err: err}
	}
	return c.dialOne(ctx, d)
}

// DialPhone calls a telephone number (calling.dial) and returns the call once it
// is answered; see Dial. Codecs and headers of d are not used.
func (c *Client) DialPhone(ctx context.Context, d model.Dial) (*Call, error) {
	if a, err := model.ParseAddress(d.To); err != nil || a.IsSIP() {
		return nil, &Error{Op: "dial", Kind: ErrInvalid, Err: errors.New("to: not a telephone number, type +15550100")}
	}
	d.Codecs, d.Headers = nil, nil
	return c.dialOne(ctx, d)
}

func (c *Client) dialOne(ctx context.Context, d model.Dial) (*Call, error) {
	dev := Device{From: d.From, To: d.To, Timeout: d.Timeout, Codecs: d.Codecs, Headers: d.Headers}
	return c.dial(ctx, DialRequest{Plan: Plan{{dev}}}, d.Tag)
}

// Dial makes a new call (calling.dial): the devices of the plan ring, one step
// after another, and the first that answers is returned. It always settles: on
// answered; on failed (ErrDialFailed, with a Cause); on the server's refusal;
// when the link stays lost beyond Config.Grace (ErrLinkLost); or, with
// ErrTimeout, when all ring timeouts and a margin of ten seconds have passed. In
// the last two cases the dial is given up: what rings, or answers late, is hung
// up.
//
// The end of ctx ends the waiting and nothing else: the error is
// ErrStillConnecting and its Tag is that of the legs in Calls.
func (c *Client) Dial(ctx context.Context, req DialRequest) (*Call, error) {
	return c.dial(ctx, req, "")
}

func (c *Client) dial(ctx context.Context, req DialRequest, tag model.Tag) (*Call, error) {
	if err := req.Plan.check(); err != nil {
		return nil, &Error{Op: "dial", Kind: ErrInvalid, Err: err}
	}
	if err := unsent(ctx, "dial", ""); err != nil {
		return nil, err
	}
	if tag == "" {
		tag = newTag()
	}
	d := &dialing{c: c, tag: tag}
	deadline := time.Now().Add(req.Plan.ringTime() + dialMargin)
	c.mu.Lock()
	r, err := newRequest(wire.MethodDial, wire.DialParams{
		Tag: string(tag), Devices: req.Plan.wire(), Region: req.Region, NodeID: string(req.Node),
		MaxPricePerMinute: req.MaxPricePerMinute.USD(),
	}, time.Now().Add(c.cfg.RequestTimeout), d.settled)
	if err != nil {
		c.mu.Unlock()
		return nil, &Error{Op: "dial", Kind: ErrInvalid, Err: err}
	}
	d.req = r
	c.dials[tag] = d
	bell := c.alarms.set(deadline, d.timedOut)
	w := c.watchFor(d.over, watchKey{keyTag, string(tag)})
	c.submit(r)
	c.mu.Unlock()

	ended := c.wait(ctx, w)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.dials, tag)
	c.alarms.stop(bell)
	if ended != nil {
		return nil, d.abandon(ended)
	}
	if d.err != nil {
		return nil, d.err
	}
	return d.call, nil
}

// dialing is a dial while somebody waits for it. The client's lock guards it.
type dialing struct {
	c    *Client
	tag  model.Tag
	req  *request
	call *Call
	legs []dialLeg // seen so far
	err  error
}

// dialLeg is one leg that a dial made: an ended one is forgotten before the
// dial's own end tells that it was the last.
type dialLeg struct {
	id  model.CallID
	to  model.Address
	end model.Cause
}

// dialLegMoved notes how a leg of a dial ended. The lock is held.
func (c *Client) dialLegMoved(id model.CallID) {
	call := c.book.Call(id)
	if call == nil || call.Tag == "" || c.dials[call.Tag] == nil {
		return
	}
	d, leg := c.dials[call.Tag], dialLeg{id, call.To, call.End}
	for i := range d.legs {
		if d.legs[i].id == id {
			d.legs[i] = leg
			return
		}
	}
	d.legs = append(d.legs, leg)
}

func (d *dialing) fail(kind error, cause model.Cause) *Error {
	return &Error{Op: "dial", Tag: d.tag, Kind: kind, Cause: cause}
}

// settled takes the server's word; only a refusal is an outcome.
func (d *dialing) settled(a answer) {
	if a.fault != nil && a.fault.Kind != model.FaultUnknown && a.fault.Kind != model.FaultTimeout {
		e := d.c.faultError("dial", "", a.fault)
		e.Tag = d.tag
		d.err = e
		d.c.check(watchKey{keyTag, string(d.tag)})
	}
}

// over reports whether the dial has an outcome.
func (d *dialing) over() bool {
	if d.call == nil && d.err == nil {
		if kind := d.c.stopped(); kind != nil {
			d.err = d.fail(kind, model.Cause{})
			if kind == ErrLinkLost {
				d.giveUp()
			}
		}
	}
	return d.call != nil || d.err != nil
}

func (d *dialing) timedOut() {
	d.c.mu.Lock()
	defer d.c.mu.Unlock()
	if d.call == nil && d.err == nil {
		d.err = d.fail(ErrTimeout, model.Cause{})
		d.giveUp()
		d.c.check(watchKey{keyTag, string(d.tag)})
	}
}

// giveUp hangs up the legs of the dial, now and whenever one shows up.
func (d *dialing) giveUp() {
	d.c.orphans.add(d.tag)
	for _, leg := range d.legs {
		d.c.orphaned(leg.id)
	}
}

// orphaned hangs a leg up that belongs to a dial which was given up. The lock
// is held.
func (c *Client) orphaned(id model.CallID) {
	call := c.book.Call(id)
	if call == nil || call.Tag == "" || !c.orphans.has(call.Tag) || call.State >= model.Ending || call.EndWanted {
		return
	}
	cmd := model.Hangup{Call: id, Reason: model.WordCancel}
	if _, _, err := c.order(cmd, func(a answer) {
		if a.fault != nil && (a.fault.Code == 404 || a.fault.Code == 410) {
			c.gone(id)
		}
	}); err != nil {
		c.log.Error("relay: a leg of a dial that was given up stays", "call", id, "error", err)
	}
}

func (d *dialing) abandon(why error) error {
	e := d.fail(ErrStillConnecting, model.Cause{})
	e.Err = why
	if d.req.on == nil {
		d.c.overdue(d.req)
		e.Kind = ErrExpired
	}
	return e
}

// dialMoved gives the outcome of a dial to whoever waits for it. The lock is
// held.
func (c *Client) dialMoved(ev model.DialChanged) {
	if d := c.dials[ev.Tag]; d != nil && d.call == nil && d.err == nil {
		switch {
		case ev.State == model.DialAnswered && ev.Call.ID != "":
			d.call = c.handle(ev.Call.ID)
		case ev.State == model.DialFailed:
			d.err = d.failed(ev)
		}
	}
	c.check(watchKey{keyTag, string(ev.Tag)})
}

// failed is the error of a dial of which no leg answered. Where one ended as the
// dial did, it says whose and what SIP said. The lock is held.
func (d *dialing) failed(ev model.DialChanged) *Error {
	e := d.fail(ErrDialFailed, dialCause(ev))
	for _, leg := range d.legs {
		if call := d.c.book.Call(leg.id); call != nil {
			leg.end = call.End
		}
		unreachable := leg.end.Word == model.WordUnreachable && e.Cause.Word == model.WordError
		if leg.end.Word != e.Cause.Word && !unreachable {
			continue
		}
		e.Call = leg.id
		if by := leg.end.By; leg.end.Text != "" && by != model.Caller {
			e.Cause.By = by
		}
		if unreachable {
			e.Cause.Word = model.WordUnreachable
		}
		e.Cause.Code, e.Cause.Phrase, e.Cause.Text = leg.end.Code, leg.end.Phrase, leg.end.Text
		e.told = e.Cause.Sentence(leg.to.Brief())
	}
	return e
}

// dialCause judges a failed dial by RELAY's word alone.
func dialCause(ev model.DialChanged) model.Cause {
	cause := model.Cause{By: model.Network, Word: ev.Reason, At: ev.At}
	switch ev.Reason {
	case "":
		cause.Word = model.WordError
	case model.WordBusy, model.WordDecline, model.WordNotFound:
		cause.By = model.Peer
	case model.WordNoAnswer:
		cause.By = model.Exchange
	case model.WordCancel:
		cause.By = model.Operator
	}
	return cause
}
