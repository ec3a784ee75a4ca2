package media

import "time"

// maxLag is how far the clock catches up after a stall. Beyond it the missed
// frames are left out and the timestamps jump, as they would for any talker.
const maxLag = 5 * Frame

// winder is a test in the place of the system's clock: time passes when the
// test says so, and all that one beat caused is done before the next.
type winder interface {
	// now is the time since the engine started.
	now() time.Duration
	// every is a ticker of that time.
	every(d time.Duration) (beat <-chan time.Time, stop func())
	// handled is told of each RTP packet that a stream has dealt with.
	handled(s *Stream)
}

// every is a ticker of the engine's time; stop it.
func (e *Engine) every(d time.Duration) (beat <-chan time.Time, stop func()) {
	if w := e.cfg.winder; w != nil {
		return w.every(d)
	}
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// clock ticks every Frame and lets each stream send what is due: one wake-up
// for all streams, none while there is no stream. It ends with the engine.
func (e *Engine) clock() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	due := e.now().Truncate(Frame) + Frame
	for {
		if len(*e.streams.Load()) == 0 {
			select {
			case <-e.ctx.Done():
				return
			case <-e.wake:
				due = e.now().Truncate(Frame) + Frame
				continue
			}
		}
		timer.Reset(due - e.now())
		select {
		case <-e.ctx.Done():
			return
		case <-timer.C:
		}
		now := e.now()
		if now-due > maxLag {
			due = now.Truncate(Frame)
		}
		for ; due <= now; due += Frame {
			for _, s := range *e.streams.Load() {
				e.tick(s, due)
			}
		}
	}
}

// tick guards the clock against what one stream's source may do.
func (e *Engine) tick(s *Stream, at time.Duration) {
	defer func() {
		if r := recover(); r != nil {
			e.fault("source", r)
			s.SetSource(nil)
		}
	}()
	s.tick(at)
}
