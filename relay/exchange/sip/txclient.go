package sip

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// clientTx is a client transaction (RFC 3261 §17.1, RFC 6026), or several one
// after another where an address fails and another one is to be tried (RFC 3263
// §4.3). It runs on one goroutine, which resolves, connects, sends, retransmits
// and calls back, and ends with the last final response, a failure, stop, or
// the stack.
type clientTx struct {
	s      *Stack
	key    string
	req    *sip.Request
	raw    []byte
	flow   flow
	more   bool          // another address is left
	busy   *sip.Response // the 503 of an address before this one
	in     *queue[*sip.Response]
	giveUp *time.Timer // B or F
	ctx    context.Context
	cancel context.CancelFunc
	on     func(*sip.Response)
	fail   func(error)
}

// request starts a client transaction. build is called once the flow is known,
// again for every other flow that is tried, and returns the request without Via
// (nil: give up silently). on gets every response, fail a failure; exactly one
// final response or failure ends it. All three are called on the transaction's
// goroutine with no lock held.
func (s *Stack) request(to where, build func(flow) *sip.Request, on func(*sip.Response), fail func(error)) *clientTx {
	tx := &clientTx{s: s, in: newQueue[*sip.Response](), on: on, fail: fail}
	tx.ctx, tx.cancel = context.WithCancel(s.ctx)
	to.uri = to.uri.Clone()
	// Ends with the transaction or the stack; waited for by Close.
	s.spawn("client transaction", func() {
		defer tx.cancel()
		err := tx.follow(to, build)
		switch {
		case err == nil:
		case tx.ctx.Err() != nil:
			fail(context.Canceled) // whatever it broke is not what went wrong
		case tx.busy != nil:
			on(tx.busy) // says more than that nobody else was there
		default:
			fail(err)
		}
	})
	return tx
}

// requestOn runs a request that already has its Via on a known flow (CANCEL).
func (s *Stack) requestOn(f flow, req *sip.Request, on func(*sip.Response), fail func(error)) {
	tx := &clientTx{s: s, in: newQueue[*sip.Response](), on: on, fail: fail}
	tx.ctx, tx.cancel = context.WithCancel(s.ctx)
	// Ends with the transaction or the stack; waited for by Close.
	s.spawn("client transaction", func() {
		defer tx.cancel()
		if err := tx.run(req, f); err != nil {
			fail(err)
		}
	})
}

// stop ends the transaction without a callback being started any more, except
// fail with context.Canceled.
func (tx *clientTx) stop() { tx.cancel() }

func (tx *clientTx) run(req *sip.Request, f flow) error {
	tx.req, tx.flow, tx.raw = req, f, []byte(req.String())
	tx.key = clientKey(req.Via(), string(req.Method))
	tx.giveUp = time.NewTimer(tx.patience())
	defer tx.giveUp.Stop()
	tx.s.mu.Lock()
	tx.s.clients[tx.key] = tx
	tx.s.mu.Unlock()
	err := tx.loop()
	tx.s.mu.Lock()
	delete(tx.s.clients, tx.key)
	tx.s.mu.Unlock()
	return err
}

// loop is both client machines: they differ in Timer A's growth, in what a
// provisional stops, and in the ACK. A response that is there counts before what
// went wrong after it, such as a peer that answers and hangs up.
func (tx *clientTx) loop() error {
	if err := tx.s.send(tx.flow, tx.raw); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	t := tx.s.timers
	invite, inside := tx.req.IsInvite(), hasParam(tx.req.To().Params, "tag")
	interval := t.T1
	resend := time.NewTimer(interval) // Timer A or E
	defer resend.Stop()
	if tx.flow.reliable() {
		resend.Stop()
	}
	refused, stopProbe := tx.probeLater()
	defer stopProbe()
	for {
		select {
		case <-tx.in.ready:
			for _, res := range tx.responses() {
				stopProbe()
				if res.StatusCode >= 200 {
					return tx.final(res)
				}
				if invite {
					resend.Stop()
					if !inside { // nobody rings for a re-INVITE: it may not stay open
						tx.giveUp.Stop()
					}
				} else {
					interval = t.T2
				}
				tx.on(res)
			}
		case <-resend.C:
			if err := tx.s.send(tx.flow, tx.raw); err != nil {
				return fmt.Errorf("%w: %w", ErrUnreachable, err)
			}
			if interval *= 2; !invite {
				interval = min(interval, t.T2)
			}
			resend.Reset(interval)
		case <-tx.giveUp.C:
			if !tx.in.waits() {
				return tx.silence(invite && !inside)
			}
			tx.giveUp.Reset(0) // what is there may stop it
		case err := <-refused:
			if !tx.in.waits() {
				return err
			}
		case <-tx.flow.gone():
			if !tx.in.waits() {
				return fmt.Errorf("%w: the connection to %s: %w", ErrUnreachable, tx.flow.remote, errConnGone)
			}
		case <-tx.ctx.Done():
			return context.Canceled
		}
	}
}

