package exchange

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Addresses, context and domain used when Config leaves them empty.
const (
	DefaultRelayAddr = "127.0.0.1:7070"
	DefaultSIPAddr   = "127.0.0.1:5060"
	DefaultContext   = "support"
	DefaultDomain    = "demo"
)

var (
	// ErrNotLoopback refuses a listen address that other machines can reach
	// where phones are not asked for credentials: without Config.Users anybody
	// could call.
	ErrNotLoopback = errors.New("exchange: without users only loopback addresses (127.0.0.0/8, ::1, localhost) are listened on")
	// ErrNoAddress refuses a listen address that is not one of this machine's
	// own, but "all of them" or a name: phones have to be told where to send.
	ErrNoAddress = errors.New("exchange: a listen address must be an address of this machine")
	// ErrUser: a user of the configuration has no name, or no password.
	ErrUser = errors.New("exchange: unusable user")
	// ErrCredentials refuses to start without a project and a token, since any
	// program on the machine can connect.
	ErrCredentials = errors.New("exchange: a project and a token must be set")
	// ErrContext refuses a context that cannot be the user part of an address.
	ErrContext = errors.New("exchange: a context must be a word of letters, digits, '-', '_' or '.'")
)

// Config says how to run an exchange. The zero value of every member but
// Project and Token means its default.
type Config struct {
	RelayAddr string // WebSocket, host:port; port 0 takes any
	SIPAddr   string // UDP and TCP, host:port; port 0 takes any
	// FallBack takes a free port where the wanted one is taken, instead of
	// failing.
	FallBack bool
	// Project and Token are the credentials that every session must give. The
	// token also keys the signature of call state webhooks.
	Project, Token string
	// TLSAddr is where phones come by TLS (sips:), host:port. Default: nowhere.
	// TLS has the certificate for it, and the pool that servers are checked
	// against.
	TLSAddr string
	TLS     *tls.Config
	// Users are who may register and call, by digest. Default: on loopback
	// everybody, elsewhere the exchange does not start.
	Users []User
	// Trusted are networks whose INVITEs are not asked for credentials, such
	// as those of a trunk.
	Trusted []netip.Prefix
	// Trunks lead to the telephone network. Default: none.
	Trunks []Trunk
	// Rates are what telephone numbers cost; the longest prefix counts. With a
	// max_price_per_minute a number without a rate is refused.
	Rates []Rate
	// Emergency are more numbers, in digits, that no program may call, besides
	// 112, 911 and 999.
	Emergency []string
	// Routes name the context of a call by its user part; the first that
	// matches counts. Without one the user part is the context.
	Routes []Route
	// Contexts are known even when nobody receives them: an INVITE to such a
	// user part waits for a consumer. Default: [DefaultContext].
	Contexts []string
	// Domain is the host part under which phones register. Default:
	// [DefaultDomain].
	Domain string
	// Recordings is the folder for recordings, which stay there. Default: a
	// temporary one, which goes with the exchange.
	Recordings string
	// PublicURL is where clients reach the RELAY listener by HTTP, such as
	// https://pbx.example.com: the URLs of recordings begin with it. Default:
	// the host that each client connected to.
	PublicURL string
	// AllowPrivate lets audio, webhooks and taps reach private networks.
	// Loopback is always allowed, link-local never.
	AllowPrivate bool
	Logger       *slog.Logger // default: silent
	Limits       Limits

	sessionTimer func(time.Duration, func()) sip.Timer // of tests; nil: real time
	settle       time.Duration                         // of tests; 0: the usual time
	tapPatience  time.Duration                         // likewise
	farewell     time.Duration                         // likewise
	silence      time.Duration                         // likewise
}

// Limits bound what clients and phones can use up. Zero means the default.
type Limits struct {
	Calls     int           // live legs, default 2000
	CallRate  float64       // INVITEs a second from one source address, default 1000
	DialRate  float64       // dials and connects a second of one session, default 1000
	Sessions  int           // sessions, resumable ones included, default 256
	Frame     int64         // bytes of one incoming frame, default wire.MaxFrame
	Outbox    int           // bytes that wait for one slow session, default 8 MiB
	Actions   int           // running play and send_digits actions per call, default 32
	Legs      int           // legs in one connect or dial, default 16
	Handshake time.Duration // for signalwire.connect, default 10 s
	Grace     time.Duration // a dropped session can be resumed, default 60 s
	Orphan    time.Duration // calls whose sessions are all gone end after it; default 0: they go on
	Ping      time.Duration // between pings, default 8 s
	OfferWait time.Duration // an inbound call waits for a consumer, default 8 s
	Ring      time.Duration // outbound legs without a timeout, default 30 s
	Gone      time.Duration // ended calls answer 410, default 60 s
	Session   time.Duration // Session-Expires of calls that name none, at least 90 s, default 600 s
	Close     time.Duration // for Close to end all calls, default 5 s
}

