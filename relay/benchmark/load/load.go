package load

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// Server serves any number of clients on one address. Close it.
type Server struct {
	URL string // ws://host:port

	offers, blast [][]byte
	http          *http.Server
	mu            sync.Mutex
	open          map[*websocket.Conn]struct{}
	closed        bool
	wg            sync.WaitGroup
}

// Listen starts a server at host:port (port 0 takes a free one). A client that
// takes calls from a context is offered so many calls of it; a client that
// answers one is sent so many state events of all of them, by turns.
func Listen(addr string, calls, events int) (*Server, error) {
	offers, states, err := frames(calls)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "ws://" + l.Addr().String(), offers: offers, blast: make([][]byte, events), open: map[*websocket.Conn]struct{}{}}
	for i := range s.blast {
		s.blast[i] = states[i%len(states)]
	}
	s.http = &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(s.serve)}
	s.wg.Go(func() { _ = s.http.Serve(l) }) // ends when Close closes the listener; Close waits
	return s, nil
}

// Close ends all sessions and waits for them. It is idempotent.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for ws := range s.open {
		_ = ws.Close()
	}
	s.mu.Unlock()
	err := s.http.Close()
	s.wg.Wait()
	return err
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, ReadBufferSize: 64 << 10}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.open[ws] = struct{}{}
		s.wg.Add(1)
	}
	s.mu.Unlock()
	if closed {
		return
	}
	defer s.wg.Done()
	s.talk(ws)
	s.mu.Lock()
	delete(s.open, ws)
	s.mu.Unlock()
}

// talk serves one client until its socket ends. What the client sends while
// events go out waits in the socket, as acknowledgements need no reply.
func (s *Server) talk(ws *websocket.Conn) {
	out := make(chan [][]byte, 4)
	done := make(chan struct{})
	defer func() { close(out); <-done }()
	go func() { // writes until out is closed above, which waits
		defer close(done)
		for list := range out {
			for _, f := range list {
				_ = ws.WriteMessage(websocket.TextMessage, f) // the reader sees a closed socket
			}
		}
	}()
	offered := false
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		f, err := wire.DecodeFrame(data)
		if err != nil || f.Kind() != wire.KindRequest {
			continue
		}
		frame, err := answer(f)
		if err != nil {
			continue
		}
		out <- [][]byte{frame}
		listening := f.Method == wire.MethodReceive || f.Method == wire.MethodConnect && strings.Contains(string(f.Params), `"contexts"`)
		switch {
		case listening && !offered:
			offered = true
			out <- s.offers
		case f.Method == wire.MethodAnswer:
			out <- s.blast
		}
	}
}

func answer(f wire.Frame) ([]byte, error) {
	switch f.Method {
	case wire.MethodConnect:
		return wire.Reply(f.ID, wire.ConnectResult{Identity: "benchmark", Protocol: "signalwire_signature_client",
			Authorization: wire.Authorization{Type: "service", ProjectID: "P", Signature: "signature"}})
	case wire.MethodPing:
		return wire.Reply(f.ID, struct{}{})
	}
	return wire.Reply(f.ID, wire.Result{Code: wire.CodeOK, Message: "OK"})
}
