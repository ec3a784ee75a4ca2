package exchange

import (
	"fmt"
	"net/netip"
	"syscall"
)

// fetchRules say which addresses a client may have the exchange connect to:
// webhooks and taps. Loopback is allowed, as the exchange serves programs of
// its own machine; link-local is where clouds keep their machines' credentials
// and is never allowed; private networks only where the configuration says so.
type fetchRules struct{ private bool }

func (r fetchRules) check(ip netip.Addr) error {
	ip = ip.Unmap()
	switch {
	case ip.IsLinkLocalUnicast(), ip.IsMulticast(), ip.IsUnspecified():
		return fmt.Errorf("%s is not allowed", ip)
	case ip.IsPrivate() && !r.private:
		return fmt.Errorf("%s is a private address and not allowed by the configuration", ip)
	}
	return nil
}

// control is a net.Dialer's Control. It sees the resolved address, so no name
// can lead around it.
func (r fetchRules) control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return r.check(a.Addr())
}
