package relay

import (
	"context"
	"errors"

	"cordpair/model"
)

// Disconnect takes the call and its peer apart (calling.disconnect): both stay
// up. A connect that is under way is cancelled. It waits until the wire
// confirms and is fine with legs that are apart already; a call without a peer
// is refused with model.ErrNoPeer.
func (k *Call) Disconnect(ctx context.Context) error {
	c := k.c
	c.mu.Lock()
	tag, a := k.bond()
	switch {
	case a == nil:
		c.mu.Unlock()
		return &Error{Op: "disconnect", Call: k.id, Kind: ErrInvalid, Err: model.ErrNoPeer}
	case a.State.Over():
		c.mu.Unlock()
		return nil
	}
	target := a.Call
	ringing := a.State == model.Dialing || a.State == model.RingingPeer
	if ringing && !a.Foreign {
		(&attempt{call: c.handle(target)}).giveUp()
	}
	c.mu.Unlock()
	if !ringing || a.Foreign {
		if _, err := c.command(ctx, "disconnect", model.Disconnect{Call: target}); err != nil && !overAlready(err) {
			return err
		}
	}
	return k.settles(ctx, "disconnect", func(*model.Call) (bool, error) { return k.apart(tag), nil })
}

// overAlready reports whether a refusal says that nothing is connected.
func overAlready(err error) bool {
	var e *Error
	return errors.As(err, &e) && errors.Is(err, ErrRefused) && (e.Code == 404 || e.Code == 409 || e.Code == 410)
}

// Disconnected waits until the call and its peer are apart, by the word of
// calling.call.connect or the end of a leg, and returns who brought it about and
// why; at once when they are already. It may be called on
// either leg. Errors: model.ErrNoPeer when the call never had one, ErrLinkLost
// when the link stays lost beyond Config.Grace.
func (k *Call) Disconnected(ctx context.Context) (model.Cause, error) {
	c := k.c
	c.mu.Lock()
	tag, a := k.bond()
	c.mu.Unlock()
	if a == nil {
		return model.Cause{}, &Error{Op: "disconnected", Call: k.id, Kind: ErrInvalid, Err: model.ErrNoPeer}
	}
	var cause model.Cause
	err := k.until(ctx, "disconnected", func(call *model.Call) (bool, error) {
		if !k.apart(tag) {
			return false, nil
		}
		if _, a := k.bond(); a != nil && a.Tag == tag && a.State.Over() {
			cause = a.Cause
		}
		if cause.IsZero() {
			cause = call.End
		}
		return true, nil
	})
	return cause, err
}

// bond is the connect that the call is or was part of, as caller or as peer;
// one that is under way is preferred. The lock is held.
func (k *Call) bond() (model.Tag, *model.Attempt) {
	own := k.now().Attempt
	if own != nil && (own.State.Active() || k.joint == nil || !k.joint.State.Active()) {
		return own.Tag, own
	}
	if k.joint != nil {
		return k.joint.Tag, k.joint
	}
	return "", nil
}

// apart reports whether the connect with that tag is over. The lock is held.
func (k *Call) apart(tag model.Tag) bool {
	call := k.now()
	for _, a := range []*model.Attempt{call.Attempt, k.joint} {
		if a != nil && a.Tag == tag {
			return a.State.Over() || call.State == model.Ended
		}
	}
	return true // another connect took its place
}
