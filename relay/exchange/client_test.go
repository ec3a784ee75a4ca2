package exchange

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// patience bounds every wait; nothing takes that long unless it is broken.
const patience = time.Minute

const (
	testProject = "proj"
	testToken   = "secret-token"
)

// client is a scripted RELAY client: it keeps all frames, in order.
type client struct {
	t  *testing.T
	ws *websocket.Conn

	writing sync.Mutex

	mu     sync.Mutex
	frames []wire.Frame
	read   int // frames that expect has passed over
	news   chan struct{}
	closed bool
	done   chan struct{}

	protocol string
	pings    []wire.ID
}

// dialRaw opens a socket without a handshake.
func dialRaw(t *testing.T, x *Exchange, path string) *client {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(x.RelayURL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, ws: ws, news: make(chan struct{}), done: make(chan struct{})}
	go c.reader() // ends with the socket; close waits for it
	t.Cleanup(c.close)
	return c
}

// connect opens a session.
func connect(t *testing.T, x *Exchange, edit ...func(*wire.ConnectParams)) *client {
	t.Helper()
	c := dialRaw(t, x, "/")
	c.hello(edit...)
	return c
}

func (c *client) hello(edit ...func(*wire.ConnectParams)) wire.ConnectResult {
	c.t.Helper()
	p := wire.ConnectParams{
		Version:        wire.Version{Major: 3},
		Authentication: wire.Authentication{Project: testProject, Token: testToken},
	}
	for _, e := range edit {
		e(&p)
	}
	f := c.request(wire.MethodConnect, p)
	if f.Error != nil {
		c.t.Fatalf("connect: %v", f.Error)
	}
	var r wire.ConnectResult
	if err := wire.Decode(f.Result, &r); err != nil {
		c.t.Fatal(err)
	}
	c.protocol = r.Protocol
	return r
}

func receiving(contexts ...string) func(*wire.ConnectParams) {
	return func(p *wire.ConnectParams) { p.Contexts = contexts }
}

func asking(ask wire.CordpairAsk) func(*wire.ConnectParams) {
	return func(p *wire.ConnectParams) { p.Params.Cordpair = &ask }
}

func resuming(protocol string) func(*wire.ConnectParams) {
	return func(p *wire.ConnectParams) { p.Protocol = protocol }
}

func (c *client) close() {
	c.ws.Close()
	<-c.done
}

func (c *client) reader() {
	defer close(c.done)
	for {
		_, data, err := c.ws.ReadMessage()
		c.mu.Lock()
		if err != nil {
			c.closed = true
		} else if f, err := wire.DecodeFrame(data); err == nil && f.Method == wire.MethodPing {
			c.pings = append(c.pings, f.ID)
		} else if err == nil {
			c.frames = append(c.frames, f)
		}
		close(c.news)
		c.news = make(chan struct{})
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// wait looks at the state until done says so.
func (c *client) wait(what string, done func() bool) {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		ok, news, closed := done(), c.news, c.closed
		c.mu.Unlock()
		if ok {
			return
		}
		if closed {
			c.t.Fatalf("socket closed while waiting for %s\n%s", what, c.log())
		}
		select {
		case <-news:
		case <-deadline.C:
			c.t.Fatalf("no %s\n%s", what, c.log())
		}
	}
}

func (c *client) send(b []byte) {
	c.t.Helper()
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		c.t.Fatal(err)
	}
}

// request sends a request and waits for its reply.
func (c *client) request(method string, params any) wire.Frame {
	c.t.Helper()
	id := wire.ID(uuid.NewString())
	b, err := wire.Request(id, method, params)
	if err != nil {
		c.t.Fatal(err)
	}
	c.send(b)
	var reply wire.Frame
	c.wait("reply to "+method, func() bool {
		for _, f := range c.frames {
			if f.ID == id && f.Method == "" {
				reply = f
				return true
			}
		}
		return false
	})
	return reply
}

