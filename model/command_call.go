package model

// SendDigits sends DTMF to a leg (calling.send_digits): 0-9 * # A-D, w waits
// half a second, W a whole one.
type SendDigits struct {
	Call    CallID
	Control string
	Digits  string
}

// Hold puts a leg on hold (calling.hold). A server may not know it.
type Hold struct{ Call CallID }

// Unhold takes a leg off hold (calling.unhold).
type Unhold struct{ Call CallID }

// Refer asks the phone of a SIP leg to call somebody else instead
// (calling.refer, SIP REFER): a blind transfer.
type Refer struct {
	Call CallID
	To   string // sip:user@host
}

// Record records a leg, both directions (calling.record). Control names the
// recording for StopRecord.
type Record struct {
	Call    CallID
	Control string
}

// StopRecord ends a recording (calling.record.stop).
type StopRecord struct {
	Call    CallID
	Control string
}

// StopPlay ends what Play began (calling.play.stop).
type StopPlay struct {
	Call    CallID
	Control string
}

// Join puts a leg into a conference (calling.join_conference). Two legs in one
// conference of two are bridged.
type Join struct {
	Call       CallID
	Conference string
}

func (SendDigits) command() {}
func (Hold) command()       {}
func (Unhold) command()     {}
func (Refer) command()      {}
func (Record) command()     {}
func (StopRecord) command() {}
func (StopPlay) command()   {}
func (Join) command()       {}

// leg is the call of a command and its verb for people.
func leg(c Command) (CallID, string) {
	switch c := c.(type) {
	case Answer:
		return c.Call, "answer"
	case Pass:
		return c.Call, "pass on"
	case Hangup:
		return c.Call, "hang up"
	case Connect:
		return c.Call, "connect"
	case Disconnect:
		return c.Call, "disconnect"
	case Dial:
		return "", "dial"
	case Play:
		return c.Call, "play to"
	case StopPlay:
		return c.Call, "stop playing to"
	}
	return legMore(c)
}

func legMore(c Command) (CallID, string) {
	switch c := c.(type) {
	case SendDigits:
		return c.Call, "send digits to"
	case Hold:
		return c.Call, "hold"
	case Unhold:
		return c.Call, "resume"
	case Refer:
		return c.Call, "transfer"
	case Record:
		return c.Call, "record"
	case StopRecord:
		return c.Call, "stop recording"
	case Join:
		return c.Call, "bridge"
	case StartMonitor:
		return c.Call, "monitor"
	case SetMonitor:
		return c.Call, "change the monitor of"
	case StopMonitor:
		return c.Call, "stop the monitor of"
	case Message:
		return c.Call, "send a note to"
	}
	return "", "order"
}
