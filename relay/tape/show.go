package tape

import (
	"context"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// show plays the recording over one connection.
type show struct {
	p       *Player
	ws      *websocket.Conn
	welcome jsontext.Value

	mu      sync.Mutex
	told    map[string][]jsontext.Value // results played before they were asked for, by method
	asking  map[string][]wire.ID        // requests that wait for their recorded result
	asked   chan struct{}               // capacity 1: a request came to wait
	writing sync.Mutex
}

// askPatience is how long a recorded result waits for the client to ask for it.
// What follows it in the recording must not overtake it; but a client that lost
// its link then asked more often than this one will.
const askPatience = time.Second

// rereads are the requests that a client makes by itself after it was let in.
var rereads = map[string]bool{wire.MethodCordpairCalls: true, wire.MethodCordpairDirectory: true}

func newShow(p *Player, ws *websocket.Conn) *show {
	return &show{p: p, ws: ws, told: make(map[string][]jsontext.Value), asking: make(map[string][]wire.ID), asked: make(chan struct{}, 1)}
}

// run answers requests until the socket closes; the recording starts when the
// client is let in.
func (s *show) run() {
	methods, welcome := s.p.index()
	s.welcome = welcome
	ctx, cancel := context.WithCancel(s.p.ctx)
	defer cancel()
	cut := context.AfterFunc(ctx, func() { s.ws.Close() })
	defer cut()
	var playing sync.WaitGroup
	defer playing.Wait()
	defer cancel()
	started := false
	for {
		_, data, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		f, err := wire.DecodeFrame(data)
		if err != nil || f.Kind() != wire.KindRequest {
			continue
		}
		s.answer(f)
		if f.Method == wire.MethodConnect && !started {
			started = true
			playing.Add(1)
			go func() { // ends with the recording or with the connection; waited for above
				defer playing.Done()
				s.play(ctx, methods)
			}()
		}
	}
}

// index finds which method each recorded answer is for, and the welcome.
func (p *Player) index() (methods map[wire.ID]string, welcome jsontext.Value) {
	methods = make(map[wire.ID]string)
	for _, l := range p.lines {
		f, err := wire.DecodeFrame(l.Frame)
		if err != nil {
			continue
		}
		switch {
		case l.Dir == ToServer && f.Kind() == wire.KindRequest:
			methods[f.ID] = f.Method
		case l.Dir == ToClient && f.Kind() == wire.KindResult && methods[f.ID] == wire.MethodConnect && welcome == nil:
			welcome = f.Result
		}
	}
	if welcome == nil {
		welcome = wire.MustEncode(wire.ConnectResult{Identity: "recording", Protocol: "signalwire_recording_1",
			Authorization: wire.Authorization{Signature: "recording"}})
	}
	return methods, welcome
}

// answer answers one request of the live client.
func (s *show) answer(f wire.Frame) {
	switch {
	case f.Method == wire.MethodConnect:
		s.result(f.ID, s.welcome)
	case f.Method == wire.MethodPing:
		s.result(f.ID, jsontext.Value("{}"))
	case rereads[f.Method]:
		s.mu.Lock()
		told := s.told[f.Method]
		if len(told) == 0 {
			s.asking[f.Method] = append(s.asking[f.Method], f.ID)
			s.mu.Unlock()
			select {
			case s.asked <- struct{}{}:
			default:
			}
			return
		}
		s.told[f.Method] = told[1:]
		s.mu.Unlock()
		s.result(f.ID, told[0])
	default:
		s.result(f.ID, wire.MustEncode(wire.Result{Code: wire.CodeBusy, Message: "this is a recording, nothing can be changed"}))
	}
}

// play sends what the recorded server sent.
func (s *show) play(ctx context.Context, methods map[wire.ID]string) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	began, first := time.Now(), int64(0)
	if len(s.p.lines) > 0 {
		first = s.p.lines[0].At
	}
	for _, l := range s.p.lines {
		if l.Dir != ToClient {
			continue
		}
		if s.p.speed > 0 {
			due := began.Add(time.Duration(float64(l.At-first) / s.p.speed * float64(time.Millisecond)))
			timer.Reset(time.Until(due))
			select {
			case <-timer.C:
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		s.line(ctx, l, methods)
	}
	s.rest()
	s.p.once.Do(func() { close(s.p.ended) })
}

// line plays one frame of the recorded server.
func (s *show) line(ctx context.Context, l Line, methods map[wire.ID]string) {
	f, err := wire.DecodeFrame(l.Frame)
	if err != nil {
		return
	}
	switch {
	case f.Method == wire.MethodDisconnect || f.Method == wire.MethodPing: // of a link that is not this one
	case f.Kind() == wire.KindRequest:
		s.send(l.Frame)
	case f.Kind() == wire.KindResult && rereads[methods[f.ID]]:
		s.reread(ctx, methods[f.ID], f.Result)
	}
}

// reread gives a recorded result to the request that waits for it or soon
// comes, or keeps it for a later one.
func (s *show) reread(ctx context.Context, method string, result jsontext.Value) {
	patience := time.NewTimer(askPatience)
	defer patience.Stop()
	s.mu.Lock()
	ids := s.asking[method]
	for waiting := true; waiting && len(ids) == 0; ids = s.asking[method] {
		s.mu.Unlock()
		select {
		case <-s.asked:
		case <-patience.C:
			waiting = false
		case <-ctx.Done():
			waiting = false
		}
		s.mu.Lock()
	}
	if len(ids) == 0 {
		s.told[method] = append(s.told[method], result)
		s.mu.Unlock()
		return
	}
	s.asking[method] = ids[1:]
	s.mu.Unlock()
	s.result(ids[0], result)
}

// rest refuses the requests for which the recording holds no result.
func (s *show) rest() {
	s.mu.Lock()
	asking := s.asking
	s.asking = make(map[string][]wire.ID)
	s.mu.Unlock()
	for _, ids := range asking {
		for _, id := range ids {
			s.result(id, wire.MustEncode(wire.Result{Code: wire.CodeNotFound, Message: "not in the recording"}))
		}
	}
}

func (s *show) result(id wire.ID, result jsontext.Value) {
	frame, err := wire.Reply(id, result)
	if err == nil {
		s.send(frame)
	}
}

func (s *show) send(frame []byte) {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.ws.WriteMessage(websocket.TextMessage, frame) // the reader notices a closed socket
}
