package relay

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// RecordOptions say how to record. The zero value of each leaves the server's
// default.
type RecordOptions struct {
	Beep              bool          // default no
	Format            string        // mp3 or wav; default mp3
	Stereo            bool          // default no
	Direction         string        // listen, speak or both; default speak
	InitialTimeout    time.Duration // silence at the beginning that ends it; default 5 s, Off for none
	EndSilenceTimeout time.Duration // silence later that ends it; default 1 s, Off for none
	Terminators       string        // digits that end it; default #*
	InputSensitivity  int           // 1 to 100; default 44
}

// Off switches a timeout off whose zero value means the default.
const Off time.Duration = -1

// Recording is a recording of a call.
type Recording struct {
	a   *action
	url string // known from the start
}

// RecordResult is what became of a recording.
type RecordResult struct {
	URL      string
	Duration time.Duration
	Size     int64 // bytes
	NoInput  bool  // nothing was heard
}

// RecordAudio records the call (calling.record) and returns when the server
// took it; Ended waits for the end.
func (k *Call) RecordAudio(ctx context.Context, o RecordOptions) (*Recording, error) {
	audio, err := o.wire()
	if err != nil {
		return nil, &Error{Op: "record", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	a := &action{kind: "record", ends: terminal("record", wire.Finished, wire.NoInput, wire.ActionErr)}
	ans, err := k.start(ctx, "record", wire.MethodRecord, a, func(ref wire.CallRef, control string) any {
		return wire.RecordParams{CallRef: ref, ControlID: control, Record: wire.Record{Audio: audio}}
	})
	if err != nil {
		return nil, err
	}
	var told struct {
		URL string `json:"url"`
	}
	_ = loosely(ans.raw, &told)
	return &Recording{a: a, url: model.Clean(told.URL)}, nil
}

// Record is RecordAudio (calling.record), under the name that newer SDKs give it.
func (k *Call) Record(ctx context.Context, o RecordOptions) (*Recording, error) {
	return k.RecordAudio(ctx, o)
}

func (o RecordOptions) wire() (wire.RecordAudio, error) {
	audio := wire.RecordAudio{Beep: o.Beep, Format: o.Format, Stereo: o.Stereo, Direction: o.Direction}
	if !slices.Contains([]string{"", "mp3", "wav"}, o.Format) {
		return audio, fmt.Errorf("format %q is neither mp3 nor wav", o.Format)
	}
	if err := checkDirection(o.Direction); err != nil {
		return audio, err
	}
	if o.InputSensitivity < 0 || o.InputSensitivity > 100 {
		return audio, fmt.Errorf("an input sensitivity must be between 1 and 100")
	}
	if o.InputSensitivity > 0 {
		audio.InputSensitivity = &o.InputSensitivity
	}
	if o.Terminators != "" {
		if err := checkDigits(o.Terminators, "0123456789*#ABCD"); err != nil {
			return audio, fmt.Errorf("terminators: %w", err)
		}
		audio.Terminators = &o.Terminators
	}
	audio.InitialTimeout = orOff(o.InitialTimeout)
	audio.EndSilenceTimeout = orOff(o.EndSilenceTimeout)
	return audio, nil
}

// orOff writes a timeout: absent for the default, 0 for none.
func orOff(d time.Duration) *float64 {
	if d == 0 {
		return nil
	}
	s := max(0, d.Seconds())
	return &s
}

func checkDirection(s string) error {
	if !slices.Contains([]string{"", "listen", "speak", "both"}, s) {
		return fmt.Errorf("direction %q is none of listen, speak, both", s)
	}
	return nil
}

// ID is the control id of the recording.
func (r *Recording) ID() string { return r.a.control }

// URL is where the recording will be, as far as the server has told.
func (r *Recording) URL() string { return r.url }

// Pause interrupts it (calling.record.pause); with silence the gap is recorded
// as silence, otherwise it is skipped.
func (r *Recording) Pause(ctx context.Context, silence bool) error {
	behavior := "skip"
	if silence {
		behavior = "silence"
	}
	return r.a.command(ctx, "pause", wire.MethodRecordPause, func(c *wire.ControlParams) { c.Behavior = behavior })
}

// Resume goes on after Pause (calling.record.resume).
func (r *Recording) Resume(ctx context.Context) error {
	return r.a.command(ctx, "resume", wire.MethodRecordResume, nil)
}

// Stop ends it (calling.record.stop).
func (r *Recording) Stop(ctx context.Context) error {
	return r.a.command(ctx, "stop", wire.MethodRecordStop, nil)
}

// Ended waits until it has ended and tells where it is. It returns
// ErrActionFailed when the server could not record and ErrEnded when the call
// ended and the server said nothing more of the recording.
func (r *Recording) Ended(ctx context.Context) (RecordResult, error) {
	res := RecordResult{URL: r.url}
	if err := r.a.wait(ctx, "record"); err != nil {
		return res, err
	}
	type file struct {
		URL      string  `json:"url"`
		Duration float64 `json:"duration"`
		Size     int64   `json:"size"`
	}
	var told struct {
		file
		Record file `json:"record"`
	}
	_ = loosely(r.a.body.Extra, &told)
	for _, f := range []file{told.file, told.Record} { // some servers nest them
		if f.URL != "" {
			res.URL = model.Clean(f.URL)
		}
		if f.Duration > 0 && f.Duration < math.MaxInt32 {
			res.Duration = time.Duration(f.Duration * float64(time.Second))
		}
		if f.Size > 0 {
			res.Size = f.Size
		}
	}
	res.NoInput = r.a.state == wire.NoInput
	return res, nil
}
