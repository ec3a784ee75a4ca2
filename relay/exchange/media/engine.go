package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// EngineConfig is how an Engine works; the zero value is right for loopback.
type EngineConfig struct {
	// PortMin and PortMax bound the RTP ports; 0 lets the system choose. A pair
	// is an even port and the next one (RFC 3550 §11).
	PortMin, PortMax uint16
	// SocketBuffer is the size of each socket's buffers in bytes, as far as the
	// system allows. Default 256 KiB, about 25 s of G.711.
	SocketBuffer int
	// AllowPrivate lets playlists fetch audio from private addresses. Loopback
	// is always allowed, link-local never. See [Forbidden].
	AllowPrivate bool
	// NoFiles refuses playlists that name local files.
	NoFiles bool
	// OnFault is told of a panic that was recovered in one of the package's
	// goroutines, or in a caller's tap or source. It may be called from any
	// goroutine and must not block. Default: faults are dropped.
	OnFault func(error)

	resolver *net.Resolver // of tests; nil: the system's
	winder   winder        // of tests; nil: the system's clock
}

// Engine owns the clock that paces all its streams, and hands out ports. All
// methods are safe for concurrent use.
type Engine struct {
	cfg   EngineConfig
	start time.Time

	ctx    context.Context // ends with Close; the parent of all loading
	cancel context.CancelFunc
	wg     sync.WaitGroup // the clock

	mu     sync.Mutex
	closed bool
	next   uint16 // where the search for a port goes on
	ids    uint64

	streams atomic.Pointer[[]*Stream] // copied on change, so the clock reads it freely
	wake    chan struct{}             // tells an idle clock that there is a stream

	loader loader
}

// NewEngine starts an engine. Close it.
func NewEngine(cfg EngineConfig) *Engine {
	if cfg.SocketBuffer <= 0 {
		cfg.SocketBuffer = 256 << 10
	}
	e := &Engine{cfg: cfg, start: time.Now(), wake: make(chan struct{}, 1)}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.streams.Store(&[]*Stream{})
	e.loader = newLoader(cfg)
	if cfg.winder == nil {
		// The clock ends when ctx is cancelled; Close waits for it.
		e.wg.Go(e.clock)
	}
	return e
}

// Close closes every stream still open, ends the clock and waits for all
// goroutines. It is idempotent; do not call it from a tap or source.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	for _, s := range *e.streams.Load() {
		s.Close()
	}
	e.cancel()
	e.wg.Wait()
}

// now is the time since the engine started, from the monotonic clock.
func (e *Engine) now() time.Duration {
	if w := e.cfg.winder; w != nil {
		return w.now()
	}
	return time.Since(e.start)
}

// Open binds a pair of sockets on the address (one that can stand in an SDP,
// so not the unspecified one): RTP on an even port, RTCP on the next. The
// caller closes the stream. Errors wrap ErrClosed, ErrNoPorts or the system's
// refusal to bind.
func (e *Engine) Open(bind netip.Addr) (*Stream, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, fmt.Errorf("engine: %w", ErrClosed)
	}
	rtp, rtcp, err := e.bind(bind)
	if err != nil {
		return nil, err
	}
	e.ids++
	s := newStream(e, e.ids, rtp, rtcp)
	all := append(slices.Clone(*e.streams.Load()), s)
	e.streams.Store(&all)
	select {
	case e.wake <- struct{}{}:
	default:
	}
	return s, nil
}

// bind finds a pair and gives it its buffers; e.mu is held.
func (e *Engine) bind(addr netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	if rtp, rtcp, err = e.bindPair(addr); err != nil {
		return nil, nil, err
	}
	for _, c := range []*net.UDPConn{rtp, rtcp} {
		_ = c.SetReadBuffer(e.cfg.SocketBuffer) // best effort: the system caps it
		_ = c.SetWriteBuffer(e.cfg.SocketBuffer)
	}
	return rtp, rtcp, nil
}

// bindMore is bind for a stream that wants another pair.
func (e *Engine) bindMore(addr netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bind(addr)
}

// forget takes a closed stream off the clock.
func (e *Engine) forget(s *Stream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(*e.streams.Load()), func(o *Stream) bool { return o == s })
	e.streams.Store(&all)
}

// systemTries bounds the search when the system picks the ports.
const systemTries = 64

// bindPair finds a free even port with a free successor.
func (e *Engine) bindPair(bind netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	if e.cfg.PortMin == 0 && e.cfg.PortMax == 0 {
		for range systemTries {
			if rtp, rtcp, err = systemPair(bind); err == nil || !errors.Is(err, ErrNoPorts) {
				return rtp, rtcp, err
			}
		}
		return nil, nil, err
	}
	first := int(e.cfg.PortMin+1) &^ 1
	count := (int(e.cfg.PortMax) - first + 1) / 2
	if count <= 0 {
		return nil, nil, fmt.Errorf("%w: range %d-%d", ErrNoPorts, e.cfg.PortMin, e.cfg.PortMax)
	}
	for range count {
		port := uint16(first + 2*(int(e.next)%count))
		e.next++
		if rtp, rtcp, err = pairAt(bind, port); err == nil {
			return rtp, rtcp, nil
		}
	}
	return nil, nil, fmt.Errorf("%w: range %d-%d: %w", ErrNoPorts, e.cfg.PortMin, e.cfg.PortMax, err)
}

// systemPair asks the system for one port; if it is odd or its neighbour is
// taken, the answer is ErrNoPorts and the caller asks again.
func systemPair(bind netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	rtp, err = listen(bind, 0)
	if err != nil {
		return nil, nil, err
	}
	port := rtp.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	if port%2 == 0 && port < 65535 {
		if rtcp, err = listen(bind, port+1); err == nil {
			return rtp, rtcp, nil
		}
	}
	rtp.Close()
	return nil, nil, fmt.Errorf("%w at %v: %w", ErrNoPorts, bind, err)
}

func pairAt(bind netip.Addr, port uint16) (rtp, rtcp *net.UDPConn, err error) {
	if rtp, err = listen(bind, port); err != nil {
		return nil, nil, err
	}
	if rtcp, err = listen(bind, port+1); err != nil {
		rtp.Close()
		return nil, nil, err
	}
	return rtp, rtcp, nil
}

func listen(bind netip.Addr, port uint16) (*net.UDPConn, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(bind, port)))
	if err != nil {
		return nil, fmt.Errorf("media: bind %v: %w", bind, err)
	}
	return c, nil
}

// fault reports a recovered panic.
func (e *Engine) fault(where string, r any) {
	if e.cfg.OnFault != nil {
		e.cfg.OnFault(fmt.Errorf("media: panic in %s: %v", where, r))
	}
}
