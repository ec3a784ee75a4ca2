package exchange

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// trunks are the accounts at providers: kept registered, watched, and told to
// those who ask for details. Safe for concurrent use.
type trunks struct {
	x *Exchange

	mu     sync.Mutex
	states []wire.TrunkState // by name
}

// open starts them; the stack ends them.
func (x *Exchange) openTrunks() error {
	x.trunks = &trunks{x: x}
	for i := range x.cfg.Trunks {
		t := &x.cfg.Trunks[i]
		x.trunks.states = append(x.trunks.states, wire.TrunkState{Name: t.Name, Server: t.Server, Health: sip.HealthUnknown.String()})
	}
	slices.SortFunc(x.trunks.states, func(a, b wire.TrunkState) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range x.cfg.Trunks {
		_, err := x.stack.Trunk(sip.TrunkConfig{
			Name: t.Name, AOR: t.address(orText(t.Username, "cordpair")), Registrar: t.Server, Proxy: t.Proxy,
			Username: t.Username, Password: t.Password, Static: !t.Register, OnState: x.trunks.changed,
		})
		if err != nil {
			return errors.Join(ErrTrunk, err)
		}
	}
	return nil
}

// changed takes the news of a trunk.
func (t *trunks) changed(s sip.TrunkState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.states, func(o wire.TrunkState) bool { return o.Name == s.Name })
	if i < 0 {
		return
	}
	state := &t.states[i]
	state.Health, state.Registered, state.Problem = s.Health.String(), s.Registered, ""
	state.RoundTrip, state.Since = millis(s.RoundTrip), s.Since.UnixMilli()
	if s.Err != nil {
		state.Problem = s.Err.Error()
	}
	f := t.x.event(wire.EventCordpairTrunks, "", wire.TrunksEvent{Trunks: t.states})
	for _, session := range t.x.reg.allSessions() {
		if session.wantsDetails() {
			session.event(f)
		}
	}
}

func (t *trunks) list() []wire.TrunkState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]wire.TrunkState{}, t.states...)
}
