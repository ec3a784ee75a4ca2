package sip

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	// maxDatagram is what RFC 3261 §18.1.1 lets a request be on UDP where the
	// path MTU is unknown.
	maxDatagram = 1300
	// switchTimeout is how long a TCP connect may hold up a big request that
	// could as well go by UDP, noTCPLife how long a failure is remembered.
	switchTimeout = 2 * time.Second
	noTCPLife     = 5 * time.Minute
	maxNoTCP      = 1024
)

// patience is Timer B and F. An INVITE met by silence goes on to the next
// address sooner, where there is one: every element says at least 100 at once.
func (tx *clientTx) patience() time.Duration {
	if t := tx.s.timers; tx.more && tx.req.IsInvite() {
		return 8 * t.T1
	}
	return tx.s.timers.life()
}

// follow runs the request at the addresses of a goal, one after another, until
// one of them answers (RFC 3263 §4.3).
func (tx *clientTx) follow(to where, build func(flow) *sip.Request) error {
	if to.over.alive() {
		err := tx.attempt(flow{conn: to.over, remote: to.over.remote}, true, build)
		if !isConnGone(err) || tx.ctx.Err() != nil {
			return err
		}
	}
	hops, err := tx.s.hops(tx.ctx, to.uri)
	if err != nil {
		return err
	}
	for i, h := range hops {
		tx.more = i < len(hops)-1
		var f flow
		if f, err = tx.s.open(tx.ctx, h); err == nil {
			err = tx.attempt(f, h.sure, build)
		}
		if err == nil || tx.ctx.Err() != nil {
			return err
		}
		tx.s.log.Debug("sip: address failed", "addr", h.addr, "network", h.network, "err", err)
	}
	return err
}

// attempt runs the request over one flow. Above 1300 bytes TCP is used in place
// of UDP, unless the URI names UDP or nobody answers there by TCP.
func (tx *clientTx) attempt(f flow, sure bool, build func(flow) *sip.Request) error {
	req := build(f)
	if req == nil {
		return nil
	}
	tx.s.addVia(req, f)
	if f.network() != netUDP || sure || len(req.String()) <= maxDatagram {
		return tx.run(req, f)
	}
	big, ok := tx.s.bigFlow(tx.ctx, f)
	if !ok {
		return tx.run(req, f)
	}
	if req = build(big); req == nil {
		return nil
	}
	tx.s.addVia(req, big)
	err := tx.run(req, big)
	if !isConnGone(err) || tx.ctx.Err() != nil {
		return err
	}
	// Whoever listens there by TCP does not speak SIP.
	tx.s.rememberNoTCP(f)
	if req = build(f); req == nil {
		return nil
	}
	tx.s.addVia(req, f)
	return tx.run(req, f)
}

// bigFlow is a TCP connection to where a UDP flow leads; false if there is none.
func (s *Stack) bigFlow(ctx context.Context, f flow) (flow, bool) {
	s.mu.Lock()
	until, known := s.noTCP[f.remote]
	s.mu.Unlock()
	if known && time.Now().Before(until) {
		return flow{}, false
	}
	brief, cancel := context.WithTimeout(ctx, switchTimeout)
	defer cancel()
	c, err := s.connect(brief, hop{network: netTCP, addr: f.remote})
	if err != nil {
		if ctx.Err() == nil {
			s.rememberNoTCP(f)
		}
		return flow{}, false
	}
	return flow{conn: c, remote: f.remote}, true
}

func (s *Stack) rememberNoTCP(f flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.noTCP) >= maxNoTCP {
		clear(s.noTCP)
	}
	s.noTCP[f.remote] = time.Now().Add(noTCPLife)
}

// isConnGone: the connection ended before the answer, or even before the request.
func isConnGone(err error) bool { return errors.Is(err, errConnGone) || errors.Is(err, net.ErrClosed) }
