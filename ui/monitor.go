package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// errNoMonitors: it is the exchange that mixes.
var errNoMonitors = errors.New("this server has no monitors; cordpair's own exchange has")

func (a *App) whyMonitor() error {
	c := a.current()
	switch {
	case c == nil:
		return errNoSelection
	case !a.book.Link().Server.Cordpair:
		return errNoMonitors
	case c.Monitor != nil:
		return nil
	case !c.Up() || c.ConnectState() != model.Connected && a.op(c.ID).bridged == "":
		return errors.New("it has no peer to be heard with: c connects one")
	}
	return nil
}

// doMonitor chooses who hears the operator's phone. The first choice calls it.
func (a *App) doMonitor() tea.Cmd {
	c := a.current()
	a.open(&chooser{title: "Monitor", name: "monitor", calls: []model.CallID{c.ID},
		head: func(a *App) [][]span { return a.monitorHead(a.book.Call(c.ID)) },
		list: func(a *App) []choice { return a.monitorChoices(a.book.Call(c.ID)) }})
	return nil
}

// monitorHead says which phone it is, and how it stands.
func (a *App) monitorHead(c *model.Call) [][]span {
	text, muted := a.st.Of(theme.Text), a.st.Of(theme.Muted)
	switch {
	case c != nil && c.Monitor != nil:
		return [][]span{append([]span{{muted, " now     "}}, a.monitorText(c)...)}
	case a.mine == "":
		return [][]span{{{muted, " phone   "}, {text, "asked for next, and remembered"}}}
	}
	return [][]span{{{muted, " phone   "}, {text, model.LooseAddress(a.mine).Brief()}}}
}

// across is who talks with a call: its peer, or the call that it is bridged with.
func (a *App) across(c *model.Call) string {
	if other := a.bridgedWith(c); other != nil {
		return label(other)
	}
	if a.op(c.ID).bridged != "" {
		return "the other call"
	}
	return a.peerName(c)
}

func (a *App) monitorChoices(c *model.Call) []choice {
	if c == nil {
		return nil
	}
	mode := func(key, text, note string, m model.MonitorMode, toPeer bool) choice {
		return choice{key: key, text: text, note: note, do: func(a *App) tea.Cmd { return a.monitor(c.ID, m, toPeer) }}
	}
	list := []choice{
		mode("l", "listen", "nobody hears it", model.Listening, false),
		mode("w", "whisper to A", "only "+label(c)+" hears it", model.Whispering, false),
		mode("W", "whisper to B", "only "+a.across(c)+" hears it", model.Whispering, true),
		mode("b", "barge in", "both hear it", model.Barging, false),
	}
	if c.Monitor != nil {
		return append(list, choice{key: "x", text: "leave", note: "hangs it up", do: func(a *App) tea.Cmd {
			a.order(model.StopMonitor{Call: c.ID})
			return nil
		}})
	}
	return append(list, choice{key: "p", text: "other phone", note: "before it is called", do: func(a *App) tea.Cmd {
		a.askPhone(c.ID, nil)
		return nil
	}})
}

// monitor begins or changes it; without a phone it asks for one first.
func (a *App) monitor(id model.CallID, mode model.MonitorMode, toPeer bool) tea.Cmd {
	c := a.book.Call(id)
	switch {
	case c == nil:
		return nil
	case c.Monitor != nil:
		a.order(model.SetMonitor{Call: id, Mode: mode, ToPeer: toPeer})
	case a.mine == "":
		a.askPhone(id, func(a *App) tea.Cmd { return a.monitor(id, mode, toPeer) })
	default:
		a.order(model.StartMonitor{Call: id, Phone: a.mine, Mode: mode, ToPeer: toPeer})
		a.say(levelInfo, "Calling "+model.LooseAddress(a.mine).Brief()+" to "+mode.String()+"."+a.delayed())
	}
	return nil
}

// askPhone asks for the operator's own phone and remembers it; then does what
// it was needed for.
func (a *App) askPhone(id model.CallID, then func(a *App) tea.Cmd) {
	f := &prompt{title: "Your phone", verb: "keeps it", call: id, suggest: true, ghost: "sip:me@demo, or a number",
		hint: "It is called to monitor, and remembered.",
		done: func(a *App, _ *model.Call, text string) (tea.Cmd, error) {
			who, err := model.ParseAddress(text)
			if err != nil {
				return nil, errors.New(plainReason(err.Error()))
			}
			a.mine = who.URI
			if then == nil {
				a.say(levelInfo, "Your phone is "+who.Brief()+".", hint{key: a.keyOf("call.monitor"), text: "monitor"})
				return a.keepPhone(), nil
			}
			return tea.Batch(a.keepPhone(), then(a)), nil
		}}
	f.field.set(a.mine)
	a.open(f)
}

