package ui

import (
	"errors"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// ladder is what was said about the selected call, by RELAY and by SIP, on one
// clock: the operator, the exchange, the two phones.
type ladder struct {
	pick    picker
	of      model.CallID // whose steps the selection is among
	hide    [layerCount]bool
	still   bool         // it does not follow
	clock   bool         // by the clock instead of from the first step
	against model.CallID // the call that it is compared with
	marked  *said        // the step that another is compared with
	find    edit
	first   time.Time // of the first step, whether it fits the search or not
	bygone  *bygone   // of the history, instead of the selected call's
}

func newLadder() *ladder { return &ladder{} }

// rung is a step as the ladder shows it.
type rung struct {
	step
	mark   byte          // of a comparison: + only here, - only there
	shift  time.Duration // of a step that is only there: from its own time to the one here
	marked bool          // it is the one that another is compared with
}

// rungs are the steps that are shown, in the order of time.
func (v *ladder) rungs(a *App) []rung {
	own := v.visible(v.steps(a))
	if v.against == "" {
		return v.fitting(own)
	}
	other := a.book.Call(v.against)
	if other == nil {
		v.against = ""
		return v.fitting(own)
	}
	return v.fitting(compare(own, v.visible(a.stepsOf(other))))
}

// steps are those of the call that is shown.
func (v *ladder) steps(a *App) []step {
	if v.bygone != nil {
		return v.bygone.steps
	}
	return a.stepsOf(a.current())
}

// subject is the call whose steps the selection is among.
func (v *ladder) subject(a *App) model.CallID {
	if v.bygone != nil {
		return v.bygone.call.ID
	}
	return a.selected
}

func (v *ladder) visible(steps []step) []rung {
	out := make([]rung, 0, len(steps))
	for _, s := range steps {
		if !v.hide[s.layer] {
			out = append(out, rung{step: s})
		}
	}
	return out
}

func rungKey(list []rung) func(int) string {
	return func(i int) string {
		return strconv.FormatInt(list[i].at.UnixNano(), 36) + list[i].word + string(list[i].mark)
	}
}

func (v *ladder) rows(a *App) int { return len(v.rungs(a)) }
func (v *ladder) page(*App) int   { return max(1, v.pick.visible) }

func (v *ladder) move(a *App, n int) {
	list := v.rungs(a)
	v.settle(a, list)
	v.pick.move(n, len(list), rungKey(list))
	v.still = v.pick.at < len(list)-1
}

// settle keeps the selection on its step, or on the newest one; another call
// begins anew.
func (v *ladder) settle(a *App, list []rung) {
	if id := v.subject(a); v.of != id {
		v.of, v.pick, v.still = id, picker{visible: v.pick.visible}, false
		if c := a.ladderCall(); c != nil && !c.Live() {
			v.still = true // what is over is read from its beginning
		}
	}
	v.pick.settle(len(list), rungKey(list))
	if !v.still && len(list) > 0 {
		v.pick.at = len(list) - 1
		v.pick.key = rungKey(list)(v.pick.at)
	}
}

func (v *ladder) escape(*App) bool {
	if unsearch(&v.find) {
		return true
	}
	was := v.marked != nil || v.against != ""
	if v.marked != nil {
		v.marked = nil
	} else {
		v.against = ""
	}
	return was
}

// rung is the selected step.
func (v *ladder) rung(a *App) (rung, []rung, bool) {
	list := v.rungs(a)
	v.settle(a, list)
	if len(list) == 0 {
		return rung{}, nil, false
	}
	return list[v.pick.at], list, true
}

// ladderActions are the keys of the Ladder screen.
func ladderActions() []action {
	layerKey := func(key, name, help string, l layer) action {
		return action{name: "ladder." + name, keys: []string{key}, label: name, rank: 5, group: groupLadder, where: inLadder, help: help,
			do: func(a *App) tea.Cmd { a.ladder.hide[l] = !a.ladder.hide[l]; return nil }}
	}
	do := func(f func(v *ladder)) func(*App) tea.Cmd {
		return func(a *App) tea.Cmd { f(a.ladder); return nil }
	}
	return []action{
		{name: "ladder.inspect", keys: []string{"enter", "i"}, label: "inspect", rank: 9, group: groupLadder, where: inLadder,
			help: "show the message in full", why: (*App).whyInspect, do: (*App).doInspect},
		layerKey("s", "sip", "show or hide SIP", layerSIP),
		layerKey("r", "relay", "show or hide RELAY", layerRelay),
		layerKey("m", "media", "show or hide what is played and joined", layerMedia),
		{name: "ladder.follow", keys: []string{"f"}, label: "follow", rank: 4, group: groupLadder, where: inLadder,
			help: "follow what is new, or stand still", do: do(func(v *ladder) { v.still = !v.still })},
		{name: "ladder.search", keys: []string{"/", "f3"}, group: groupLadder, where: inLadder,
			help: "search the steps and the messages", do: (*App).doSearch},
		{name: "ladder.clock", keys: []string{"t"}, group: groupLadder, where: inLadder,
			help: "times by the clock, or from the first step", do: do(func(v *ladder) { v.clock = !v.clock })},
		{name: "ladder.previous", keys: []string{"["}, label: "call", rank: 3, group: groupLadder, where: inLadder,
			help: "previous call", why: whyTurn(-1), do: func(a *App) tea.Cmd { a.turnLadder(-1); return nil }},
		{name: "ladder.next", keys: []string{"]"}, group: groupLadder, where: inLadder,
			help: "next call", why: whyTurn(1), do: func(a *App) tea.Cmd { a.turnLadder(1); return nil }},
		{name: "ladder.write", keys: []string{"w", "f12"}, label: "write", rank: 7, group: groupLadder, where: inLadder,
			help: "write the ladder: text, CSV, JSON lines, pcapng, and a masked report", why: (*App).whyWriteLadder, do: (*App).doWriteLadder},
		{name: "ladder.mark", keys: []string{"space"}, group: groupLadder, where: inLadder,
			help: "mark a step to compare another with it, or take its mark", why: (*App).whyMarkStep, do: (*App).doMarkStep},
		{name: "ladder.diff", keys: []string{"x"}, label: "compare", rank: 6, group: groupLadder, where: inLadder,
			help: "compare with the marked step, else with the marked call, or no longer", why: (*App).whyCompare, do: (*App).doCompare},
	}
}

var (
	errNoSteps    = errors.New("nothing has been said about it yet")
	errNoCompare  = errors.New("mark a step here with space first, or another call on Calls")
	errNotWritten = errors.New("this console writes no files")
)

func (a *App) whyLadder() error {
	if a.current() == nil {
		return errNoSelection
	}
	return nil
}

func (a *App) whyInspect() error {
	if _, _, ok := a.ladder.rung(a); !ok {
		return errNoSteps
	}
	return nil
}

func (a *App) doInspect() tea.Cmd {
	i := &inspector{}
	var shown rung
	show := func() {
		r, _, ok := a.ladder.rung(a)
		if shown = r; !ok {
			i.title, i.head, i.text = "Ladder", capital(errNoSteps.Error())+".", ""
			return
		}
		s := r.own()
		i.title = s.at.In(a.now.Location()).Format("15:04:05.000") + "  " + s.layer.String() + " " + s.word
		i.head, i.text = a.stepHead(&s), a.stepText(&s)
		i.scroll.top()
	}
	i.turn = func(n int) {
		a.ladder.move(a, n)
		show()
	}
	i.other = func(n int) {
		a.turnLadder(n)
		show()
	}
	i.compare = func() {
		if err := a.whyCompareStep(&shown); err != nil {
			a.refuse("Compare", err)
			return
		}
		a.open(a.newStepDiff(&shown, i.turn, i.other))
	}
	show()
	a.open(i)
	return nil
}

// stepText is a step's message in full: the SIP message, or the RELAY frame as
// far as it is known.
func (a *App) stepText(s *step) string {
	switch {
	case s.raw != "":
		return s.raw
	case s.text != "":
		return s.text
	case s.layer != layerRelay:
		return ""
	}
	if text := a.frameOf(s.word, s.call, s.out, s.at); text != "" {
		return text
	}
	if s.cmd != nil {
		return a.opt.Desk.Preview(s.cmd)
	}
	return ""
}

// stepHead says a step in words.
func (a *App) stepHead(s *step) string {
	who := map[byte]string{'A': label(a.ladderCall()), 'B': a.ladderPeer()}[s.leg]
	text := ""
	switch s.layer {
	case layerRelay:
		text = map[bool]string{true: "The console asks the server: ", false: "The server tells the console: "}[s.out]
	case layerSIP:
		text = map[bool]string{true: "The exchange to " + who + ": ", false: who + " to the exchange: "}[s.out]
	}
	text += s.word
	if s.detail != "" {
		text += ", " + s.detail
	}
	return text
}

// ladderCall is the call whose ladder is shown: the caller's, of a peer too.
func (a *App) ladderCall() *model.Call {
	if b := a.ladder.bygone; b != nil {
		return b.call
	}
	c := a.current()
	if c != nil {
		if parent := a.book.Call(c.Parent); parent != nil {
			return parent
		}
	}
	return c
}

// ladderPeer names the B lane.
func (a *App) ladderPeer() string {
	if c := a.ladderCall(); c != nil && c.Attempt != nil {
		if b := a.ladder.bygone; b != nil {
			return b.peer
		}
		return a.peerName(c)
	}
	return "no peer"
}
