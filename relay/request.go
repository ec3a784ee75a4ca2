package relay

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"cordpair/model"
	"cordpair/relay/wire"
)

// request is one JSON-RPC request of ours. It is settled exactly once: by its
// answer, by its deadline, or by the loss of the link.
type request struct {
	id       string
	seq      uint64 // order of submission
	frame    []byte
	deadline time.Time
	// wall is the deadline by the clock on the wall: the other one stands still
	// while the machine sleeps, and what was asked before must not fire after.
	wall   time.Time
	plain  bool         // its result has no code
	settle func(answer) // called under the client's lock; must not block
	alarm  *alarm
	on     *conn // it was sent there; nil while it waits for a link
	done   bool
}

// answer is the outcome of a request.
type answer struct {
	at    time.Time
	raw   jsontext.Value
	body  wire.Result
	fault *model.Fault
}

// newRequest builds a request; deadline is when it must have its answer.
func newRequest(method string, params any, deadline time.Time, settle func(answer)) (*request, error) {
	id := uuid.NewString()
	frame, err := wire.Request(wire.ID(id), method, params)
	if err != nil {
		return nil, err
	}
	return &request{id: id, frame: frame, deadline: deadline, wall: deadline.Round(0), settle: settle}, nil
}

// late reports whether the deadline has come, by either clock.
func (r *request) late(now time.Time) bool {
	return !now.Before(r.deadline) || !now.Round(0).Before(r.wall)
}

// submit sends a request, or lets it wait for the link until its deadline. It
// is registered before it is written.
func (c *Client) submit(r *request) {
	c.seq++
	r.seq = c.seq
	now := time.Now()
	switch {
	case c.over != nil:
		c.retire(r, &model.Fault{Kind: model.FaultExpired, Text: c.over.Error()})
		return
	case r.late(now):
		c.overdue(r)
		return
	}
	r.alarm = c.alarms.set(r.deadline, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.overdue(r)
	})
	if c.conn == nil || c.conn.draining {
		c.waiting[r] = struct{}{}
		return
	}
	c.sendOn(c.conn, r)
}

func (c *Client) sendOn(cn *conn, r *request) {
	r.on = cn
	c.inflight[r.id] = r
	cn.send(r.frame)
}

// flushWaiting sends what was given while there was no link and is still
// wanted.
func (c *Client) flushWaiting() {
	now := time.Now()
	for _, r := range bySeq(c.waiting) {
		switch {
		case r.done: // with one before it
		case r.late(now):
			c.overdue(r)
		default:
			delete(c.waiting, r)
			c.sendOn(c.conn, r)
		}
	}
}

// bySeq lists requests in the order of their submission.
func bySeq(set map[*request]struct{}) []*request {
	list := slices.Collect(maps.Keys(set))
	slices.SortFunc(list, func(a, b *request) int { return cmp.Compare(a.seq, b.seq) })
	return list
}

// finish settles a request, once.
func (c *Client) finish(r *request, a answer) {
	if r.done {
		return
	}
	r.done = true
	delete(c.inflight, r.id)
	c.alarms.stop(r.alarm)
	if a.at.IsZero() {
		a.at = time.Now()
	}
	r.settle(a)
}

func (c *Client) retire(r *request, f *model.Fault) {
	delete(c.waiting, r)
	c.finish(r, answer{fault: f})
}

// overdue settles a request whose deadline has come: one that was never sent
// expires, and is never sent later.
func (c *Client) overdue(r *request) {
	if r.on == nil {
		text := "the link was down until the deadline, nothing was sent"
		if c.conn != nil {
			text = "the deadline has passed, nothing was sent"
		}
		c.retire(r, &model.Fault{Kind: model.FaultExpired, Text: text})
		return
	}
	c.retire(r, &model.Fault{Kind: model.FaultTimeout, Text: "the server did not answer in time"})
}

// retireAll settles everything that was sent on a connection that is gone.
func (c *Client) retireAll(cn *conn) {
	lost := make(map[*request]struct{})
	for _, r := range c.inflight {
		if r.on == cn {
			lost[r] = struct{}{}
		}
	}
	for _, r := range bySeq(lost) {
		c.retire(r, &model.Fault{Kind: model.FaultUnknown, Text: "the link was lost before the answer, the outcome is unknown"})
	}
}

// replied settles the request that a reply is for; a reply to nothing is
// counted. The client's lock is held.
func (c *Client) replied(in *inbound, at time.Time) {
	r := c.inflight[string(in.ID)]
	if r == nil {
		c.stray++
		return
	}
	c.finish(r, judge(in, r.plain, at))
}

// judge says whether a reply is a success: a 2xx code, and nothing less, where
// a code belongs.
func judge(in *inbound, plain bool, at time.Time) answer {
	a := answer{at: at, raw: in.Result}
	switch {
	case in.Error != nil:
		a.fault = refusal(in.Error.Code, in.Error.Message)
	case len(in.Result) == 0:
		a.fault = refusal("", "the answer holds no result")
	case plain:
	default:
		if err := loosely(in.Result, &a.body, "/code"); err != nil {
			a.fault = refusal("", "the answer cannot be read")
		} else if !a.body.Code.OK() {
			a.fault = refusal(a.body.Code, a.body.Message)
		}
	}
	return a
}

func refusal(code wire.ResultCode, message string) *model.Fault {
	if message == "" {
		message = "no reason given"
	}
	return &model.Fault{Kind: model.FaultRefused, Code: code.Int(), Text: model.Clean(message)}
}
