package exchange

import (
	"errors"
	"slices"
	"strings"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// RELAY's defaults of a recording.
const (
	recordInitial     = 5.0 // seconds
	recordSilence     = 1.0
	recordTerminators = "#*"
	recordSensitivity = 44
)

// recording is a calling.record under way.
type recording struct {
	rec    *media.Recording
	file   string
	url    string
	record wire.Record
	paused bool
}

func (a *recording) lasts() {}

func (a *recording) stop() { a.rec.Stop() }

func (a *recording) tellEnd(c *call, control string) {
	e := a.event(c, control, wire.Finished)
	select {
	case <-a.rec.Done():
	default: // the call cannot wait longer; who fetches the file can
		c.report(control, wire.EventRecord, e)
		return
	}
	r := a.rec.Result()
	e.Duration, e.Size = r.Duration.Seconds(), r.Size
	switch {
	case r.Err != nil:
		c.log.Warn("recording failed", "err", r.Err)
		e.State, e.URL = wire.ActionErr, ""
	case r.NoInput:
		e.State, e.URL = wire.NoInput, ""
	}
	c.report(control, wire.EventRecord, e)
}

func (a *recording) event(c *call, control, state string) wire.RecordEvent {
	return wire.RecordEvent{CallRef: c.ref(), ControlID: control, State: state, URL: a.url, Record: a.record}
}

// pause is calling.record.pause; the default is to leave the gap out.
func (a *recording) pause(c *call, p wire.ControlParams) {
	a.rec.Pause(p.Behavior == "silence")
	if !a.paused {
		a.paused = true
		c.report(p.ControlID, wire.EventRecord, a.event(c, p.ControlID, wire.Paused))
	}
}

func (a *recording) resume(c *call, p wire.ControlParams) {
	a.rec.Resume()
	if a.paused {
		a.paused = false
		c.report(p.ControlID, wire.EventRecord, a.event(c, p.ControlID, wire.Recording))
	}
}

func checkBehavior(p wire.ControlParams) *failure {
	if !slices.Contains([]string{"", "skip", "silence"}, p.Behavior) {
		return bad("behavior %.20q is not known: use skip or silence", p.Behavior)
	}
	return nil
}

// recordCmd is calling.record.
type recordCmd struct{ wire.RecordParams }

func (m recordCmd) ref() wire.CallRef { return m.CallRef }

func (m recordCmd) check(x *Exchange) *failure {
	if f := checkStatusURL(m.StatusURL, x); f != nil {
		return f
	}
	a := m.Record.Audio
	if f := checkSide("record.audio.direction", a.Direction); f != nil {
		return f
	}
	switch {
	case !slices.Contains([]string{"", "mp3", "wav"}, a.Format):
		return bad("record.audio.format %.20q is not known: use wav or mp3", a.Format)
	case a.InputSensitivity != nil && (*a.InputSensitivity < 0 || *a.InputSensitivity > 100):
		return bad("record.audio.input_sensitivity must be 0 to 100")
	}
	if a.Terminators != nil {
		if f := checkTerminators("record.audio.terminators", *a.Terminators); f != nil {
			return f
		}
	}
	return checkSeconds(span{"record.audio.initial_timeout", orZero(a.InitialTimeout)},
		span{"record.audio.end_silence_timeout", orZero(a.EndSilenceTimeout)})
}

func checkSide(field, word string) *failure {
	if _, ok := media.ParseSide(word); word != "" && !ok {
		return bad("%s %.20q is not known: use listen, speak or both", field, word)
	}
	return nil
}

func (m recordCmd) do(c *call, req *request) {
	a := &recording{record: m.Record}
	f := c.begin(m.ControlID, a, func() error { return a.start(c, req.conn.base) })
	if f != nil {
		req.fail(f)
		return
	}
	req.result(wire.StartedResult{
		Result: wire.Result{Code: wire.CodeOK, Message: "Recording", CallID: c.id, ControlID: m.ControlID}, URL: a.url,
	})
	c.reports(m.ControlID, m.StatusURL)
	c.report(m.ControlID, wire.EventRecord, a.event(c, m.ControlID, wire.Recording))
	c.x.recordings.keep(a.rec, a.file)
	c.await(a.rec.Done(), msgActionEnded{m.ControlID, a})
}

// start begins the recording. Without a format it is MP3, as in RELAY, where
// that can be made, and WAV elsewhere. Its URL begins with base, where whoever
// asked for it finds the exchange.
func (a *recording) start(c *call, base string) error {
	o := recordOptions(a.record.Audio)
	dir, err := c.x.recordings.folder()
	if err != nil {
		return err
	}
	o.Dir, o.Name = dir, c.x.recordings.name()
	if o.Format == "" {
		o.Format = "mp3"
		if a.rec, err = c.sound.stream.Record(o); errors.Is(err, media.ErrNoEncoder) {
			o.Format = "wav"
		}
	}
	if a.rec == nil {
		a.rec, err = c.sound.stream.Record(o)
	}
	if err != nil {
		return err
	}
	a.record.Audio.Format = o.Format
	a.file = o.Name + "." + o.Format
	a.url = base + recordingsPath + a.file
	return nil
}

func recordOptions(a wire.RecordAudio) media.RecordOptions {
	side, _ := media.ParseSide(a.Direction) // checked before; unset is speak
	o := media.RecordOptions{
		Format: a.Format, Side: side, Stereo: a.Stereo, Beep: a.Beep,
		InitialTimeout: wished(a.InitialTimeout, spanOr(recordInitial, 0)),
		EndSilence:     wished(a.EndSilenceTimeout, spanOr(recordSilence, 0)),
		Terminators:    recordTerminators, Sensitivity: recordSensitivity,
	}
	if a.Terminators != nil {
		o.Terminators = strings.ToUpper(*a.Terminators)
	}
	if a.InputSensitivity != nil {
		o.Sensitivity = *a.InputSensitivity
	}
	return o
}
