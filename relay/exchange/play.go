package exchange

import (
	"errors"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// playing is a calling.play under way.
type playing struct {
	play   *media.Playback
	paused bool
}

func (a *playing) stop() { a.play.Stop() }

func (a *playing) tellEnd(c *call, control string) {
	c.tellAction(control, wire.EventPlay, c.playEnd(a.play))
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

func (m playCmd) check(*Exchange) *failure {
	if side, ok := media.ParseSide(m.Direction); m.Direction != "" && (!ok || side != media.Listen) {
		return bad("direction %.20q is not offered: only listen, to the call itself", m.Direction)
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
	f := c.begin(m.ControlID, a, func() (err error) {
		list, _ := m.list() // checked before
		a.play, err = c.sound.stream.Play(list)
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Playing", c.id, m.ControlID)
	c.tellAction(m.ControlID, wire.EventPlay, wire.Playing)
	c.await(a.play.Done(), msgActionEnded{m.ControlID, a})
}

func (a *playing) pause(c *call, p wire.ControlParams) {
	a.play.Pause()
	if !a.paused {
		a.paused = true
		c.tellAction(p.ControlID, wire.EventPlay, wire.Paused)
	}
}

func (a *playing) resume(c *call, p wire.ControlParams) {
	a.play.Resume()
	if a.paused {
		a.paused = false
		c.tellAction(p.ControlID, wire.EventPlay, wire.Playing)
	}
}

func (a *playing) volume(_ *call, p wire.ControlParams) { a.play.SetVolume(p.Volume) }

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
