package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cordpair/model"
	"cordpair/relay/wire"
)

// CollectOptions say what input to wait for: digits, speech or both. The zero
// value of every other member leaves the server's default.
type CollectOptions struct {
	Digits *DigitsOptions
	Speech *SpeechOptions

	// InitialTimeout is how long to wait for the first input; default 4 s, Off for
	// ever. A prompt counts it from the end of what is played. Without a prompt it
	// runs from the start with StartInputTimers, and otherwise not before
	// Collection.StartInputTimers is called: until then there is no end without
	// input.
	InitialTimeout   time.Duration
	StartInputTimers bool

	PartialResults   bool // tell results that are not final, see Collection.Next
	Continuous       bool // go on after a result, until Stop
	SendStartOfInput bool // tell when somebody begins to speak or press
}

// DigitsOptions are for DTMF. The input ends with Max digits, with a terminator,
// or when none came for Timeout.
type DigitsOptions struct {
	Max         int           // required
	Terminators string        // digits that end the input, of 0-9 * # A-D; default none
	Timeout     time.Duration // between digits; default 5 s
}

// SpeechOptions are for speech. The zero value of each leaves the server's
// default.
type SpeechOptions struct {
	EndSilenceTimeout time.Duration // silence that ends the input; default 1 s
	Timeout           time.Duration // longest input; default 60 s
	Language          string        // default en-US
	Hints             []string      // words that are to be expected
	Model, Engine     string        // of the recogniser, as the server names them
}

// CollectResult is what was said or pressed.
type CollectResult struct {
	Type       string  // digit, speech, start_of_input, no_input, no_match, error
	Digits     string  // of digit, without the terminator
	Terminator string  // of digit: what ended it, empty when none did
	Text       string  // of speech
	Confidence float64 // of speech: how sure the server is, on its scale
	Final      bool    // no more of this input is to come
}

// Collection waits for input of a call: begun by Collect or Prompt.
type Collection struct {
	a      *action
	prompt bool

	// Guarded by the client's lock.
	result CollectResult
	news   []CollectResult // not yet returned by Next
}

// maxNews is how many results are kept for Next.
const maxNews = 256

