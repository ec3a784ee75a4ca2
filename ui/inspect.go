package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// inspector shows a message in full, over everything.
type inspector struct {
	title  string
	head   string // in words
	text   string // as it was on the wire; may be empty
	tabs   []span // other things to show, beside the title
	scroll scroller
	turn   func(n int) // shows the next message or the one before; nil: there is none
	other  func(n int) // the same of the next call; nil: there is none

	compare func() // compares the message with the marked step, or says why not; nil: it is no step
}

func (i *inspector) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q", "enter":
		a.close(i)
	case "n":
		turnBy(i.turn, 1)
	case "p":
		turnBy(i.turn, -1)
	case "]":
		turnBy(i.other, 1)
	case "[":
		turnBy(i.other, -1)
	case "x":
		if i.compare != nil {
			i.compare()
		}
	default:
		i.scroll.key(k, plainKeys)
	}
	return nil
}

func turnBy(f func(int), n int) {
	if f != nil {
		f(n)
	}
}

func (i *inspector) draw(a *App, canvas []string) {
	w := min(a.w-2, 120)
	var lines []string
	for _, part := range wrap(i.head, w-4) {
		lines = append(lines, a.line(w-4, theme.Paint{}).put(a.st.Of(theme.Strong), part).String())
	}
	if i.text != "" {
		lines = append(lines, a.blank(1, w-4)...)
		lines = append(lines, a.wireLines(i.text, w-4)...)
	}
	i.place(a, canvas, w, nil, lines)
}

// place draws the box: a head that stays and lines that are scrolled.
func (i *inspector) place(a *App, canvas []string, w int, head, lines []string) {
	h := min(a.h-4, len(head)+len(lines)+2)
	room := h - 2 - len(head)
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), i.title}}, right: i.tabs}
	shown := i.scroll.show(lines, w-4, room)
	if len(lines) > room {
		f.foot = []span{{a.st.Of(theme.Muted), a.st.Up + a.st.Down + " " + string(appendInt(nil, i.scroll.v.YOffset+len(shown))) + " of " + string(appendInt(nil, len(lines)))}}
	}
	a.center(canvas, f, w, h, append(head, shown...))
}

// wireLines draws a message of the wire, JSON or SIP: names apart from values.
func (a *App) wireLines(text string, w int) []string {
	var lines []string
	for _, s := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		indent := len(s) - len(strings.TrimLeft(s, " "))
		parts := wrap(s, w)
		if len(parts) == 0 {
			parts = []string{""}
		}
		for n, part := range parts {
			l := a.line(w, theme.Paint{})
			switch name, value, found := strings.Cut(part, ":"); {
			case n > 0:
				lines = append(lines, l.gap(min(indent+2, w/2)).put(a.st.Of(theme.Text), strings.TrimLeft(part, " ")).String())
			case strings.Contains(part, `":`):
				lines = append(lines, a.json(l, part))
			case found && headerName(name):
				lines = append(lines, l.put(a.st.Of(theme.Info), name+":").put(a.st.Of(theme.Text), value).String())
			default:
				lines = append(lines, l.put(a.st.Of(theme.Text), part).String())
			}
		}
	}
	return lines
}

// headerName reports whether a text can be the name of a SIP header.
func headerName(s string) bool {
	for _, r := range s {
		if !wordRune(r) && r != '-' {
			return false
		}
	}
	return s != ""
}

func (i *inspector) hints(a *App) []hint {
	list := []hint{{key: "j k", text: "scroll"}, {key: "esc", text: "close"}}
	if i.turn != nil {
		list = append(list, hint{key: "n p", text: "message"})
	}
	if i.other != nil {
		list = append(list, hint{key: "[ ]", text: "call"})
	}
	if i.compare != nil && a.ladder.marked != nil {
		list = append(list, hint{key: "x", text: "compare"})
	}
	return list
}