// TakenError reports an address that cannot be listened on, mostly since it is
// in use.
type TakenError struct {
	What string // RELAY or SIP
	Addr string
	Err  error
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("exchange: the %s address %s cannot be listened on: %v", e.What, e.Addr, e.Err)
}

func (e *TakenError) Unwrap() error { return e.Err }

// InUse reports whether another program listens there, and not something else,
// such as a port that only an administrator may take, is in the way.
func (e *TakenError) InUse() bool { return inUse(e.Err) }

// inUse reports an address in use; Windows has a number of its own for it,
// WSAEADDRINUSE.
func inUse(err error) bool {
	const windows = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || runtime.GOOS == "windows" && errors.Is(err, windows)
}

func (c Config) withDefaults() (Config, error) {
	orString(&c.RelayAddr, DefaultRelayAddr)
	orString(&c.SIPAddr, DefaultSIPAddr)
	orString(&c.Domain, DefaultDomain)
	if len(c.Contexts) == 0 {
		c.Contexts = []string{DefaultContext}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Limits = c.Limits.withDefaults()
	if c.Project == "" || c.Token == "" {
		return c, ErrCredentials
	}
	for _, name := range c.Contexts {
		if !isContext(name) {
			return c, fmt.Errorf("%w: %q", ErrContext, name)
		}
	}
	return c, c.check()
}

// check refuses what would run otherwise than was meant.
func (c Config) check() error {
	addrs := []string{c.RelayAddr, c.SIPAddr}
	if c.TLSAddr != "" {
		addrs = append(addrs, c.TLSAddr)
	}
	for _, addr := range addrs {
		if err := checkAddr(addr, len(c.Users) > 0); err != nil {
			return err
		}
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		return err
	}
	for i := range c.Trunks {
		if err := c.Trunks[i].check(); err != nil {
			return err
		}
	}
	for _, r := range c.Rates {
		if err := r.check(); err != nil {
			return err
		}
	}
	for _, r := range c.Routes {
		if err := r.check(); err != nil {
			return err
		}
	}
	for _, u := range c.Users {
		if u.Name == "" || u.Password == "" && u.MD5 == "" && u.SHA256 == "" {
			return fmt.Errorf("%w: %q: give a name and a password", ErrUser, u.Name)
		}
	}
	return nil
}

func (l Limits) withDefaults() Limits {
	orNumber(&l.Calls, 2000)
	orNumber(&l.CallRate, 1000)
	orNumber(&l.DialRate, 1000)
	orNumber(&l.Sessions, 256)
	orNumber(&l.Frame, wire.MaxFrame)
	orNumber(&l.Outbox, 8<<20)
	orNumber(&l.Actions, 32)
	orNumber(&l.Legs, 16)
	orNumber(&l.Handshake, 10*time.Second)
	orNumber(&l.Grace, 60*time.Second)
	orNumber(&l.Ping, 8*time.Second)
	orNumber(&l.OfferWait, 8*time.Second)
	orNumber(&l.Ring, 30*time.Second)
	orNumber(&l.Gone, 60*time.Second)
	orNumber(&l.Session, 600*time.Second)
	l.Session = max(l.Session, minSession*time.Second)
	orNumber(&l.Close, 5*time.Second)
	return l
}

func orString(s *string, def string) {
	if *s == "" {
		*s = def
	}
}

func orNumber[N int | int64 | float64 | time.Duration](n *N, def N) {
	if *n <= 0 {
		*n = def
	}
}

// checkAddr accepts literal addresses and localhost. Other names are refused
// unresolved: what they mean can change.
func checkAddr(addr string, guarded bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("exchange: listen address %q is not host:port: %w", addr, err)
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case loopback(host):
		return nil
	case !guarded:
		return fmt.Errorf("%w; %s is not one", ErrNotLoopback, addr)
	case err != nil || ip.IsUnspecified() || ip.IsMulticast():
		return fmt.Errorf("%w; %s is not one", ErrNoAddress, addr)
	}
	return nil
}

const maxContext = 64

func isContext(name string) bool {
	return name != "" && len(name) <= maxContext && !slices.ContainsFunc([]byte(name), func(b byte) bool {
		return !(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ||
			b == '-' || b == '_' || b == '.')
	})
}
