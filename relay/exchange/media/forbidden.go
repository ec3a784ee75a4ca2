package media

import (
	"fmt"
	"net/netip"
	"syscall"
)

// carrierNAT is shared address space (RFC 6598), private in all but name.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// metadata are where clouds keep the credentials of their machines, besides
// link-local addresses.
var metadata = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200")}

// Forbidden says why a program must not have this machine connect to an address,
// nil when it may: link-local, multicast, unspecified and metadata addresses
// never, private ones (RFC 1918, RFC 4193, RFC 6598) only if allowed. Loopback
// is the exchange's own home. The error wraps ErrForbiddenAddress.
func Forbidden(ip netip.Addr, allowPrivate bool) error {
	ip = ip.Unmap().WithZone("")
	why := ""
	switch {
	case ip.IsLoopback():
	case !ip.IsGlobalUnicast():
		why = "not an address of one machine beyond this link"
	case ip == metadata[0] || ip == metadata[1]:
		why = "a cloud's metadata"
	case (ip.IsPrivate() || carrierNAT.Contains(ip)) && !allowPrivate:
		why = "private, and not allowed by the configuration"
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("%w: %v is %s", ErrForbiddenAddress, ip, why)
}

// DialControl is Forbidden as a net.Dialer's Control: it sees the address that
// a name has been resolved to, of a redirect too, so that nothing leads around
// it.
func DialControl(allowPrivate bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
		}
		return Forbidden(ap.Addr(), allowPrivate)
	}
}
