package exchange

import (
	"net/netip"
	"strings"

	"cordpair/relay/wire"
)

// route is where the INVITE of a device goes.
type route struct {
	to      string   // To, and the target where there are no targets
	from    string   // empty: the device's own
	targets []string // a fork of them
	trunk   *Trunk
	number  string // dialled through trunk
	missing *cause // nobody has the address: told as the outcome of the call
}

// route finds the way to a device. The failure is a way that is forbidden; it
// is told before anything is tried. Addresses of our own domain are looked up
// among the registrations; telephone numbers, there and at a trunk's host, go
// through a trunk that may dial them; any other host is asked itself.
func (x *Exchange) route(d wire.Device) (route, *failure) {
	if d.Type == wire.DevicePhone {
		return x.dialled(d.Params.ToNumber, d.Params.FromNumber, x.cfg.Trunks)
	}
	to := d.Params.To
	user, _ := splitURI(to)
	if own := trunksAt(x.cfg.Trunks, to); len(own) > 0 {
		return x.dialled(user, "", own)
	}
	if !x.ours(to) {
		return route{to: to}, nil
	}
	if targets := x.registered(user); len(targets) > 0 {
		return route{to: to, targets: targets}, nil
	}
	if isNumber(user) && len(x.cfg.Trunks) > 0 {
		return x.dialled(user, "", x.cfg.Trunks)
	}
	return route{to: to, missing: notFound("%s is not registered here", bareURI(to))}, nil
}

// mayFollow says where a phone that was called may send us by a 3xx: not to an
// emergency number, and to a telephone number only where that is the one that
// was dialled. Else an answer would reach what no request may.
func (x *Exchange) mayFollow(r route) func(uri string) bool {
	return func(uri string) bool {
		if x.isEmergency(userOf(uri)) {
			return false
		}
		next, f := x.route(wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{To: uri}})
		return f == nil && next.missing == nil && (next.trunk == nil || next.number == r.number)
	}
}

// dialled sends a telephone number through the trunk with the longest prefix
// that allows it. No prefix, no call.
func (x *Exchange) dialled(number, from string, trunks []Trunk) (route, *failure) {
	number = cleanNumber(number)
	if len(trunks) == 0 {
		return route{missing: notFound("no trunk for telephone numbers is configured")}, nil
	}
	if !isNumber(number) {
		return route{}, bad("%.40q is not a telephone number", number)
	}
	var best *Trunk
	longest := -1
	for i := range trunks {
		if n := matchPrefix(trunks[i].Prefixes, number); n > longest {
			best, longest = &trunks[i], n
		}
	}
	if best == nil {
		return route{}, &failure{wire.CodeForbidden, "no trunk may dial " + number + ": its prefix is not allowed by the configuration"}
	}
	r := route{to: best.address(number), from: best.From, trunk: best, number: number}
	if from := cleanNumber(from); r.from == "" && isNumber(from) {
		r.from = best.address(from)
	}
	if r.from == "" {
		r.from = best.address(orText(best.Username, number))
	}
	return r, nil
}

// matchPrefix is the length of the longest prefix that fits, -1 for none. "*"
// fits every number.
func matchPrefix(prefixes []string, number string) int {
	longest := -1
	for _, p := range prefixes {
		switch {
		case p == "*":
			longest = max(longest, 0)
		case strings.HasPrefix(number, p):
			longest = max(longest, len(p))
		}
	}
	return longest
}

func notFound(format string, args ...any) *cause {
	why := byExchange(wire.ReasonNotFound, format, args...)
	why.code, why.phrase = 404, "Not Found"
	return &why
}

// registered finds a user under any name that this exchange goes by.
func (x *Exchange) registered(user string) []string {
	var all []string
	for _, host := range x.hosts() {
		all = append(all, x.registrar.Lookup("sip:"+user+"@"+host)...)
	}
	return all
}

// hosts are the names under which phones may register.
func (x *Exchange) hosts() []string {
	return []string{x.cfg.Domain, inURI(x.stack.Addr().Addr().String()), "localhost"}
}

// inURI is a host as URIs have it: an IPv6 address in brackets.
func inURI(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// bareURI is an address without display name, for texts.
func bareURI(uri string) string {
	user, host := splitURI(uri)
	if user == "" {
		return "sip:" + host
	}
	return "sip:" + user + "@" + host
}

// cleanNumber is a telephone number without its punctuation.
func cleanNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/", r) {
			return -1
		}
		return r
	}, s)
}

const maxNumber = 32

// isNumber reports whether s is a telephone number: digits, also with a plus
// before them.
func isNumber(s string) bool {
	digits := strings.TrimPrefix(s, "+")
	return digits != "" && len(digits) <= maxNumber && strings.Trim(digits, "0123456789") == ""
}

// loopback reports whether a host:port is of this machine alone.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
