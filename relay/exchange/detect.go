package exchange

import (
	"errors"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// detectTimeout is RELAY's default length of a search.
const detectTimeout = 30 * time.Second

// detecting is a calling.detect under way.
type detecting struct {
	kind    string
	control string
	digits  string // of a digit detector
	run     *media.Detecting
}

// digit takes one that came by INFO.
func (a *detecting) digit(c *call, d rune) {
	if a.kind == wire.DetectDigit && strings.ContainsRune(orText(strings.ToUpper(a.digits), "0123456789#*"), d) {
		a.tell(c, a.control, wire.DetectedParams{Event: string(d)})
	}
}

func (a *detecting) stop() { a.run.Stop() }

// tellEnd: every detector ends with finished, or with error where it broke.
func (a *detecting) tellEnd(c *call, control string) {
	end := wire.DetectFinished
	if errors.Is(a.run.Err(), media.ErrListener) {
		c.log.Warn("detector failed", "err", a.run.Err())
		end = wire.DetectError
	}
	a.tell(c, control, wire.DetectedParams{Event: end})
}

func (a *detecting) tell(c *call, control string, p wire.DetectedParams) {
	c.report(control, wire.EventDetect, wire.DetectEvent{
		CallRef: c.ref(), ControlID: control, Detect: wire.Detected{Type: a.kind, Params: p},
	})
}

// detected takes one thing that a detector found.
func (c *call) detected(m msgDetected) {
	if c.actions[m.control] == action(m.a) {
		m.a.tell(c, m.control, wire.DetectedParams{Event: m.found.Event, Beep: m.found.Beep})
	}
}

// detectCmd is calling.detect.
type detectCmd struct{ wire.DetectParams }

func (m detectCmd) ref() wire.CallRef { return m.CallRef }

func (m detectCmd) check(x *Exchange) *failure {
	if f := checkStatusURL(m.StatusURL, x); f != nil {
		return f
	}
	p := m.Detect.Params
	if f := checkSeconds(span{"timeout", m.Timeout}, span{"detect.params.initial_timeout", p.InitialTimeout},
		span{"detect.params.end_silence_timeout", p.EndSilenceTimeout},
		span{"detect.params.machine_ready_timeout", p.MachineReadyTimeout},
		span{"detect.params.machine_voice_threshold", p.MachineVoiceThreshold}); f != nil {
		return f
	}
	if m.detector() == nil {
		return bad("detect.type %.40q is not known: use machine, fax or digit", m.Detect.Type)
	}
	return nil
}

func (m detectCmd) detector() media.Detector {
	p := m.Detect.Params
	switch m.Detect.Type {
	case wire.DetectMachine:
		return media.MachineDetector{
			InitialTimeout: spanOr(p.InitialTimeout, 0), EndSilence: spanOr(p.EndSilenceTimeout, 0),
			ReadyTimeout: spanOr(p.MachineReadyTimeout, 0), VoiceThreshold: spanOr(p.MachineVoiceThreshold, 0),
			WordsThreshold: p.MachineWordsThreshold,
			Interruptions:  p.DetectInterruptions != nil && *p.DetectInterruptions,
			NoMessageEnd:   p.DetectMessageEnd != nil && !*p.DetectMessageEnd,
		}
	case wire.DetectFax:
		return media.FaxDetector{Tone: strings.ToUpper(p.Tone)}
	case wire.DetectDigit:
		return media.DigitDetector{Digits: p.Digits}
	}
	return nil
}

func (m detectCmd) do(c *call, req *request) {
	a := &detecting{kind: m.Detect.Type, control: m.ControlID, digits: m.Detect.Params.Digits}
	f := c.begin(m.ControlID, a, func() (err error) {
		a.run, err = c.sound.stream.Detect(m.detector(), spanOr(m.Timeout, detectTimeout), func(d media.Detection) {
			c.post(msgDetected{m.ControlID, a, d})
		})
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Detecting", c.id, m.ControlID)
	c.reports(m.ControlID, m.StatusURL)
	c.await(a.run.Done(), msgActionEnded{m.ControlID, a})
}
