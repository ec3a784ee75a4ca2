package model

import (
	"fmt"
	"strings"
	"time"
)

// Party is who brought something about.
type Party uint8

// The parties. Caller is the far end of the A leg, Peer that of the B leg,
// Operator whoever gave a RELAY command.
const (
	Nobody Party = iota
	Caller
	Peer
	Operator
	Network
	Exchange
)

var partyNames = [...]string{"", "caller", "peer", "operator", "network", "exchange"}

func (p Party) String() string {
	if int(p) < len(partyNames) {
		return partyNames[p]
	}
	return ""
}

// The words of RELAY for an end, and ours for what RELAY has no word for.
const (
	WordHangup      = "hangup"
	WordCancel      = "cancel"
	WordBusy        = "busy"
	WordNoAnswer    = "noAnswer"
	WordDecline     = "decline"
	WordError       = "error"
	WordNotFound    = "notFound"
	WordMaxDuration = "maxDuration"
	WordAbandoned   = "abandoned"

	WordDisconnect  = "disconnect"  // unbridged by a command, both legs live
	WordRefused     = "refused"     // the server did not take the request
	WordTimeout     = "timeout"     // no outcome came in time
	WordExpired     = "expired"     // given while the link was down, never sent
	WordSessionLost = "sessionLost" // the server forgot the session
	WordUnreachable = "unreachable" // our reading of an error that the network caused
)

// Cause is the verdict on an end: who, in which word, with which SIP response.
// The zero Cause means "has not ended".
type Cause struct {
	By     Party
	Word   string // RELAY's word, or one of ours
	Code   int    // SIP response code, 0 when unknown
	Phrase string // SIP reason phrase, or the server's message
	Text   string // what the server adds in plain words
	At     time.Time
}

// IsZero reports whether nothing has ended.
func (c Cause) IsZero() bool { return c.Word == "" }

// SIP writes the response, "486 Busy Here", or nothing.
func (c Cause) SIP() string {
	if c.Code == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", c.Code, c.Phrase))
}

// Sentence says in plain words what happened, without a next step. Peer names
// the other party, such as bob@demo; empty is fine.
func (c Cause) Sentence(peer string) string {
	if peer == "" {
		peer = "the peer"
	}
	return c.finished(c.sentence(peer), peer)
}

// finished adds the SIP response to a sentence about who, the capital and the
// stop.
func (c Cause) finished(s, who string) string {
	if s == "" {
		return ""
	}
	if sip := c.SIP(); sip != "" && !strings.Contains(s, sip) {
		s += " (" + sip + ")"
	}
	if !strings.HasPrefix(s, who+" ") || strings.HasPrefix(who, "the ") { // an address keeps its letters
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s + "."
}

func (c Cause) sentence(peer string) string {
	switch c.Word {
	case "":
		return ""
	case WordHangup:
		switch c.By {
		case Peer:
			return peer + " hung up"
		case Operator:
			return "you or another operator hung up"
		case Exchange:
			return "the exchange ended the call" + c.added()
		case Network:
			return "the network ended the call" + c.added()
		}
		return "the caller hung up"
	case WordCancel:
		if c.By == Caller {
			return "the caller hung up before " + peer + " answered"
		}
		return "cancelled before " + peer + " answered" + c.added()
	case WordBusy:
		return peer + " is busy"
	case WordNoAnswer:
		return peer + " did not answer" + c.added()
	case WordDecline:
		return peer + " declined the call"
	case WordNotFound:
		return peer + " was not found" + c.added()
	case WordMaxDuration:
		return "the longest allowed duration is over"
	case WordAbandoned:
		return "the call was abandoned"
	case WordDisconnect:
		return "an operator took the two legs apart, both are still up"
	case WordRefused:
		return "the exchange refused: " + strings.TrimRight(c.detail("no reason given"), ".")
	case WordTimeout:
		return "no outcome came in time"
	case WordExpired:
		return "the order expired while the link was down and was never sent"
	case WordSessionLost:
		return "the server forgot the session, the outcome is unknown"
	case WordUnreachable:
		return peer + " cannot be reached" + c.added()
	case WordError:
		return "the call to " + peer + " failed" + c.added()
	}
	return "ended with " + c.Word + c.added()
}

// added appends the server's own words.
func (c Cause) added() string {
	if c.Text == "" {
		return ""
	}
	return ": " + strings.TrimRight(c.Text, ".")
}

func (c Cause) detail(otherwise string) string {
	switch {
	case c.Text != "":
		return c.Text
	case c.Phrase != "":
		return c.Phrase
	}
	return otherwise
}
