package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// AMDOptions tune the detection of answering machines. The zero value of each
// leaves the server's default.
type AMDOptions struct {
	InitialTimeout      time.Duration // silence at the beginning after which it is UNKNOWN; default 4.5 s
	EndSilenceTimeout   time.Duration // silence that ends an utterance; default 1 s
	MachineReadyTimeout time.Duration // silence after which a machine is READY; default EndSilenceTimeout
	VoiceThreshold      float64       // seconds of voice that make a machine; default 1.25
	WordsThreshold      int           // words that make a machine; default 6
	Interruptions       model.Choice  // tell READY and NOT_READY by turns; default off
	WaitForBeep         bool          // a machine ends the detection only with its beep
	Timeout             time.Duration // of the whole detection; default 30 s
}

// DetectResult is what was heard.
type DetectResult struct {
	Type  string // machine, fax, digit
	Event string // MACHINE, HUMAN, UNKNOWN, READY, NOT_READY; CED, CNG; 0-9 # *
	Beep  bool   // of a machine: it beeped
}

// Detection listens to a call: begun by Detect, AMD, DetectFax or DetectDigit.
type Detection struct {
	a    *action
	beep bool

	first, result DetectResult // guarded by the client's lock
}

// Detect listens with any detector (calling.detect) and returns when the
// server took it; Ended gives the result. Timeout 0 means 30 s.
func (k *Call) Detect(ctx context.Context, d wire.Detect, timeout time.Duration) (*Detection, error) {
	if !slices.Contains([]string{wire.DetectMachine, wire.DetectFax, wire.DetectDigit}, d.Type) {
		return nil, &Error{Op: "detect", Call: k.id, Kind: ErrInvalid, Err: fmt.Errorf("no detector %q", d.Type)}
	}
	return k.detect(ctx, &Detection{}, d, timeout)
}

func (k *Call) detect(ctx context.Context, det *Detection, d wire.Detect, timeout time.Duration) (*Detection, error) {
	if timeout < 0 {
		return nil, &Error{Op: "detect", Call: k.id, Kind: ErrInvalid, Err: errors.New("a timeout cannot be less than 0 s")}
	}
	det.a = &action{kind: "detect", ends: det.ends}
	_, err := k.start(ctx, "detect", wire.MethodDetect, det.a, func(ref wire.CallRef, control string) any {
		return wire.DetectParams{CallRef: ref, ControlID: control, Detect: d, Timeout: timeout.Seconds()}
	})
	if err != nil {
		return nil, err
	}
	return det, nil
}

// AMD finds out whether a human or a machine answered (calling.detect with the
// machine detector) and returns when the server took it. First gives the verdict
// within seconds: MACHINE, HUMAN or UNKNOWN. Ended goes on listening to a
// machine, until it is READY to be spoken to, and no longer than o.Timeout.
func (k *Call) AMD(ctx context.Context, o AMDOptions) (*Detection, error) {
	for _, d := range []time.Duration{o.InitialTimeout, o.EndSilenceTimeout, o.MachineReadyTimeout} {
		if d < 0 {
			return nil, &Error{Op: "detect", Call: k.id, Kind: ErrInvalid, Err: errors.New("a timeout cannot be less than 0 s")}
		}
	}
	return k.detect(ctx, &Detection{beep: o.WaitForBeep}, wire.Detect{Type: wire.DetectMachine, Params: wire.DetectorSettings{
		InitialTimeout: o.InitialTimeout.Seconds(), EndSilenceTimeout: o.EndSilenceTimeout.Seconds(),
		MachineReadyTimeout: o.MachineReadyTimeout.Seconds(), MachineVoiceThreshold: o.VoiceThreshold,
		MachineWordsThreshold: o.WordsThreshold, DetectInterruptions: choice(o.Interruptions),
	}}, o.Timeout)
}

// DetectFax listens for a fax tone, CED or CNG; empty means CED (calling.detect
// with the fax detector). Timeout 0 means 30 s.
func (k *Call) DetectFax(ctx context.Context, tone string, timeout time.Duration) (*Detection, error) {
	if !slices.Contains([]string{"", "CED", "CNG"}, tone) {
		return nil, &Error{Op: "detect", Call: k.id, Kind: ErrInvalid, Err: fmt.Errorf("tone %q is neither CED nor CNG", tone)}
	}
	return k.detect(ctx, &Detection{}, wire.Detect{Type: wire.DetectFax, Params: wire.DetectorSettings{Tone: tone}}, timeout)
}

// DetectDigit listens for one of the digits 0-9 * #; empty means any
// (calling.detect with the digit detector). Timeout 0 means 30 s.
func (k *Call) DetectDigit(ctx context.Context, digits string, timeout time.Duration) (*Detection, error) {
	if digits != "" {
		if err := checkDigits(digits, "0123456789*#"); err != nil {
			return nil, &Error{Op: "detect", Call: k.id, Kind: ErrInvalid, Err: err}
		}
	}
	return k.detect(ctx, &Detection{}, wire.Detect{Type: wire.DetectDigit, Params: wire.DetectorSettings{Digits: digits}}, timeout)
}

// ends folds an event and tells whether it was the last.
func (d *Detection) ends(n *actionNote) bool {
	var body struct {
		Detect struct {
			Type   string `json:"type"`
			Params struct {
				Event string `json:"event"`
				Beep  bool   `json:"beep"`
			} `json:"params"`
		} `json:"detect"`
	}
	if n.kind != "detect" || loosely(n.body.Extra, &body, "/detect/params/event") != nil {
		return false
	}
	switch ev := body.Detect.Params.Event; ev {
	case wire.Finished:
		return true
	case wire.ActionErr:
		d.a.state = wire.ActionErr
		return true
	default:
		d.result = DetectResult{Type: model.Clean(body.Detect.Type), Event: model.Clean(ev), Beep: body.Detect.Params.Beep}
		if d.first.Event == "" {
			d.first = d.result
		}
	}
	return d.beep && d.result.Event == "MACHINE" && d.result.Beep
}

// ID is the control id of the detection.
func (d *Detection) ID() string { return d.a.control }

// Last is the latest that was heard; empty when nothing was.
func (d *Detection) Last() DetectResult {
	d.a.c.mu.Lock()
	defer d.a.c.mu.Unlock()
	return d.result
}

// Stop ends it (calling.detect.stop).
func (d *Detection) Stop(ctx context.Context) error {
	return d.a.command(ctx, "stop", wire.MethodDetectStop, nil)
}

// First waits for the first thing heard and returns it, while the search goes on
// until its end or Stop; an empty Event means that it ended and nothing was. It
// returns ErrActionFailed when the server could not listen, and ErrEnded when
// the call ended first.
func (d *Detection) First(ctx context.Context) (DetectResult, error) {
	err := d.a.waitOr(ctx, "detect", func() bool { return d.first.Event != "" })
	d.a.c.mu.Lock()
	defer d.a.c.mu.Unlock()
	return d.first, err
}

// Ended waits for the end and returns the last that was heard; an empty Event
// means nothing was. Errors are those of First.
func (d *Detection) Ended(ctx context.Context) (DetectResult, error) {
	err := d.a.wait(ctx, "detect")
	return d.Last(), err
}
