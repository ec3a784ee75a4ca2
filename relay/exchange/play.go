package exchange

import (
	"errors"
	"fmt"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// action is something that a client started on a call under a control id, and
// that will tell its end.
type action struct {
	event  string // its event type
	play   *media.Playback
	paused bool
}

// addAction registers a control id; the failure says why not.
func (c *call) addAction(control string, a *action) *failure {
	switch {
	case control == "":
		return bad("control_id is missing")
	case c.actions[control] != nil:
		return conflict("control_id %.60q is in use", control)
	case len(c.actions) >= c.x.cfg.Limits.Actions:
		return &failure{wire.CodeBusy, fmt.Sprintf("more than %d actions on one call", c.x.cfg.Limits.Actions)}
	}
	c.actions[control] = a
	return nil
}

func (c *call) tellAction(control, event, state string) {
	c.emit(event, wire.ActionEvent{CallRef: c.ref(), ControlID: control, State: state})
}

// stopActions ends all actions of a call that is over. Their ends are told
// before the call's own.
func (c *call) stopActions() {
	c.stopRingback()
	for control, a := range c.actions {
		if a.play != nil {
			a.play.Stop()
		}
		delete(c.actions, control)
		c.tellAction(control, a.event, wire.Finished)
	}
}

// playCmd is calling.play.
type playCmd struct{ wire.PlayParams }

func (m playCmd) check(*Exchange) *failure {
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
	if !c.sound.started {
		req.fail(conflict("call is not answered: nobody would hear it"))
		return
	}
	a := &action{event: wire.EventPlay}
	if f := c.addAction(m.ControlID, a); f != nil {
		req.fail(f)
		return
	}
	list, _ := m.list()
	play, err := c.sound.stream.Play(list)
	if err != nil {
		delete(c.actions, m.ControlID)
		req.fail(&failure{mediaCode(err), err.Error()})
		return
	}
	a.play = play
	req.ok("Playing", c.id, m.ControlID)
	c.tellAction(m.ControlID, a.event, wire.Playing)
	c.await(play.Done(), msgPlayEnded{m.ControlID, play})
}

func mediaCode(err error) wire.ResultCode {
	switch {
	case errors.Is(err, media.ErrCannotEncode), errors.Is(err, media.ErrNoDTMF):
		return wire.CodeMedia
	case errors.Is(err, media.ErrBadPlaylist), errors.Is(err, media.ErrBadDigits):
		return wire.CodeBad
	}
	return wire.CodeInternal
}

// await posts a message when a media action is done. The goroutine ends with
// the action, which ends with the call's stream at the latest; Close waits.
func (c *call) await(done <-chan struct{}, m message) {
	// Not run while closing: then the call's end tells the action's.
	c.x.spawn("action", func() {
		<-done
		c.post(m)
	})
}

// playEnded tells how a playback ended. One that was replaced by another sound
// has finished as far as its listener is concerned.
func (c *call) playEnded(m msgPlayEnded) {
	a := c.actions[m.control]
	if a == nil || a.play != m.play {
		return
	}
	delete(c.actions, m.control)
	state := wire.Finished
	err := m.play.Err()
	if err != nil && !errors.Is(err, media.ErrStopped) && !errors.Is(err, media.ErrReplaced) && !errors.Is(err, media.ErrClosed) {
		c.log.Warn("playback failed", "err", err)
		state = wire.ActionErr
	}
	c.tellAction(m.control, a.event, state)
}

// playControl is what a sub-command does to a playback.
type playControl int

const (
	stopPlay playControl = iota
	pausePlay
	resumePlay
	volumePlay
)

// playControlCmd is calling.play.stop, .pause, .resume and .volume.
type playControlCmd struct {
	wire.ControlParams
	what playControl
}

func (m playControlCmd) check(*Exchange) *failure {
	if m.what == volumePlay && (m.Volume < -media.MaxVolume || m.Volume > media.MaxVolume) {
		return bad("volume must be -%g to %g dB", media.MaxVolume, media.MaxVolume)
	}
	return nil
}

func (m playControlCmd) do(c *call, req *request) {
	a := c.actions[m.ControlID]
	if a == nil || a.play == nil {
		req.fail(&failure{wire.CodeNotFound, "no playback with that control_id"})
		return
	}
	req.ok("OK", c.id, m.ControlID)
	switch m.what {
	case stopPlay:
		a.play.Stop() // its end is told by playEnded
	case pausePlay:
		a.play.Pause()
		if !a.paused {
			a.paused = true
			c.tellAction(m.ControlID, a.event, wire.Paused)
		}
	case resumePlay:
		a.play.Resume()
		if a.paused {
			a.paused = false
			c.tellAction(m.ControlID, a.event, wire.Playing)
		}
	case volumePlay:
		a.play.SetVolume(m.Volume)
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
