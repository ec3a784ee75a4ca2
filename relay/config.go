package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// The defaults of Config.
const (
	DefaultAgent            = "cordpair/1"
	DefaultHandshakeTimeout = 10 * time.Second
	DefaultRequestTimeout   = model.DefaultCommandDeadline
	DefaultBackoffMin       = time.Second
	DefaultBackoffMax       = 30 * time.Second
	DefaultProbeEvery       = 10 * time.Second
	DefaultGrace            = time.Minute
	DefaultMaxFrame         = wire.MaxFrame
)

// Config says where to connect and as whom. The zero value of every optional
// field means its default. Printing or logging a Config hides Token and
// Project.
type Config struct {
	URL      string       // required; ws:// or wss://, see URLForSpace
	Project  string       // required
	Token    string       // required; never logged
	Contexts []string     // whose calls are offered to this client; more with Receive
	Agent    string       // names this program to the server; default DefaultAgent
	Logger   *slog.Logger // what happens to the link; its handler must not call the client; default none

	// Details asks the server for SIP details, the list of live calls and the
	// directory; Watch for the events of every call of the project. Only the
	// embedded exchange knows them; SignalWire ignores the wish.
	Details, Watch bool

	Resume *Session // of an earlier process, to take its calls over
	// SessionFile keeps the session there (mode 0600), with its calls where the
	// server cannot list them, and resumes it when the next process opens it,
	// also after a crash. It belongs to one process at a time (a lock beside it):
	// a second one goes without and says so in the stream. Resume wins over what
	// is in it.
	SessionFile string

	HandshakeTimeout time.Duration // to open the socket, and again to be let in; default 10 s
	RequestTimeout   time.Duration // from giving a command to its answer; default 10 s
	BackoffMin       time.Duration // first wait after the link is lost; doubles, jittered; default 1 s
	BackoffMax       time.Duration // longest wait; default 30 s
	ProbeEvery       time.Duration // own pings; default 10 s; negative: none
	Grace            time.Duration // a link lost for longer ends all waits with ErrLinkLost; default 1 min
	MaxFrame         int           // bytes; a larger frame is dropped and told; default 10 MiB

	// Dial opens the network connection; nil means net.Dialer. Its result is
	// wrapped in TLS for wss.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	TLS  *tls.Config
	// Tap is told every frame, from any goroutine of the client, before it is
	// handled or written. It must not keep or change data, and the link waits for
	// it. What goes out holds the token: package tape masks it.
	Tap func(out bool, data []byte)
}

// ErrConfig is wrapped by every error on a Config.
var ErrConfig = errors.New("relay: the configuration is not valid")

// URLForSpace makes the URL of a SignalWire space: "example" and
// "example.signalwire.com" give wss://example.signalwire.com, an address that
// begins with ws:// or wss:// is taken as it is, and nothing gives the public
// default.
func URLForSpace(space string) string {
	space = strings.TrimSuffix(strings.TrimSpace(space), "/")
	switch {
	case space == "":
		return "wss://relay.signalwire.com"
	case strings.HasPrefix(space, "ws://"), strings.HasPrefix(space, "wss://"):
		return space
	}
	space = strings.TrimPrefix(space, "https://")
	if !strings.ContainsAny(space, ".:") {
		space += ".signalwire.com"
	}
	return "wss://" + space
}

// complete checks the configuration and fills in the defaults.
func (c Config) complete() (Config, error) {
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		return c, fmt.Errorf("%w: no URL, give ws://host:port or wss://host", ErrConfig)
	case err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "":
		return c, fmt.Errorf("%w: %q is no address of a RELAY server, give ws://host:port or wss://host", ErrConfig, model.Clean(c.URL))
	case badPort(u.Port()):
		return c, fmt.Errorf("%w: %q is no port, give 1 to 65535", ErrConfig, u.Port())
	case u.User != nil:
		return c, fmt.Errorf("%w: the URL must not hold credentials", ErrConfig)
	case c.Project == "":
		return c, fmt.Errorf("%w: no project", ErrConfig)
	case c.Token == "":
		return c, fmt.Errorf("%w: no token", ErrConfig)
	case slices.Contains(c.Contexts, ""):
		return c, fmt.Errorf("%w: a context has no name", ErrConfig)
	case min(c.HandshakeTimeout, c.RequestTimeout, c.BackoffMin, c.BackoffMax, c.Grace) < 0 || c.MaxFrame < 0:
		return c, fmt.Errorf("%w: only ProbeEvery may be negative", ErrConfig)
	}
	c.Contexts = slices.Clone(c.Contexts)
	fallback(&c.Agent, DefaultAgent)
	fallback(&c.HandshakeTimeout, DefaultHandshakeTimeout)
	fallback(&c.RequestTimeout, DefaultRequestTimeout)
	fallback(&c.BackoffMin, DefaultBackoffMin)
	fallback(&c.BackoffMax, DefaultBackoffMax)
	fallback(&c.ProbeEvery, DefaultProbeEvery)
	fallback(&c.Grace, DefaultGrace)
	fallback(&c.MaxFrame, DefaultMaxFrame)
	c.BackoffMax = max(c.BackoffMax, c.BackoffMin)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext
	}
	return c, nil
}

// badPort reports whether a port of a URL can never be dialled; none is fine.
func badPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port != "" && (err != nil || n < 1 || n > 65535)
}

func fallback[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// String tells where to, not as whom.
func (c Config) String() string { return "relay.Config{" + c.URL + "}" }

// GoString is String; it keeps %#v from showing the token.
func (c Config) GoString() string { return c.String() }

// LogValue keeps the token out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("url", c.URL), slog.Any("contexts", c.Contexts))
}
