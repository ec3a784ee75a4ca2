//go:build thirdparty

package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"cordpair/relay/relaytest/program"
)

// obj is a JSON object as it stands on the wire. The exchange's own types are
// left alone here on purpose: they would read what they write.
type obj map[string]any

// at is the member at a path, nil if there is none.
func (o obj) at(path ...string) any {
	var v any = map[string]any(o)
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// str is the string at a path, "" if there is none.
func (o obj) str(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

// sub is the object at a path.
func (o obj) sub(path ...string) obj {
	m, _ := o.at(path...).(map[string]any)
	return m
}

// client is a RELAY client on a bare WebSocket. It keeps all frames, in order,
// and answers only what it is told to.
type client struct {
	t  *testing.T
	ws *websocket.Conn

	ack  bool                   // acknowledge events
	pong func(ping obj) (r any) // answers to pings; nil: none

	writing sync.Mutex
	done    chan struct{}

	mu     sync.Mutex
	frames []obj
	read   int // frames that event has passed over
	pings  int
	names  map[string]string // call ids to names, for labels
	asked  map[string]string // request ids to methods
	closed bool
	news   chan struct{}
}

// dialWire opens a socket without a handshake.
func dialWire(t *testing.T, url string, edit ...func(*client)) *client {
	t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	c := &client{
		t: t, ws: ws, done: make(chan struct{}), news: make(chan struct{}),
		names: map[string]string{}, asked: map[string]string{},
	}
	for _, e := range edit {
		e(c)
	}
	go c.reader() // ends with the socket; close waits for it
	t.Cleanup(c.close)
	return c
}

func (c *client) close() {
	c.ws.Close()
	<-c.done
}

func (c *client) reader() {
	defer close(c.done)
	for {
		kind, data, err := c.ws.ReadMessage()
		var f obj
		if err == nil && (kind != websocket.TextMessage || json.Unmarshal(data, &f) != nil) {
			f = obj{"garbage": string(data)}
		}
		c.mu.Lock()
		switch {
		case err != nil:
			c.closed = true
		case f.str("method") == "signalwire.ping":
			c.pings++
		default:
			c.frames = append(c.frames, f)
		}
		close(c.news)
		c.news = make(chan struct{})
		c.mu.Unlock()
		if err != nil {
			return
		}
		c.reply(f)
	}
}

// reply answers an event or a ping the way this client does.
func (c *client) reply(f obj) {
	switch {
	case f.str("method") == "signalwire.ping" && c.pong != nil:
		c.write(obj{"jsonrpc": "2.0", "id": f["id"], "result": c.pong(f)})
	case f.str("method") == "signalwire.event" && c.ack:
		c.write(obj{"jsonrpc": "2.0", "id": f["id"], "result": obj{}})
	}
}

// write sends a frame; a socket that is closed swallows it.
func (c *client) write(f any) {
	data, ok := f.(string)
	if !ok {
		b, err := json.Marshal(f)
		if err != nil {
			panic(err) // the tests' own values
		}
		data = string(b)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.WriteMessage(websocket.TextMessage, []byte(data))
}

// wait looks at the state until done says so.
func (c *client) wait(what string, done func() bool) {
	c.t.Helper()
	c.waitFor(program.Patience, what, done)
}

func (c *client) waitFor(d time.Duration, what string, done func() bool) {
	c.t.Helper()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		ok, news, closed := done(), c.news, c.closed
		c.mu.Unlock()
		switch {
		case ok:
			return
		case closed:
			c.t.Fatalf("socket closed while waiting for %s\n%s", what, c.log())
		}
		select {
		case <-news:
		case <-deadline.C:
			c.t.Fatalf("no %s\n%s", what, c.log())
		}
	}
}

func (c *client) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, f := range c.frames {
		text, _ := json.Marshal(f)
		fmt.Fprintf(&b, "\t%.400s\n", text)
	}
	return b.String()
}

// request sends a request and waits for its answer.
func (c *client) request(method string, params any) obj {
	c.t.Helper()
	id := uuid.NewString()
	c.mu.Lock()
	c.asked[id] = method
	c.mu.Unlock()
	c.write(obj{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	var answer obj
	c.wait("answer to "+method, func() bool {
		i := slices.IndexFunc(c.frames, func(f obj) bool { return f["id"] == id && f["method"] == nil })
		if i >= 0 {
			answer = c.frames[i]
		}
		return i >= 0
	})
	return answer
}

// code sends a call request and returns its result code, which must be a
// string.
func (c *client) code(method string, params any) string {
	c.t.Helper()
	answer := c.request(method, params)
	code, ok := answer.at("result", "code").(string)
	if !ok {
		c.t.Fatalf("%s: no string code in %v", method, answer)
	}
	return code
}

// must is code for what has to succeed.
func (c *client) must(method string, params any) {
	c.t.Helper()
	if answer := c.request(method, params); answer.str("result", "code") != "200" {
		c.t.Fatalf("%s: %v", method, answer)
	}
}

// event is the inner part of the next event that fits, passing over others.
func (c *client) event(kind string, fits func(obj) bool) obj {
	c.t.Helper()
	var got obj
	c.wait(kind, func() bool {
		for c.read < len(c.frames) {
			f := c.frames[c.read]
			c.read++
			if e := f.sub("params", "params"); f.str("params", "event_type") == kind && (fits == nil || fits(e)) {
				got = e
				return true
			}
		}
		return false
	})
	return got
}

// state waits for a state of a call; id "": of any.
func (c *client) state(id, state string) obj {
	c.t.Helper()
	return c.event("calling.call.state", func(e obj) bool {
		return e.str("call_state") == state && (id == "" || e.str("call_id") == id)
	})
}

func (c *client) connectEvent(state string) obj {
	c.t.Helper()
	return c.event("calling.call.connect", func(e obj) bool { return e.str("connect_state") == state })
}

// name gives a call a name for labels.
func (c *client) name(id, name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[id] = name
	return id
}

// labels are all frames so far, in a few words each.
func (c *client) labels() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, f := range c.frames {
		e := f.sub("params", "params")
		words := []string{strings.TrimPrefix(f.str("params", "event_type"), "calling.call.")}
		if id := e.str("call_id"); id != "" {
			words = append(words, c.names[id])
		}
		for _, key := range []string{"call_state", "connect_state", "dial_state", "state"} {
			if s := e.str(key); s != "" {
				words = append(words, s)
			}
		}
		if f["method"] == nil {
			words = []string{"result", c.asked[f.str("id")]}
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// ordered fails unless the labels came in that order, others between them.
func (c *client) ordered(want ...string) {
	c.t.Helper()
	got := c.labels()
	rest := got
	for _, w := range want {
		i := slices.Index(rest, w)
		if i < 0 {
			c.t.Fatalf("%q is missing, or not in this order:\n\twant %s\n\tgot  %s", w, strings.Join(want, "; "), strings.Join(got, "; "))
		}
		rest = rest[i+1:]
	}
}

// gone waits for the server to close the socket.
func (c *client) gone() {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(program.Patience):
		c.t.Fatalf("socket still open\n%s", c.log())
	}
}

// hello is the params of a signalwire.connect.
func hello(more obj) obj {
	p := obj{"version": obj{"major": 3, "minor": 0, "revision": 0}, "authentication": obj{"project": "P", "token": "T"}}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// session opens a socket and a session on it; the answer comes too.
func session(t *testing.T, x *exchange, more obj, edit ...func(*client)) (*client, obj) {
	t.Helper()
	c := dialWire(t, x.Relay, edit...)
	answer := c.request("signalwire.connect", hello(more))
	if answer["error"] != nil {
		t.Fatalf("connect: %v", answer)
	}
	return c, answer.sub("result")
}

// watch is a client that is told of all calls, by the exchange's own extension.
func watch(t *testing.T, x *exchange) *client {
	t.Helper()
	c, _ := session(t, x, obj{"params": obj{"cordpair": obj{"watch": true}}})
	return c
}
