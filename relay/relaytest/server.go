package relaytest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// Verdict is what a Server does with a frame that came in.
type Verdict uint8

// The verdicts.
const (
	Handle Verdict = iota // as usual
	Ignore                // no answer at all
	Drop                  // cut the connection instead of answering
)

// Frame is one entry of the journal.
type Frame struct {
	Conn int  // counts connections from 1
	Out  bool // from the server to the client
	Data []byte
	wire.Frame
}

// Server is a RELAY server under a test's control. Set the fields before the
// first connection.
type Server struct {
	URL     string // ws://127.0.0.1:port
	Project string // credentials wanted; empty: any
	Token   string
	Offer   *wire.CordpairOffer // for clients that ask; nil: a server that does not know them

	// Inspect, when set, sees each request before it is handled.
	Inspect func(c *Conn, f wire.Frame) Verdict
	// Connected, when set, runs after a session was let in.
	Connected func(c *Conn)

	http *http.Server
	wg   sync.WaitGroup

	mu       sync.Mutex
	handlers map[string]Handler
	conns    []*Conn
	journal  []Frame
	grown    chan struct{} // closed and replaced when the journal grows
	sessions map[string]bool
	ids      int
	closed   bool
}

// Handler answers one request.
type Handler func(c *Conn, f wire.Frame)

// New starts a Server that is closed at the end of the test.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := Start()
	tb.Cleanup(s.Close)
	return s
}

// Start starts a Server; the caller closes it. It panics when there is no port
// to be had.
func Start() *Server {
	s := &Server{
		handlers: make(map[string]Handler), sessions: make(map[string]bool), grown: make(chan struct{}),
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("relaytest: " + err.Error())
	}
	s.URL = "ws://" + l.Addr().String()
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute}
	s.wg.Add(1)
	go func() { // ends with Close, which waits
		defer s.wg.Done()
		_ = s.http.Serve(l)
	}()
	return s
}

// Close cuts all connections and waits for their end.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	conns := s.conns
	s.mu.Unlock()
	_ = s.http.Close()
	for _, c := range conns {
		c.Drop()
	}
	s.wg.Wait()
}

// Handle answers a method with h instead of the usual answer.
func (s *Server) Handle(method string, h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[method] = h
}

// Journal returns every frame so far.
func (s *Server) Journal() []Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Frame(nil), s.journal...)
}

// Wait waits for the first frame of the journal that fits.
func (s *Server) Wait(ctx context.Context, fits func(Frame) bool) (Frame, error) {
	seen := 0
	for {
		s.mu.Lock()
		journal, grown := s.journal, s.grown
		s.mu.Unlock()
		for ; seen < len(journal); seen++ {
			if fits(journal[seen]) {
				return journal[seen], nil
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return Frame{}, fmt.Errorf("relaytest: no such frame among %d: %w", seen, ctx.Err())
		}
	}
}

// Request fits the n-th request (from 1) of a method from the client.
func Request(method string, n int) func(Frame) bool {
	return func(f Frame) bool {
		if !f.Out && f.Method == method {
			n--
		}
		return !f.Out && f.Method == method && n == 0
	}
}

// Last is the newest connection, or nil.
func (s *Server) Last() *Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) == 0 {
		return nil
	}
	return s.conns[len(s.conns)-1]
}

func (s *Server) note(f Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = append(s.journal, f)
	close(s.grown)
	s.grown = make(chan struct{})
}

func (s *Server) nextID() wire.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return wire.ID(fmt.Sprintf("server-%d", s.ids))
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, ReadBufferSize: 64 << 10}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &Conn{s: s, ws: ws}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		ws.Close()
		return
	}
	s.conns = append(s.conns, c)
	c.Number = len(s.conns)
	s.wg.Add(1)
	s.mu.Unlock()
	defer s.wg.Done()
	defer ws.Close()
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		f, err := wire.DecodeFrame(data)
		s.note(Frame{Conn: c.Number, Data: data, Frame: f})
		if err != nil || f.Kind() != wire.KindRequest || c.muted() {
			continue
		}
		verdict := Handle
		if s.Inspect != nil {
			verdict = s.Inspect(c, f)
		}
		switch verdict {
		case Drop:
			c.Drop()
			return
		case Handle:
			s.answer(c, f)
		}
	}
}

func (s *Server) answer(c *Conn, f wire.Frame) {
	s.mu.Lock()
	h := s.handlers[f.Method]
	s.mu.Unlock()
	switch {
	case h != nil:
		h(c, f)
	case f.Method == wire.MethodConnect:
		c.Admit(f)
	case f.Method == wire.MethodPing:
		c.Reply(f.ID, struct{}{})
	case f.Method == wire.MethodCordpairCalls && s.Offer != nil:
		c.Reply(f.ID, wire.CallsResult{Code: wire.CodeOK, Calls: []wire.CallSnapshot{}})
	case f.Method == wire.MethodCordpairDirectory && s.Offer != nil:
		c.Reply(f.ID, wire.DirectoryEvent{Code: wire.CodeOK, Entries: []wire.DirectoryEntry{}})
	case strings.HasPrefix(f.Method, "calling."), f.Method == wire.MethodReceive, f.Method == wire.MethodUnreceive:
		c.OK(f.ID, "OK")
	default:
		c.ReplyError(f.ID, wire.RPCMethod, "no such method")
	}
}
