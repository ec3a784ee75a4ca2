package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Hold puts the leg on hold (calling.hold) and returns when the server took it:
// the phone agrees a moment later, and until then another change is refused
// with code 409. SignalWire's cloud may not implement it and refuses then.
func (k *Call) Hold(ctx context.Context) error { return k.simple(ctx, "hold", wire.MethodHold) }

// Unhold takes the leg off hold (calling.unhold); what is said of Hold holds.
func (k *Call) Unhold(ctx context.Context) error { return k.simple(ctx, "unhold", wire.MethodUnhold) }

func (k *Call) simple(ctx context.Context, op, method string) error {
	_, err := k.ask(ctx, op, method, func(ref wire.CallRef) any { return wire.AnswerParams{CallRef: ref} })
	return err
}

// Transfer hands the leg to other instructions (calling.transfer): an https
// URL, inline SWML, or "context:" and a name. It returns when the server took
// it; what the instructions do then comes as events of the call.
func (k *Call) Transfer(ctx context.Context, dest string) error {
	if strings.TrimSpace(dest) == "" {
		return &Error{Op: "transfer", Call: k.id, Kind: ErrInvalid, Err: errors.New("no destination")}
	}
	_, err := k.ask(ctx, "transfer", wire.MethodTransfer, func(ref wire.CallRef) any {
		return wire.TransferParams{CallRef: ref, Dest: dest}
	})
	return err
}

// Referral is a SIP REFER under way.
type Referral struct{ a *action }

// ReferResult is what became of a REFER.
type ReferResult struct {
	State      string // success, or the server's word
	To         string
	Response   string // SIP response to the REFER
	NotifyCode string // SIP response that the NOTIFY brought
}

