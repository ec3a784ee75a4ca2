package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// palette finds any action by a few letters and takes typed commands; what it
// cannot do now it says.
type palette struct{ finder }

func (a *App) doPalette() tea.Cmd {
	p := &palette{finder{title: "Command", ghost: "an action, or connect 10 sip:bob@lan timeout=30"}}
	p.all = p.entries
	a.open(p)
	return nil
}

// typed splits off the command that is being typed, nil while there is none.
func (p *palette) typed() (cmd *verbCommand, args string) {
	name, args, found := strings.Cut(strings.TrimLeft(p.find.text(), " :"), " ")
	if !found {
		return nil, ""
	}
	cmd = typedCommand(name)
	if cmd != nil && cmd.callOnly && args != "" && !strings.Contains("0123456789#.", args[:1]) {
		return nil, ""
	}
	return cmd, args
}

// entries are the commands and actions, or what can complete a typed command.
func (p *palette) entries(a *App) []entry {
	list := a.actionEntries()
	for _, c := range verbCommands() {
		if c.callOnly {
			continue // its action is listed
		}
		list = append(list, entry{text: ":" + c.name + " " + c.usage, note: c.help, hay: c.name,
			do: func(a *App) tea.Cmd { p.find.set(c.name + " "); a.open(p); return nil }})
	}
	if p.find.text() != "" {
		list = append(list, a.peopleEntries()...)
	}
	return list
}

// actionEntries are the actions of the table.
func (a *App) actionEntries() []entry {
	var list []entry
	here := make(map[string]bool) // what has a twin on another screen is meant for this one
	for i := range a.acts {
		if act := &a.acts[i]; act.where == everywhere || act.where == a.place() {
			here[act.title()] = true
		}
	}
	for i := range a.acts {
		act := &a.acts[i]
		elsewhere := act.where != everywhere && act.where != a.place()
		if act.where == inForm || act.name == "palette" || elsewhere && here[act.title()] {
			continue
		}
		list = append(list, entry{text: act.title(), note: act.help, key: act.shown(), hay: act.name + " " + strings.Join(act.keys, " "),
			why: a.reachable(act), do: func(a *App) tea.Cmd { return a.act(act) }})
	}
	return list
}

// title is the action's name as people read it.
func (act *action) title() string {
	if act.label != "" {
		return capital(act.label)
	}
	return capital(strings.ReplaceAll(act.name[strings.IndexByte(act.name, '.')+1:], ".", " "))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// reachable is allowed, and that the action belongs to this screen.
func (a *App) reachable(act *action) error {
	if act.where != everywhere && act.where != a.place() {
		return errors.New("it is on another screen: " + act.where.String())
	}
	return a.allowed(act)
}

// peopleEntries go to a call, or connect the selected one to somebody.
func (a *App) peopleEntries() []entry {
	var list []entry
	for _, c := range a.rows {
		list = append(list, entry{text: "Go to #" + string(appendInt(nil, c.Number)) + " " + label(c), note: strings.ToLower(stateWord(c)),
			do: func(a *App) tea.Cmd { a.show(atCalls); a.choose(c.ID); return nil }})
	}
	cur := a.current()
	if cur == nil || a.whyConnect() != nil {
		return list
	}
	for _, who := range a.book.Contacts() {
		note := who.About
		if !who.Online {
			note = strings.TrimSpace(note + ", not online")
		}
		list = append(list, entry{text: "Connect #" + string(appendInt(nil, cur.Number)) + " to " + who.Address.Brief(), note: note, hay: who.Address.URI,
			do: func(a *App) tea.Cmd { return a.connectTo(cur, who.Address.URI) }})
	}
	return list
}

// choose selects a call by its id.
func (a *App) choose(id model.CallID) {
	a.selected = id
	a.changed()
}

func (p *palette) key(a *App, k tea.KeyMsg) tea.Cmd {
	cmd, args := p.typed()
	if cmd == nil {
		if k.String() == "tab" {
			p.completeName()
			return nil
		}
		if k.String() == "enter" {
			return p.enter(a)
		}
		return p.finder.keyIn(a, k, p)
	}
	list := cmd.complete(a, args)
	switch k.String() {
	case "esc":
		a.close(p)
	case "enter":
		return p.run(a)
	case "tab":
		if p.at < len(list) {
			p.fill(list[p.at])
		}
	case "down", "ctrl+n":
		p.at = min(p.at+1, max(0, len(list)-1))
	case "up", "ctrl+p":
		p.at = max(p.at-1, 0)
	default:
		if p.find.key(k) {
			p.at = 0
		}
	}
	return nil
}

// completeName completes the word of a command.
func (p *palette) completeName() {
	word := strings.TrimLeft(p.find.text(), " :")
	for _, c := range verbCommands() {
		if strings.HasPrefix(c.name, strings.ToLower(word)) {
			p.find.set(c.name + " ")
			p.at = 0
			return
		}
	}
}

// enter does the chosen entry, or a command typed without arguments.
func (p *palette) enter(a *App) tea.Cmd {
	if word := strings.TrimSpace(p.find.text()); strings.HasPrefix(word, ":") {
		return p.run(a)
	}
	list := p.found(a)
	if p.at >= len(list) || list[p.at].why != nil {
		return nil
	}
	a.close(p)
	return list[p.at].do(a)
}

// run carries a typed command out; one that fails stays to be mended.
func (p *palette) run(a *App) tea.Cmd {
	cmd, err := a.command(p.find.text())
	if err != nil {
		a.say(levelWarn, capital(err.Error())+".")
		return nil
	}
	a.close(p)
	return cmd
}

// fill puts a completion in the place of the last word.
func (p *palette) fill(e entry) {
	text := p.find.text()
	i := strings.LastIndexByte(text, ' ')
	if eq := strings.LastIndexByte(text, '='); eq > i {
		i = eq
	}
	word := e.text
	if !strings.HasSuffix(word, "=") {
		word += " "
	}
	p.find.set(text[:i+1] + word)
	p.at = 0
}

func (p *palette) draw(a *App, canvas []string) {
	cmd, args := p.typed()
	if cmd == nil {
		p.finder.draw(a, canvas)
		return
	}
	w := min(a.w-4, 90)
	list := cmd.complete(a, args)
	p.at = max(0, min(p.at, len(list)-1))
	head := a.line(w-4, theme.Paint{}).ready(p.find.draw(a, w-4, true, ""), w-4).String()
	foot := []span{{a.st.Of(theme.Title), ":" + cmd.name + " "}, {a.st.Of(theme.Text), cmd.usage + "  "}, {a.st.Of(theme.Muted), cmd.help}}
	if err := cmd.wrong(a, args); err != nil {
		foot = []span{{a.st.Of(theme.Warn), capital(err.Error()) + "."}}
	}
	a.findBox(canvas, p.title, w, head, a.entries(list, p.at, w-4, a.findRows()), foot)
}

func (p *palette) hints(*App) []hint {
	return []hint{{key: "enter", text: "run"}, {key: "tab", text: "complete"}, {key: arrowKeys, text: "move"}, {key: "esc", text: "close"}}
}