// responses are those that came, without those of the address before this one.
func (tx *clientTx) responses() []*sip.Response {
	return slices.DeleteFunc(tx.in.take(), func(res *sip.Response) bool {
		return clientKey(res.Via(), string(res.CSeq().MethodName)) != tx.key
	})
}

// silence is Timer B or F; a late answer to a first INVITE is still to be ended.
func (tx *clientTx) silence(first bool) error {
	if first {
		tx.s.linger(tx.key, nil, tx.flow, "")
	}
	return fmt.Errorf("%w: no answer from %s %s within %v: %w",
		ErrUnreachable, tx.flow.network(), tx.flow.remote, tx.patience(), errTimeout)
}

// final acknowledges what must be and hands the response on. A 503 is an error
// while there are other addresses (RFC 3263 §4.3).
func (tx *clientTx) final(res *sip.Response) error {
	if tx.req.IsInvite() && res.StatusCode >= 300 {
		raw := []byte(ackNon2xx(tx.req, res).String())
		if err := tx.s.send(tx.flow, raw); err != nil {
			tx.s.log.Debug("sip: ACK not sent", "err", err)
		}
		if !tx.flow.reliable() {
			tx.s.linger(tx.key, raw, tx.flow, "")
		}
	}
	if tx.more && res.StatusCode == 503 {
		tx.busy = res
		return fmt.Errorf("%w: %s is out of service", ErrUnreachable, tx.flow.remote)
	}
	tx.on(res)
	return nil
}

// lingering is what is left of an INVITE client transaction for 64·T1 after
// its final response: the ACK, to be sent again when the response comes again.
// (Timer D for 3xx–6xx, Timer M of RFC 6026 for 2xx.)
type lingering struct {
	ack   []byte // nil: silent so far; a late 2xx is to be ended
	flow  flow
	toTag string // of the 2xx; "" for a failure, or where none was heard in time
	timer *time.Timer
}

func (s *Stack) linger(key string, ack []byte, f flow, toTag string) {
	l := &lingering{ack: ack, flow: f, toTag: toTag}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	s.acked[key] = l
	l.timer = time.AfterFunc(s.timers.life(), func() {
		s.mu.Lock()
		delete(s.acked, key)
		s.mu.Unlock()
	})
}

func (s *Stack) receiveResponse(res *sip.Response, f flow) {
	via, cseq := res.Via(), res.CSeq()
	if via == nil || cseq == nil || res.From() == nil || res.To() == nil || res.CallID() == nil ||
		res.StatusCode < 100 || res.StatusCode > 699 {
		s.log.Debug("sip: malformed response dropped", "from", f.remote)
		return
	}
	key := clientKey(via, string(cseq.MethodName))
	s.mu.Lock()
	tx, old := s.clients[key], s.acked[key]
	s.mu.Unlock()
	switch {
	case tx != nil && old == nil: // one that lingers takes no more, even if it is there for a moment
		tx.in.put(res)
	case old == nil || res.StatusCode < 200:
		// Late or stray: dropped (RFC 6026 §8.5).
	case old.ack == nil:
		if res.StatusCode < 300 && cseq.MethodName == sip.INVITE {
			s.refuseFork(res)
		}
	case res.StatusCode >= 300 || old.toTag == "" || old.toTag == param(res.To().Params, "tag"):
		if err := s.send(old.flow, old.ack); err != nil {
			s.log.Debug("sip: ACK not sent again", "err", err)
		}
	default:
		s.refuseFork(res)
	}
}

// clientKey matches a response to its request (RFC 3261 §17.1.3).
func clientKey(via *sip.ViaHeader, method string) string {
	return param(via.Params, "branch") + "|" + method
}

func isCanceled(err error) bool { return errors.Is(err, context.Canceled) }
