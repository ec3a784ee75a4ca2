package relay

import (
	"errors"
	"fmt"
	"strings"

	"cordpair/model"
	"cordpair/relay/wire"
)

// encodeCordpair is encode for what only the embedded exchange does.
func encodeCordpair(cmd model.Command, ref func(model.CallID) wire.CallRef) (method string, params any, err error) {
	switch c := cmd.(type) {
	case model.StartMonitor:
		d, err := monitorDevice(c.Phone)
		return wire.MethodCordpairMonitor, monitorParams(ref(c.Call), d, c.Mode, c.ToPeer), err
	case model.SetMonitor:
		return wire.MethodCordpairMonitorChange, monitorParams(ref(c.Call), wire.Device{}, c.Mode, c.ToPeer), nil
	case model.StopMonitor:
		return wire.MethodCordpairMonitorLeave, ref(c.Call), nil
	case model.Message:
		return wire.MethodCordpairMessage, wire.MessageParams{CallRef: ref(c.Call), ControlID: c.Control, Text: c.Text}, nil
	}
	return "", nil, fmt.Errorf("relay: no RELAY method for %T", cmd)
}

func monitorParams(ref wire.CallRef, d wire.Device, mode model.MonitorMode, toPeer bool) wire.MonitorParams {
	p := wire.MonitorParams{CallRef: ref, Device: d, Mode: mode.String()}
	if mode == model.Whispering {
		p.Leg = wire.MonitorCall
		if toPeer {
			p.Leg = wire.MonitorPeer
		}
	}
	return p
}

// monitorDevice is the phone of a monitor; who it seems to be called by is the
// exchange's choice.
func monitorDevice(phone string) (wire.Device, error) {
	to, err := model.ParseAddress(phone)
	switch {
	case err != nil:
		return wire.Device{}, fmt.Errorf("phone: %w", err)
	case to.IsSIP():
		return wire.Device{Type: wire.DeviceSIP, Params: wire.DeviceParams{To: to.URI}}, nil
	}
	return wire.Device{Type: wire.DevicePhone, Params: wire.DeviceParams{ToNumber: to.URI}}, nil
}

// longestMessage is what a request without a stream of its own may carry (RFC
// 3428 §8 bounds all of it by 1300 bytes).
const longestMessage = 900

func checkMessage(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("the text is empty")
	case len(text) > longestMessage:
		return fmt.Errorf("the text is longer than %d bytes", longestMessage)
	}
	return nil
}
