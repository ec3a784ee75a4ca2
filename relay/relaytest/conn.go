package relaytest

import (
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// Conn is one connection of a client. Its methods may be called from any
// goroutine; what is sent after the end is lost.
type Conn struct {
	Number int // from 1
	s      *Server
	ws     *websocket.Conn

	mu     sync.Mutex
	silent bool
}

// Raw sends a text frame as it is.
func (c *Conn) Raw(data []byte) {
	f, _ := wire.DecodeFrame(data)
	c.s.note(Frame{Conn: c.Number, Out: true, Data: data, Frame: f})
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.silent {
		_ = c.ws.WriteMessage(websocket.TextMessage, data)
	}
}

// Reply answers a request with a result.
func (c *Conn) Reply(id wire.ID, result any) { c.must(wire.Reply(id, result)) }

// OK answers a calling request with code 200.
func (c *Conn) OK(id wire.ID, message string) {
	c.Reply(id, wire.Result{Code: wire.CodeOK, Message: message})
}

// Refuse answers a calling request with another code.
func (c *Conn) Refuse(id wire.ID, code wire.ResultCode, message string) {
	c.Reply(id, wire.Result{Code: code, Message: message})
}

// ReplyError answers a request with a JSON-RPC error.
func (c *Conn) ReplyError(id wire.ID, code int, message string) {
	c.must(wire.ReplyError(id, code, message))
}

// Request sends a request of the server's and returns its id.
func (c *Conn) Request(method string, params any) wire.ID {
	id := c.s.nextID()
	c.must(wire.Request(id, method, params))
	return id
}

// Event sends an event, stamped with the time, and returns its id.
func (c *Conn) Event(kind string, params any) wire.ID {
	id := c.s.nextID()
	stamp := float64(time.Now().UnixMilli()) / 1000
	c.must(wire.EventFrame(id, wire.EventParams{EventType: kind, Timestamp: stamp}, params))
	return id
}

// Ping sends signalwire.ping.
func (c *Conn) Ping() wire.ID {
	return c.Request(wire.MethodPing, map[string]float64{"timestamp": float64(time.Now().UnixMilli()) / 1000})
}

func (c *Conn) must(frame []byte, err error) {
	if err != nil {
		panic("relaytest: " + err.Error())
	}
	c.Raw(frame)
}

// Drop cuts the connection without a word.
func (c *Conn) Drop() { _ = c.ws.NetConn().Close() }

// Mute makes the connection half-open: frames are taken, nothing is sent.
func (c *Conn) Mute() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = true
}

func (c *Conn) muted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.silent
}

// Admit answers signalwire.connect: it checks the credentials, resumes the
// session that the client names if this server knows it, and begins one
// otherwise.
func (c *Conn) Admit(f wire.Frame) {
	var p wire.ConnectParams
	if err := wire.Decode(f.Params, &p); err != nil {
		c.ReplyError(f.ID, wire.RPCParams, err.Error())
		return
	}
	s := c.s
	if s.Project != "" && p.Authentication.Project != s.Project || s.Token != "" && p.Authentication.Token != s.Token {
		c.ReplyError(f.ID, wire.RPCAuth, "Authentication service failed with status ProtocolError, 401 Unauthorized: {}")
		return
	}
	res := wire.ConnectResult{
		Identity:      "identity@test",
		Authorization: wire.Authorization{Type: "service", ProjectID: p.Authentication.Project, Signature: "signature"},
	}
	s.mu.Lock()
	if res.Protocol = p.Protocol; !s.sessions[p.Protocol] {
		res.Protocol = fmt.Sprintf("signalwire_signature_client%d", len(s.sessions)+1)
		s.sessions[res.Protocol] = true
	}
	s.mu.Unlock()
	if p.Params.Cordpair != nil {
		res.Cordpair = s.Offer
	}
	c.Reply(f.ID, res)
	if s.Connected != nil {
		s.Connected(c)
	}
}

// ForgetSessions makes every later connection a fresh one.
func (s *Server) ForgetSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for protocol := range s.sessions {
		s.sessions[protocol] = false
	}
}

// Blast sends n frames, taken in turn, as fast as the socket takes them and
// without a word in the journal.
func (c *Conn) Blast(frames [][]byte, n int) {
	for i := range n {
		c.mu.Lock()
		err := c.ws.WriteMessage(websocket.TextMessage, frames[i%len(frames)])
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}
