package exchange

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
)

// fetchRules say which addresses a client may have the exchange connect to:
// webhooks and taps, by the rules of [media.Forbidden], as for audio. Loopback
// is allowed, as the exchange serves programs of its own machine; link-local is
// where clouds keep their machines' credentials and is never allowed; private
// networks only where the configuration says so.
type fetchRules struct{ private bool }

// check says in words for the client why an address is not allowed.
func (r fetchRules) check(ip netip.Addr) error {
	if err := media.Forbidden(ip, r.private); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "media: "))
	}
	return nil
}

// dialer sees resolved addresses, so no name can lead around the rules.
func (r fetchRules) dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, Control: media.DialControl(r.private)}
}
