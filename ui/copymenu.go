package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

var errNoConnect = errors.New("nothing was connected on this call")

// codeNote says in what a connect can be copied.
const codeNote = "the connect, as Node, Go, Python, JSON"

// doCopy offers what can be copied of the selected call.
func (a *App) doCopy() tea.Cmd {
	c := a.current()
	a.open(&chooser{title: "Copy", name: "copy", calls: nil,
		head: func(a *App) [][]span {
			return [][]span{{{a.st.Of(theme.Text), "Of #" + string(appendInt(nil, c.Number)) + " "}, {a.st.Of(theme.Strong), label(c)}}}
		},
		list: func(a *App) []choice {
			take := func(key, what, text string) choice {
				return choice{key: key, text: what, note: text, do: func(a *App) tea.Cmd { return a.copyText(what, text) }}
			}
			list := []choice{take("i", "id", string(c.ID)), take("f", "from", c.From.URI), take("t", "to", c.To.URI),
				{key: "j", text: "JSON", note: "all that is known of the call", do: func(a *App) tea.Cmd { return a.copyText("JSON", model.CallJSON(c)) }},
				{key: "l", text: "events", note: plural(len(a.trails[c.ID]), "step"), do: func(a *App) tea.Cmd { return a.copyText("events", a.trailText(c.ID)) }},
				{key: "c", text: "code", note: codeNote}}
			code := &list[len(list)-1]
			if at := c.Attempt; at == nil || at.Request.To == "" {
				code.why = errNoConnect
			} else {
				code.do = func(a *App) tea.Cmd { a.open(codeMenu(at.Request)); return nil }
			}
			return list
		}})
	return nil
}

// codeMenu copies a connect as a program.
func codeMenu(r model.ConnectRequest) *chooser {
	return &chooser{title: "Copy the connect as", name: "code", list: func(*App) []choice {
		var list []choice
		for _, lang := range model.Languages {
			list = append(list, choice{key: lang.Key, text: lang.Name, note: lang.About, do: func(a *App) tea.Cmd {
				return a.copyText(lang.Name, model.Code(lang.Name, r))
			}})
		}
		return list
	}}
}

// doCopyLine copies the selected row as it is read.
func (a *App) doCopyLine() tea.Cmd {
	c := a.current()
	connect, _ := a.rowText(c)
	parts := []string{"#" + string(appendInt(nil, c.Number)), strings.ToLower(stateWord(c)), c.From.String(), c.To.String()}
	if c.Attempt != nil {
		parts = append(parts, a.peerName(c))
	}
	return a.copyText("line", strings.Join(append(parts, connect, brief(c.Age(a.now)), string(c.ID)), "  "))
}

// trailText is the events of a call, one a line.
func (a *App) trailText(id model.CallID) string {
	var b strings.Builder
	for _, s := range a.trails[id] {
		from, dir := s.layer.String(), "<"
		if s.out {
			dir = ">"
		}
		b.WriteString(strings.TrimRight(s.at.Format("15:04:05.000")+"  "+string(s.leg)+"  "+from+" "+dir+"  "+s.word+"  "+s.detail, " ") + "\n")
	}
	return b.String()
}
