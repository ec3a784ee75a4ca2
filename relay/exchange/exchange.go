package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"cordpair/relay/exchange/media"
	"cordpair/relay/exchange/sip"
)

// Exchange is a running exchange. All methods are safe for concurrent use.
type Exchange struct {
	cfg  Config
	log  *slog.Logger
	node string // node_id of all calls

	reg       *registry
	directory *directory
	messages  *messages
	registrar *sip.Registrar
	stack     *sip.Stack
	engine    *media.Engine
	hooks     *webhooks
	fetch     fetchRules
	figures   figures
	levels    figures
	rooms     *rooms
	trunks    *trunks

	recordings *recordings
	sockets    sockets
	tasks      *tasks
	upgrader   websocket.Upgrader
	listener   net.Listener
	server     *http.Server

	ctx       context.Context // ends when Close begins
	cancel    context.CancelFunc
	ready     chan struct{} // closed when calls may come in
	closeOnce sync.Once
	closeErr  error
	closedAll chan struct{}

	mu  sync.Mutex
	err error
}

// Start runs an exchange until Close, or until ctx ends, which closes it too.
// It returns when both listeners are up.
//
// Errors: ErrNotLoopback, ErrCredentials, ErrContext, or a *TakenError for an
// address that cannot be listened on.
func Start(ctx context.Context, cfg Config) (*Exchange, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	x := &Exchange{
		cfg: cfg, log: cfg.Logger, node: uuid.NewString(), reg: newRegistry(cfg.Limits),
		figures: newFigures(), levels: newFigures(), tasks: newTasks(), upgrader: newUpgrader(), ready: make(chan struct{}), closedAll: make(chan struct{}),
	}
	x.rooms = newRooms(x)
	x.ctx, x.cancel = context.WithCancel(context.Background())
	if err := x.listen(); err != nil {
		x.cancel()
		return nil, err
	}
	if err := x.openTrunks(); err != nil {
		x.cancel()
		close(x.ready)
		return nil, errors.Join(err, x.abandon())
	}
	x.server = &http.Server{
		Handler: http.HandlerFunc(x.serveHTTP), ReadHeaderTimeout: cfg.Limits.Handshake,
		ErrorLog: slog.NewLogLogger(x.log.Handler(), slog.LevelDebug), // never the terminal
	}
	x.spawn("RELAY listener", x.serve)    // ends when Close closes the server
	x.spawn("directory", x.tellDirectory) // ends when Close cancels x.ctx
	x.spawn("figures", x.tellFigures)     // ends when Close cancels x.ctx
	x.spawn("levels", x.tellLevels)       // likewise
	close(x.ready)
	stop := context.AfterFunc(ctx, func() { _ = x.Close() })
	context.AfterFunc(x.ctx, func() { stop() })
	return x, nil
}

// listen brings up media, SIP and RELAY, or nothing.
func (x *Exchange) listen() error {
	listener, err := listenRelay(x.cfg)
	if err != nil {
		return err
	}
	x.listener = listener
	x.engine = media.NewEngine(media.EngineConfig{AllowPrivate: x.cfg.AllowPrivate, OnFault: func(err error) { x.log.Error("media", "err", err) }})
	// The directory asks the registrar and the registrar tells the directory.
	x.directory = newDirectory(func() []sip.Registration { return x.registrar.List() })
	x.registrar = sip.NewRegistrar(sip.RegistrarConfig{
		Domains: domains(x.cfg), OnChange: x.directory.touch,
	})
	x.messages = newMessages(x)
	x.stack, err = x.listenSIP()
	if err != nil {
		x.engine.Close()
		listener.Close()
		return err
	}
	x.fetch = fetchRules{x.cfg.AllowPrivate}
	x.hooks = newWebhooks(x.cfg.Token, x.fetch, x.log)
	x.recordings = newRecordings(x.cfg.Recordings)
	return nil
}

// abandon gives up what listen brought up.
func (x *Exchange) abandon() error {
	x.reg.close()
	x.hooks.close()
	err := errors.Join(x.stack.Close(), x.listener.Close())
	x.engine.Close()
	return err
}

// domains are the hosts that phones may register under.
func domains(c Config) []string {
	host, _, _ := net.SplitHostPort(c.SIPAddr) // checked by withDefaults
	return []string{c.Domain, inURI(host), "127.0.0.1", "localhost"}
}

