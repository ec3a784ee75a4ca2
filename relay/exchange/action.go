package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// action is something that a client started on a call under a control id, and
// that will tell its end. It belongs to the call's actor.
type action interface {
	// stop ends what runs; msgActionEnded follows.
	stop()
	// tellEnd tells how it ended; the call has forgotten it by then.
	tellEnd(c *call, control string)
}

// lasting is an action whose end has to be waited for, also when its call ends.
type lasting interface{ lasts() }

// settle is how long the end of a call waits for its recordings to be whole.
const settle = 2 * time.Second

// addAction registers a control id; the failure says why not.
func (c *call) addAction(control string, a action) *failure {
	switch {
	case !c.sound.started || c.answered.IsZero():
		return conflict("call is not answered: there is no sound yet")
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

// begin registers an action and starts it; its failure is the client's answer.
func (c *call) begin(control string, a action, start func() error) *failure {
	if f := c.addAction(control, a); f != nil {
		return f
	}
	if err := start(); err != nil {
		delete(c.actions, control)
		return mediaFailure(err)
	}
	return nil
}

// await tells the call when what an action runs is done. The goroutine ends
// with the action, which ends with the call's stream at the latest; Close waits.
func (c *call) await(done <-chan struct{}, m message) {
	// Not run while closing: then the call's end tells the action's.
	c.x.spawn("action", func() {
		<-done
		c.post(m)
	})
}

func (c *call) actionEnded(m msgActionEnded) {
	if c.actions[m.control] != m.action {
		return
	}
	delete(c.actions, m.control)
	m.action.tellEnd(c, m.control)
	delete(c.statusURLs, m.control)
	c.mayEnd()
}

// stopActions ends all actions of a call that is over. Their ends are told
// before the call's own.
func (c *call) stopActions() {
	c.stopRingback()
	for _, control := range slices.Sorted(maps.Keys(c.actions)) {
		a := c.actions[control]
		a.stop()
		if _, ok := a.(lasting); ok {
			// Posts one message, which is ignored if the end was told before.
			time.AfterFunc(cmp.Or(c.x.cfg.settle, settle), func() { c.post(msgActionEnded{control, a}) })
			continue
		}
		delete(c.actions, control)
		a.tellEnd(c, control)
	}
}

func (c *call) tellAction(control, event, state string) {
	c.report(control, event, wire.ActionEvent{CallRef: c.ref(), ControlID: control, State: state})
}

// mediaFailure is what a client is told of an action that cannot start.
func mediaFailure(err error) *failure {
	code := wire.CodeInternal
	switch {
	case errors.Is(err, media.ErrCannotEncode), errors.Is(err, media.ErrCannotDecode),
		errors.Is(err, media.ErrNoDTMF), errors.Is(err, media.ErrNoEncoder):
		code = wire.CodeMedia
	case errors.Is(err, media.ErrBadPlaylist), errors.Is(err, media.ErrBadDigits),
		errors.Is(err, media.ErrBadDetector), errors.Is(err, media.ErrBadTap):
		code = wire.CodeBad
	case errors.Is(err, media.ErrNotStarted), errors.Is(err, media.ErrBridged):
		code = wire.CodeConflict
	}
	return &failure{code, err.Error()}
}

// controlCmd is a sub-command of an action, such as calling.play.stop.
type controlCmd struct {
	wire.ControlParams
	message string
	of      func(action) bool // whether the action is of the kind meant
	apply   func(*call, action, wire.ControlParams)
	checks  func(wire.ControlParams) *failure
}

func (m controlCmd) ref() wire.CallRef { return m.CallRef }

func (m controlCmd) check(*Exchange) *failure {
	if m.checks == nil {
		return nil
	}
	return m.checks(m.ControlParams)
}

func (m controlCmd) do(c *call, req *request) {
	a := c.actions[m.ControlID]
	if a == nil || !m.of(a) {
		req.fail(&failure{wire.CodeNotFound, fmt.Sprintf("no such action with control_id %.60q", m.ControlID)})
		return
	}
	req.ok(m.message, c.id, m.ControlID)
	m.apply(c, a, m.ControlParams)
}

// control makes a sub-command for actions of kind A.
func control[A action](message string, apply func(A, *call, wire.ControlParams)) methodDecoder {
	return checkedControl(message, nil, apply)
}

func checkedControl[A action](message string, checks func(wire.ControlParams) *failure,
	apply func(A, *call, wire.ControlParams)) methodDecoder {
	return func(raw jsontext.Value) (command, *failure) {
		cmd := controlCmd{
			message: message, checks: checks,
			of:    func(a action) bool { _, ok := a.(A); return ok },
			apply: func(c *call, a action, p wire.ControlParams) { apply(a.(A), c, p) },
		}
		f := decodeParams(raw, &cmd.ControlParams)
		return cmd, f
	}
}

// stopIt is the sub-command .stop of every action that tells its end by
// msgActionEnded.
func stopIt[A action](a A, _ *call, _ wire.ControlParams) { a.stop() }

func checkVolume(p wire.ControlParams) *failure {
	if !(p.Volume >= -media.MaxVolume && p.Volume <= media.MaxVolume) {
		return bad("volume must be -%g to %g dB", media.MaxVolume, media.MaxVolume)
	}
	return nil
}
