package tape

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// ErrTape is wrapped by every error on a recording that cannot be read.
var ErrTape = errors.New("tape: not a recording")

// Read reads a whole recording. A last line that was begun and not ended, as by
// a program that was killed, is left out. Errors wrap ErrTape.
func Read(r io.Reader) ([]Line, error) {
	var lines []Line
	end := &lastByte{Reader: r}
	sc := bufio.NewScanner(end)
	sc.Buffer(nil, wire.MaxFrame+4096)
	for n := 1; sc.Scan(); n++ {
		if len(sc.Bytes()) == 0 {
			continue
		}
		var l Line
		if err := wire.Decode(sc.Bytes(), &l); err != nil {
			if len(lines) > 0 && !sc.Scan() && sc.Err() == nil && end.b != '\n' {
				break
			}
			return nil, fmt.Errorf("%w: line %d: %w", ErrTape, n, err)
		}
		if l.Dir != ToServer && l.Dir != ToClient || len(l.Frame) == 0 {
			return nil, fmt.Errorf("%w: line %d has no direction or no frame", ErrTape, n)
		}
		lines = append(lines, l)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTape, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrTape)
	}
	return lines, nil
}

// lastByte remembers the last byte that was read.
type lastByte struct {
	io.Reader
	b byte
}

func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.b = p[n-1]
	}
	return n, err
}

// Player plays a recording to each client that dials it. Its methods may be
// called from any goroutine. Close it when done.
type Player struct {
	lines []Line
	speed float64
	stop  context.CancelFunc
	ctx   context.Context // of the player's life, not of a request
	wg    sync.WaitGroup
	ended chan struct{}
	once  sync.Once
}

// NewPlayer plays lines, which must not be changed any more, at a speed: 1 as
// recorded, 4 four times as fast, 0 or less without any waiting.
func NewPlayer(lines []Line, speed float64) *Player {
	ctx, stop := context.WithCancel(context.Background())
	return &Player{lines: lines, speed: speed, stop: stop, ctx: ctx, ended: make(chan struct{})}
}

// Ended is closed when a recording was played to its end for the first time.
// The link stays up, so that what is there can be looked at.
func (p *Player) Ended() <-chan struct{} { return p.ended }

// Close ends all links and waits for their goroutines.
func (p *Player) Close() {
	p.stop()
	p.wg.Wait()
}

// URL is the address to give to a client whose Dial is a Player's: loopback, so
// that no proxy comes between.
const URL = "ws://127.0.0.1/recording"

// Dial connects to the recording; it fits relay.Config.Dial. The address does
// not matter, see URL.
func (p *Player) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	near, far := net.Pipe()
	l := &oneConn{conn: far, done: make(chan struct{})}
	srv := &http.Server{
		Handler:           http.HandlerFunc(p.serve),
		ReadHeaderTimeout: 10 * time.Second,
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				l.Close()
			}
		},
	}
	p.wg.Add(1)
	go func() { // ends when the connection is taken over or closed; Close waits
		defer p.wg.Done()
		cut := context.AfterFunc(p.ctx, func() { far.Close(); l.Close() })
		defer cut()
		_ = srv.Serve(l)
	}()
	return near, nil
}

// oneConn is a listener with a single connection.
type oneConn struct {
	mu   sync.Mutex
	conn net.Conn
	once sync.Once
	done chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	l.mu.Lock()
	c := l.conn
	l.conn = nil
	l.mu.Unlock()
	if c != nil {
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Name: "tape"} }

func (p *Player) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	newShow(p, ws).run()
}
