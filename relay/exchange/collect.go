package exchange

import (
	"math"
	"strings"
	"time"

	"cordpair/relay/exchange/media"
	"cordpair/relay/wire"
)

// RELAY's defaults of a collection.
const (
	collectInitial = 4 * time.Second
	collectDigit   = 5 * time.Second
)

// collecting is a calling.collect or calling.play_and_collect under way.
type collecting struct {
	opts   wire.CollectOptions
	in     *media.Collector
	play   *media.Playback // play_and_collect, until its end is told
	ticker *time.Timer
}

func (a *collecting) stop() {
	if a.ticker != nil {
		a.ticker.Stop()
	}
	if a.play != nil {
		a.play.Stop()
	}
}

// tellEnd tells what there is; a collection that was stopped or cut off has
// the digits so far.
func (a *collecting) tellEnd(c *call, control string) {
	a.tellPlayed(c, control)
	result := a.in.Result()
	if result.Kind == media.CollectGoing && a.in.Digits() != "" {
		result = media.CollectResult{Kind: media.CollectDigits, Digits: a.in.Digits()}
	}
	a.tell(c, control, wire.Finished, true, collected(result))
	c.hearDigits()
}

// tellPlayed tells the end of the prompt, once.
func (a *collecting) tellPlayed(c *call, control string) {
	if a.play == nil {
		return
	}
	a.play.Stop()
	c.tellAction(control, wire.EventPlay, c.playEnd(a.play))
	a.play = nil
}

func (a *collecting) tell(c *call, control, state string, final bool, r wire.CollectResult) {
	c.report(control, wire.EventCollect, wire.CollectEvent{
		CallRef: c.ref(), ControlID: control, State: state, Final: final, Result: r,
	})
}

func collected(r media.CollectResult) wire.CollectResult {
	if r.Kind != media.CollectDigits {
		return wire.CollectResult{Type: wire.CollectNoInput}
	}
	return wire.CollectResult{Type: wire.CollectDigit, Params: &wire.CollectedText{Digits: r.Digits, Terminator: r.Terminator}}
}

// digit takes one digit of the phone.
func (a *collecting) digit(c *call, control string, d rune) {
	first := a.in.Digit(d, time.Now())
	if first && a.play != nil {
		a.play.Stop() // who keys has heard enough; its end comes by msgPrompted
	}
	if first && a.opts.SendStartOfInput {
		a.tell(c, control, wire.Collecting, false, wire.CollectResult{Type: wire.CollectStart})
	}
	if a.opts.PartialResults && a.in.Result().Kind == media.CollectGoing && a.in.Digits() != "" {
		a.tell(c, control, wire.Collecting, false,
			collected(media.CollectResult{Kind: media.CollectDigits, Digits: a.in.Digits()}))
	}
	a.advance(c, control)
}

// advance ends the collection if it has come to something, or waits on.
func (a *collecting) advance(c *call, control string) {
	if a.in.Result().Kind == media.CollectDigits && a.opts.Continuous {
		a.tell(c, control, wire.Collecting, true, collected(a.in.Result()))
		o := collectorOptions(a.opts)
		o.InitialTimeout = 0 // silence between two inputs is no end
		a.in, _ = media.NewCollector(o, time.Now())
	}
	if a.in.Result().Kind != media.CollectGoing {
		a.stop()
		c.actionEnded(msgActionEnded{control, a})
		return
	}
	if a.ticker != nil {
		a.ticker.Stop()
		a.ticker = nil
	}
	if at, ok := a.in.Deadline(); ok {
		// Posts one message; stopped with the collection.
		a.ticker = time.AfterFunc(time.Until(at), func() { c.post(msgCollectTick{control, a}) })
	}
}

// collectTick takes a timeout of a collection.
func (c *call) collectTick(m msgCollectTick) {
	if c.actions[m.control] == action(m.a) {
		m.a.in.Tick(time.Now())
		m.a.advance(c, m.control)
	}
}

// prompted takes the end of a prompt: from here on the caller is waited for.
func (c *call) prompted(m msgPrompted) {
	if c.actions[m.control] != action(m.a) || m.a.play == nil {
		return
	}
	m.a.tellPlayed(c, m.control)
	m.a.in.StartTimers(time.Now())
	m.a.advance(c, m.control)
}

// startTimers is calling.collect.start_input_timers.
func (a *collecting) startTimers(c *call, p wire.ControlParams) {
	a.in.StartTimers(time.Now())
	a.advance(c, p.ControlID)
}

// stopCollect is calling.collect.stop and calling.play_and_collect.stop.
func (a *collecting) stopCollect(c *call, p wire.ControlParams) {
	a.stop()
	c.actionEnded(msgActionEnded{p.ControlID, a})
}

