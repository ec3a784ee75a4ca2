package ui

import (
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// place is where an action's keys work.
type place uint8

// The screens come first, in the order of their numbers.
const (
	inCalls place = iota
	inPhones
	inLadder
	inHistory
	inLog
	inWall
	everywhere // on every screen
	inForm
)

func (p place) String() string {
	return [...]string{"calls", "phones", "ladder", "history", "log", "wall", "all", "form"}[min(int(p), int(inForm))]
}

// all lists the places that a place stands for.
func (p place) all() []place {
	if p == everywhere {
		return []place{inCalls, inPhones, inLadder, inHistory, inLog, inWall}
	}
	return []place{p}
}

// The groups of the help, in its order.
const (
	groupCall = "On the selected call"
	groupLook = "Move and look"
	groupAll  = "Program"

	groupPhones  = "On Phones"
	groupLadder  = "On Ladder"
	groupHistory = "On History"
	groupLog     = "On Log"
	groupForm    = "In the form"
)

// action is one thing an operator can do.
type action struct {
	name  string
	keys  []string    // the first is shown; as Bubble Tea names them, and space
	bind  key.Binding // made of keys by Keymap.bind
	label string      // on the key bar; empty: not there
	rank  int         // what leaves a narrow key bar last
	help  string
	group string
	where place
	acts  bool               // it changes calls: off when read-only or too small
	why   func(a *App) error // why it cannot be done now; nil: always possible
	do    func(a *App) tea.Cmd
}

// actions is the table of all actions. Keys, key bar, help and KeyTable come
// from it.
func actions() []action {
	return slices.Concat(callActions(), legActions(), lookActions(), paneActions(), phonesActions(), ladderActions(), historyActions(), listActions(), copyActions(), logActions(), screenActions(), programActions(), formActions())
}

func callActions() []action {
	return []action{
		{name: "call.answer", keys: []string{"a", "f2"}, label: "answer", rank: 9, group: groupCall, acts: true,
			help: "answer a ringing call", why: (*App).whyAnswer, do: (*App).doAnswer},
		{name: "call.answer.play", keys: []string{"T"}, group: groupCall, acts: true,
			help: "answer, then play or speak to the caller", why: (*App).whyAnswer, do: (*App).doAnswerPlay},
		{name: "call.connect", keys: []string{"c", "f4"}, label: "connect", rank: 10, group: groupCall, acts: true,
			help: "connect the call to a SIP address (form)", why: (*App).whyConnect, do: (*App).doConnect},
		{name: "call.repeat", keys: []string{"."}, label: "repeat", rank: 4, group: groupCall, acts: true,
			help: "repeat the last connect on this call", why: (*App).whyRepeat, do: (*App).doRepeat},
		{name: "call.disconnect", keys: []string{"d"}, label: "disconnect peer", rank: 7, group: groupCall, acts: true,
			help: "disconnect the peer, keep the caller; cancel a connect under way", why: (*App).whyRelease, do: (*App).doRelease},
		{name: "call.hangup", keys: []string{"D", "f8"}, label: "hang up", rank: 8, group: groupCall, acts: true,
			help: "hang up: asks, D again or enter does it, r chooses a reason", why: (*App).whyHangup, do: (*App).doHangup},
		{name: "call.reject", keys: []string{"X"}, group: groupCall, acts: true,
			help: "reject a ringing call: busy, decline, pass on", why: (*App).whyReject, do: (*App).doReject},
		{name: "call.undo", keys: []string{"u"}, group: groupCall,
			help: "take back what has not been sent yet", why: (*App).whyUndo, do: (*App).doUndo},
		{name: "call.dial", keys: []string{"C"}, label: "dial", rank: 6, group: groupCall, acts: true,
			help: "dial a first leg, SIP or telephone", why: (*App).whyDial, do: (*App).doDial},
	}
}

// legActions are what is done to a leg that is up: the one that has the focus.
func legActions() []action {
	return []action{
		{name: "call.hold", keys: []string{"o", "f5"}, group: groupCall, acts: true,
			help: "hold the leg, or resume it", why: (*App).whyUp, do: (*App).doHold},
		{name: "call.park", keys: []string{"p", "f7"}, group: groupCall, acts: true,
			help: "park: hold, and be reminded of it", why: (*App).whyPark, do: (*App).doPark},
		{name: "call.unpark", keys: []string{"P"}, group: groupCall, acts: true,
			help: "pick up a parked call", why: (*App).whyUnpark, do: (*App).doUnpark},
		{name: "call.transfer", keys: []string{"t", "f6"}, group: groupCall, acts: true,
			help: "transfer: blind, attended, or move to another peer", why: (*App).whyUp, do: (*App).doTransfer},
		{name: "call.bridge", keys: []string{"B"}, group: groupCall, acts: true,
			help: "bridge the two marked calls", why: (*App).whyBridge, do: (*App).doBridge},
		{name: "call.keypad", keys: []string{"#"}, group: groupCall, acts: true,
			help: "keypad: digits go out as typed", why: (*App).whyUp, do: (*App).doKeypad},
		{name: "call.record", keys: []string{"R"}, group: groupCall, acts: true,
			help: "record the leg, or stop", why: (*App).whyUp, do: (*App).doRecord},
		{name: "call.play", keys: []string{"A"}, group: groupCall, acts: true,
			help: "play or speak to the leg", why: (*App).whyUp, do: (*App).doPlay},
		{name: "call.play.stop", keys: []string{"M"}, group: groupCall, acts: true,
			help: "stop what plays to the leg", why: (*App).whyStopPlay, do: (*App).doStopPlay},
		{name: "call.monitor", keys: []string{"m"}, group: groupCall, acts: true,
			help: "monitor from your phone: listen, whisper, barge in, leave", why: (*App).whyMonitor, do: (*App).doMonitor},
		{name: "call.note", keys: []string{"n"}, group: groupCall, acts: true,
			help: "write a note on the call", why: (*App).whyNote, do: (*App).doNote},
		{name: "call.text", keys: []string{"N"}, group: groupCall, acts: true,
			help: "send a note to the phone of the leg", why: (*App).whyText, do: (*App).doText},
		{name: "copy", keys: []string{"y"}, group: groupCall,
			help: "copy: id, from, to, JSON, events, the connect as code", why: (*App).whyMark, do: (*App).doCopy},
		{name: "copy.line", keys: []string{"Y"}, group: groupCall,
			help: "copy the line", why: (*App).whyMark, do: (*App).doCopyLine},
	}
}

func lookActions() []action {
	mv := func(name, help string, n func(*App) int, keys ...string) action {
		return action{name: name, keys: keys, help: help, group: groupLook, where: everywhere,
			do: func(a *App) tea.Cmd { a.here().move(a, n(a)); return nil }}
	}
	return []action{
		mv("move.down", "next row", func(*App) int { return 1 }, "j", "down"),
		mv("move.up", "previous row", func(*App) int { return -1 }, "k", "up"),
		mv("move.first", "first row", func(a *App) int { return -a.here().rows(a) }, "g", "home"),
		mv("move.last", "last row", func(a *App) int { return a.here().rows(a) }, "G", "end"),
		mv("move.half.down", "half a page down", func(a *App) int { return a.here().page(a) / 2 }, "ctrl+d"),
		mv("move.half.up", "half a page up", func(a *App) int { return -a.here().page(a) / 2 }, "ctrl+u"),
		mv("move.page.down", "a page down", func(a *App) int { return a.here().page(a) }, "pgdown"),
		mv("move.page.up", "a page up", func(a *App) int { return -a.here().page(a) }, "pgup"),
		{name: "pane.next", keys: []string{"tab"}, label: "pane", rank: 2, group: groupLook,
			help: "next pane: list, leg A, leg B, events", do: func(a *App) tea.Cmd { a.turn(1); return nil }},
		{name: "pane.previous", keys: []string{"shift+tab"}, group: groupLook,
			help: "previous pane", do: func(a *App) tea.Cmd { a.turn(-1); return nil }},
		{name: "list.filter", keys: []string{"/", "f3"}, label: "filter", rank: 1, group: groupLook,
			help: "filter: words, state: party: hdr: reason:, ! inverts; esc shows all", do: (*App).doFilter},
		{name: "list.sort", keys: []string{"s"}, group: groupLook, help: "sort by the next column", do: (*App).doSort},
		{name: "list.sort.reverse", keys: []string{"S"}, group: groupLook, help: "turn the order around", do: (*App).doSortReverse},
		{name: "list.mark", keys: []string{"space"}, group: groupLook,
			help: "mark the call, or take its mark", why: (*App).whyMark, do: (*App).doMark},
		{name: "list.mark.range", keys: []string{"V"}, group: groupLook,
			help: "mark from the last mark to here", why: (*App).whyMark, do: (*App).doMarkRange},
		{name: "list.marked", keys: []string{"*"}, group: groupLook,
			help: "show the marked calls only, or all", why: (*App).whyOnlyMarked, do: (*App).doOnlyMarked},
		{name: "list.write", keys: []string{"w", "f12"}, group: groupLook,
			help: "write the list as CSV and JSON lines", why: (*App).whyWriteList, do: (*App).doWriteCalls},
		{name: "view.ladder", keys: []string{"e", "f9", "enter"}, group: groupLook,
			help: "ladder of the call: RELAY and SIP on one clock", why: (*App).whyLadder, do: doScreen(atLadder)},
		{name: "view.legs", keys: []string{"L"}, group: groupLook,
			help: "list all legs, or peers on their callers' rows", do: (*App).doLegs},
	}
}

func programActions() []action {
	return []action{
		{name: "help", keys: []string{"?", "f1"}, label: "help", rank: 11, group: groupAll, where: everywhere,
			help: "this help; type to search", do: (*App).doHelp},
		{name: "palette", keys: []string{":", "ctrl+p"}, label: "command", rank: 3, group: groupAll, where: everywhere,
			help: "find any action, or type a command", do: (*App).doPalette},
		{name: "view.settings", keys: []string{",", "f10"}, label: "view", rank: 3, group: groupAll, where: everywhere,
			help: "view settings: theme, clock, legs, borders", do: (*App).doSettings},
		{name: "welcome", keys: []string{"W"}, group: groupAll, where: everywhere,
			help: "what is this console for: demo, own phones, SignalWire", do: (*App).doWelcome},
		{name: "link.reconnect", keys: []string{"ctrl+r"}, group: groupAll, where: everywhere,
			help: "read calls, phones and trunks again; try a lost link now", why: (*App).whyReconnect, do: (*App).doReconnect},
		{name: "screen.redraw", keys: []string{"ctrl+l"}, group: groupAll, where: everywhere,
			help: "draw the screen again", do: func(*App) tea.Cmd { return tea.ClearScreen }},
		{name: "suspend", keys: []string{"ctrl+z"}, group: groupAll, where: everywhere,
			help: "suspend; fg comes back", why: whySuspend, do: func(*App) tea.Cmd { return tea.Suspend }},
		{name: "back", keys: []string{"esc"}, group: groupAll, where: everywhere,
			help: "back; cancel the connect under way; clear the message", do: (*App).doBack},
		{name: "quit", keys: []string{"q", "ctrl+c"}, label: "quit", rank: 5, group: groupAll, where: everywhere,
			help: "back, and from the calls leave; asks while calls run through this program", do: (*App).doQuit},
	}
}

// lookup finds the action of a key, nil when it has none.
func (a *App) lookup(where place, k tea.KeyMsg) *action {
	for i := range a.acts {
		if a.acts[i].where == where && key.Matches(k, a.acts[i].bind) {
			return &a.acts[i]
		}
	}
	return nil
}

// named finds an action by its name.
func (a *App) named(name string) *action {
	for i := range a.acts {
		if a.acts[i].name == name {
			return &a.acts[i]
		}
	}
	return nil
}

// Reasons for an action being off that have nothing to do with the call.
var (
	errReadOnly = errors.New("this console only watches")
	errSmall    = errors.New("the window is too small to show what it acts on")
	errLeaving  = errors.New("the program waits for its last calls to end")
)

// allowed says why an action cannot be done now, nil when it can.
func (a *App) allowed(act *action) error {
	switch {
	case act.acts && a.opt.ReadOnly:
		return errReadOnly
	case act.acts && a.small():
		return errSmall
	case act.why != nil:
		return act.why(a)
	}
	return nil
}

// act does an action, or says why it cannot be done.
func (a *App) act(act *action) tea.Cmd {
	if act == nil {
		return nil
	}
	if err := a.allowed(act); err != nil {
		a.refuse(a.subject(act), err)
		return nil
	}
	return act.do(a)
}

// subject names an action and the call it would be about: "Connect #11".
func (a *App) subject(act *action) string {
	verb := act.label
	if verb == "" {
		verb = act.name[strings.LastIndexByte(act.name, '.')+1:]
	}
	verb = string(verb[0]-'a'+'A') + verb[1:]
	if c := a.current(); act.group == groupCall && act.name != "call.dial" && c != nil && c.Number > 0 {
		return verb + " #" + string(appendInt(nil, c.Number))
	}
	return verb
}

// KeyRow is one action for documentation and configuration.
type KeyRow struct {
	Name  string   // call.hangup
	Keys  []string // the first is the main key
	Help  string
	Where string // the screen, all of them, or the form
}

// KeyTable lists all actions in the order of the help.
func KeyTable() []KeyRow {
	var rows []KeyRow
	for _, act := range actions() {
		rows = append(rows, KeyRow{Name: act.name, Keys: act.keys, Help: act.help, Where: act.where.String()})
	}
	return rows
}
