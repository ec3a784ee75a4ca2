package sip

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// RegistrarConfig configures a [Registrar].
type RegistrarConfig struct {
	// Domains are the hosts of addresses of record that are taken; empty: any.
	// Compared without port, ignoring case.
	Domains []string
	// Min, Max and Default are the bounds of a registration's life and what it
	// is without Expires. Default 60 s, 2 h, 1 h. A shorter wish is refused by
	// 423, a longer one cut.
	Min, Max, Default time.Duration
	// OnChange, if set, is called after the table changed (also by expiry),
	// with no lock held; it must be quick.
	OnChange func()
}

// Registrar is a location service (RFC 3261 §10); [Config].Auth guards it. All
// methods are safe for concurrent use. It holds one timer and no goroutine; the
// timer ends with the stack it is given to.
type Registrar struct {
	cfg RegistrarConfig

	mu       sync.Mutex
	bindings map[string][]binding // by address of record
	expiry   *time.Timer
	stopped  bool
}

// Registration is one contact of one address of record.
type Registration struct {
	AOR       string // sip:user@host
	Contact   string // the URI as registered
	Target    string // the URI to call: Contact at the address the REGISTER came from
	Source    netip.AddrPort
	Transport string // "UDP", "TCP" or "TLS"
	UserAgent string
	Since     time.Time
	Expires   time.Time
}

type binding struct {
	Registration
	callID string
	seq    uint32
	q      float64
}

// Bounds that no honest use meets, so that a flood of REGISTERs cannot eat the memory.
const (
	maxContacts = 32
	maxAORs     = 10000
)

// NewRegistrar makes an empty one.
func NewRegistrar(cfg RegistrarConfig) *Registrar {
	if cfg.Min <= 0 {
		cfg.Min = time.Minute
	}
	if cfg.Max <= 0 {
		cfg.Max = 2 * time.Hour
	}
	if cfg.Default <= 0 {
		cfg.Default = time.Hour
	}
	return &Registrar{cfg: cfg, bindings: map[string][]binding{}}
}

// List returns all registrations, by address of record, then newest first.
func (r *Registrar) List() []Registration {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.purge(time.Now())
	var out []Registration
	for _, bs := range r.bindings {
		for _, b := range bs {
			out = append(out, b.Registration)
		}
	}
	slices.SortFunc(out, func(a, b Registration) int {
		if c := strings.Compare(a.AOR, b.AOR); c != 0 {
			return c
		}
		return b.Since.Compare(a.Since)
	})
	return out
}

// Lookup returns where to call an address: the targets of its registrations,
// highest q first, then newest first. Where no registered host matches and no
// Domains are configured, the user alone decides, so that sip:alice@demo finds
// alice however her phone names the domain. nil: not registered.
func (r *Registrar) Lookup(uri string) []string {
	_, u, err := parseAddress(uri)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.purge(time.Now())
	bs := slices.Clone(r.bindings[aorOf(&u)])
	if bs == nil && len(r.cfg.Domains) == 0 {
		for aor, more := range r.bindings {
			if strings.HasPrefix(aor, "sip:"+u.User+"@") {
				bs = append(bs, more...)
			}
		}
	}
	slices.SortStableFunc(bs, func(a, b binding) int {
		if a.q != b.q {
			if a.q > b.q {
				return -1
			}
			return 1
		}
		return b.Since.Compare(a.Since)
	})
	var out []string
	for _, b := range bs {
		out = append(out, b.Target)
	}
	return out
}

func aorOf(u *sip.Uri) string { return "sip:" + u.User + "@" + strings.ToLower(u.Host) }

// purge drops what has expired; r.mu is held.
func (r *Registrar) purge(now time.Time) (changed bool) {
	for aor, bs := range r.bindings {
		left := slices.DeleteFunc(slices.Clone(bs), func(b binding) bool { return !b.Expires.After(now) })
		if len(left) == len(bs) {
			continue
		}
		changed = true
		if len(left) == 0 {
			delete(r.bindings, aor)
		} else {
			r.bindings[aor] = left
		}
	}
	return changed
}

// arm sets the timer to the next expiry; r.mu is held.
func (r *Registrar) arm(now time.Time) {
	if r.expiry != nil {
		r.expiry.Stop()
		r.expiry = nil
	}
	var next time.Time
	for _, bs := range r.bindings {
		for _, b := range bs {
			if next.IsZero() || b.Expires.Before(next) {
				next = b.Expires
			}
		}
	}
	if next.IsZero() || r.stopped {
		return
	}
	r.expiry = time.AfterFunc(next.Sub(now), func() {
		r.mu.Lock()
		now := time.Now()
		changed := r.purge(now)
		r.arm(now)
		r.mu.Unlock()
		if changed && r.cfg.OnChange != nil {
			r.cfg.OnChange()
		}
	})
}

// stop ends the timer; registrations then expire unannounced.
func (r *Registrar) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	r.arm(time.Now())
}
