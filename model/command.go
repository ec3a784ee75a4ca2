package model

import "time"

// Command is something an operator wants done. The set is closed; package
// relay turns each into a RELAY request.
type Command interface{ command() }

// Answer answers a ringing call (calling.answer).
type Answer struct{ Call CallID }

// Pass hands an offered call to another consumer (calling.pass).
type Pass struct{ Call CallID }

// Hangup ends a leg (calling.end). Reason is one of RELAY's words; empty means
// hangup.
type Hangup struct {
	Call   CallID
	Reason string
}

// Connect joins a call to a new outbound SIP leg (calling.connect).
type Connect struct {
	Call    CallID
	Tag     Tag
	Request ConnectRequest
}

// Disconnect takes a call and its peer apart, or cancels a connect that is
// under way (calling.disconnect).
type Disconnect struct{ Call CallID }

// Dial makes a first leg (calling.dial).
type Dial struct {
	Tag     Tag           // of its events; made when empty
	From    string        // required; a SIP address or number that you own
	To      string        // required; a SIP address or a number
	Timeout time.Duration // ringing, whole seconds; default 30 s
	Codecs  []string      // SIP; order of preference, default the server's
	Headers []Header      // SIP; X- only
}

// Play plays to a leg (calling.play).
type Play struct {
	Call     CallID
	Control  string
	Playlist Playlist
	Volume   float64 // dB, -40 to 40
}

func (Answer) command()     {}
func (Pass) command()       {}
func (Hangup) command()     {}
func (Connect) command()    {}
func (Disconnect) command() {}
func (Dial) command()       {}
func (Play) command()       {}

// DefaultCommandDeadline is how long an order may wait for its answer.
const DefaultCommandDeadline = 10 * time.Second

// Order is a command with its number and the moment after which it must not
// be sent and no answer is awaited.
type Order struct {
	ID       CommandID
	Command  Command
	Given    time.Time
	Deadline time.Time
}

// Target is the call that a command is about, empty for Dial.
func Target(c Command) CallID {
	id, _ := leg(c)
	return id
}

// Verb names a command for people.
func Verb(c Command) string {
	_, verb := leg(c)
	return verb
}