func listenRelay(cfg Config) (net.Listener, error) {
	l, err := net.Listen("tcp", cfg.RelayAddr)
	if cfg.FallBack && inUse(err) {
		l, err = net.Listen("tcp", freePort(cfg.RelayAddr))
	}
	if err != nil {
		return nil, &TakenError{"RELAY", cfg.RelayAddr, err}
	}
	return l, nil
}

func (x *Exchange) listenSIP() (*sip.Stack, error) {
	cfg := sip.Config{
		Addr: x.cfg.SIPAddr, TLSAddr: x.cfg.TLSAddr, TLS: x.cfg.TLS, Registrar: x.registrar,
		SessionExpires: x.cfg.Limits.Session, AfterFunc: x.cfg.sessionTimer,
		Auth: x.auth(), CallsPerSecond: x.cfg.Limits.CallRate, Logger: x.log, UserAgent: "cordpair",
		Trace:   x.messages.trace,
		Handler: phones{x},
	}
	// The stack is closed by Close, after the calls have been ended properly.
	s, err := sip.Listen(context.Background(), cfg)
	if x.cfg.FallBack && inUse(err) {
		cfg.Addr = freePort(cfg.Addr)
		s, err = sip.Listen(context.Background(), cfg)
	}
	if err != nil {
		return nil, &TakenError{"SIP", x.cfg.SIPAddr, err}
	}
	return s, nil
}

func freePort(addr string) string {
	host, _, _ := net.SplitHostPort(addr) // checked by withDefaults
	return net.JoinHostPort(host, "0")
}

// spawn runs f on a goroutine that Close waits for; the caller says what ends
// it. False: closing, and f was not run. A panic in f costs f only.
func (x *Exchange) spawn(what string, f func()) bool {
	if !x.tasks.add() {
		return false
	}
	go func() {
		defer x.tasks.done()
		defer func() {
			if p := recover(); p != nil {
				x.log.Error("goroutine panicked", "in", what, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
		}()
		f()
	}()
	return true
}

func (x *Exchange) serve() {
	if err := x.server.Serve(x.listener); !errors.Is(err, http.ErrServerClosed) {
		x.mu.Lock()
		x.err = fmt.Errorf("exchange: RELAY listener: %w", err)
		x.mu.Unlock()
		x.log.Error("RELAY listener ended", "err", err)
	}
}

// RelayURL is where clients connect: ws://127.0.0.1:7070.
func (x *Exchange) RelayURL() string { return "ws://" + x.listener.Addr().String() }

// SIPAddr is where phones register and call: 127.0.0.1:5060.
func (x *Exchange) SIPAddr() string { return x.stack.Addr().String() }

// Err is what ended a listener, nil while all is well.
func (x *Exchange) Err() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.err
}

// Close ends all calls (BYE, CANCEL or 503), says goodbye to all sessions
// (signalwire.disconnect, then their sockets), and waits for all goroutines.
// Each step is bounded by Limits.Close. It is idempotent; later calls wait for
// the first and return its result.
func (x *Exchange) Close() error {
	x.closeOnce.Do(func() {
		x.closeErr = x.close()
		close(x.closedAll)
	})
	<-x.closedAll
	return x.closeErr
}

func (x *Exchange) close() error {
	x.cancel()
	x.reg.close()
	x.reg.tellCalls(msgShutdown{})
	var errs []error
	if !within(x.reg.idle, x.cfg.Limits.Close) {
		errs = append(errs, errors.New("exchange: calls did not end in time"))
	}
	for _, s := range x.reg.allSessions() {
		s.drop()
	}
	if !x.sockets.closeAll(x.cfg.Limits.Close) {
		errs = append(errs, errors.New("exchange: sockets did not close in time"))
	}
	errs = append(errs, x.server.Close(), x.stack.Close())
	x.hooks.close()
	x.tasks.close()
	if !x.tasks.wait(x.cfg.Limits.Close) {
		errs = append(errs, errors.New("exchange: goroutines did not end in time"))
	}
	x.engine.Close()
	errs = append(errs, x.recordings.close())
	return errors.Join(errs...)
}

// within reports whether done is closed within d, or was when a machine that
// stalled came to look.
func within(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
	}
	select {
	case <-done:
		return true
	default:
		return false
	}
}
