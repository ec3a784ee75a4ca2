package relay

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/model"
	"cordpair/relay/wire"
)

// read serves one connection until its socket closes.
func (c *Client) read(cn *conn) {
	var in inbound
	cn.readLoop(c.cfg.MaxFrame, func(data []byte, at time.Time) {
		// One bad frame costs itself, not the link.
		_ = c.guard("a frame", func() { c.frame(cn, &in, data, at) })
	}, func() {
		c.unreadable(fmt.Sprintf("a frame above %d bytes was dropped", c.cfg.MaxFrame))
	})
}

// frame handles one frame. in is reused; only the body of events may share its
// memory with the next.
func (c *Client) frame(cn *conn, in *inbound, data []byte, at time.Time) {
	*in = inbound{Params: inboundParams{Params: in.Params.Params[:0]}}
	if err := loosely(data, in, "/id", "/method", "/params/event_type"); err != nil {
		c.unreadable("a frame could not be read: " + err.Error())
		return
	}
	switch in.Method {
	case "":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.replied(in, at)
	case wire.MethodEvent:
		if in.ID != "" {
			cn.ack(in.ID)
		}
		c.event(in.Params, at)
	case wire.MethodPing:
		c.pinged(cn, in, at)
	case wire.MethodDisconnect:
		c.asked(cn, in)
	default:
		if in.ID != "" {
			reply(cn, in.ID, nil, &wire.RPCError{Code: wire.RPCMethod, Message: "no such method"})
		}
	}
}

// reply answers a request of the server.
func reply(cn *conn, id wire.ID, result jsontext.Value, rpc *wire.RPCError) {
	frame, err := wire.Encode(wire.Frame{JSONRPC: "2.0", ID: id, Result: result, Error: rpc})
	if err == nil {
		cn.send(frame)
	}
}

// event decodes one event and folds it.
func (c *Client) event(p inboundParams, at time.Time) {
	n, err := c.dec.event(p, at)
	if err != nil {
		c.unreadable(fmt.Sprintf("an event %.40q could not be read: %v", p.EventType, err))
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case n.auth != "":
		c.session.AuthorizationState = n.auth
		c.sessionChanged()
	case n.event == nil:
		c.unknown++
	default:
		if n.action != nil {
			c.actionMoved(n.action)
		}
		c.emit(n.event)
	}
}

// unreadable counts garbage and tells of the first ones, then ever more
// rarely: a flood must not fill the screen.
func (c *Client) unreadable(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.garbage++
	if n := c.garbage; n&(n-1) == 0 {
		c.emit(model.Notice{At: time.Now(), Text: model.Clean(text)})
	}
}

func (c *Client) notice(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.emit(model.Notice{At: time.Now(), Text: text})
}

// asked handles signalwire.disconnect: the server is about to close.
func (c *Client) asked(cn *conn, in *inbound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in.Params.Restart {
		c.session = Session{}
		c.sessionChanged()
	}
	cn.draining = true
	if in.ID != "" {
		reply(cn, in.ID, jsontext.Value("{}"), nil)
	}
	// A server that does not close after all must not leave us idle.
	c.alarms.set(time.Now().Add(c.cfg.RequestTimeout/2), func() {
		cn.close(fmt.Errorf("the server asked us to reconnect"))
	})
}

// minSilence is the shortest watch on a server's pings, and at least the time
// in which our own bring an answer: two that a slow network delivered together
// say nothing of how often they come.
const minSilence = 300 * time.Millisecond

// pinged answers a ping at once and learns how often they come.
func (c *Client) pinged(cn *conn, in *inbound, at time.Time) {
	params, err := wire.Encode(wire.PingParams{Timestamp: in.Params.Timestamp})
	if err == nil {
		reply(cn, in.ID, params, nil)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !cn.lastPing.IsZero() {
		cn.pingEvery = max(cn.pingEvery, at.Sub(cn.lastPing))
	}
	cn.lastPing = at
	if cn.pingEvery > 0 {
		c.watchPings(cn, at)
	}
}

// watchPings closes a link on which pings came and then, for three times
// their interval, nothing at all: half of it is gone. The lock is held.
func (c *Client) watchPings(cn *conn, from time.Time) {
	silence := max(3*cn.pingEvery, minSilence, c.cfg.ProbeEvery)
	c.alarms.stop(cn.pingWatch)
	cn.pingWatch = c.alarms.set(from.Add(silence), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if cn.closed.Load() {
			return
		}
		if heard := cn.lastHeard(); heard.After(from) {
			c.watchPings(cn, heard)
			return
		}
		cn.close(errSilent)
	})
}

// startHeart measures the round trip every ProbeEvery. The lock is held.
func (c *Client) startHeart(cn *conn) {
	if c.cfg.ProbeEvery <= 0 {
		return
	}
	c.probe(cn)
}

// probe pings the server. A server that answers nothing, and sends nothing
// else either, is gone.
func (c *Client) probe(cn *conn) {
	sent := time.Now()
	r, err := newRequest(wire.MethodPing, wire.PingParams{}, sent.Add(c.cfg.ProbeEvery), func(a answer) {
		c.probed(cn, sent, a)
	})
	if err == nil {
		r.plain = true
		r.alarm = c.alarms.set(r.deadline, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.overdue(r)
		})
		c.sendOn(cn, r)
	}
	cn.probeAlarm = c.alarms.set(sent.Add(c.cfg.ProbeEvery), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.conn == cn && !cn.draining {
			c.probe(cn)
		}
	})
}

func (c *Client) probed(cn *conn, sent time.Time, a answer) {
	switch {
	case c.conn != cn:
	case a.fault != nil && a.fault.Kind == model.FaultTimeout:
		if !cn.lastHeard().After(sent) {
			cn.close(errSilent)
		}
	case a.fault == nil || a.fault.Kind == model.FaultRefused: // any answer tells the time
		link := c.link
		link.RTT = max(a.at.Sub(sent), 1)
		c.setLink(link)
	}
}

// Session is what a server needs to give a client its calls back. It holds no
// credentials, but whoever has both takes the calls over.
type Session struct {
	Protocol           string `json:"protocol"`
	AuthorizationState string `json:"authorization_state"`
}

// Session returns the state to save for Config.Resume. It changes with each
// connection and sometimes in between.
func (c *Client) Session() Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}
