package relay

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"cordpair/model"
)

// Client is a supervised link to a RELAY server and all that is known over it.
// All methods may be called from any goroutine. Close it when done.
type Client struct {
	cfg    Config
	log    *slog.Logger
	box    *mailbox
	alarms *alarms
	retry  chan struct{} // one token: do not wait with the next try
	// unsaved holds a token while the session is not in its file.
	unsaved chan struct{}
	claim   io.Closer // of the file; nil: none is kept
	unkept  string    // why not, for the stream
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	dec     decoder // the reader's; there is one reader at a time

	mu      sync.Mutex // guards all below; held only to fold and to queue
	book    *model.Book
	link    model.Link
	conn    *conn // set while the session is up
	session Session
	// recalled are the calls that the process before knew.
	recalled []model.SnapshotCall
	keptAt   time.Time // when that process was last seen alive
	// contexts are those of the configuration and of Receive.
	contexts []string
	levels   []model.CallID // whose levels are watched
	inflight map[string]*request
	waiting  map[*request]struct{} // for the link
	seq      uint64
	watches  map[watchKey]map[*watch]struct{}
	handles  map[model.CallID]*Call
	actions  map[string]*action                    // by control id
	running  map[model.CallID]map[*action]struct{} // the same, by call
	dials    map[model.Tag]*dialing
	offers   offers
	graves   recent[model.CallID]
	orphans  recent[model.Tag] // of dials that were given up

	feeding   bool
	listed    bool      // the server's full list was folded in this session
	lastHeard time.Time // of the last session, when it is gone
	graceOver bool
	graceBell *alarm
	over      error // why nothing is sent any more: ErrAuth, ErrClosed
	ready     chan struct{}
	readied   bool
	stray     int // replies to nothing
	unknown   int // events of an unknown type
	garbage   int // frames that could not be read
}

// Open checks the configuration, starts the link in the background and returns
// at once; it fails only with ErrConfig. The client lives until Close or the
// end of ctx, whichever comes first; neither ends a call.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Client{
		cfg: cfg, log: cfg.Logger, cancel: cancel,
		box: newMailbox(), alarms: newAlarms(), retry: make(chan struct{}, 1),
		unsaved: make(chan struct{}, 1),
		book:    model.NewBook(), contexts: cfg.Contexts,
		inflight: make(map[string]*request),
		waiting:  make(map[*request]struct{}),
		watches:  make(map[watchKey]map[*watch]struct{}),
		handles:  make(map[model.CallID]*Call),
		actions:  make(map[string]*action),
		running:  make(map[model.CallID]map[*action]struct{}),
		dials:    make(map[model.Tag]*dialing),
		ready:    make(chan struct{}),
	}
	c.book.Linger = forever // the client forgets ended calls itself, at once
	if cfg.Resume != nil {
		c.session = *cfg.Resume
	}
	if cfg.SessionFile != "" {
		c.openSessionFile()
	}
	c.link = model.Link{State: model.LinkConnecting, Server: model.Server{URL: cfg.URL}}
	c.wg.Add(2)
	go c.runAlarms(ctx) // ends with ctx; Close waits
	go c.supervise(ctx) // ends with ctx or when credentials are refused; Close waits
	if c.claim != nil {
		c.wg.Add(1)
		go c.keepSession(ctx) // ends with ctx; Close waits
	}
	return c, nil
}

func (c *Client) runAlarms(ctx context.Context) {
	defer c.wg.Done()
	c.alarms.run(ctx, func(fn func()) { _ = c.guard("a deadline", fn) })
}

// guard runs fn and turns a panic into a Notice and an error: a defect of ours
// must not take the program down.
func (c *Client) guard(where string, fn func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a defect in %s: %v", where, p)
			c.log.Error("relay: recovered", "where", where, "panic", p)
			c.notice(model.Clean(err.Error()))
		}
	}()
	fn()
	return nil
}

// Ready waits until a session is up (signalwire.connect): the first, which
// includes the server's list of calls where it offers one, and later, when the
// link was lost, the next. It returns nil at once while one is up, ErrAuth when
// the credentials are refused, ErrClosed, or ErrTimeout with the error of ctx,
// whose Text says why there is no session.
func (c *Client) Ready(ctx context.Context) error {
	late := func(err error) error {
		return &Error{Op: "open", Kind: ErrTimeout, Text: c.Link().Detail, Err: err}
	}
	select {
	case <-c.ready:
	case <-ctx.Done():
		return late(ctx.Err())
	}
	c.mu.Lock()
	w := c.watchFor(func() bool { return c.over != nil || c.conn != nil }, watchKey{kind: keyLink})
	c.mu.Unlock()
	if err := c.wait(ctx, w); err != nil {
		return late(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return &Error{Op: "open", Kind: c.over, Text: c.link.Detail}
	}
	return nil
}

func (c *Client) nowReady() {
	if !c.readied {
		c.readied = true
		close(c.ready)
	}
}

// Link is the state of the link.
func (c *Client) Link() model.Link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link
}

// Reconnect makes a new connection now: it cuts a wait short, and drops a link
// that is up.
func (c *Client) Reconnect() {
	c.mu.Lock()
	cn := c.conn
	c.mu.Unlock()
	select {
	case c.retry <- struct{}{}:
	default:
	}
	if cn != nil {
		cn.close(errReconnect)
	}
}

// Close ends the link and all waiting; calls go on. It is idempotent and
// returns when every goroutine of the client has ended.
func (c *Client) Close() error {
	c.cancel()
	c.wg.Wait()
	return nil
}

// Stats are counters for the curious; all grow from the opening of the client
// except those of what is there now.
type Stats struct {
	Calls     int // calls known now, the last peer of each included when it has ended
	InFlight  int // requests that await their answer now
	Stray     int // replies to no request
	Unknown   int // events of an unknown type
	Garbage   int // frames that could not be read
	Misplaced int // inputs that had no place in the state they met
}

// Stats returns the counters.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{
		Calls: c.book.Len(), InFlight: len(c.inflight) + len(c.waiting),
		Stray: c.stray, Unknown: c.unknown, Garbage: c.garbage, Misplaced: c.book.Misplaced(),
	}
}

// String tells where to, not as whom.
func (c *Client) String() string { return "relay.Client{" + c.cfg.URL + "}" }

// GoString is String; it keeps %#v from showing the token.
func (c *Client) GoString() string { return c.String() }
