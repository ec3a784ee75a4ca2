package relay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// Volume limits in dB.
const (
	MinVolume = -40.0
	MaxVolume = 40.0
)

// Playback is a playlist that plays to a call.
type Playback struct{ a *action }

// Play plays a playlist to the leg (calling.play), item by item, and returns
// when the server took it; Ended waits for the end. Volume is in dB, -40 to 40,
// 0 as recorded. An item that cannot be played is ErrInvalid.
func (k *Call) Play(ctx context.Context, list model.Playlist, volume float64) (*Playback, error) {
	if err := checkPlay(list, volume); err != nil {
		return nil, &Error{Op: "play", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	a := &action{kind: "play", ends: terminal("play", wire.Finished, wire.ActionErr)}
	_, err := k.start(ctx, "play", wire.MethodPlay, a, func(ref wire.CallRef, control string) any {
		return wire.PlayParams{CallRef: ref, ControlID: control, Play: mediaList(list), Volume: volume}
	})
	if err != nil {
		return nil, err
	}
	return &Playback{a}, nil
}

// PlayAudio plays an audio file from an http or https URL (calling.play) at the
// volume it was recorded with; for another use Play.
func (k *Call) PlayAudio(ctx context.Context, url string) (*Playback, error) {
	return k.Play(ctx, model.Playlist{{Kind: model.Audio, URL: url}}, 0)
}

// PlayTTS speaks a text (calling.play) in the server's default voice; for
// another language, gender or voice use Play.
func (k *Call) PlayTTS(ctx context.Context, text string) (*Playback, error) {
	return k.Play(ctx, model.Playlist{{Kind: model.Speech, Text: text}}, 0)
}

// PlaySilence plays silence for d, which must be above 0 (calling.play).
func (k *Call) PlaySilence(ctx context.Context, d time.Duration) (*Playback, error) {
	return k.Play(ctx, model.Playlist{{Kind: model.Silence, Duration: d}}, 0)
}

// PlayRingtone plays the ringtone of a country (two letters, see
// model.RingtoneCountries) for d; 0 plays until it is stopped (calling.play).
func (k *Call) PlayRingtone(ctx context.Context, country string, d time.Duration) (*Playback, error) {
	return k.Play(ctx, model.Playlist{{Kind: model.Ringtone, Country: country, Duration: d}}, 0)
}

func checkPlay(list model.Playlist, volume float64) error {
	if len(list) == 0 {
		return fmt.Errorf("%w: nothing to play", model.ErrMedia)
	}
	for i, m := range list {
		if err := m.Check(); err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	return checkVolume(volume)
}

func checkVolume(v float64) error {
	if math.IsNaN(v) || v < MinVolume || v > MaxVolume {
		return fmt.Errorf("a volume must be between %g and %g dB", MinVolume, MaxVolume)
	}
	return nil
}

// ID is the control id of the playback.
func (p *Playback) ID() string { return p.a.control }

// Pause pauses it (calling.play.pause). Like all sub-commands it is fine with a
// playback that has ended.
func (p *Playback) Pause(ctx context.Context) error {
	return p.a.command(ctx, "pause", wire.MethodPlayPause, nil)
}

// Resume goes on after Pause (calling.play.resume).
func (p *Playback) Resume(ctx context.Context) error {
	return p.a.command(ctx, "resume", wire.MethodPlayResume, nil)
}

// Stop ends it (calling.play.stop).
func (p *Playback) Stop(ctx context.Context) error {
	return p.a.command(ctx, "stop", wire.MethodPlayStop, nil)
}

// SetVolume changes the volume (calling.play.volume), in dB, -40 to 40.
func (p *Playback) SetVolume(ctx context.Context, db float64) error {
	if err := checkVolume(db); err != nil {
		return &Error{Op: "set volume", Call: p.a.call, Kind: ErrInvalid, Err: err}
	}
	return p.a.command(ctx, "set volume", wire.MethodPlayVolume, func(c *wire.ControlParams) { c.Volume = db })
}

// Ended waits until it has ended, by itself or by Stop. It returns
// ErrActionFailed when the server could not play it and ErrEnded when the call
// ended first.
func (p *Playback) Ended(ctx context.Context) error { return p.a.wait(ctx, "play") }

// digitTime is what one digit or pause may take before the server is taken to
// have forgotten it.
const digitTime = 2 * time.Second

// SendDigits sends DTMF to the leg (calling.send_digits) and waits until it is
// done. Digits are 0-9 * # A-D; w waits half a second, W a whole one. It adds
// ErrActionFailed, ErrEnded when the call ends first, and ErrTimeout when the
// server says nothing for Config.RequestTimeout and two seconds a digit.
func (k *Call) SendDigits(ctx context.Context, digits string) error {
	if err := checkDigits(digits, "0123456789*#ABCDwW"); err != nil {
		return &Error{Op: "send digits", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	a := &action{kind: "send_digits", ends: terminal("send_digits", wire.Finished, wire.ActionErr)}
	_, err := k.start(ctx, "send digits", wire.MethodSendDigits, a, func(ref wire.CallRef, control string) any {
		return wire.SendDigitsParams{CallRef: ref, ControlID: control, Digits: digits}
	})
	if err != nil {
		return err
	}
	return a.waitFor(ctx, "send digits", k.c.cfg.RequestTimeout+time.Duration(len(digits))*digitTime)
}

func checkDigits(s, allowed string) error {
	if s == "" {
		return errors.New("no digits")
	}
	for _, r := range s {
		if !strings.ContainsRune(allowed, r) {
			return fmt.Errorf("%q is none of %s", r, allowed)
		}
	}
	return nil
}
