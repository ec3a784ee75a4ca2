package sip

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// serverTx is a server transaction (RFC 3261 §17.2, RFC 6026): a map entry
// with the last response and one timer. The request is not kept.
type serverTx struct {
	s        *Stack
	key      string
	mergeKey string
	invite   bool
	flow     flow // where responses go

	mu       sync.Mutex
	state    txState
	last     []byte // sent again on a retransmission of the request
	timer    *time.Timer
	interval time.Duration // Timer G
	deadline time.Time     // Timer H
	tag      string        // ours, in To; a CANCEL's answer has it too
	onCancel func(*sip.Request)
}

type txState int

const (
	txProceeding txState = iota
	txAccepted           // INVITE answered by 2xx, which the leg retransmits
	txCompleted
	txConfirmed
	txGone
)

// respond sends a response; wrong order (a second final one, anything after
// the end) is ignored and reported as false.
func (tx *serverTx) respond(res *sip.Response) bool {
	raw := []byte(res.String())
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state != txProceeding {
		return false
	}
	life := tx.s.timers.life()
	if tag := param(res.To().Params, "tag"); tag != "" {
		tx.tag = tag
	}
	if res.StatusCode >= 200 {
		tx.onCancel = nil // lets go of the leg
	}
	switch {
	case res.StatusCode < 200:
		tx.last = raw
	case tx.invite && res.StatusCode < 300:
		tx.state, tx.last = txAccepted, nil
		tx.after(life, tx.remove) // Timer L
	case tx.invite:
		tx.state, tx.last = txCompleted, raw
		tx.interval, tx.deadline = tx.s.timers.T1, time.Now().Add(life)
		if tx.flow.reliable() {
			tx.interval = life
		}
		tx.after(tx.interval, tx.again)
	case tx.flow.reliable():
		tx.state = txCompleted
		tx.after(0, tx.remove)
	default:
		tx.state, tx.last = txCompleted, raw
		tx.after(life, tx.remove) // Timer J
	}
	tx.write(raw)
	return true
}

func (tx *serverTx) write(raw []byte) {
	tx.s.sendBack(tx.flow, raw)
}

// after arms the one timer; tx.mu is held.
func (tx *serverTx) after(d time.Duration, f func()) {
	if tx.timer != nil {
		tx.timer.Stop()
	}
	if tx.s.ctx.Err() == nil {
		tx.timer = time.AfterFunc(d, f)
	}
}

// again is Timer G: the failure response is sent until its ACK or Timer H.
func (tx *serverTx) again() {
	tx.mu.Lock()
	if tx.state != txCompleted {
		tx.mu.Unlock()
		return
	}
	if !time.Now().Before(tx.deadline) {
		tx.mu.Unlock()
		tx.remove()
		return
	}
	tx.write(tx.last)
	tx.interval = min(2*tx.interval, tx.s.timers.T2)
	tx.after(tx.interval, tx.again)
	tx.mu.Unlock()
}

// retransmitted answers a request that came again.
func (tx *serverTx) retransmitted() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.last != nil && (tx.state == txProceeding || tx.state == txCompleted) {
		tx.write(tx.last)
	}
}

// acknowledged takes the ACK to a failure; false if it is not for that.
func (tx *serverTx) acknowledged() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch tx.state {
	case txCompleted:
		tx.state, tx.last = txConfirmed, nil
		linger := tx.s.timers.T4 // Timer I
		if tx.flow.reliable() {
			linger = 0
		}
		tx.after(linger, tx.remove)
		return true
	case txConfirmed:
		return true
	}
	return false
}

func (tx *serverTx) remove() {
	tx.stop()
	tx.s.mu.Lock()
	defer tx.s.mu.Unlock()
	delete(tx.s.servers, tx.key)
	if tx.s.merge[tx.mergeKey] == tx.key {
		delete(tx.s.merge, tx.mergeKey)
	}
}

func (tx *serverTx) stop() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.state, tx.last, tx.onCancel = txGone, nil, nil
	if tx.timer != nil {
		tx.timer.Stop()
	}
}

// cancelHook registers who is told of a CANCEL while the INVITE is pending, and
// the tag of the leg that answers it.
func (tx *serverTx) cancelHook(tag string, f func(*sip.Request)) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.tag, tx.onCancel = tag, f
}

// cancelled gives the tag for the answer to a CANCEL, and whom to tell of it;
// nil: it comes too late.
func (tx *serverTx) cancelled() (tag string, told func(*sip.Request)) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txProceeding {
		told = tx.onCancel
	}
	return tx.tag, told
}

// newServerTx files a transaction for a request; old is the one it is a
// retransmission of, merged tells of the same request by another path.
func (s *Stack) newServerTx(req *sip.Request, f flow) (tx, old *serverTx, merged bool) {
	key := serverKey(req, string(req.Method))
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.servers[key]; old != nil {
		return nil, old, false
	}
	tx = &serverTx{s: s, key: key, invite: req.IsInvite(), flow: responseFlow(req, f)}
	s.servers[key] = tx
	if !hasParam(req.To().Params, "tag") {
		tx.mergeKey = mergeKey(req)
		if _, merged = s.merge[tx.mergeKey]; !merged {
			s.merge[tx.mergeKey] = key
		}
	}
	return tx, nil, merged
}

func mergeKey(req *sip.Request) string {
	return strings.Join([]string{req.CallID().Value(), param(req.From().Params, "tag"),
		strconv.FormatUint(uint64(req.CSeq().SeqNo), 10), string(req.Method)}, "|")
}

// serverKey is RFC 3261 §17.2.3; without a branch of that RFC, the fields that
// RFC 2543 compares.
func serverKey(req *sip.Request, method string) string {
	via := req.Via()
	branch := param(via.Params, "branch")
	if len(branch) > len(sip.RFC3261BranchMagicCookie) && strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie) {
		return strings.Join([]string{branch, strings.ToLower(via.Host), strconv.Itoa(via.Port), method}, "|")
	}
	return strings.Join([]string{"2543", req.CallID().Value(), param(req.From().Params, "tag"),
		strconv.FormatUint(uint64(req.CSeq().SeqNo), 10), via.Host, strconv.Itoa(via.Port), method}, "|")
}

// stampVia notes where a request came from (RFC 3261 §18.2.1, RFC 3581 §4).
func stampVia(via *sip.ViaHeader, f flow) {
	source := f.remote.Addr().String()
	rport := hasParam(via.Params, "rport")
	if rport {
		via.Params.Add("rport", strconv.Itoa(int(f.remote.Port())))
	}
	if ip, err := netip.ParseAddr(strings.Trim(via.Host, "[]")); rport || err != nil || ip.Unmap() != f.remote.Addr() {
		via.Params.Add("received", source)
	}
}

// responseFlow is where responses go (RFC 3261 §18.2.2, RFC 3581 §4): the same
// connection, or the source address with the port that Via asks for.
func responseFlow(req *sip.Request, f flow) flow {
	via := req.Via()
	if f.network() == netUDP && hasParam(via.Params, "rport") {
		return f
	}
	to := netip.AddrPortFrom(f.remote.Addr(), portOf(&sip.Uri{Port: via.Port}, f.network()))
	if f.reliable() {
		f.back = hop{network: f.network(), addr: to, name: strings.Trim(via.Host, "[]")}
		return f
	}
	return flow{remote: to}
}
