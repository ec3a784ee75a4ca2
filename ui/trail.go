package ui

import (
	"strings"
	"time"

	"cordpair/model"
)

// Bounds of what is kept of one call.
const (
	trailLength = 200     // steps
	longestRaw  = 4 << 10 // bytes of one message
)

// layer is who said a step.
type layer uint8

const (
	layerRelay layer = iota
	layerSIP
	layerMedia // what was played, joined and parted
	layerLink  // the link went or came: it is about every call
	layerCount
)

func (l layer) String() string {
	return [...]string{"relay", "sip", "media", "link"}[min(l, layerLink)]
}

// step is one thing that happened to a call or its peer.
type step struct {
	at     time.Time
	call   model.CallID // the leg that it was said of
	leg    byte         // A or B
	layer  layer
	out    bool // from us to the server; of SIP: from the exchange to the phone
	bad    bool
	minor  bool // only the ladder shows it
	word   string
	detail string
	raw    string        // the SIP message
	remote string        // of a SIP message: the phone's host:port
	text   string        // the RELAY frame, of a ladder of the history
	cmd    model.Command // the order
	summed bool          // what SIP says, from its last response only
}

// trails keeps the last steps of each call under its A leg.
type trails map[model.CallID][]step

func (t trails) add(id model.CallID, s step) {
	if id == "" {
		return
	}
	list := t[id]
	if len(list) >= trailLength {
		list = append(list[:0], list[len(list)-trailLength/2:]...)
	}
	t[id] = append(list, s)
}

// prune drops the trails of calls that the book has forgotten.
func (t trails) prune(b *model.Book) {
	for id := range t {
		if b.Call(id) == nil {
			delete(t, id)
		}
	}
}

// under says on whose trail a leg's steps go, and which leg it is.
func (a *App) under(id model.CallID) (model.CallID, byte) {
	if c := a.book.Call(id); c != nil && c.Parent != "" && a.book.Call(c.Parent) != nil {
		return c.Parent, 'B'
	}
	return id, 'A'
}

// record notes an event that said something new.
func (a *App) record(ev model.Event, before witness) {
	switch ev := ev.(type) {
	case model.CallSeen:
		if before.known && ev.Call.State <= before.state {
			return
		}
		id, leg := a.under(ev.Call.ID)
		word := "call.state"
		if ev.Offered {
			word = "call.receive"
		}
		a.trails.add(id, step{at: ev.At, call: ev.Call.ID, leg: leg, word: word, detail: ev.Call.State.String()})
	case model.ConnectChanged:
		a.trails.add(ev.Call, step{at: ev.At, call: ev.Call, leg: 'A', word: "call.connect", detail: connectWord(ev),
			bad: ev.State == model.ConnectFailed})
		a.recordMedia(ev)
	case model.LegReported:
		if ev.Leg.Code != 0 && ev.Leg.Code != before.code && !a.sipSeen {
			id, leg := a.under(ev.Call)
			a.trails.add(id, step{at: ev.At, call: ev.Call, leg: leg, layer: layerSIP, summed: true, bad: ev.Leg.Code >= 300,
				word: model.Cause{Code: ev.Leg.Code, Phrase: ev.Leg.Phrase}.SIP(), detail: ev.Leg.Reason})
		}
	case model.ActionChanged:
		id, leg := a.under(ev.Call)
		a.trails.add(id, step{at: ev.At, call: ev.Call, leg: leg, word: "call." + ev.Kind, detail: actionDetail(ev), bad: ev.Kind == "refer" && ev.State == "failed"})
		if ev.Kind == "play" && ev.State == "playing" {
			a.trails.add(id, step{at: ev.At, call: ev.Call, leg: leg, layer: layerMedia, out: true, minor: true, word: "plays"})
		}
	case model.MonitorChanged:
		a.recordMonitor(ev)
	case model.MessageSettled:
		id, leg := a.under(ev.Call)
		a.trails.add(id, step{at: ev.At, call: ev.Call, leg: leg, word: "cordpair.message", bad: !ev.Delivered,
			detail: strings.TrimSpace(verb(b2i(ev.Delivered), "delivered", "not delivered") + "  " + model.Cause{Code: ev.Code, Phrase: ev.Phrase}.SIP())})
	case model.SIPSeen:
		a.recordSIP(ev)
	case model.LinkChanged:
		a.recordLink(ev, before)
	case model.OrderSettled:
		if ev.Fault != nil && before.order.Command != nil {
			id, leg := a.under(before.id)
			a.trails.add(id, step{at: ev.At, call: before.id, leg: leg, bad: true,
				word: model.Verb(before.order.Command), detail: ev.Fault.Text})
		}
	}
}

// actionDetail is the state of an action, of a transfer with its target and its
// response.
func actionDetail(ev model.ActionChanged) string {
	s := ev.State
	if ev.Target != "" {
		s += "  to " + model.LooseAddress(ev.Target).Brief()
	}
	if ev.Code != 0 {
		s += "  " + string(appendInt(nil, ev.Code))
	}
	return s
}

func connectWord(ev model.ConnectChanged) string {
	s := [...]string{"", "connecting", "connected", "failed", "disconnected"}[min(int(ev.State), 4)]
	if ev.Reason != "" {
		s += " " + ev.Reason
	}
	if ev.Peer.ID != "" {
		s += "  peer " + model.Short(ev.Peer.ID)
	}
	return s
}

// recordOrder notes an order that went out.
func (a *App) recordOrder(o model.Order) {
	id, leg := a.under(model.Target(o.Command))
	s := step{at: o.Given, call: model.Target(o.Command), leg: leg, out: true, cmd: o.Command}
	switch cmd := o.Command.(type) {
	case model.Answer:
		s.word = "calling.answer"
	case model.Pass:
		s.word = "calling.pass"
	case model.Hangup:
		s.word, s.detail = "calling.end", cmd.Reason
	case model.Connect:
		s.word, s.detail = "calling.connect", cmd.Request.To
	case model.Disconnect:
		s.word = "calling.disconnect"
	case model.Play:
		s.word = "calling.play"
	case model.StartMonitor:
		s.word, s.detail = "cordpair.monitor", cmd.Mode.String()+"  "+model.LooseAddress(cmd.Phone).Brief()
	case model.SetMonitor:
		s.word, s.detail = "cordpair.monitor", "change to "+cmd.Mode.String()
	case model.StopMonitor:
		s.word, s.detail = "cordpair.monitor", "leave"
	case model.Message:
		s.word, s.detail = "cordpair.message", cmd.Text
	default:
		return
	}
	a.trails.add(id, s)
}
