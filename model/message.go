package model

import "time"

// Message sends a text to the phone of a leg that is up (SIP MESSAGE). Only
// the embedded exchange does.
type Message struct {
	Call    CallID
	Control string // names it in MessageSettled
	Text    string
}

// MessageSettled is what became of a Message.
type MessageSettled struct {
	At        time.Time
	Call      CallID
	Control   string
	Delivered bool
	Code      int // SIP response of the phone, 0 when there was none
	Phrase    string
}

// MessageReceived is a text that the phone of a leg sent.
type MessageReceived struct {
	At   time.Time
	Call CallID
	Text string
}

// LevelsSeen are the levels of the legs that were asked for, four times a
// second; those that are not up are left out. Only the embedded exchange tells.
type LevelsSeen struct {
	At   time.Time
	Legs []LegLevel
}

// LegLevel is how loud a leg is: In what came from the phone, Out what was sent
// to it, in dB relative to full scale, -96 for silence.
type LegLevel struct {
	Call    CallID
	In, Out float64
}

func (Message) command()       {}
func (MessageSettled) event()  {}
func (MessageReceived) event() {}
func (LevelsSeen) event()      {}
