package relay

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Device is one leg to be made, of a dial or a connect. To decides the kind:
// an address beginning with sip: (or user@host) makes a SIP leg, a number a
// phone leg. Members for SIP only are refused on a phone leg.
type Device struct {
	From    string        // required; an address or number that you own
	To      string        // required
	Timeout time.Duration // ringing, whole seconds; default 30 s

	Codecs         []string       // SIP; order of preference, default the server's
	Headers        []model.Header // SIP; X- only
	WebRTCMedia    model.Choice   // SIP; default the parent leg's, of a dial off
	SessionTimeout time.Duration  // SIP Session-Expires, whole seconds; default about 600 s

	CallStateURL    string   // webhook, http or https
	CallStateEvents []string // of model.StateEvents; default ended
}

// RingTimeout is Timeout, or the default.
func (d Device) RingTimeout() time.Duration {
	if d.Timeout > 0 {
		return d.Timeout
	}
	return model.DefaultRingTimeout
}

// request is the device in the words of a connect, to share its checks.
func (d Device) request() model.ConnectRequest {
	return model.ConnectRequest{
		From: d.From, To: d.To, Timeout: d.Timeout, Codecs: d.Codecs, Headers: d.Headers,
		WebRTCMedia: d.WebRTCMedia, SessionTimeout: d.SessionTimeout,
		CallStateURL: d.CallStateURL, CallStateEvents: d.CallStateEvents,
	}
}

func (d Device) phone() bool {
	a, err := model.ParseAddress(d.To)
	return err == nil && !a.IsSIP()
}

// check reports everything that can be known to be wrong.
func (d Device) check() error {
	if !d.phone() {
		if d.request().Several() {
			return errors.New("a device has one target: make a plan of several devices")
		}
		return d.request().Validate()
	}
	if d.Codecs != nil || d.Headers != nil || d.WebRTCMedia != model.Default || d.SessionTimeout != 0 {
		return errors.New("codecs, headers, WebRTC media and session timeout are for SIP legs only")
	}
	err := d.request().Validate()
	var invalid *model.InvalidRequest
	if !errors.As(err, &invalid) {
		return err
	}
	// Validate wants SIP to be called; a number is right here.
	rest := slices.DeleteFunc(slices.Clone(invalid.Problems), func(p model.Problem) bool { return p.Field == model.FieldTo })
	if len(rest) == 0 {
		return nil
	}
	return &model.InvalidRequest{Problems: rest}
}

func (d Device) wire() wire.Device {
	if !d.phone() {
		return connectDevice(d.request())
	}
	return wire.Device{Type: wire.DevicePhone, Params: wire.DeviceParams{
		FromNumber: addressURI(d.From), ToNumber: addressURI(d.To), Timeout: seconds(d.Timeout),
		CallStateURL: d.CallStateURL, CallStateEvents: d.CallStateEvents,
	}}
}

// Plan says which legs to try: the outer list one after another, the inner at
// the same time, first answer wins.
type Plan [][]Device

// check reports the first thing wrong with the plan.
func (p Plan) check() error {
	if len(p) == 0 {
		return errors.New("no device to call")
	}
	for i, group := range p {
		if len(group) == 0 {
			return fmt.Errorf("step %d has no device", i+1)
		}
		for j, d := range group {
			if err := d.check(); err != nil {
				name := model.Clean(d.To)
				if name == "" {
					name = fmt.Sprintf("%d of step %d", j+1, i+1)
				}
				return fmt.Errorf("device %s: %w", name, err)
			}
		}
	}
	return nil
}

// ringTime is how long the whole plan may ring.
func (p Plan) ringTime() time.Duration {
	var sum time.Duration
	for _, group := range p {
		var longest time.Duration
		for _, d := range group {
			longest = max(longest, d.RingTimeout())
		}
		sum += longest
	}
	return sum
}

func (p Plan) wire() [][]wire.Device {
	out := make([][]wire.Device, len(p))
	for i, group := range p {
		for _, d := range group {
			out[i] = append(out[i], d.wire())
		}
	}
	return out
}