// command sends a call request and returns its result.
func (c *client) command(method string, params any) wire.Result {
	c.t.Helper()
	f := c.request(method, params)
	if f.Error != nil {
		c.t.Fatalf("%s: %v", method, f.Error)
	}
	var r wire.Result
	if err := wire.Decode(f.Result, &r); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// must is command that has to succeed.
func (c *client) must(method string, params any) {
	c.t.Helper()
	if r := c.command(method, params); r.Code != wire.CodeOK {
		c.t.Fatalf("%s: %s %s", method, r.Code, r.Message)
	}
}

// event is one signalwire.event.
type event struct {
	kind    string
	context string
	call    wire.CallParams // receive, state
	connect wire.ConnectEvent
	dial    wire.DialEvent
	action  wire.ActionEvent
	leg     wire.LegEvent
	dir     wire.DirectoryEvent
}

func parseEvent(f wire.Frame) (event, bool) {
	if f.Method != wire.MethodEvent {
		return event{}, false
	}
	var p wire.EventParams
	if wire.Decode(f.Params, &p) != nil {
		return event{}, false
	}
	e := event{kind: p.EventType, context: p.Context}
	var v any
	switch p.EventType {
	case wire.EventCallReceive, wire.EventCallState:
		v = &e.call
	case wire.EventCallConnect:
		v = &e.connect
	case wire.EventCallDial:
		v = &e.dial
	case wire.EventCordpairLeg:
		v = &e.leg
	case wire.EventCordpairDirectory:
		v = &e.dir
	default:
		v = &e.action
	}
	return e, wire.Decode(p.Params, v) == nil
}

// label is an event in one word, with the call named by names.
func (e event) label(names map[string]string) string {
	name := func(id string) string {
		if n, ok := names[id]; ok {
			return n
		}
		return "?"
	}
	switch e.kind {
	case wire.EventCallReceive:
		return "receive " + name(e.call.CallID)
	case wire.EventCallState:
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", name(e.call.CallID), e.call.CallState, e.call.EndReason))
	case wire.EventCallConnect:
		return strings.TrimSpace(fmt.Sprintf("connect %s %s %s", name(e.connect.CallID), e.connect.ConnectState, e.connect.FailedReason))
	case wire.EventCallDial:
		return strings.TrimSpace(fmt.Sprintf("dial %s %s", e.dial.DialState, e.dial.Reason))
	case wire.EventCordpairLeg:
		return strings.TrimSpace(fmt.Sprintf("leg %s %s", name(e.leg.CallID), e.leg.EndedBy))
	case wire.EventCordpairDirectory:
		return "directory"
	}
	return strings.TrimPrefix(e.kind, "calling.call.") + " " + e.action.ControlID + " " + e.action.State
}

// expect waits for the next event that fits, passing over others.
func (c *client) expect(what string, fits func(event) bool) event {
	c.t.Helper()
	var got event
	c.wait(what, func() bool {
		for c.read < len(c.frames) {
			f := c.frames[c.read]
			c.read++
			if e, ok := parseEvent(f); ok && fits(e) {
				got = e
				return true
			}
		}
		return false
	})
	return got
}

func (c *client) receive() event {
	c.t.Helper()
	return c.expect("calling.call.receive", func(e event) bool { return e.kind == wire.EventCallReceive })
}

func (c *client) state(id string, s wire.CallState) event {
	c.t.Helper()
	return c.expect("state "+string(s), func(e event) bool {
		return e.kind == wire.EventCallState && e.call.CallState == s && (id == "" || e.call.CallID == id)
	})
}

func (c *client) connectState(id string, s wire.ConnectState) event {
	c.t.Helper()
	return c.expect("connect "+string(s), func(e event) bool {
		return e.kind == wire.EventCallConnect && e.connect.ConnectState == s && e.connect.CallID == id
	})
}

// labels are all events so far, legs left out; calls are named by names.
func (c *client) labels(names map[string]string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, f := range c.frames {
		if e, ok := parseEvent(f); ok && !strings.HasPrefix(e.kind, "cordpair.") {
			out = append(out, e.label(names))
		}
	}
	return out
}

// all are all events so far.
func (c *client) all() []event {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []event
	for _, f := range c.frames {
		if e, ok := parseEvent(f); ok {
			out = append(out, e)
		}
	}
	return out
}

func (c *client) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, f := range c.frames {
		text, _ := wire.Encode(f)
		fmt.Fprintf(&b, "%.400s\n", text)
	}
	return b.String()
}

// closedBy waits for the server to close the socket.
func (c *client) closedBy() {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		c.t.Fatalf("socket still open\n%s", c.log())
	}
}

// pinged waits for a ping and returns its id.
func (c *client) pinged() wire.ID {
	c.t.Helper()
	var id wire.ID
	c.wait("ping", func() bool {
		if len(c.pings) == 0 {
			return false
		}
		id, c.pings = c.pings[0], c.pings[1:]
		return true
	})
	return id
}

// eventIDs are the ids of all events so far.
func (c *client) eventIDs() []wire.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []wire.ID
	for _, f := range c.frames {
		if f.Method == wire.MethodEvent {
			ids = append(ids, f.ID)
		}
	}
	return ids
}
