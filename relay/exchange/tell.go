package exchange

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// event encodes one event. The same bytes go to all who are told: ids need to
// be unique per client only.
func (x *Exchange) event(kind, context string, params any) frame {
	id := newID()
	b, err := wire.EventFrame(id, x.envelope(kind, context, nil), params)
	if err != nil {
		x.log.Error("event could not be encoded", "event", kind, "err", err)
		return frame{}
	}
	return frame{data: b, event: id}
}

func (x *Exchange) envelope(kind, context string, params jsontext.Value) wire.EventParams {
	return wire.EventParams{
		EventType: kind, EventChannel: "signalwire_" + x.node, Timestamp: seconds(time.Now()),
		ProjectID: x.cfg.Project, SpaceID: x.node, Context: context, Params: params,
	}
}

// tell sends an event to the followers and to all who watch. Details go only
// to those who asked for them.
func (x *Exchange) tell(followers []*session, kind, context string, params any) {
	watchers := *x.reg.watchers.Load()
	if len(followers) == 0 && len(watchers) == 0 {
		return
	}
	details := strings.HasPrefix(kind, "cordpair.")
	var f frame
	send := func(s *session) {
		if details && !s.wantsDetails() {
			return
		}
		if f.data == nil {
			f = x.event(kind, context, params)
		}
		s.event(f)
	}
	for _, s := range followers {
		send(s)
	}
	for _, s := range watchers {
		if !slices.Contains(followers, s) {
			send(s)
		}
	}
}

// webhookEvent is the body of a call state webhook: the state event's envelope.
func (c *call) webhookEvent() wire.EventParams {
	return c.x.envelope(wire.EventCallState, "", wire.MustEncode(c.params()))
}
