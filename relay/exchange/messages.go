package exchange

import (
	"strings"
	"sync"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Bounds of what is held to tell which SIP message belongs to which call.
const (
	maxDialogs   = 4096 // SIP Call-IDs of calls, live and recent
	maxUnclaimed = 256  // SIP Call-IDs that no call has claimed yet
	maxEarly     = 16   // messages of each of those
	maxRaw       = 16 << 10
)

// messages tells each SIP message of a call to the sessions that watch and ask
// for details. A message is on the wire before the call that it makes is
// known, so the first ones wait until the call claims their Call-ID. Safe for
// concurrent use; nothing here waits.
type messages struct {
	x *Exchange

	mu        sync.Mutex
	calls     map[string]string // call by SIP Call-ID
	claimed   []string          // keys of calls, oldest first
	early     map[string][]sip.Message
	unclaimed []string // keys of early, oldest first
}

func newMessages(x *Exchange) *messages {
	return &messages{x: x, calls: map[string]string{}, early: map[string][]sip.Message{}}
}

// trace takes a message from the stack.
func (t *messages) trace(m sip.Message) {
	if m.CallID == "" || len(t.listeners()) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, known := t.calls[m.CallID]; known {
		t.tell(id, m)
		return
	}
	if !ofCalls(m) {
		return
	}
	list, known := t.early[m.CallID]
	if len(list) >= maxEarly {
		return
	}
	if !known {
		if len(t.unclaimed) >= maxUnclaimed {
			delete(t.early, t.unclaimed[0])
			t.unclaimed = t.unclaimed[1:]
		}
		t.unclaimed = append(t.unclaimed, m.CallID)
	}
	t.early[m.CallID] = append(list, m)
}

// claim says that a SIP Call-ID is of a call.
func (t *messages) claim(sipCallID, id string) {
	if sipCallID == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.calls[sipCallID]; known {
		return
	}
	if len(t.claimed) >= maxDialogs {
		delete(t.calls, t.claimed[0])
		t.claimed = t.claimed[1:]
	}
	t.calls[sipCallID] = id
	t.claimed = append(t.claimed, sipCallID)
	for _, m := range t.early[sipCallID] {
		t.tell(id, m)
	}
	delete(t.early, sipCallID) // its key leaves unclaimed in its turn
}

// listeners are the sessions that are told.
func (t *messages) listeners() []*session {
	var out []*session
	for _, s := range *t.x.reg.watchers.Load() {
		if s.wantsDetails() {
			out = append(out, s)
		}
	}
	return out
}

// tell sends one message. The lock is held, so that they keep their order.
func (t *messages) tell(id string, m sip.Message) {
	list := t.listeners()
	if len(list) == 0 {
		return
	}
	f := t.x.event(wire.EventCordpairSIP, "", wire.SIPEvent{
		CallRef: wire.CallRef{NodeID: t.x.node, CallID: id}, At: m.At.UnixMicro(), Sent: m.Sent,
		Transport: m.Network, Local: m.Local.String(), Remote: m.Remote.String(), SIPCallID: text(m.CallID),
		Summary: text(m.Summary), Raw: text(m.Raw[:min(len(m.Raw), maxRaw)]),
	})
	for _, s := range list {
		s.event(f)
	}
}

// text makes what a phone sent fit for JSON.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// ofCalls reports whether a message can be of a call; registrations and
// keep-alives are not.
func ofCalls(m sip.Message) bool {
	head, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "CSeq") {
			continue
		}
		_, method, _ := strings.Cut(strings.TrimSpace(value), " ")
		switch strings.ToUpper(strings.TrimSpace(method)) {
		case "REGISTER", "OPTIONS", "SUBSCRIBE", "PUBLISH":
			return false
		}
		return true
	}
	return false
}
