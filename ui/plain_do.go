package ui

import (
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// spokenTime writes a length for the ear.
func spokenTime(d time.Duration) string {
	s := int(max(0, d).Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return plural(s, "second")
	case s < 3600:
		return plural(s/60, "minute") + " " + plural(s%60, "second")
	}
	return plural(s/3600, "hour") + " " + plural(s/60%60, "minute")
}

// do carries out a typed line.
func (p *plain) do(line string) {
	words, err := splitWords(strings.TrimLeft(line, " :"))
	if err != nil {
		p.tell(capital(err.Error()) + ".")
		return
	}
	if len(words) == 0 {
		return
	}
	switch strings.ToLower(words[0]) {
	case "calls":
		p.listCalls()
	case "phones":
		p.listPhones()
	case "help", "?":
		p.listCommands()
	case "quit", "exit":
		p.quit(words[1:])
	case "select", "theme":
		p.tell("That is for the screen.")
	default:
		p.typed(line, words)
	}
}

// typed gives a typed command to the same table as the palette. A command
// about a call names it, unless there is only one: nothing is selected where
// nothing is seen.
func (p *plain) typed(line string, words []string) {
	cmd := typedCommand(words[0])
	if cmd == nil {
		p.tell("There is no command " + words[0] + ". Type help for the commands.")
		return
	}
	if cmd.acts && cmd.name != "dial" && (len(words) < 2 || !p.names(words[1])) {
		switch {
		case p.live == 0:
			p.tell("There is no call.")
			return
		case p.live > 1:
			p.tell("Say which call, such as " + cmd.name + " " + string(appendInt(nil, p.rows[0].Number)) + ".")
			return
		}
		p.choose(p.rows[0].ID)
	}
	p.toast = toast{}
	_, err := p.command(line)
	if err != nil {
		p.tell("Not done: " + strings.TrimRight(err.Error(), ".") + ".")
		return
	}
	if len(p.over) > 0 { // it would ask on the screen
		p.over = nil
		p.tell("Say it in full: " + cmd.name + " " + cmd.usage + ".")
		return
	}
	p.changed()
	p.sayToast()
}

// names reports whether a word is meant to be a call.
func (p *plain) names(word string) bool {
	_, err := strconv.Atoi(strings.TrimPrefix(word, "#"))
	return err == nil || p.callNamed(word) != nil && word != "."
}

func (p *plain) listCalls() {
	if p.live == 0 {
		p.tell("No calls.")
	}
	for _, c := range p.rows[:p.live] {
		text := aloud(c) + ", " + strings.ToLower(stateWord(c)) + ", " + spokenTime(c.Age(p.now))
		if c.Attempt != nil {
			word, _ := p.connectText(c)
			if c.ConnectState() == model.Connected {
				word = "connected for " + spokenTime(p.now.Sub(c.Attempt.Joined))
			}
			text += "; " + p.peerName(c) + ": " + word
		}
		if c.Monitor != nil {
			text += "; "
			for _, s := range p.monitorText(c) {
				text += s.s
			}
		}
		if c.Stale {
			text += "; not confirmed since the link was lost"
		}
		p.tell(text + ".")
	}
}

func (p *plain) listPhones() {
	list := p.book.Contacts()
	if len(list) == 0 {
		p.tell("Nobody is known.")
	}
	for _, c := range list {
		word, _ := p.presence(c)
		if call := p.callOf(c.Address); call != nil && call.State < model.Answered {
			word = "rings for " + spokenTime(call.Age(p.now))
		} else if call != nil {
			word = "busy for " + spokenTime(call.Talk(p.now))
		}
		who := c.Address.URI
		if c.Address.Name != "" {
			who = c.Address.Name + ", " + who
		}
		p.tell(strings.TrimRight(who+", "+word+", "+c.About, ", ") + ".")
	}
}

func (p *plain) listCommands() {
	for _, c := range verbCommands() {
		if c.name != "select" && c.name != "theme" && c.name != "quit" {
			p.tell(strings.TrimSpace(c.name+" "+c.usage) + ": " + c.help + ".")
		}
	}
	p.tell("calls: say all calls.")
	p.tell("phones: say who can be called.")
	p.tell("quit: leave.")
}

// quit leaves, or says what would become of the calls and how to choose.
func (p *plain) quit(words []string) {
	how := strings.ToLower(strings.Join(words, " "))
	n := p.liveLegs()
	switch {
	case how == "now" || !p.opt.Carries || n == 0:
		p.leave()
	case how == "wait":
		p.choice("w")
		p.tell("Leaving when " + plural(n, "call") + " " + verb(n, "has", "have") + " ended.")
	case how == "hangup":
		p.choice("h")
		p.sayToast()
	default:
		p.tell(plural(n, "call") + " " + verb(n, "runs", "run") + " through this program. Type quit wait, quit hangup or quit now.")
	}
}

// choice answers the question about leaving as its key would.
func (p *plain) choice(key string) {
	(&question{}).key(p.App, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)})
}
