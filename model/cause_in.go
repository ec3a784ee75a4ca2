package model

// EndSentence says in plain words how the call itself ended, without a next
// step; empty while it has not. Who names the far end.
func (c *Call) EndSentence(who string) string {
	if c.Direction == Inbound {
		return c.End.SentenceIn(who)
	}
	return c.End.Sentence(who)
}

// SentenceIn is Sentence for a call that came in: caller is who called, and
// nobody was called for whom the words of a refusal could be true.
func (c Cause) SentenceIn(caller string) string {
	if caller == "" {
		caller = "the caller"
	}
	s := c.sentence(caller)
	switch {
	case c.Word == WordHangup && c.By == Caller:
		s = caller + " hung up"
	case c.Word == WordCancel && c.By == Caller:
		s = caller + " gave up before anybody answered"
	case c.Word == WordNoAnswer && c.By != Operator:
		s = "nobody answered" + c.added()
	case c.By != Operator:
	case c.Code >= 300 && c.Word == WordBusy:
		s = "you or another operator rejected the call as busy"
	case c.Code >= 300:
		s = "you or another operator rejected the call"
	case c.Word == WordBusy, c.Word == WordDecline, c.Word == WordNoAnswer, c.Word == WordCancel, c.Word == WordError:
		s = "you or another operator hung up, as " + c.Word
	}
	return c.finished(s, caller)
}
