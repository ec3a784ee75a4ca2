package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// A datagram to a port nobody listens on vanishes for an unconnected socket,
// and the caller would wait 32 s for nothing. So when an INVITE over UDP has
// met silence for a while, a connected socket sends a keep-alive (CRLF, which
// every SIP element ignores): the system reports ECONNREFUSED on it if nothing
// listens there.
const (
	probeAfter = 500 * time.Millisecond
	probeWait  = 300 * time.Millisecond
)

// probeLater arms the probe for an INVITE over UDP. The channel gets one error
// if the address refuses; stop disarms.
func (tx *clientTx) probeLater() (refused <-chan error, stop func()) {
	if !tx.req.IsInvite() || tx.flow.reliable() {
		return nil, func() {}
	}
	found := make(chan error, 1)
	remote := tx.flow.remote
	timer := time.AfterFunc(probeAfter, func() {
		// Ends within probeWait; its result is buffered, so nobody need read it.
		tx.s.guard("probe", func() {
			if tx.ctx.Err() == nil && probe(remote, probeWait) {
				found <- fmt.Errorf("%w: nothing listens on UDP %s", ErrUnreachable, remote)
			}
		})
	})
	return found, func() { timer.Stop() }
}

// probe reports whether the address refuses datagrams. The refusal is looked for
// once more after the wait, which may be over before it began.
func probe(remote netip.AddrPort, wait time.Duration) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(remote))
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(wait))
	if _, err := c.Write([]byte("\r\n")); err != nil {
		return errors.Is(err, syscall.ECONNREFUSED)
	}
	if _, err = c.Read(make([]byte, 16)); errors.Is(err, os.ErrDeadlineExceeded) {
		_, err = c.Write([]byte("\r\n"))
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