// Refer asks the phone of a SIP leg to call somebody else instead (SIP REFER,
// calling.refer) and returns when the server took it. Username and password
// are for a target that wants them. One at a time on a call.
func (k *Call) Refer(ctx context.Context, to, username, password string) (*Referral, error) {
	addr, err := model.ParseSIPAddress(to)
	if err != nil {
		return nil, &Error{Op: "refer", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	// Its event has no control id, so the call stands for it.
	a := &action{kind: "refer", control: referKey(k.id), ends: func(n *actionNote) bool { return n.kind == "refer" && n.body.State != "" }}
	_, err = k.start(ctx, "refer", wire.MethodRefer, a, func(ref wire.CallRef, _ string) any {
		return wire.ReferParams{CallRef: ref, Device: wire.ReferDevice{Type: wire.DeviceSIP,
			Params: wire.ReferDeviceParams{To: addr.URI, Username: username, Password: password}}}
	})
	if err != nil {
		return nil, err
	}
	return &Referral{a}, nil
}

func referKey(id model.CallID) string { return "refer " + string(id) }

// Ended waits for the outcome. A state other than success is ErrActionFailed,
// with the SIP response that tells of it where the server named one; ErrEnded
// when the call ended and the server said nothing more.
func (r *Referral) Ended(ctx context.Context) (ReferResult, error) {
	err := r.a.wait(ctx, "refer")
	r.a.c.mu.Lock()
	defer r.a.c.mu.Unlock()
	var told struct {
		To     string          `json:"sip_refer_to"`
		Code   wire.ResultCode `json:"sip_refer_response_code"`
		Notify wire.ResultCode `json:"sip_notify_response_code"`
	}
	_ = loosely(r.a.body.Extra, &told)
	res := ReferResult{State: r.a.state, To: model.Clean(told.To),
		Response: model.Clean(string(told.Code)), NotifyCode: model.Clean(string(told.Notify))}
	if err == nil && res.State != "success" {
		err = &Error{Op: "refer", Call: r.a.call, Kind: ErrActionFailed, Text: res.why()}
	}
	return res, err
}

// why tells a failure in words.
func (r ReferResult) why() string {
	switch {
	case r.NotifyCode != "" && r.NotifyCode != "200":
		return r.To + " answered " + r.NotifyCode
	case r.Response != "" && r.Response != "202":
		return "the phone answered " + r.Response
	}
	return r.State
}

// ConferenceOptions say how to join. The zero value of each leaves the
// server's default.
type ConferenceOptions struct {
	Muted           bool         // nobody hears the leg
	Beep            string       // true, false, onEnter, onExit; default true
	StartOnEnter    model.Choice // it begins when this leg is there; default on
	EndOnExit       bool         // it ends when this leg leaves
	WaitURL         string       // heard until it starts
	MaxParticipants int          // 1 to 250; default 250
	Record          bool         // from the start
	Region          string       // global, us, eu
}

// JoinConference puts the leg into a conference (calling.join_conference) and
// returns the conference's id where the server tells it.
func (k *Call) JoinConference(ctx context.Context, name string, o ConferenceOptions) (id string, err error) {
	switch {
	case name == "":
		err = errors.New("no name")
	case !slices.Contains([]string{"", "true", "false", "onEnter", "onExit"}, o.Beep):
		err = fmt.Errorf("beep %q is none of true, false, onEnter, onExit", o.Beep)
	case o.MaxParticipants < 0 || o.MaxParticipants > 250:
		err = errors.New("max participants must be from 1 to 250")
	}
	if err != nil {
		return "", &Error{Op: "join conference", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	ans, err := k.ask(ctx, "join conference", wire.MethodJoinConference, func(ref wire.CallRef) any {
		p := wire.JoinConferenceParams{CallRef: ref, Name: name, Muted: o.Muted, Beep: o.Beep,
			StartOnEnter: choice(o.StartOnEnter), EndOnExit: o.EndOnExit, WaitURL: o.WaitURL,
			MaxParticipants: o.MaxParticipants, Region: o.Region}
		if o.Record {
			p.Record = "record-from-start"
		}
		return p
	})
	if err != nil {
		return "", err
	}
	var told struct {
		ID string `json:"conference_id"`
	}
	_ = loosely(ans.raw, &told)
	return model.Clean(told.ID), nil
}

// LeaveConference takes the leg out of the conference whose id JoinConference
// returned (calling.leave_conference); the leg stays up.
func (k *Call) LeaveConference(ctx context.Context, id string) error {
	if id == "" {
		return &Error{Op: "leave conference", Call: k.id, Kind: ErrInvalid, Err: errors.New("no conference id")}
	}
	_, err := k.ask(ctx, "leave conference", wire.MethodLeaveConference, func(ref wire.CallRef) any {
		return wire.LeaveConferenceParams{CallRef: ref, ConferenceID: id}
	})
	return err
}

// Receive subscribes contexts (signalwire.receive): their calls are offered to
// this client from now on, also after a reconnect.
func (c *Client) Receive(ctx context.Context, contexts ...string) error {
	if len(contexts) == 0 || slices.Contains(contexts, "") {
		return &Error{Op: "receive", Kind: ErrInvalid, Err: errors.New("a context has no name")}
	}
	if _, err := c.ask(ctx, "receive", "", wire.MethodReceive, func(wire.CallRef) any {
		return wire.ReceiveParams{Contexts: contexts}
	}); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range contexts {
		if !slices.Contains(c.contexts, name) {
			c.contexts = append(c.contexts, name)
		}
	}
	return nil
}

// Unreceive gives contexts up (signalwire.unreceive). Calls that were offered
// stay.
func (c *Client) Unreceive(ctx context.Context, contexts ...string) error {
	if len(contexts) == 0 {
		return nil
	}
	if _, err := c.ask(ctx, "unreceive", "", wire.MethodUnreceive, func(wire.CallRef) any {
		return wire.ReceiveParams{Contexts: contexts}
	}); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.contexts = slices.DeleteFunc(slices.Clone(c.contexts), func(name string) bool { return slices.Contains(contexts, name) })
	return nil
}

// Contexts are those whose calls are offered to this client.
func (c *Client) Contexts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.contexts)
}
