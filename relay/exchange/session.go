package exchange

import (
	"slices"
	"strings"
	"sync"
	"time"

	"cordpair/relay/wire"
)

// session is one authenticated client. It outlives its socket by the grace
// period; events of that time wait for the next socket, bounded in bytes. So do
// events that a client which announced acknowledgements has not acknowledged:
// what was on its way when the socket broke is sent again. Nothing else ever
// waits for an acknowledgement.
// Safe for concurrent use. Lock order: registry.mu, then session.mu, then the
// outbox.
type session struct {
	x         *Exchange
	protocol  string
	signature string
	identity  string

	attaching sync.Mutex // one socket at a time takes the session over
	places    bucket     // dials and connects

	mu       sync.Mutex
	contexts []string // lower case, the same under any spelling
	spelled  map[string]string
	ask      *wire.CordpairAsk
	conn     *conn    // nil while there is no socket
	acks     bool     // the client acknowledges events
	pending  []frame  // not yet written, or (acks) not yet acknowledged
	size     int      // bytes in pending
	levels   []string // calls whose levels the present socket wants
	expiry   *time.Timer
	dead     bool
}

// attach gives the session a (new) socket: first the answer to its connect,
// then what it missed, then everything else.
func (s *session) attach(c *conn, answer []byte) bool {
	s.attaching.Lock()
	defer s.attaching.Unlock()
	s.mu.Lock()
	old := s.conn
	s.conn, s.levels = nil, nil // from here on events wait in pending
	s.mu.Unlock()
	if old != nil {
		old.close()
		<-old.written
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return false
	}
	if old != nil && !s.acks {
		s.takeBack(old.unsent)
	}
	if s.expiry != nil {
		s.expiry.Stop()
		s.expiry = nil
	}
	c.out.load(frame{data: answer})
	c.out.load(s.pending...)
	if !s.acks {
		s.pending, s.size = nil, 0
	}
	s.conn = c
	return true
}

// detach notes that a socket is gone and starts the grace period.
func (s *session) detach(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != c || s.dead {
		return
	}
	s.conn = nil
	if !s.acks { // else they are kept already
		s.takeBack(c.unsent)
	}
	// expire runs once, on the timer's goroutine, and only takes locks.
	s.expiry = time.AfterFunc(s.x.cfg.Limits.Grace, s.expire)
}

func (s *session) expire() {
	s.mu.Lock()
	if s.conn != nil || s.dead {
		s.mu.Unlock()
		return
	}
	s.dead = true
	s.pending, s.size = nil, 0
	s.mu.Unlock()
	s.x.reg.forgetSession(s)
}

// drop ends the session for good, without waiting: it says goodbye and lets
// the socket close once all is written.
func (s *session) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
	if s.expiry != nil {
		s.expiry.Stop()
	}
	if s.conn != nil {
		s.conn.reply(goodbye())
		s.conn.out.finish()
	}
}

// event queues an event for the client; a client that reads too slowly loses
// its socket and what was queued, never anybody else's time.
func (s *session) event(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead || f.event == "" {
		return
	}
	err := errOutboxClosed
	if s.conn != nil {
		err = s.conn.out.put(f)
	}
	if s.acks || err == errOutboxClosed { // a socket may have failed that is not detached yet
		s.keep(f)
	}
	if err == errOutboxFull {
		s.x.log.Warn("closing a session that does not read", "bytes", s.x.cfg.Limits.Outbox)
		s.conn.out.unsent(frame{})
		s.pending, s.size = nil, 0
		s.conn.close()
	}
}

// fused queues an event that only the present socket needs, and only the newest
// of its kind, which word names. A socket that is full goes without.
func (s *session) fused(f frame, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead || s.conn == nil || f.data == nil {
		return
	}
	_ = s.conn.out.put(frame{data: f.data, fuse: word}) // the next one comes soon
}

// acked forgets an event that the client has. Acknowledgements come in the
// order of the events, so the one meant is near the front.
func (s *session) acked(id wire.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.pending, func(f frame) bool { return f.event == id })
	if !s.acks || i < 0 {
		return
	}
	s.size -= len(s.pending[i].data)
	if i == 0 {
		s.pending = s.pending[1:]
		return
	}
	s.pending = slices.Delete(s.pending, i, i+1)
}

// takeBack keeps what a socket has not sent, before what came after it.
func (s *session) takeBack(unsent []frame) {
	later := s.pending
	s.pending, s.size = nil, 0
	for _, f := range append(unsent, later...) {
		s.keep(f)
	}
}

// keep holds an event for the next socket. What no longer fits is lost, the
// oldest first: a client that was away for so long has to ask what is the case
// now.
func (s *session) keep(f frame) {
	for len(s.pending) > 0 && s.size+len(f.data) > s.x.cfg.Limits.Outbox {
		s.x.log.Debug("event lost: too many wait for one session")
		s.size -= len(s.pending[0].data)
		s.pending = s.pending[1:]
	}
	s.pending = append(s.pending, f)
	s.size += len(f.data)
}

// options replaces what the client announced and asked for.
func (s *session) options(acks bool, ask *wire.CordpairAsk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acks, s.ask = acks, ask
}

func (s *session) watches() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ask != nil && s.ask.Watch
}

func (s *session) wantsDetails() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ask != nil && s.ask.Details
}

func (s *session) isCordpair() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ask != nil
}

const maxContexts = 256

// receive adds contexts; repeats are fine.
func (s *session) receive(names []string) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		key := strings.ToLower(name)
		switch {
		case name == "":
			return bad("contexts holds an empty name")
		case slices.Contains(s.contexts, key):
		case len(s.contexts) >= maxContexts:
			return bad("a session receives at most %d contexts", maxContexts)
		default:
			s.contexts = append(s.contexts, key)
		}
		s.spelled[key] = name
	}
	return nil
}

func (s *session) unreceive(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		key := strings.ToLower(name)
		s.contexts = slices.DeleteFunc(s.contexts, func(c string) bool { return c == key })
		delete(s.spelled, key)
	}
}

// receives returns the client's own spelling of a context it receives (SDKs
// compare letter by letter) and whether it has a socket now.
func (s *session) receives(context string) (spelled string, online, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	spelled, ok = s.spelled[strings.ToLower(context)]
	return spelled, s.conn != nil, ok && !s.dead
}

// goodbye is signalwire.disconnect: the socket is closed next.
func goodbye() []byte {
	b, err := wire.Request(newID(), wire.MethodDisconnect, wire.DisconnectParams{})
	if err != nil {
		panic(err) // an empty object always has a JSON form
	}
	return b
}