// Collect waits for digits or speech (calling.collect) and returns when the
// server took it; Ended gives the result.
func (k *Call) Collect(ctx context.Context, o CollectOptions) (*Collection, error) {
	opts, err := o.wire()
	if err != nil {
		return nil, &Error{Op: "collect", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	col := &Collection{}
	col.a = &action{kind: "collect", ends: col.ends}
	_, err = k.start(ctx, "collect", wire.MethodCollect, col.a, func(ref wire.CallRef, control string) any {
		return wire.CollectParams{CallRef: ref, CollectOptions: opts, ControlID: control}
	})
	if err != nil {
		return nil, err
	}
	return col, nil
}

// Prompt plays and waits for input meanwhile (calling.play_and_collect), and
// returns when the server took it; Ended gives the result. Volume is in dB, -40
// to 40, 0 as recorded.
func (k *Call) Prompt(ctx context.Context, list model.Playlist, volume float64, o CollectOptions) (*Collection, error) {
	opts, err := o.wire()
	if err == nil {
		err = checkPlay(list, volume)
	}
	if err != nil {
		return nil, &Error{Op: "prompt", Call: k.id, Kind: ErrInvalid, Err: err}
	}
	col := &Collection{prompt: true}
	col.a = &action{kind: "collect", ends: col.ends}
	_, err = k.start(ctx, "prompt", wire.MethodPlayCollect, col.a, func(ref wire.CallRef, control string) any {
		return wire.PlayCollectParams{CallRef: ref, ControlID: control, Play: mediaList(list), Collect: opts, Volume: volume}
	})
	if err != nil {
		return nil, err
	}
	return col, nil
}

// PromptAudio is Prompt with an audio file from an http or https URL
// (calling.play_and_collect).
func (k *Call) PromptAudio(ctx context.Context, url string, o CollectOptions) (*Collection, error) {
	return k.Prompt(ctx, model.Playlist{{Kind: model.Audio, URL: url}}, 0, o)
}

// PromptTTS is Prompt with a spoken text (calling.play_and_collect).
func (k *Call) PromptTTS(ctx context.Context, text string, o CollectOptions) (*Collection, error) {
	return k.Prompt(ctx, model.Playlist{{Kind: model.Speech, Text: text}}, 0, o)
}

// PromptRingtone is Prompt with a country's ringtone, for d; 0 plays on
// (calling.play_and_collect).
func (k *Call) PromptRingtone(ctx context.Context, country string, d time.Duration, o CollectOptions) (*Collection, error) {
	return k.Prompt(ctx, model.Playlist{{Kind: model.Ringtone, Country: country, Duration: d}}, 0, o)
}

func (o CollectOptions) wire() (wire.CollectOptions, error) {
	out := wire.CollectOptions{
		PartialResults: o.PartialResults, Continuous: o.Continuous,
		SendStartOfInput: o.SendStartOfInput, StartInputTimers: o.StartInputTimers,
		InitialTimeout: orOff(o.InitialTimeout),
	}
	if o.Digits == nil && o.Speech == nil {
		return out, errors.New("neither digits nor speech to collect")
	}
	if d := o.Digits; d != nil {
		if d.Max < 1 {
			return out, errors.New("digits: max must be at least 1")
		}
		if d.Terminators != "" {
			if err := checkDigits(d.Terminators, "0123456789*#ABCD"); err != nil {
				return out, fmt.Errorf("terminators: %w", err)
			}
		}
		if d.Timeout < 0 {
			return out, errors.New("digits: a timeout cannot be less than 0 s")
		}
		out.Digits = &wire.CollectDigits{Max: d.Max, Terminators: d.Terminators, DigitTimeout: d.Timeout.Seconds()}
	}
	if s := o.Speech; s != nil {
		if s.EndSilenceTimeout < 0 || s.Timeout < 0 {
			return out, errors.New("speech: a timeout cannot be less than 0 s")
		}
		out.Speech = &wire.CollectSpeech{
			EndSilenceTimeout: s.EndSilenceTimeout.Seconds(), SpeechTimeout: s.Timeout.Seconds(),
			Language: s.Language, Hints: s.Hints, Model: s.Model, Engine: s.Engine,
		}
	}
	return out, nil
}

// ends folds an event of the collection and tells whether it was the last.
// Events of the playing half of a prompt are not its end.
func (col *Collection) ends(n *actionNote) bool {
	if n.kind != "collect" {
		return false
	}
	var body struct {
		Final  *bool `json:"final"`
		Result *struct {
			Type   string `json:"type"`
			Params struct {
				Digits     string  `json:"digits"`
				Terminator string  `json:"terminator"`
				Text       string  `json:"text"`
				Confidence float64 `json:"confidence"`
			} `json:"params"`
		} `json:"result"`
	}
	if err := loosely(n.body.Extra, &body); err != nil {
		return false
	}
	over := n.body.State == wire.Finished || n.body.State == wire.ActionErr
	r := body.Result
	if r == nil {
		return over
	}
	final := body.Final == nil || *body.Final
	col.result = CollectResult{
		Type: model.Clean(r.Type), Digits: model.Clean(r.Params.Digits), Terminator: model.Clean(r.Params.Terminator),
		Text: model.Clean(r.Params.Text), Confidence: r.Params.Confidence, Final: final,
	}
	if col.news = append(col.news, col.result); len(col.news) > maxNews {
		col.news = col.news[1:]
	}
	if r.Type == wire.ActionErr {
		col.a.state = wire.ActionErr
	}
	return over || final && n.body.State != wire.Collecting && r.Type != "start_of_input"
}

// ID is the control id of the collection.
func (col *Collection) ID() string { return col.a.control }

// Next waits for the next result and returns each once, in their order: partial
// ones, starts of input, and those of a collection that goes on. ok is false
// once it has ended and all were returned; of those that nobody takes the last
// 256 are kept. Errors are those of Ended.
func (col *Collection) Next(ctx context.Context) (result CollectResult, ok bool, err error) {
	err = col.a.waitOr(ctx, "collect", func() bool {
		if !ok && len(col.news) > 0 {
			ok, result, col.news = true, col.news[0], col.news[1:]
		}
		return ok
	})
	return result, ok, err
}

// Last is the latest result so far, partial ones included.
func (col *Collection) Last() CollectResult {
	col.a.c.mu.Lock()
	defer col.a.c.mu.Unlock()
	return col.result
}

// Stop ends it (calling.collect.stop or calling.play_and_collect.stop).
func (col *Collection) Stop(ctx context.Context) error {
	if col.prompt {
		return col.a.command(ctx, "stop", wire.MethodPlayCollectStop, nil)
	}
	return col.a.command(ctx, "stop", wire.MethodCollectStop, nil)
}

// StartInputTimers starts the timeouts (calling.collect.start_input_timers).
func (col *Collection) StartInputTimers(ctx context.Context) error {
	return col.a.command(ctx, "start timers", wire.MethodCollectTimers, nil)
}

// Pause pauses what a prompt plays (calling.play_and_collect.pause); input is
// still taken. Like all sub-commands it is fine with a prompt that has ended.
func (col *Collection) Pause(ctx context.Context) error {
	return col.playing(ctx, "pause", wire.MethodPlayCollectPause)
}

// Resume goes on after Pause (calling.play_and_collect.resume).
func (col *Collection) Resume(ctx context.Context) error {
	return col.playing(ctx, "resume", wire.MethodPlayCollectResume)
}

// playing gives a sub-command to the playing half of a prompt.
func (col *Collection) playing(ctx context.Context, op, method string) error {
	if !col.prompt {
		return &Error{Op: op, Call: col.a.call, Kind: ErrInvalid, Err: errors.New("nothing is played")}
	}
	return col.a.command(ctx, op, method, nil)
}

// SetVolume changes the volume of a prompt (calling.play_and_collect.volume), in
// dB, -40 to 40, 0 as recorded.
func (col *Collection) SetVolume(ctx context.Context, db float64) error {
	err := checkVolume(db)
	if err == nil && !col.prompt {
		err = errors.New("nothing is played")
	}
	if err != nil {
		return &Error{Op: "set volume", Call: col.a.call, Kind: ErrInvalid, Err: err}
	}
	return col.a.command(ctx, "set volume", wire.MethodPlayCollectVol, func(c *wire.ControlParams) { c.Volume = db })
}

// Ended waits for the end and returns the last result. No input and no match are
// results, not errors. It returns ErrActionFailed when the server could not
// collect, and ErrEnded when the call ended first.
func (col *Collection) Ended(ctx context.Context) (CollectResult, error) {
	err := col.a.wait(ctx, "collect")
	return col.Last(), err
}
