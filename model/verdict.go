package model

import "time"

// endOf judges why a leg ended, from RELAY's word and, where the exchange told
// it, what SIP said.
func (b *Book) endOf(c *Call, in CallInfo, at time.Time) {
	if c.End.At.IsZero() {
		c.End.At = at
		if caller := b.calls[c.Parent]; caller != nil && caller.State >= Ending {
			c.leftWith = caller.End.By
		}
	}
	set(&c.End.Word, in.EndReason)
	set(&c.EndSource, in.EndSource)
	if c.End.Word == "" {
		c.End.Word = WordHangup
	}
	c.End.Code, c.End.Phrase, c.End.Text = c.Leg.Code, c.Leg.Phrase, c.Leg.Text
	if c.End.Code < 300 { // the code of an answer explains no end
		c.End.Code, c.End.Phrase = 0, ""
	}
	c.End.By = b.endedBy(c)
	if c.End.Word == WordError && c.End.By == Network {
		c.End.Word = WordUnreachable
	}
}

func (b *Book) endedBy(c *Call) Party {
	far := Caller
	if c.Parent != "" {
		far = Peer
	}
	switch c.Leg.EndedBy {
	case "remote":
		return far
	case "operator":
		return Operator
	case "exchange":
		return Exchange
	case "network":
		return Network
	}
	switch {
	case c.EndWanted:
		return Operator
	case c.leftWith != Nobody:
		return c.leftWith
	case c.End.Word == WordCancel && c.Direction == Outbound:
		return Operator
	case c.End.Word == WordError:
		return Network
	case c.End.Word == WordMaxDuration:
		return Exchange
	}
	return far
}

// verdict judges why the attempt on a call ended; word is the connect event's
// own reason, empty when a leg's end told it.
func (b *Book) verdict(c *Call, word string, at time.Time) Cause {
	a, peer := c.Attempt, b.calls[c.Attempt.Peer]
	joined := a.State == Connected
	switch {
	case !a.Wanted && !a.Foreign:
		return Cause{By: Operator, Word: wordOr(joined, WordHangup, WordCancel), At: at}
	case c.State >= Ending:
		cause := c.End
		if !joined {
			cause.Word = WordCancel
		}
		cause.Code, cause.Phrase = 0, "" // of the caller's leg, not the peer's
		return cause
	case peer != nil && (peer.State >= Ending || peer.Leg.EndedBy != ""):
		return b.peerVerdict(c, peer, word, at)
	case joined:
		return Cause{By: Operator, Word: WordDisconnect, At: at}
	}
	return Cause{By: guess(word), Word: wordFor(word), At: at}
}

// peerVerdict judges by the peer leg; the connect's own word wins over the
// leg's.
func (b *Book) peerVerdict(c, peer *Call, word string, at time.Time) Cause {
	if peer.End.IsZero() { // the report came before the leg's end
		probe := *peer
		b.endOf(&probe, CallInfo{EndReason: word}, at)
		return probe.End
	}
	cause := peer.End
	if word != "" && cause.Word != WordUnreachable {
		cause.Word = word
	}
	return cause
}

func wordOr(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

func wordFor(word string) string {
	if word == "" {
		return WordError
	}
	return word
}

// guess names the party when only RELAY's word is known.
func guess(word string) Party {
	switch word {
	case WordBusy, WordDecline, WordNotFound, WordHangup:
		return Peer
	case WordNoAnswer, WordMaxDuration:
		return Exchange
	case WordCancel:
		return Operator
	}
	return Network
}
