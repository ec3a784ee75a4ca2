package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Stack is one SIP endpoint. All methods are safe for concurrent use.
type Stack struct {
	cfg     Config
	log     *slog.Logger
	timers  timers
	addr    netip.AddrPort
	udp     *net.UDPConn
	tcp     *net.TCPListener
	tls     *net.TCPListener // nil: TLS is only called, not listened for
	tlsAddr netip.AddrPort
	parser  *sip.Parser
	auth    *authenticator // nil: nobody is asked
	calls   *limiter       // nil: no limit

	ctx    context.Context // ends every goroutine of the stack
	cancel context.CancelFunc
	wg     sync.WaitGroup // readers, writers, transactions, event delivery

	closeOnce sync.Once
	closeErr  error

	mu        sync.Mutex
	closed    bool
	conns     map[connKey]*tcpConn
	connCount int                          // conns, and those that lost their key to a newer one
	noTCP     map[netip.AddrPort]time.Time // where a big request found no TCP, until when
	clients   map[string]*clientTx
	acked     map[string]*lingering
	servers   map[string]*serverTx
	merge     map[string]string // RFC 3261 §8.2.2.2: call id, tag, CSeq → server key
	legs      map[string]*Leg   // by legKey
	trunks    map[*Trunk]struct{}
}

const udpReadBuffer = 4 << 20

// Listen binds UDP and TCP on the same port and serves until Close or until ctx
// ends, which closes the stack too. A taken port is an error that matches
// syscall.EADDRINUSE; try again with port 0 then.
func Listen(ctx context.Context, cfg Config) (*Stack, error) {
	cfg = cfg.withDefaults()
	if cfg.Auth != nil && cfg.Auth.Credentials == nil {
		return nil, errors.New("sip: Auth without Credentials")
	}
	secure, err := bindTLS(cfg)
	if err != nil {
		return nil, err
	}
	udp, tcp, err := bind(cfg.Addr)
	if err != nil {
		if secure != nil {
			secure.Close()
		}
		return nil, err
	}
	// Best effort: the system's default drops bursts above a few thousand calls/s.
	_ = udp.SetReadBuffer(udpReadBuffer)
	s := &Stack{
		cfg: cfg, log: cfg.Logger, timers: timers{cfg.T1, cfg.T2, cfg.T4, cfg.reoffer, cfg.referral, cfg.glare},
		addr: unmapAddr(udp.LocalAddr().(*net.UDPAddr).AddrPort()),
		udp:  udp, tcp: tcp, tls: secure, parser: sip.NewParser(), auth: newAuthenticator(cfg.Auth),
		conns: map[connKey]*tcpConn{}, noTCP: map[netip.AddrPort]time.Time{}, clients: map[string]*clientTx{},
		acked: map[string]*lingering{}, servers: map[string]*serverTx{},
		merge: map[string]string{}, legs: map[string]*Leg{}, trunks: map[*Trunk]struct{}{},
	}
	if secure != nil {
		s.tlsAddr = unmapAddr(secure.Addr().(*net.TCPAddr).AddrPort())
	}
	if cfg.CallsPerSecond > 0 {
		s.calls = newLimiter(cfg.CallsPerSecond, max(2*cfg.CallsPerSecond, 5))
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	// Readers end when Close closes their sockets; Close waits for them.
	s.spawn("udp reader", s.readUDP)
	s.spawn("tcp accept", func() { s.accept(tcp, false) })
	if secure != nil {
		s.spawn("tls accept", func() { s.accept(secure, true) })
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	context.AfterFunc(s.ctx, func() { stop() })
	return s, nil
}

// bind takes UDP first and then the same TCP port; with port 0 a UDP port whose
// TCP twin is taken is given back and another one tried.
func bind(addr string) (*net.UDPConn, *net.TCPListener, error) {
	ua, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, nil, fmt.Errorf("sip: listen %s: %w", addr, err)
	}
	for try := 0; ; try++ {
		udp, err := net.ListenUDP("udp", ua)
		if err != nil {
			return nil, nil, fmt.Errorf("sip: listen %s: %w", addr, err)
		}
		got := udp.LocalAddr().(*net.UDPAddr)
		tcp, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ua.IP, Port: got.Port, Zone: ua.Zone})
		if err == nil {
			return udp, tcp, nil
		}
		udp.Close()
		if ua.Port != 0 || try == 20 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, fmt.Errorf("sip: listen %s: %w", addr, err)
		}
	}
}

