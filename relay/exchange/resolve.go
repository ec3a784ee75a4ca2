package exchange

import (
	"strings"

	"cordpair/relay/wire"
)

// resolve finds where to send an INVITE. Addresses of our own domain are
// looked up among the registrations; any other host is asked itself.
func (x *Exchange) resolve(d wire.Device) ([]string, *cause) {
	if d.Type == wire.DevicePhone {
		why := byExchange(wire.ReasonNotFound, "no trunk for telephone numbers is configured")
		why.code, why.phrase = 404, "Not Found"
		return nil, &why
	}
	to := d.Params.To
	if !x.ours(to) {
		return []string{to}, nil
	}
	user, _ := splitURI(to)
	if targets := x.registered(user); len(targets) > 0 {
		return targets, nil
	}
	why := byExchange(wire.ReasonNotFound, "%s is not registered here", bareURI(to))
	why.code, why.phrase = 404, "Not Found"
	return nil, &why
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
	own := x.stack.Addr().Addr().String()
	if strings.Contains(own, ":") {
		own = "[" + own + "]"
	}
	return []string{x.cfg.Domain, own, "localhost"}
}

// bareURI is an address without display name, for texts.
func bareURI(uri string) string {
	user, host := splitURI(uri)
	if user == "" {
		return "sip:" + host
	}
	return "sip:" + user + "@" + host
}
