package journal

import (
	"time"

	"cordpair/model"
)

// Kind is what an entry is about.
type Kind string

// The kinds.
const (
	Call    Kind = "call"    // a call, from its first state to its end
	Connect Kind = "connect" // one connect of a call to a peer
)

// Entry is a call or a connect of the past, or one that has not ended.
type Entry struct {
	ID        string // the same for all records of one call or connect
	Kind      Kind
	Call      model.CallID // the call, or the A leg of a connect
	Number    int          // of its row, in the console that wrote it
	Direction model.Direction
	Type      string // sip, phone
	Context   string
	From, To  model.Address // of a connect: the caller, the peer
	Began     time.Time
	Answered  time.Time // of a connect: joined; zero when that never came
	Ended     time.Time // zero: not ended when it was written
	End       model.Cause
	Request   model.ConnectRequest // of a connect
	Note      string               // what an operator wrote down about a call
}

// Over reports whether the end is known.
func (e *Entry) Over() bool { return !e.Ended.IsZero() }

// Talk is how long it was answered, 0 when the end is not known.
func (e *Entry) Talk() time.Duration {
	if e.Answered.IsZero() || e.Ended.Before(e.Answered) {
		return 0
	}
	return e.Ended.Sub(e.Answered)
}

// Waited is how long it took to be answered or to fail.
func (e *Entry) Waited() time.Duration {
	end := e.Answered
	if end.IsZero() {
		end = e.Ended
	}
	if end.Before(e.Began) {
		return 0
	}
	return end.Sub(e.Began)
}
