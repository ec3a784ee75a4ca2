package relay

import (
	"context"

	"github.com/google/uuid"

	"cordpair/model"
)

// Monitor has the embedded exchange call a phone (SIP address or number), which
// then listens to this call and its peer and is heard as the mode says; of a
// whisper toPeer says by which leg (cordpair.monitor). It returns when the
// server took it. One at a time on a call. SignalWire has none: ErrRefused.
func (k *Call) Monitor(ctx context.Context, phone string, mode model.MonitorMode, toPeer bool) error {
	_, err := k.command(ctx, "monitor", model.StartMonitor{Call: k.id, Phone: phone, Mode: mode, ToPeer: toPeer})
	return err
}

// SetMonitor changes who hears the monitor of this call
// (cordpair.monitor.change).
func (k *Call) SetMonitor(ctx context.Context, mode model.MonitorMode, toPeer bool) error {
	_, err := k.command(ctx, "set monitor", model.SetMonitor{Call: k.id, Mode: mode, ToPeer: toPeer})
	return err
}

// StopMonitor hangs the monitor of this call up (cordpair.monitor.leave).
func (k *Call) StopMonitor(ctx context.Context) error {
	_, err := k.command(ctx, "stop monitor", model.StopMonitor{Call: k.id})
	return err
}

// Message sends a text to the phone of a leg that is up, by SIP MESSAGE
// (cordpair.message), and returns when the exchange took it; the phone's answer
// is model.MessageSettled in the stream of Take, under the id that is returned.
// SignalWire has no such method: ErrRefused.
func (k *Call) Message(ctx context.Context, text string) (control string, err error) {
	control = uuid.NewString()
	_, err = k.command(ctx, "message", model.Message{Call: k.id, Control: control, Text: text})
	return control, err
}
