package relay

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"cordpair/relay/wire"
)

// TapOptions say where a copy of the call's audio goes: to Addr and Port as
// RTP, or to URI over a WebSocket. Exactly one of the two is given.
type TapOptions struct {
	Direction string // listen, speak or both; empty: the server's default
	Addr      string // RTP: IP address or host
	Port      int    // RTP
	PTime     int    // RTP: milliseconds a packet; 0 the server's default
	URI       string // WebSocket: ws:// or wss://
	Rate      int    // WebSocket: Hz; 0 the server's default
	Codec     string // PCMU, PCMA or OPUS; empty: the server's default
}

// Tap is a copy of a call's audio that is being sent.
type Tap struct{ a *action }

// TapAudio sends a copy of the audio elsewhere (calling.tap) and returns when
// the server took it.
func (k *Call) TapAudio(ctx context.Context, o TapOptions) (*Tap, error) {
	device, err := o.device()
	if err == nil {
		err = checkDirection(o.Direction)
	}
	if err != nil {
		return nil, &Error{Op: "tap", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	a := &action{kind: "tap", ends: terminal("tap", wire.Finished, wire.ActionErr)}
	_, err = k.start(ctx, "tap", wire.MethodTap, a, func(ref wire.CallRef, control string) any {
		return wire.TapParams{
			CallRef: ref, ControlID: control, Device: device,
			Tap: wire.Tap{Type: "audio", Params: wire.TapAudio{Direction: o.Direction}},
		}
	})
	if err != nil {
		return nil, err
	}
	return &Tap{a}, nil
}

// Tap is TapAudio (calling.tap), under the name that newer SDKs give it.
func (k *Call) Tap(ctx context.Context, o TapOptions) (*Tap, error) { return k.TapAudio(ctx, o) }

func (o TapOptions) device() (wire.TapDevice, error) {
	if o.URI != "" {
		u, err := url.Parse(o.URI)
		if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
			return wire.TapDevice{}, errors.New("uri: not a WebSocket address, type ws:// or wss:// and a host")
		}
		if o.Addr != "" || o.Port != 0 {
			return wire.TapDevice{}, errors.New("give an RTP address or a URI, not both")
		}
		return wire.TapDevice{Type: "ws", Params: wire.TapDeviceParams{URI: o.URI, Codec: o.Codec, Rate: o.Rate}}, nil
	}
	if o.Addr == "" || o.Port < 1 || o.Port > 65535 {
		return wire.TapDevice{}, fmt.Errorf("an RTP address and a port from 1 to 65535 are needed, or a URI")
	}
	return wire.TapDevice{Type: "rtp", Params: wire.TapDeviceParams{
		Addr: o.Addr, Port: wire.Port(o.Port), Codec: o.Codec, Ptime: o.PTime,
	}}, nil
}

// ID is the control id of the tap.
func (t *Tap) ID() string { return t.a.control }

// Stop ends it (calling.tap.stop).
func (t *Tap) Stop(ctx context.Context) error {
	return t.a.command(ctx, "stop", wire.MethodTapStop, nil)
}

// Ended waits until it has ended; ErrEnded when the call did first.
func (t *Tap) Ended(ctx context.Context) error { return t.a.wait(ctx, "tap") }
