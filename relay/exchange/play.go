package exchange

import (
	"errors"
	"fmt"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// playing is a calling.play under way: to the call's own phone (listen), to that
// of its peer in the call's place (speak), or to both.
type playing struct {
	plays  []*media.Playback
	speaks bool
	paused bool
}

func (a *playing) stop() {
	for _, p := range a.plays {
		p.Stop()
	}
}

func (a *playing) tellEnd(c *call, control string) {
	end := wire.Finished
	for _, p := range a.plays {
		if c.playEnd(p) != wire.Finished {
			end = wire.ActionErr
		}
	}
	c.tellAction(control, wire.EventPlay, end)
}

// start begins on the sides that were asked for, or on none.
func (a *playing) start(c *call, side media.Side, list media.Playlist) error {
	var legs []*media.Stream
	if side&media.Listen != 0 {
		legs = append(legs, c.sound.stream)
	}
	if side&media.Speak != 0 {
		other := c.across.Load()
		if other == nil {
			return fmt.Errorf("the peer has just left: %w", media.ErrNotStarted)
		}
		legs, a.speaks = append(legs, other), true
	}
	for _, s := range legs {
		p, err := s.Play(list)
		if err != nil {
			a.stop()
			return err
		}
		a.plays = append(a.plays, p)
	}
	return nil
}

// stopSpeaking ends what speaks in the place of a call whose peer has left.
func (c *call) stopSpeaking() {
	if c.across.Load() != nil {
		return
	}
	for _, a := range c.actions {
		if p, ok := a.(*playing); ok && p.speaks {
			p.stop()
		}
	}
}

// playEnd is how a playback ended. One that was replaced by another sound has
// finished as far as its listener is concerned.
func (c *call) playEnd(p *media.Playback) string {
	err := p.Err()
	if err == nil || errors.Is(err, media.ErrStopped) || errors.Is(err, media.ErrReplaced) || errors.Is(err, media.ErrClosed) {
		return wire.Finished
	}
	c.log.Warn("playback failed", "err", err)
	return wire.ActionErr
}

// playCmd is calling.play.
type playCmd struct{ wire.PlayParams }

func (m playCmd) check(x *Exchange) *failure {
	if f := checkSide("direction", m.Direction); f != nil {
		return f
	}
	if f := checkStatusURL(m.StatusURL, x); f != nil {
		return f
	}
	list, f := m.list()
	if f != nil {
		return f
	}
	return checkPlaylist("play", list)
}

func (m playCmd) list() (media.Playlist, *failure) {
	list, f := playlistOf("play", m.Play)
	list.Volume = m.Volume
	if m.Loop != nil {
		if list.Loop = *m.Loop; list.Loop == 0 {
			list.Loop = media.LoopForever
		} else if list.Loop < 0 {
			return list, bad("loop must be 0 (for ever) or more")
		}
	}
	return list, f
}

func (m playCmd) do(c *call, req *request) {
	a := &playing{}
	side, asked := media.ParseSide(m.Direction) // checked before
	if !asked {
		side = media.Listen
	}
	if side&media.Speak != 0 && c.across.Load() == nil && !c.answered.IsZero() {
		req.fail(conflict("direction: the call has no peer that would hear it: connect it first, or use listen"))
		return
	}
	f := c.begin(m.ControlID, a, func() error {
		list, _ := m.list() // checked before
		return a.start(c, side, list)
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Playing", c.id, m.ControlID)
	c.reports(m.ControlID, m.StatusURL)
	c.tellAction(m.ControlID, wire.EventPlay, wire.Playing)
	// Ends with the playbacks, which end with their streams at the latest; Close
	// waits. Not run while closing: then the call's end tells the action's.
	c.x.spawn("playback", func() {
		for _, p := range a.plays {
			<-p.Done()
		}
		c.post(msgActionEnded{m.ControlID, a})
	})
}

func (a *playing) pause(c *call, p wire.ControlParams) {
	for _, play := range a.plays {
		play.Pause()
	}
	if !a.paused {
		a.paused = true
		c.tellAction(p.ControlID, wire.EventPlay, wire.Paused)
	}
}

func (a *playing) resume(c *call, p wire.ControlParams) {
	for _, play := range a.plays {
		play.Resume()
	}
	if a.paused {
		a.paused = false
		c.tellAction(p.ControlID, wire.EventPlay, wire.Playing)
	}
}

func (a *playing) volume(_ *call, p wire.ControlParams) {
	for _, play := range a.plays {
		play.SetVolume(p.Volume)
	}
}

// startRingback plays the connect's ringback to the caller until stopped.
func (c *call) startRingback() {
	if c.ringing != nil || c.bridge != nil || len(c.ringback.Media) == 0 {
		return
	}
	play, err := c.sound.stream.Play(c.ringback)
	if err != nil {
		c.log.Warn("ringback not played", "err", err)
		return
	}
	c.ringing = play
}

func (c *call) stopRingback() {
	if c.ringing != nil {
		c.ringing.Stop()
		c.ringing = nil
	}
}
