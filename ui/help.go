package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// help is made from the table of actions. Typing searches it.
type help struct {
	find   edit
	scroll scroller
}

func (a *App) doHelp() tea.Cmd {
	if _, open := a.overlay().(*help); !open {
		a.open(&help{})
	}
	return nil
}

func (h *help) key(a *App, k tea.KeyMsg) tea.Cmd {
	searching := h.find.text() != ""
	switch name := k.String(); {
	case name == "esc" && searching:
		h.find = edit{}
	case name == "esc", name == "f1", name == "enter", !searching && (name == "?" || name == "q"):
		a.close(h)
	case !searching && name == "/", h.scroll.key(k, scrollKeys):
	default:
		h.find.key(k)
		h.scroll.top()
	}
	return nil
}

func (h *help) typing() bool { return true }

// found lists the actions that fit the search, by group.
func (h *help) found(a *App) [][]*action {
	words := strings.Fields(strings.ToLower(h.find.text()))
	var out [][]*action
	for _, group := range []string{groupCall, groupLook, groupPhones, groupLadder, groupHistory, groupLog, groupAll, groupForm} {
		var list []*action
		for i := range a.acts {
			act := &a.acts[i]
			if act.group == group && act.fits(words) {
				list = append(list, act)
			}
		}
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	return out
}

func (act *action) fits(words []string) bool {
	hay := strings.ToLower(act.name + " " + act.help + " " + strings.Join(act.keys, " ") + " " + act.group)
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// lines draws the groups, in two columns where there is room.
func (h *help) lines(a *App, w int) []string {
	groups := h.found(a)
	if len(groups) == 0 {
		return []string{a.line(w, theme.Paint{}).put(a.st.Of(theme.Muted), "No action fits. esc clears the search.").String()}
	}
	if w < 100 || h.find.text() != "" {
		var out []string
		for i, g := range groups {
			if i > 0 {
				out = append(out, a.blank(1, w)...)
			}
			out = append(out, a.helpGroup(g, w)...)
		}
		return out
	}
	half := w / 2
	columns := [2][]string{}
	for _, g := range groups {
		side := 0
		if len(columns[1]) < len(columns[0]) {
			side = 1
		}
		width := half
		if side == 1 {
			width = w - half
		}
		if len(columns[side]) > 0 {
			columns[side] = append(columns[side], a.blank(1, width)...)
		}
		columns[side] = append(columns[side], a.helpGroup(g, width)...)
	}
	for side, width := range []int{half, w - half} {
		n := max(len(columns[0]), len(columns[1])) - len(columns[side])
		columns[side] = append(columns[side], a.blank(n, width)...)
	}
	return beside(columns[0], columns[1])
}

func (a *App) helpGroup(list []*action, w int) []string {
	out := []string{a.line(w, theme.Paint{}).put(a.st.Of(theme.Muted), strings.ToUpper(list[0].group)).String()}
	for _, act := range list {
		keys := strings.Join(act.keys, " ")
		for _, part := range wrap(act.help, w-14) {
			l := a.line(w, theme.Paint{}).cell(a.st.Of(theme.Title), keys, 12)
			out = append(out, l.put(a.st.Of(theme.Text), part).String())
			keys = ""
		}
	}
	return out
}

func (h *help) draw(a *App, canvas []string) {
	w := min(a.w-4, 124)
	height := min(a.h-2, 40)
	lines := h.lines(a, w-4)
	lines = append(lines, h.legend(a, w-4)...)
	room := height - 4
	if len(lines) < room {
		height, room = len(lines)+4, len(lines)
	}
	seen := h.scroll.show(lines, w-4, room)
	f := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Help"}}}
	if h.scroll.more() {
		f.foot = []span{{a.st.Of(theme.Muted), a.st.Up + a.st.Down + " more"}}
	}
	find := a.line(w-4, theme.Paint{}).cell(a.st.Of(theme.Muted), "search", 8)
	find.ready(h.find.draw(a, 30, true, "type to search"), 30)
	body := append([]string{find.String(), a.line(w-4, theme.Paint{}).String()}, seen...)
	a.center(canvas, f, w, height, body)
}

// legend explains the signs of the list.
func (h *help) legend(a *App, w int) []string {
	if h.find.text() != "" {
		return nil
	}
	lines := a.blank(1, w)
	for _, s := range []string{
		"~ before a row: not confirmed since the link was lost. A call's peer leg stands on its caller's row (L lists all legs).",
		"Mouse: a click selects, a second one opens; ctrl and click marks; a column's head sorts; the keys below are buttons. Text is selected with shift held, or with the mouse off (, or --no-mouse).",
		"Keys that act on calls are off while the window is too small to show what they act on.",
	} {
		for _, part := range wrap(s, w) {
			lines = append(lines, a.line(w, theme.Paint{}).put(a.st.Of(theme.Muted), part).String())
		}
	}
	return lines
}

func (h *help) hints(*App) []hint {
	return []hint{{key: "esc", text: "close"}, {key: "a-z", text: "search"}, {key: "pgdown", text: "more"}}
}
