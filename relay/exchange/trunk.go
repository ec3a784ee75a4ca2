package exchange

import (
	"errors"
	"fmt"
	"net"
	"path"
	"strconv"
	"strings"

	"cordpair/relay/exchange/sip"
)

// Trunk is a way to the telephone network: a provider or a gateway.
type Trunk struct {
	Name string // of its own, for events and texts
	// Server is where calls are sent: a sip: URI without a user, such as
	// sip:sip.example.com;transport=tcp.
	Server string
	// Domain is the host of our address there. Default: that of Server.
	Domain string
	// Proxy is a sip: URI that everything is sent through. Default: none.
	Proxy string
	// Register keeps us registered there, so that calls come in.
	Register bool
	// Username and Password answer its challenges.
	Username, Password string
	// From is the address that calls are made from. Default: the device's own
	// number, else the username, at Domain.
	From string
	// Prefixes are those of the numbers that may be dialled, with or without a
	// plus as they are dialled; "*" is every number. Without any, none may.
	Prefixes []string
}

// ErrTrunk: a trunk of the configuration cannot be used.
var ErrTrunk = errors.New("exchange: unusable trunk")

func (t *Trunk) check() error {
	user, host := splitURI(t.Server)
	switch {
	case t.Name == "":
		return fmt.Errorf("%w: it has no name", ErrTrunk)
	case sip.ValidateURI(t.Server) != nil || host == "" || user != "":
		return fmt.Errorf("%w %s: its server must be a SIP address without a user, such as sip:sip.example.com", ErrTrunk, t.Name)
	case t.Proxy != "" && sip.ValidateURI(t.Proxy) != nil:
		return fmt.Errorf("%w %s: its proxy is not a SIP address", ErrTrunk, t.Name)
	case t.From != "" && sip.ValidateURI(t.From) != nil:
		return fmt.Errorf("%w %s: its from is not a SIP address", ErrTrunk, t.Name)
	case t.Register && t.Username == "":
		return fmt.Errorf("%w %s: registering needs a username", ErrTrunk, t.Name)
	}
	for _, p := range t.Prefixes {
		if p != "*" && p != "+" && !isNumber(p) {
			return fmt.Errorf("%w %s: prefix %q is neither digits nor *", ErrTrunk, t.Name, p)
		}
	}
	return nil
}

// domain is the host, and port, of our address at the trunk.
func (t *Trunk) domain() string {
	if t.Domain != "" {
		return t.Domain
	}
	_, host := splitURI(t.Server)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := portOf(t.Server); port != "" {
		host += ":" + port
	}
	return host
}

// address is a user's or a number's address there.
func (t *Trunk) address(user string) string { return "sip:" + user + "@" + t.domain() }

// target is where the INVITE for a number goes.
func (t *Trunk) target(number string) string {
	scheme, rest, _ := strings.Cut(t.Server, ":")
	return scheme + ":" + number + "@" + rest
}

// trunksAt are those whose server or domain a URI names.
func trunksAt(all []Trunk, uri string) []Trunk {
	var list []Trunk
	for _, t := range all {
		if at := hostPort(uri); at == hostPort(t.Server) || at == hostPort("sip:"+t.domain()) {
			list = append(list, t)
		}
	}
	return list
}

// hostPort is where a URI leads, with the port that it means without one.
func hostPort(uri string) string {
	_, host := splitURI(uri)
	return net.JoinHostPort(host, orText(portOf(uri), "5060"))
}

// Rate is what a minute of calls to numbers with a prefix costs, in USD.
type Rate struct {
	Prefix    string // as dialled; "*" is every number
	PerMinute float64
}

// ErrRate: a rate of the configuration cannot be used.
var ErrRate = errors.New("exchange: unusable rate")

func (r Rate) check() error {
	if r.Prefix != "*" && r.Prefix != "+" && !isNumber(r.Prefix) {
		return fmt.Errorf("%w: prefix %q is neither digits nor *", ErrRate, r.Prefix)
	}
	if !(r.PerMinute >= 0 && r.PerMinute < 1e6) {
		return fmt.Errorf("%w: %s: a price of %s", ErrRate, r.Prefix, strconv.FormatFloat(r.PerMinute, 'g', -1, 64))
	}
	return nil
}

// rateOf is the price of a number by the longest prefix; false: no rate known.
func rateOf(rates []Rate, number string) (price float64, ok bool) {
	longest := -1
	for _, r := range rates {
		if n := matchPrefix([]string{r.Prefix}, number); n > longest {
			longest, price, ok = n, r.PerMinute, true
		}
	}
	return price, ok
}

// Route sends calls to a context by the user part of their address.
type Route struct {
	// Pattern is a user part; * stands for any characters, ? for one, [0-9]
	// for one of a set. Case does not matter.
	Pattern string
	Context string
}

// ErrRoute: a route of the configuration cannot be used.
var ErrRoute = errors.New("exchange: unusable route")

func (r Route) check() error {
	if _, err := path.Match(r.Pattern, ""); err != nil || r.Pattern == "" {
		return fmt.Errorf("%w: %q is not a pattern", ErrRoute, r.Pattern)
	}
	if !isContext(r.Context) {
		return fmt.Errorf("%w %s: %w: %q", ErrRoute, r.Pattern, ErrContext, r.Context)
	}
	return nil
}

func (r Route) matches(user string) bool {
	ok, err := path.Match(strings.ToLower(r.Pattern), strings.ToLower(user))
	return err == nil && ok
}
