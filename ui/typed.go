package ui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// verbCommand is a command that is typed in full: in the palette after a colon,
// or on a line of its own. Commands that change calls are allowed when the
// action they stand for is.
type verbCommand struct {
	name, usage, help string
	acts              bool
	callOnly          bool // takes nothing but a call: other words search the actions
	run               func(a *App, words []string) (tea.Cmd, error)
	check             func(a *App, words []string) error
	words             func(a *App, words []string) []entry // completions of the last word
}

// verbCommands is the table of typed commands.
func verbCommands() []verbCommand {
	calls := func(a *App, words []string) []entry { return a.callWords(words, 1) }
	onCall := func(name, help, act string) verbCommand {
		return verbCommand{name: name, usage: "[CALL]", help: help, acts: true, callOnly: true, words: calls,
			run: func(a *App, words []string) (tea.Cmd, error) { return a.onNamed(act, words) }}
	}
	return []verbCommand{
		{name: "connect", usage: "[CALL] ADDRESS [timeout=30] [X-Name=value] [codecs=PCMU,PCMA]", help: "connect a call to a SIP address", acts: true,
			run: (*App).typedConnect, check: (*App).checkConnect, words: (*App).connectWords},
		{name: "dial", usage: "ADDRESS [from=...] [timeout=30]", help: "dial a first leg", acts: true,
			run: (*App).typedDial, words: (*App).connectWords},
		{name: "hangup", usage: "[CALL] [reason]", help: "hang up: hangup, cancel, busy, noAnswer, decline, error", acts: true,
			run: (*App).typedHangup, words: func(a *App, words []string) []entry {
				if len(words) > 1 {
					return wordEntries(hangupWords(), words)
				}
				return a.callWords(words, 1)
			}},
		onCall("answer", "answer a ringing call", "call.answer"),
		onCall("disconnect", "disconnect the peer, keep the caller", "call.disconnect"),
		onCall("repeat", "repeat the last connect", "call.repeat"),
		onCall("hold", "hold the call, or resume it", "call.hold"),
		onCall("park", "hold it, and be reminded of it", "call.park"),
		onCall("pickup", "pick up a parked call", "call.unpark"),
		onCall("record", "record the call, or stop", "call.record"),
		onCall("stop", "stop what plays to the call", "call.play.stop"),
		{name: "say", usage: "[CALL] TEXT", help: "speak to the call; a URL, ringtone:us and silence:2 are played", acts: true,
			run: (*App).typedSay, words: calls},
		{name: "digits", usage: "CALL DIGITS", help: "send digits", acts: true, run: (*App).typedDigits, words: calls},
		{name: "transfer", usage: "[CALL] ADDRESS", help: "let its phone call another, as in a blind transfer", acts: true,
			run: (*App).typedTransfer, words: (*App).targetWords},
		{name: "bridge", usage: "CALL CALL", help: "let two calls talk with each other", acts: true,
			run: (*App).typedBridge, words: func(a *App, words []string) []entry { return a.callWords(words, 2) }},
		{name: "memo", usage: "[CALL] TEXT", help: "write a note on the call, read when the party calls again", acts: true,
			run: (*App).typedMemo, words: calls},
		{name: "monitor", usage: "[CALL] listen|whisper-a|whisper-b|barge|leave [PHONE]", help: "monitor a call from your phone", acts: true,
			run: (*App).typedMonitor, words: (*App).monitorEntries},
		{name: "note", usage: "[CALL] TEXT", help: "send a note to the phone", acts: true,
			run: (*App).typedNote, words: func(a *App, words []string) []entry { return a.callWords(words, 1) }},
		{name: "select", usage: "CALL", help: "select a call", words: calls, run: func(a *App, words []string) (tea.Cmd, error) {
			c, _, err := a.callArg(words)
			if err == nil {
				a.choose(c.ID)
			}
			return nil, err
		}},
		{name: "theme", usage: strings.Join(theme.Names(), "|"), help: "change the colours", run: (*App).typedTheme,
			words: func(_ *App, words []string) []entry { return wordEntries(theme.Names(), words) }},
		{name: "quit", usage: "", help: "leave", run: func(a *App, _ []string) (tea.Cmd, error) { return a.askToLeave(), nil }},
	}
}

// typedCommand finds a typed command by its name.
func typedCommand(name string) *verbCommand {
	for _, c := range verbCommands() {
		if c.name == strings.ToLower(name) {
			return &c
		}
	}
	return nil
}

// command carries out a typed line; the error says what is wrong with it.
func (a *App) command(line string) (tea.Cmd, error) {
	words, err := splitWords(strings.TrimLeft(line, " :"))
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, errors.New("type a command, such as connect 10 sip:bob@lan")
	}
	cmd := typedCommand(words[0])
	switch {
	case cmd == nil:
		return nil, fmt.Errorf("there is no command %q", words[0])
	case cmd.acts && a.opt.ReadOnly:
		return nil, errReadOnly
	case cmd.acts && a.small():
		return nil, errSmall
	}
	return cmd.run(a, words[1:])
}

