// Package tape records the frames of a RELAY link to a file and plays them
// back through the same door.
//
// A Recorder's Tap is a relay.Config.Tap: it writes one JSON object a line with
// the direction, the milliseconds since the first frame and the frame itself.
// Secrets (tokens, passwords, also those in addresses, and authorization
// states) are masked before they leave memory. A Recorder writes from a
// goroutine of its own, so a slow disk does not slow the link.
//
// A Player's Dial is a relay.Config.Dial: the client speaks WebSocket to a
// server in this process, which lets it in and then sends what the recorded
// server sent, at any speed. Answers go to the requests that the client makes
// now; a command that the recording does not know is refused with 503.
//
// Ownership: whoever makes a Recorder or a Player closes it; Close waits for its
// goroutines.
//
// Decision: what is recorded are frames, not what we made of them, so that a
// recording shows a defect of the client too and outlives its types.
package tape
