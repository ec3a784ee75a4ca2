package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

const (
	writeDeadline = 10 * time.Second
	readBuffer    = 64 << 10
	ackBatch      = 32 // acknowledgements held back at most
)

// mostSkipped is how many bytes of one frame are skipped before it is taken to
// be endless; 64 times the limit of a frame where that is more.
const mostSkipped = 16 << 20

var (
	errTooLarge = errors.New("frame too large")
	errEndless  = errors.New("the server sent a frame without an end")
)

// conn is one WebSocket. One goroutine reads it, one writes it; send may be
// called by anyone.
type conn struct {
	ws   *websocket.Conn
	cork *corkConn
	tap  func(out bool, data []byte)
	done chan struct{} // closed when the reader has ended

	// heard is when the last bytes came, in nanoseconds since opened: bytes, for
	// a large frame takes its time on a slow line; and by the monotonic clock,
	// for somebody may set the other one.
	opened time.Time
	heard  atomic.Int64

	mu     sync.Mutex
	queue  [][]byte
	why    error // of the close, the first one told
	kick   chan struct{}
	closed atomic.Bool

	acks [][]byte // the reader's
	buf  []byte   // the reader's

	// The session's, under its lock.
	draining   bool // the server is about to close
	lastPing   time.Time
	pingEvery  time.Duration
	pingWatch  *alarm
	probeAlarm *alarm
}

// dialConn opens the socket; the caller starts readLoop and writeLoop.
func dialConn(ctx context.Context, cfg *Config) (*conn, error) {
	c := &conn{tap: cfg.Tap, done: make(chan struct{}), kick: make(chan struct{}, 1), opened: time.Now()}
	ctx, cancel := context.WithTimeout(ctx, cfg.HandshakeTimeout)
	defer cancel()
	inTime := func() bool { return true }
	d := websocket.Dialer{
		NetDialContext: func(dialing context.Context, network, addr string) (net.Conn, error) {
			nc, err := cfg.Dial(dialing, network, addr)
			if err != nil {
				return nil, err
			}
			// The dialer asks the context no more once the socket is open, and a
			// server may be silent: Close must not wait for it.
			inTime = context.AfterFunc(ctx, func() { _ = nc.Close() })
			return c.wrap(nc), nil
		},
		Proxy:            http.ProxyFromEnvironment,
		TLSClientConfig:  cfg.TLS,
		HandshakeTimeout: cfg.HandshakeTimeout,
		ReadBufferSize:   readBuffer,
	}
	ws, resp, err := d.DialContext(ctx, cfg.URL, nil)
	if !inTime() {
		err = ctx.Err()
	}
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("%s is no RELAY server: HTTP %d", cfg.URL, resp.StatusCode)
		}
		return nil, err
	}
	c.ws = ws
	return c, nil
}

// wrap takes the network connection below the WebSocket.
func (c *conn) wrap(nc net.Conn) *corkConn {
	c.cork = &corkConn{Conn: nc, heard: func() { c.heard.Store(int64(time.Since(c.opened))) }}
	return c.cork
}

// lastHeard is when the last bytes came.
func (c *conn) lastHeard() time.Time { return c.opened.Add(time.Duration(c.heard.Load())) }

// readLoop reads until the socket closes and hands each text frame to handle,
// whose argument is valid only during the call. A frame above most bytes is
// skipped and told to oversized.
func (c *conn) readLoop(most int, handle func(data []byte, at time.Time), oversized func()) {
	c.cork.dry = c.flushAcks
	for {
		kind, r, err := c.ws.NextReader()
		if err == nil {
			err = c.readFrame(r, most)
		}
		switch {
		case errors.Is(err, errTooLarge):
			oversized()
			continue
		case err != nil:
			c.close(err)
			return
		}
		if kind != websocket.TextMessage {
			continue
		}
		now := time.Now()
		if c.tap != nil {
			c.tap(false, c.buf)
		}
		handle(c.buf, now)
	}
}

// readFrame fills buf with one frame, or skips it and returns errTooLarge.
func (c *conn) readFrame(r io.Reader, most int) error {
	c.buf = c.buf[:0]
	for {
		if len(c.buf) == cap(c.buf) {
			c.buf = append(c.buf, 0)[:len(c.buf)]
		}
		n, err := r.Read(c.buf[len(c.buf):cap(c.buf)])
		c.buf = c.buf[:len(c.buf)+n]
		switch {
		case len(c.buf) > most:
			c.buf = nil
			limit := max(mostSkipped, 64*int64(most))
			if n, err := io.Copy(io.Discard, io.LimitReader(r, limit)); err != nil {
				return err
			} else if n == limit {
				return errEndless
			}
			return errTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// ack notes the acknowledgement of an event; it is sent with others. Called by
// the reader only.
func (c *conn) ack(id wire.ID) {
	frame := append(make([]byte, 0, 80), `{"jsonrpc":"2.0","id":`...)
	frame, err := jsontext.AppendQuote(frame, string(id))
	if err != nil {
		return // ids are valid UTF-8 once decoded
	}
	c.acks = append(c.acks, append(frame, `,"result":{}}`...))
	if len(c.acks) >= ackBatch {
		c.flushAcks()
	}
}

func (c *conn) flushAcks() {
	if len(c.acks) > 0 {
		c.send(c.acks...)
		c.acks = c.acks[:0]
	}
}

// send queues frames; it never blocks.
func (c *conn) send(frames ...[]byte) {
	c.mu.Lock()
	c.queue = append(c.queue, frames...)
	c.mu.Unlock()
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// writeLoop writes what is queued until the reader has ended or a write fails,
// which closes the socket.
func (c *conn) writeLoop() {
	for {
		select {
		case <-c.kick:
		case <-c.done:
			return
		}
		if err := c.writeQueued(); err != nil {
			c.close(err)
			return
		}
	}
}

func (c *conn) writeQueued() error {
	c.mu.Lock()
	frames := c.queue
	c.queue = nil
	c.mu.Unlock()
	if len(frames) == 0 {
		return nil
	}
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeDeadline)); err != nil {
		return err
	}
	c.cork.cork()
	for _, f := range frames {
		if c.tap != nil {
			c.tap(true, f)
		}
		if err := c.ws.WriteMessage(websocket.TextMessage, f); err != nil {
			return err
		}
	}
	// gorilla set the deadline on the socket when it wrote; what was held back
	// goes out under it.
	return c.cork.uncork()
}

// close ends the socket and with it the reader. The first reason is kept.
func (c *conn) close(why error) {
	c.mu.Lock()
	if c.why == nil {
		c.why = why
	}
	c.mu.Unlock()
	if c.closed.CompareAndSwap(false, true) {
		c.ws.Close()
	}
}

// goodbye closes as the protocol asks: with a WebSocket close frame.
func (c *conn) goodbye(why error) {
	msg := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(200*time.Millisecond))
	c.close(why)
}

// reason says why the socket closed; call it when done is closed.
func (c *conn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ce *websocket.CloseError
	if errors.As(c.why, &ce) {
		return fmt.Errorf("the server closed the link (%d)", ce.Code)
	}
	if errors.Is(c.why, io.EOF) || errors.Is(c.why, io.ErrUnexpectedEOF) {
		return errors.New("the server closed the link")
	}
	return c.why
}
