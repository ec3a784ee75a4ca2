package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

// entry is one line of a finder.
type entry struct {
	text, note, key string
	hay             string // what is searched besides text
	why             error  // why it cannot be chosen now
	do              func(a *App) tea.Cmd
}

// finder is a list to search by typing: the palette, past connects, presets.
type finder struct {
	find  edit
	at    int
	title string
	ghost string
	empty string // what to say when there is nothing to find
	all   func(a *App) []entry
	say   func(a *App) []span // what matters more than the foot; nil, or none: the foot
}

// offPenalty sinks what cannot be done now below what fits as well, but not out
// of sight: its reason is an answer too.
const offPenalty = 60

// found are the entries that fit, the best first; without a text in their own
// order. What cannot be done now comes after what can.
func (f *finder) found(a *App) []entry {
	type scored struct {
		entry
		n int
	}
	var list []scored
	for _, e := range f.all(a) {
		n := score(f.find.text(), e.text)
		if n == 0 {
			n = score(f.find.text(), e.text+" "+e.note+" "+e.key+" "+e.hay) / 2
		}
		if n == 0 {
			continue
		}
		if e.why != nil {
			n -= offPenalty
		}
		list = append(list, scored{e, n})
	}
	slices.SortStableFunc(list, func(x, y scored) int { return y.n - x.n })
	out := make([]entry, len(list))
	for i := range list {
		out[i] = list[i].entry
	}
	return out
}

func (f *finder) typing() bool { return true }

func (f *finder) key(a *App, k tea.KeyMsg) tea.Cmd { return f.keyIn(a, k, f) }

// keyIn is key for what embeds a finder: self is what closes.
func (f *finder) keyIn(a *App, k tea.KeyMsg, self overlay) tea.Cmd {
	list := f.found(a)
	f.at = max(0, min(f.at, len(list)-1))
	switch k.String() {
	case "esc":
		a.close(self)
	case "enter":
		if f.at < len(list) && list[f.at].why == nil {
			a.close(self)
			return list[f.at].do(a)
		}
	case "down", "ctrl+n", "tab":
		f.at = min(f.at+1, max(0, len(list)-1))
	case "up", "ctrl+p", "shift+tab":
		f.at = max(f.at-1, 0)
	case "pgdown":
		f.at = min(f.at+8, max(0, len(list)-1))
	case "pgup":
		f.at = max(f.at-8, 0)
	default:
		if f.find.key(k) {
			f.at = 0
		}
	}
	return nil
}

func (f *finder) draw(a *App, canvas []string) {
	w := min(a.w-4, 90)
	list := f.found(a)
	f.at = max(0, min(f.at, len(list)-1))
	head := a.line(w-4, theme.Paint{}).ready(f.find.draw(a, w-4, true, f.ghost), w-4).String()
	foot := []span{{a.st.Of(theme.Muted), f.empty}}
	if len(list) > 0 {
		foot = a.entryFoot(list[f.at], f.at, len(list))
	} else if f.find.text() != "" {
		foot[0].s = "Nothing fits."
	}
	if f.say != nil {
		if text := f.say(a); text != nil {
			foot = text
		}
	}
	a.findBox(canvas, f.title, w, head, a.entries(list, f.at, w-4, a.findRows()), foot)
}

// findRows is how many entries a finder shows.
func (a *App) findRows() int { return max(1, min(14, a.h-11)) }

// entries draws the entries around the chosen one, always as many lines.
func (a *App) entries(list []entry, at, w, rows int) []string {
	top := max(0, min(at-rows/2, len(list)-rows))
	keyW, nameW := 0, 0
	for _, e := range list[top:min(top+rows, len(list))] {
		keyW = max(keyW, min(12, cells(e.key)))
		if n := cells(e.text); n <= longestName {
			nameW = max(nameW, n)
		}
	}
	lines := make([]string, 0, rows)
	for i := top; i < min(top+rows, len(list)); i++ {
		lines = append(lines, a.hot(spot{kind: spotLine, n: i}, a.entry(list[i], i == at, w, keyW, nameW)))
	}
	return append(lines, a.blank(rows-len(lines), w)...)
}

// longestName is the widest name that the notes of all entries keep clear of.
const longestName = 20

func (a *App) entry(e entry, chosen bool, w, keyW, nameW int) string {
	g, role, mark := theme.Page, theme.Text, " "
	if chosen {
		g, mark = theme.Selected, a.st.Marker
	}
	if e.why != nil {
		role = theme.Muted
	}
	l := a.line(w, a.st.On(g, theme.Text)).put(a.st.On(g, theme.Accent), mark).gap(1)
	textW := w - 4 - keyW
	note := e.note
	if e.why != nil {
		note = e.why.Error()
	}
	if n := max(nameW, cells(e.text)); note != "" && n+3 < textW {
		l.cell(a.st.On(g, role), e.text, n).gap(2).cell(a.st.On(g, theme.Muted), note, textW-n-2)
	} else {
		l.cell(a.st.On(g, role), e.text, textW)
	}
	return l.to(w-keyW-1).cell(a.st.On(g, theme.Title), e.key, keyW).String()
}

// entryFoot says which entry of how many is chosen, and why not now.
func (a *App) entryFoot(e entry, at, n int) []span {
	out := []span{{a.st.Of(theme.Muted), string(appendInt(nil, at+1)) + " of " + string(appendInt(nil, n)) + "  "}}
	if e.why != nil {
		return append(out, span{a.st.Of(theme.Warn), "Not now: " + e.why.Error() + "."})
	}
	return append(out, span{a.st.Of(theme.Muted), e.note})
}

// findBox draws a finder: a text, a list and a line under it.
func (a *App) findBox(canvas []string, title string, w int, head string, list []string, foot []span) {
	rule := a.line(w-4, theme.Paint{}).rule(a.st.Of(theme.Faint), a.st.Horizontal, w-4).String()
	lines := append([]string{head, rule}, list...)
	lines = append(lines, rule, a.line(w-4, theme.Paint{}).spans(foot...).String())
	h := min(len(lines)+2, a.h)
	a.dim(canvas)
	a.paste(canvas, a.box(frame{focused: true, spot: spot{kind: spotBox}, title: []span{{a.st.Of(theme.Title), title}}}, w, h, lines), (a.w-w)/2, min(2, max(0, a.h-h)))
}

func (f *finder) hints(*App) []hint {
	return []hint{{key: "enter", text: "choose"}, {key: arrowKeys, text: "move"}, {key: "esc", text: "close"}}
}

// arrowKeys names the arrow keys on a key bar.
const arrowKeys = "up/down"