// bindTLS binds the TLS port, if one is configured.
func bindTLS(cfg Config) (*net.TCPListener, error) {
	if cfg.TLSAddr == "" {
		return nil, nil
	}
	if len(cfg.TLS.Certificates) == 0 && cfg.TLS.GetCertificate == nil {
		return nil, fmt.Errorf("sip: listen %s: TLS without a certificate", cfg.TLSAddr)
	}
	ta, err := net.ResolveTCPAddr("tcp", cfg.TLSAddr)
	if err != nil {
		return nil, fmt.Errorf("sip: listen %s: %w", cfg.TLSAddr, err)
	}
	ln, err := net.ListenTCP("tcp", ta)
	if err != nil {
		return nil, fmt.Errorf("sip: listen %s: %w", cfg.TLSAddr, err)
	}
	return ln, nil
}

// TLSAddr is the address bound for TLS; the zero value without [Config].TLSAddr.
func (s *Stack) TLSAddr() netip.AddrPort { return s.tlsAddr }

// addLeg files a new leg. Errors: ErrClosed, ErrTooMany.
func (s *Stack) addLeg(l *Leg) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case len(s.legs) >= s.cfg.MaxLegs:
		return fmt.Errorf("%w: %d calls at a time", ErrTooMany, s.cfg.MaxLegs)
	}
	s.legs[legKey(l.dlg.callID, l.dlg.localTag)] = l
	return nil
}

// Addr is the address bound, the same for UDP and TCP.
func (s *Stack) Addr() netip.AddrPort { return s.addr }

// Close ends all legs (BYE, CANCEL or 503), gives their transactions up to two
// seconds to finish, closes the sockets and waits for all goroutines. It is
// idempotent; later calls return the first result.
func (s *Stack) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

const (
	// closePatience is for peers, who may have gone.
	closePatience = 2 * time.Second
	// stuckPatience is for our own goroutines: only what never ends takes so long.
	stuckPatience = 20 * time.Second
)

func (s *Stack) close() error {
	s.mu.Lock()
	s.closed = true
	legs := make([]*Leg, 0, len(s.legs))
	for _, l := range s.legs {
		legs = append(legs, l)
	}
	trunks := make([]*Trunk, 0, len(s.trunks))
	for t := range s.trunks {
		trunks = append(trunks, t)
	}
	s.mu.Unlock()
	for _, l := range legs {
		l.End(EndReason{Code: 503, Phrase: "Service Unavailable"})
	}
	s.closeTrunks(trunks)
	s.drain(s.cfg.closing)
	s.cancel()
	err := errors.Join(s.udp.Close(), s.tcp.Close())
	if s.tls != nil {
		err = errors.Join(err, s.tls.Close())
	}
	s.mu.Lock()
	servers := make([]*serverTx, 0, len(s.servers))
	for _, tx := range s.servers {
		servers = append(servers, tx)
	}
	for _, a := range s.acked {
		a.timer.Stop()
	}
	conns := make([]*tcpConn, 0, len(s.conns))
	for _, c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	for _, tx := range servers {
		tx.stop()
	}
	if s.cfg.Registrar != nil {
		s.cfg.Registrar.stop()
	}
	for _, c := range conns {
		c.close(ErrClosed)
	}
	for _, l := range legs {
		l.abandon()
	}
	if !waitFor(&s.wg, stuckPatience) {
		err = errors.Join(err, errors.New("sip: close: an event sink or handler did not return"))
	}
	return err
}

// closeTrunks takes their registrations back, all at the same time.
func (s *Stack) closeTrunks(trunks []*Trunk) {
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.closing)
	defer cancel()
	var all sync.WaitGroup
	for _, t := range trunks {
		all.Go(func() { // ends with ctx; waited for below
			s.guard("trunk close", func() {
				if err := t.Close(ctx); err != nil {
					s.log.Debug("sip: trunk not unregistered", "trunk", t.cfg.Name, "err", err)
				}
			})
		})
	}
	all.Wait()
}

// drain waits until all legs are gone, at most d.
func (s *Stack) drain(d time.Duration) {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		left := len(s.legs)
		s.mu.Unlock()
		if left == 0 {
			return
		}
		select {
		case <-deadline.C:
			return
		case <-tick.C:
		}
	}
}

func waitFor(wg *sync.WaitGroup, d time.Duration) bool {
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }() // ends with the group it waits for
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// spawn runs f on a goroutine that Close waits for. A panic in f is logged and
// goes no further: what arrives from the network must not end the process.
func (s *Stack) spawn(what string, f func()) {
	s.wg.Add(1)
	go func() { // ended as its caller says; waited for by Close
		defer s.wg.Done()
		s.guard(what, f)
	}()
}

func (s *Stack) guard(what string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("sip: panic recovered", "in", what, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
}
