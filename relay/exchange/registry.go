package exchange

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// registry knows the live calls, the calls that ended a moment ago, and the
// sessions. Safe for concurrent use; no lock is held while anything is sent.
type registry struct {
	limits   Limits
	watchers atomic.Pointer[[]*session] // sessions told of every call
	watchMu  sync.Mutex                 // one refresh at a time; taken before mu

	mu       sync.Mutex
	calls    map[string]*call
	gone     map[string]time.Time // call id → when it ended
	goneIDs  []string             // the same, oldest first
	sessions map[string]*session  // by protocol
	turns    map[string]int       // context → whose turn it is
	closed   bool                 // no new sessions
	drained  bool                 // no new calls
	idle     chan struct{}        // closed when drained and there is no call
}

func newRegistry(l Limits) *registry {
	r := &registry{
		limits: l, calls: map[string]*call{}, gone: map[string]time.Time{},
		sessions: map[string]*session{}, turns: map[string]int{}, idle: make(chan struct{}),
	}
	r.watchers.Store(&[]*session{})
	return r
}

// addCall registers a call; false at the limit or when closing.
func (r *registry) addCall(c *call) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drained || len(r.calls) >= r.limits.Calls {
		return false
	}
	r.calls[c.id] = c
	return true
}

// removeCall turns a call into a memory of it.
func (r *registry) removeCall(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls[c.id] != c {
		return
	}
	delete(r.calls, c.id)
	now := time.Now()
	for len(r.goneIDs) > 0 && now.Sub(r.gone[r.goneIDs[0]]) > r.limits.Gone {
		delete(r.gone, r.goneIDs[0])
		r.goneIDs = r.goneIDs[1:]
	}
	r.gone[c.id] = now
	r.goneIDs = append(r.goneIDs, c.id)
	if r.drained && len(r.calls) == 0 {
		close(r.idle)
	}
}

// call finds a live call.
func (r *registry) call(id string) (*call, *failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id == "" {
		return nil, noCallID
	}
	if c, ok := r.calls[id]; ok {
		return c, nil
	}
	if t, ok := r.gone[id]; ok && time.Since(t) <= r.limits.Gone {
		return nil, callGone
	}
	return nil, noSuchCall
}

// ofLeg finds the call that a SIP leg belongs to, or nil.
func (r *registry) ofLeg(l *sip.Leg) *call {
	if l == nil {
		return nil
	}
	for _, c := range r.allCalls() {
		if shot := c.shot.Load(); shot != nil && shot.Leg.SIPCallID == l.CallID() {
			return c
		}
	}
	return nil
}

// allCalls returns the live calls, oldest first.
func (r *registry) allCalls() []*call {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*call, 0, len(r.calls))
	for _, c := range r.calls {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *call) int {
		return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
	return all
}

func (r *registry) tellCalls(m message) {
	for _, c := range r.allCalls() {
		c.post(m)
	}
}

// close refuses new sessions and new calls.
func (r *registry) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.drain()
}

// drain refuses new calls; idle is closed when the last one is gone.
func (r *registry) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drained {
		return
	}
	r.drained = true
	if len(r.calls) == 0 {
		close(r.idle)
	}
}

func (r *registry) draining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drained
}

// full reports whether no call can be added.
func (r *registry) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls) >= r.limits.Calls
}

// session finds the session to resume.
func (r *registry) session(protocol string) (*session, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[protocol]
	return s, ok
}

func (r *registry) addSession(s *session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.sessions) >= r.limits.Sessions {
		return false
	}
	r.sessions[s.protocol] = s
	return true
}

// forgetSession removes a session that cannot be resumed any more.
func (r *registry) forgetSession(s *session) {
	r.mu.Lock()
	delete(r.sessions, s.protocol)
	r.mu.Unlock()
	r.refreshWatchers()
	r.tellCalls(msgSessionGone{s})
}

func (r *registry) allSessions() []*session {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*session, 0, len(r.sessions))
	for _, s := range r.sessions {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *session) int { return strings.Compare(a.protocol, b.protocol) })
	return all
}

// refreshWatchers is called when a session comes, goes or asks anew.
func (r *registry) refreshWatchers() {
	r.watchMu.Lock()
	defer r.watchMu.Unlock()
	var list []*session
	for _, s := range r.allSessions() {
		if s.watches() {
			list = append(list, s)
		}
	}
	r.watchers.Store(&list)
}

// consumer picks the session that is next in turn for a context, passing over
// those in tried. spelled is the session's own spelling of the context.
func (r *registry) consumer(context string, tried map[*session]bool) (s *session, spelled string) {
	return r.pick(context, tried, 1)
}

// peek is consumer without taking its turn.
func (r *registry) peek(context string, tried map[*session]bool) (s *session, spelled string) {
	return r.pick(context, tried, 0)
}

func (r *registry) pick(context string, tried map[*session]bool, turns int) (s *session, spelled string) {
	type candidate struct {
		s       *session
		spelled string
	}
	var found []candidate
	for _, s := range r.allSessions() {
		if name, online, ok := s.receives(context); ok && online && !tried[s] {
			found = append(found, candidate{s, name})
		}
	}
	if len(found) == 0 {
		return nil, ""
	}
	key := strings.ToLower(context)
	r.mu.Lock()
	turn := r.turns[key]
	r.turns[key] = turn + turns
	r.mu.Unlock()
	c := found[turn%len(found)]
	return c.s, c.spelled
}

// isContext reports whether some session receives the context, dropped ones
// included: they may come back.
func (r *registry) isContext(name string) bool {
	return slices.ContainsFunc(r.allSessions(), func(s *session) bool {
		_, _, ok := s.receives(name)
		return ok
	})
}

// snapshots is the live calls as cordpair.calls shows them.
func (r *registry) snapshots() []wire.CallSnapshot {
	list := []wire.CallSnapshot{}
	for _, c := range r.allCalls() {
		if shot := c.shot.Load(); shot != nil && shot.CallState != wire.CallEnded {
			list = append(list, *shot)
		}
	}
	return list
}