func (a *collecting) volume(_ *call, p wire.ControlParams) {
	if a.play != nil {
		a.play.SetVolume(p.Volume)
	}
}

func (a *collecting) pause(*call, wire.ControlParams) {
	if a.play != nil {
		a.play.Pause()
	}
}

func (a *collecting) resume(*call, wire.ControlParams) {
	if a.play != nil {
		a.play.Resume()
	}
}

// collectCmd is calling.collect.
type collectCmd struct{ wire.CollectParams }

func (m collectCmd) ref() wire.CallRef { return m.CallRef }

func (m collectCmd) check(x *Exchange) *failure {
	if f := checkStatusURL(m.StatusURL, x); f != nil {
		return f
	}
	return checkCollect(m.CollectOptions)
}

func (m collectCmd) do(c *call, req *request) {
	a := &collecting{opts: m.CollectOptions}
	f := c.begin(m.ControlID, a, func() (err error) {
		o := collectorOptions(m.CollectOptions)
		o.HoldTimers = !m.StartInputTimers
		a.in, err = media.NewCollector(o, time.Now())
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Collecting", c.id, m.ControlID)
	c.reports(m.ControlID, m.StatusURL)
	c.hearDigits()
	a.advance(c, m.ControlID)
}

// promptCmd is calling.play_and_collect.
type promptCmd struct{ wire.PlayCollectParams }

func (m promptCmd) ref() wire.CallRef { return m.CallRef }

func (m promptCmd) check(x *Exchange) *failure {
	list, f := playlistOf("play", m.Play)
	list.Volume = m.Volume
	if f == nil {
		f = checkPlaylist("play", list)
	}
	if f == nil {
		f = checkStatusURL(m.StatusURL, x)
	}
	if f != nil {
		return f
	}
	return checkCollect(m.Collect)
}

func (m promptCmd) do(c *call, req *request) {
	a := &collecting{opts: m.Collect}
	f := c.begin(m.ControlID, a, func() (err error) {
		o := collectorOptions(m.Collect)
		o.HoldTimers = true // until the prompt is over
		if a.in, err = media.NewCollector(o, time.Now()); err != nil {
			return err
		}
		list, _ := playlistOf("play", m.Play) // checked before
		list.Volume = m.Volume
		a.play, err = c.sound.stream.Play(list)
		return err
	})
	if f != nil {
		req.fail(f)
		return
	}
	req.ok("Playing and collecting", c.id, m.ControlID)
	c.reports(m.ControlID, m.StatusURL)
	c.tellAction(m.ControlID, wire.EventPlay, wire.Playing)
	c.hearDigits()
	c.await(a.play.Done(), msgPrompted{m.ControlID, a})
}

func collectorOptions(o wire.CollectOptions) media.CollectOptions {
	return media.CollectOptions{
		Max: o.Digits.Max, Terminators: o.Digits.Terminators,
		DigitTimeout: spanOr(o.Digits.DigitTimeout, collectDigit), InitialTimeout: wished(o.InitialTimeout, collectInitial),
	}
}

func checkCollect(o wire.CollectOptions) *failure {
	switch {
	case o.Speech != nil:
		return &failure{unoffered, "speech: this exchange does not recognise speech: collect digits"}
	case o.Digits == nil:
		return bad("digits is missing: say what to collect")
	case o.Digits.Max < 1 || o.Digits.Max > maxDigits:
		return bad("digits.max must be 1 to %d", maxDigits)
	}
	if f := checkTerminators("digits.terminators", o.Digits.Terminators); f != nil {
		return f
	}
	return checkSeconds(span{"digits.digit_timeout", o.Digits.DigitTimeout}, span{"initial_timeout", orZero(o.InitialTimeout)})
}

func checkTerminators(field, digits string) *failure {
	if i := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789*#ABCDabcd", r) }); i >= 0 {
		return bad("%s: %.20q are no digits", field, digits)
	}
	return nil
}

// span is a duration in seconds as a client gave it.
type span struct {
	field string
	value float64
}

func checkSeconds(spans ...span) *failure {
	for _, s := range spans {
		if math.IsNaN(s.value) || s.value < 0 || s.value > maxRing {
			return bad("%s must be 0 to %d seconds", s.field, maxRing)
		}
	}
	return nil
}

func orZero(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}

// spanOr turns seconds into a duration, 0 into the default.
func spanOr(s float64, def time.Duration) time.Duration {
	if s <= 0 {
		return def
	}
	return time.Duration(s * float64(time.Second))
}

// wished turns seconds into a duration; absent is the default, 0 is off.
func wished(s *float64, def time.Duration) time.Duration {
	if s == nil {
		return def
	}
	return time.Duration(*s * float64(time.Second))
}
