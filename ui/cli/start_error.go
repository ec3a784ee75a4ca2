package cli

import (
	"errors"
	"fmt"
	"net"

	"cordpair/relay/exchange"
)

// explainStart turns what can go wrong at the start of an exchange into what to
// do about it.
func explainStart(err error) error {
	var taken *exchange.TakenError
	if errors.As(err, &taken) {
		return explainTaken(taken)
	}
	if errors.Is(err, exchange.ErrNotLoopback) {
		return usagef("%w: give a loopback address, or say in the configuration who may call: [exchange.users.NAME]", err)
	}
	for _, wrong := range []error{
		exchange.ErrNoAddress, exchange.ErrContext, exchange.ErrUser, exchange.ErrTrunk, exchange.ErrRate, exchange.ErrRoute,
	} {
		if errors.Is(err, wrong) {
			return usagef("%w", err)
		}
	}
	return err
}

// explainTaken names the address, the flag and what is in the way.
func explainTaken(taken *exchange.TakenError) error {
	flag := "--relay-addr"
	if taken.What == "SIP" {
		flag = "--sip-addr, or tls_addr in the configuration"
	}
	addr, why := taken.Addr, taken.Err
	var op *net.OpError
	if errors.As(taken.Err, &op) && op.Addr != nil {
		addr, why = op.Addr.String(), op.Err
	}
	if taken.InUse() {
		return fmt.Errorf("%s is in use: stop what listens there or give another with %s", addr, flag)
	}
	return fmt.Errorf("%s cannot be listened on (%w): give another with %s", addr, why, flag)
}
