package exchange

import (
	"cmp"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"cordpair/relay/wire"
)

// writeWait bounds one write to a socket. An official SDK is deaf for up to
// 30 s after a reconnect, which must not cost it its session.
const writeWait = 40 * time.Second

// conn is one WebSocket. Its reader runs on the goroutine of the HTTP server's
// handler, its writer on one of its own; both end with the socket.
type conn struct {
	x       *Exchange
	ws      *websocket.Conn
	out     *outbox
	base    string      // URL of this listener, as the client knows it
	greeted atomic.Bool // authenticated: pings may start
	done    chan struct{}
	heard   chan struct{} // closed when the reader has ended
	written chan struct{} // closed when the writer has ended
	leaving atomic.Bool   // our goodbye is said: what comes is not for us any more
	unsent  []frame       // events left over; set before written is closed
	once    sync.Once
	pinged  atomic.Pointer[wire.ID] // the last ping

	// Reader only.
	sess  *session
	awake bool // has answered a ping
}

// deadSilence is how long a client may say nothing, once it has answered a ping of
// ours: then it is gone without a word, and calls would be offered to nobody.
// Official SDKs may be deaf for 30 s after a reconnect, before their first
// answer. The session outlives the socket as it does any other's end.
const deadSilence = 45 * time.Second

// newUpgrader declines compression and sub-protocols. Its default origin check
// keeps web pages in a browser from reaching the exchange.
func newUpgrader() websocket.Upgrader {
	return websocket.Upgrader{HandshakeTimeout: 10 * time.Second}
}

// serveHTTP serves recordings, and everything else as RELAY.
func (x *Exchange) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, recordingsPath) && !websocket.IsWebSocketUpgrade(r) {
		x.recordings.serve(w, r)
		return
	}
	x.serveSocket(w, r)
}

// serveSocket takes a WebSocket on any path, as clients differ in theirs.
func (x *Exchange) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !x.tasks.add() {
		http.Error(w, "the exchange is closing", http.StatusServiceUnavailable)
		return
	}
	defer x.tasks.done()
	ws, err := x.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	c := &conn{
		x: x, ws: ws, out: newOutbox(x.cfg.Limits.Outbox), base: x.baseFor(r),
		done: make(chan struct{}), heard: make(chan struct{}), written: make(chan struct{}),
	}
	if !x.sockets.add(c) {
		ws.Close()
		return
	}
	defer x.sockets.remove(c)
	// write ends when the socket is closed; this function waits for it.
	go c.write()
	c.read()
	close(c.heard)
	c.close()
	<-c.written
	if c.sess != nil {
		c.sess.detach(c)
	}
}

// close ends the socket at once. Safe from any goroutine, any number of times.
func (c *conn) close() {
	c.once.Do(func() {
		close(c.done)
		c.ws.Close()
	})
}

// read handles incoming frames until the socket ends.
func (c *conn) read() {
	defer func() {
		if p := recover(); p != nil {
			c.x.log.Error("session reader panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	c.ws.SetReadLimit(c.x.cfg.Limits.Frame)
	c.ws.SetReadDeadline(time.Now().Add(c.x.cfg.Limits.Handshake))
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			c.x.log.Debug("socket ended", "err", err)
			return
		}
		if kind == websocket.TextMessage {
			c.handle(data)
		}
		if c.awake {
			c.ws.SetReadDeadline(time.Now().Add(cmp.Or(c.x.cfg.silence, deadSilence)))
		}
	}
}

// handle takes one text frame. Anything but a request is an acknowledgement, a
// pong or noise, none of which is waited for; a request without an id is noise
// too.
func (c *conn) handle(data []byte) {
	f, err := wire.DecodeFrame(data)
	if err != nil || f.ID == "" || c.leaving.Load() {
		return
	}
	if f.Kind() != wire.KindRequest {
		ping := c.pinged.Load()
		c.awake = c.awake || ping != nil && *ping == f.ID
		if c.sess != nil {
			c.sess.acked(f.ID)
		}
		return
	}
	req := &request{conn: c, from: c.sess, id: f.ID, method: f.Method}
	if c.sess == nil && f.Method != wire.MethodConnect {
		req.refuse(wire.RPCAuth, "send signalwire.connect first")
		return
	}
	c.x.dispatch(c, req, f.Params)
}

// write sends queued frames and pings until the socket ends. A failed frame and
// those behind it are kept for the session's next socket.
func (c *conn) write() {
	var failed frame
	defer close(c.written)
	defer func() { c.unsent = c.out.unsent(failed) }()
	defer c.close()
	defer func() {
		if p := recover(); p != nil {
			c.x.log.Error("session writer panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	ping := time.NewTicker(c.x.cfg.Limits.Ping)
	defer ping.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-ping.C:
			if c.greeted.Load() && c.ping() != nil {
				return
			}
		case <-c.out.wake:
			var ok bool
			if failed, ok = c.flush(); !ok {
				return
			}
		}
	}
}

// flush writes all queued frames; ok is false when the socket is done with.
func (c *conn) flush() (failed frame, ok bool) {
	for {
		f, ok, last := c.out.take()
		switch {
		case last:
			c.farewell()
			return frame{}, false
		case !ok:
			return frame{}, true
		}
		if c.writeText(f.data) != nil {
			return f, false
		}
	}
}

// farewell is how long a client has to answer our goodbye.
const farewell = time.Second

// farewell says goodbye and waits for the client's own (RFC 6455 §7.1.1). To
// close while it still sends something, such as acknowledgements, would have
// the network throw away what it has not read yet.
func (c *conn) farewell() {
	c.leaving.Store(true)
	c.ws.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	patience := time.NewTimer(cmp.Or(c.x.cfg.farewell, farewell))
	defer patience.Stop()
	select {
	case <-c.heard:
	case <-c.done:
	case <-patience.C:
	}
}

func (c *conn) writeText(data []byte) error {
	c.ws.SetWriteDeadline(time.Now().Add(writeWait))
	return c.ws.WriteMessage(websocket.TextMessage, data)
}

// reply queues a frame for this socket only.
func (c *conn) reply(data []byte) {
	if c.out.put(frame{data: data}) == errOutboxFull {
		c.x.log.Warn("closing a session that does not read", "bytes", c.x.cfg.Limits.Outbox)
		c.close()
	}
}

// ping asks the client for a sign of life.
func (c *conn) ping() error {
	id, now := newID(), wire.MustEncode(seconds(time.Now()))
	b, err := wire.Request(id, wire.MethodPing, wire.PingParams{Timestamp: now})
	if err != nil {
		panic(err) // a number always has a JSON form
	}
	c.pinged.Store(&id)
	return c.writeText(b)
}

func newID() wire.ID { return wire.ID(uuid.NewString()) }

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
