package exchange

import (
	"errors"
	"fmt"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// cause is the verdict on a leg: the word for RELAY, and what SIP said.
type cause struct {
	reason wire.Reason
	by     string // wire.EndedBy…
	code   int
	phrase string
	header string // Reason (RFC 3326)
	text   string
}

// source is end_source: the side that ended the leg, none when it was neither
// phone.
func (c cause) source(d wire.Direction) string {
	if c.by == wire.EndedByRemote {
		return string(d)
	}
	return "none"
}

// causeOf reads a verdict of the SIP stack that was not asked for by us.
func causeOf(e sip.Ended, d wire.Direction, answered bool) cause {
	c := cause{code: e.Code, phrase: e.Phrase, header: e.Reason, text: e.Text}
	switch {
	case e.TimedOut && d == wire.Outbound && e.By == sip.Network:
		c.reason, c.by, c.text = wire.ReasonNoAnswer, wire.EndedByNetwork, orText(e.Text, "nothing at that address answers")
	case e.TimedOut && d == wire.Outbound:
		c.reason, c.by, c.text = wire.ReasonNoAnswer, wire.EndedByExchange, "nobody answered in time"
	case e.TimedOut:
		c.reason, c.by = wire.ReasonNoAnswer, wire.EndedByRemote
	case e.By == sip.Network:
		c.reason, c.by = wire.ReasonError, wire.EndedByNetwork
		if errors.Is(e.Err, sip.ErrUnreachable) {
			c.text = orText(e.Text, "the address cannot be reached")
		}
	case answered:
		c.reason, c.by, c.text = wire.ReasonHangup, sideOf(e.By), orText(e.Text, "hung up")
	case d == wire.Inbound:
		c.reason, c.by, c.text = wire.ReasonCancel, sideOf(e.By), "the caller hung up before the answer"
	default:
		c.reason, c.text = refusal(e.Code)
		c.by = sideOf(e.By)
		if c.text == "" {
			c.text = orText(e.Text, fmt.Sprintf("refused with %d %s", e.Code, e.Phrase))
		}
	}
	return c
}

func sideOf(s sip.Side) string {
	switch s {
	case sip.Remote:
		return wire.EndedByRemote
	case sip.Network:
		return wire.EndedByNetwork
	}
	return wire.EndedByExchange
}

func orText(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// refusal is what a final response to our INVITE means.
func refusal(code int) (wire.Reason, string) {
	switch code {
	case 486, 600:
		return wire.ReasonBusy, "busy"
	case 603, 607, 608:
		return wire.ReasonDecline, "declined the call"
	case 404, 604, 410, 484, 485:
		return wire.ReasonNotFound, "nobody has that address"
	case 408, 480:
		return wire.ReasonNoAnswer, "not available now"
	case 487:
		return wire.ReasonCancel, "cancelled"
	case 415, 488, 606:
		return wire.ReasonError, "refused the codecs that were offered"
	case 401, 407:
		return wire.ReasonError, "asked for a password"
	}
	return wire.ReasonError, ""
}

// rejection is the final response for a reason of calling.end on a call that
// rings here. A hang-up of a ringing call is a refusal by a person, so it is
// 603 as well.
func rejection(r wire.Reason) (code int, phrase string) {
	switch r {
	case wire.ReasonBusy:
		return 486, "Busy Here"
	case wire.ReasonNoAnswer:
		return 480, "Temporarily Unavailable"
	case wire.ReasonCancel:
		return 487, "Request Terminated"
	case wire.ReasonError:
		return 500, "Server Internal Error"
	}
	return 603, "Decline"
}

// byOperator is the verdict of calling.end.
func byOperator(r wire.Reason) cause {
	return cause{reason: r, by: wire.EndedByOperator, text: "ended by the operator"}
}

// cancelled is the verdict on a leg that the operator gave up while it rang.
var cancelled = cause{reason: wire.ReasonCancel, by: wire.EndedByOperator, text: "cancelled by the operator"}

func byExchange(r wire.Reason, format string, args ...any) cause {
	return cause{reason: r, by: wire.EndedByExchange, text: fmt.Sprintf(format, args...)}
}