// wrong says what keeps a command from being carried out as far as it is typed.
func (c *verbCommand) wrong(a *App, args string) error {
	words, err := splitWords(args)
	if err != nil || c.check == nil || len(words) == 0 || !strings.HasSuffix(args, " ") {
		return nil // it is being typed
	}
	return c.check(a, words)
}

// complete lists what the last word may be.
func (c *verbCommand) complete(a *App, args string) []entry {
	words, err := splitWords(args)
	if err != nil || c.words == nil {
		return nil
	}
	if len(words) == 0 || strings.HasSuffix(args, " ") {
		words = append(words, "")
	}
	return c.words(a, words)
}

// splitWords splits at spaces; double quotes keep a word together.
func splitWords(s string) ([]string, error) {
	var words []string
	var b strings.Builder
	in, quoted := false, false
	for _, r := range s {
		switch {
		case r == '"':
			quoted, in = !quoted, true
		case r == ' ' && !quoted:
			if in {
				words = append(words, b.String())
				b.Reset()
			}
			in = false
		default:
			b.WriteRune(r)
			in = true
		}
	}
	if in {
		words = append(words, b.String())
	}
	if quoted {
		return words, errors.New(`a " is not closed`)
	}
	return words, nil
}

// wordEntries are the fixed words that the last word may become.
func wordEntries(list, words []string) []entry {
	var out []entry
	for _, w := range list {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(words[len(words)-1])) {
			out = append(out, entry{text: w})
		}
	}
	return out
}

// callWords are the calls that the n-th word may name.
func (a *App) callWords(words []string, n int) []entry {
	if len(words) > n {
		return nil
	}
	last := words[len(words)-1]
	var out []entry
	for _, c := range a.rows {
		number := strconv.Itoa(c.Number)
		if c.Live() && strings.HasPrefix(number, strings.TrimPrefix(last, "#")) || last != "" && score(last, label(c)) > 0 {
			out = append(out, entry{text: number, note: label(c) + "  " + strings.ToLower(stateWord(c))})
		}
	}
	return out
}

// callArg reads a call's number, #number, id or a dot for the selected one; no
// word is the selected one too. It returns what follows.
func (a *App) callArg(words []string) (*model.Call, []string, error) {
	if len(words) > 0 {
		if c := a.callNamed(words[0]); c != nil {
			return c, words[1:], nil
		}
		if _, err := strconv.Atoi(strings.TrimPrefix(words[0], "#")); err == nil {
			return nil, nil, fmt.Errorf("there is no call %s", words[0])
		}
	}
	if c := a.current(); c != nil {
		return c, words, nil
	}
	return nil, nil, errNoSelection
}

func (a *App) callNamed(word string) *model.Call {
	if word == "." {
		return a.current()
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(word, "#")); err == nil && n > 0 {
		if i := slices.IndexFunc(a.legs, func(c *model.Call) bool { return c.Number == n }); i >= 0 {
			return a.legs[i]
		}
	}
	return a.book.Call(model.CallID(word))
}

// onNamed does an action on the call that a command names.
func (a *App) onNamed(name string, words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%q is too much", rest[0])
	}
	if err := a.mayOn(c, name); err != nil {
		return nil, err
	}
	return a.named(name).do(a), nil
}

// mayOn selects the call that a command is about, the call itself and not its
// peer, and says why an action cannot be done on it.
func (a *App) mayOn(c *model.Call, name string) error {
	a.choose(c.ID)
	if a.focus == paneB {
		a.focus = paneA
	}
	return a.allowed(a.named(name))
}

func (a *App) typedTheme(words []string) (tea.Cmd, error) {
	if len(words) != 1 || !slices.Contains(theme.Names(), words[0]) {
		return nil, errors.New("choose one of " + strings.Join(theme.Names(), ", "))
	}
	a.setTheme(a.th.With(words[0]))
	return nil, nil
}

func hangupWords() []string {
	return []string{model.WordHangup, model.WordCancel, model.WordBusy, model.WordNoAnswer, model.WordDecline, model.WordError}
}

func (a *App) typedHangup(words []string) (tea.Cmd, error) {
	c, rest, err := a.callArg(words)
	switch {
	case err != nil:
		return nil, err
	case c.State == model.Ended:
		return nil, model.ErrOver
	case len(rest) > 1:
		return nil, fmt.Errorf("%q is too much", rest[1])
	}
	reason := ""
	if len(rest) == 1 {
		i := slices.IndexFunc(hangupWords(), func(w string) bool { return strings.EqualFold(w, rest[0]) })
		if i < 0 {
			return nil, errors.New("a reason is one of " + strings.Join(hangupWords(), ", "))
		}
		reason = hangupWords()[i]
	}
	return a.hangup([]*model.Call{c}, reason), nil
}