// keptMsg is what became of keeping the operator's phone.
type keptMsg struct{ err error }

func (a *App) keepPhone() tea.Cmd {
	keep, phone := a.opt.KeepPhone, a.mine
	if keep == nil {
		return nil
	}
	return func() tea.Msg { return keptMsg{keep(phone)} }
}

func (a *App) phoneKept(msg keptMsg) {
	if msg.err != nil {
		a.say(levelWarn, "Your phone is not remembered: "+msg.err.Error()+".")
	}
}

// monitorText says who listens, and who hears them.
func (a *App) monitorText(c *model.Call) []span {
	m := c.Monitor
	text, muted := a.st.Of(theme.Warn), a.st.Of(theme.Muted)
	who := a.near(m.Phone)
	switch {
	case m.State == model.MonitorCalling:
		return []span{{muted, "calling "}, {text, who}, {muted, ": " + monitorWill(m)}}
	case m.State == model.MonitorRinging:
		return []span{{text, who}, {muted, " rings: " + monitorWill(m)}}
	}
	switch m.Mode {
	case model.Whispering:
		return []span{{text, who + " whispers to " + verb(b2i(m.ToPeer), "B", "A")}}
	case model.Barging:
		return []span{{text, who + " speaks to A and B"}}
	}
	return []span{{text, who + " listens"}, {muted, ", unheard"}}
}

func monitorWill(m *model.Monitor) string {
	if m.Mode == model.Whispering {
		return "whisper to " + verb(b2i(m.ToPeer), "B", "A")
	}
	return m.Mode.String()
}

// monitorLines are what the panes of both legs say of a monitor.
func (a *App) monitorLines(c *model.Call) []legLine {
	if c == nil || c.Monitor == nil || !c.Live() {
		return nil
	}
	return []legLine{{11, "heard", append(a.monitorText(c), span{a.st.Of(theme.Muted), "  " + a.keyOf("call.monitor") + " changes"})}}
}

// monitored tells that a monitor came, changed or left.
func (a *App) monitored(ev model.MonitorChanged, was *model.Monitor) {
	c := a.book.Call(ev.Call)
	if c == nil {
		return
	}
	m := ev.Monitor
	l, text := levelInfo, ""
	who, both := m.Phone.Brief(), label(c)+" and "+a.across(c)
	switch {
	case m.State == model.MonitorOver && m.Joined:
		text = who + " no longer monitors " + label(c) + "."
	case m.State == model.MonitorOver && m.End.Word == model.WordHangup:
		text = who + " is called no more."
	case m.State == model.MonitorOver:
		l, text = levelBad, m.End.Sentence(who)
	case m.State != model.MonitorJoined || was != nil && *was == m:
		return
	case m.Mode == model.Barging:
		l, text = levelGood, who+" speaks to "+both+"."
	case m.Mode == model.Whispering && m.ToPeer:
		l, text = levelGood, who+" whispers to "+a.across(c)+"."
	case m.Mode == model.Whispering:
		l, text = levelGood, who+" whispers to "+label(c)+"."
	default:
		l, text = levelGood, who+" listens to "+both+"."
	}
	a.say(l, text)
	a.log.note(logLine{at: ev.At, level: logInfo, kind: "call", text: a.numbered(c) + ": " + text})
}

// recordMonitor notes what was told of a monitor on the trail of its call.
func (a *App) recordMonitor(ev model.MonitorChanged) {
	m := ev.Monitor
	s := step{at: ev.At, call: ev.Call, leg: 'A', word: "cordpair.monitor", bad: m.State == model.MonitorOver && !m.Joined}
	switch m.State {
	case model.MonitorCalling:
		s.detail = "calling"
	case model.MonitorRinging:
		s.detail = "ringing"
	case model.MonitorJoined:
		s.detail = monitorWill(&m)
	default:
		s.detail = strings.TrimSpace("left " + m.End.Word)
	}
	s.detail += "  " + m.Phone.Brief()
	a.trails.add(ev.Call, s)
}
