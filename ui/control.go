package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// control is the part of a form that holds one field. It has one or more slots
// that the keyboard can stand on.
type control interface {
	slots() int
	// key handles a key on a slot and says which slot has the keyboard then.
	key(slot int, k tea.KeyMsg) (next int, used bool)
	// draw returns lines of exactly w cells; slot is -1 without the keyboard.
	// The error of a row comes by its index.
	draw(a *App, w, slot int, wrong map[int]string) []string
	read(r *model.ConnectRequest) error
	write(r model.ConnectRequest)
	// slotOf is the slot of a row, where a problem is shown.
	slotOf(index int) int
}

// textControl is a field of one line.
type textControl struct {
	edit
	ghost string
	unit  string
	width int // cells; 0: as wide as there is room
	parse func(s string, r *model.ConnectRequest) error
	show  func(r model.ConnectRequest) string
}

func (c *textControl) slots() int     { return 1 }
func (c *textControl) slotOf(int) int { return 0 }
func (c *textControl) read(r *model.ConnectRequest) error {
	return c.parse(strings.TrimSpace(c.text()), r)
}
func (c *textControl) write(r model.ConnectRequest)        { c.set(c.show(r)) }
func (c *textControl) key(_ int, k tea.KeyMsg) (int, bool) { return 0, c.edit.key(k) }
func (c *textControl) draw(a *App, w, slot int, _ map[int]string) []string {
	fw := w
	if c.width > 0 {
		fw = min(w, c.width)
	}
	l := a.line(w, theme.Paint{}).ready(c.edit.draw(a, fw, slot == 0, c.ghost), fw)
	if c.unit != "" {
		l.put(a.st.Of(theme.Muted), " "+c.unit)
	}
	return []string{l.String()}
}

// orderControl picks some of a few words and puts them in order: the codecs.
type orderControl struct {
	all, chosen []string
	cursor      int
}

func (c *orderControl) slots() int     { return 1 }
func (c *orderControl) slotOf(int) int { return 0 }

// shown lists the chosen words in their order, then the others.
func (c *orderControl) shown() []string {
	out := append([]string(nil), c.chosen...)
	for _, s := range c.all {
		if indexOf(c.chosen, s) < 0 {
			out = append(out, s)
		}
	}
	return out
}

func indexOf(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}

func (c *orderControl) key(_ int, k tea.KeyMsg) (int, bool) {
	switch k.String() {
	case "left", "h":
		c.cursor = max(0, c.cursor-1)
	case "right", "l":
		c.cursor = min(len(c.all)-1, c.cursor+1)
	case " ", "x":
		c.toggle()
	case "<", "shift+up", "shift+left":
		c.shift(-1)
	case ">", "shift+down", "shift+right":
		c.shift(1)
	default:
		return 0, false
	}
	return 0, true
}

func (c *orderControl) toggle() {
	word := c.shown()[c.cursor]
	if i := indexOf(c.chosen, word); i >= 0 {
		c.chosen = append(c.chosen[:i:i], c.chosen[i+1:]...)
	} else {
		c.chosen = append(c.chosen[:len(c.chosen):len(c.chosen)], word)
	}
	c.cursor = indexOf(c.shown(), word)
}

func (c *orderControl) shift(n int) {
	i := c.cursor
	j := i + n
	if i >= len(c.chosen) || j < 0 || j >= len(c.chosen) {
		return
	}
	list := append([]string(nil), c.chosen...)
	list[i], list[j] = list[j], list[i]
	c.chosen, c.cursor = list, j
}

func (c *orderControl) draw(a *App, w, slot int, _ map[int]string) []string {
	var out []string
	l := a.line(w, theme.Paint{})
	for i, s := range c.shown() {
		g, r, mark := theme.Page, theme.Muted, a.st.Sep
		if i < len(c.chosen) {
			r, mark = theme.Strong, string(appendInt(nil, i+1))
		}
		if slot == 0 && i == c.cursor {
			g = theme.Selected
		}
		text := " " + mark + " " + s + " "
		if cells(text) > l.left() && l.used > 0 { // the others in a line of their own
			out = append(out, l.String())
			l = a.line(w, theme.Paint{})
		}
		l.put(a.hotPaint(spot{kind: spotWord, n: i}, a.st.On(g, r)), text)
	}
	return append(out, l.String())
}

func (c *orderControl) pick(i int) {
	c.cursor = i
	c.toggle()
}

func (c *orderControl) read(r *model.ConnectRequest) error {
	r.Codecs = append([]string(nil), c.chosen...)
	return nil
}

func (c *orderControl) write(r model.ConnectRequest) {
	c.chosen = append([]string(nil), r.Codecs...)
	c.cursor = 0
}

// choiceControl is one of a few words.
type choiceControl struct {
	words []string
	at    int
	put   func(at int, r *model.ConnectRequest)
	get   func(r model.ConnectRequest) int
}

func (c *choiceControl) slots() int                         { return 1 }
func (c *choiceControl) slotOf(int) int                     { return 0 }
func (c *choiceControl) read(r *model.ConnectRequest) error { c.put(c.at, r); return nil }
func (c *choiceControl) write(r model.ConnectRequest)       { c.at = c.get(r) }
func (c *choiceControl) pick(i int)                         { c.at = i }

func (c *choiceControl) key(_ int, k tea.KeyMsg) (int, bool) {
	switch k.String() {
	case "left", "h":
		c.at = (c.at + len(c.words) - 1) % len(c.words)
	case "right", "l", " ":
		c.at = (c.at + 1) % len(c.words)
	default:
		return 0, false
	}
	return 0, true
}

func (c *choiceControl) draw(a *App, w, slot int, _ map[int]string) []string {
	l := a.line(w, theme.Paint{})
	for i, s := range c.words {
		g, r, mark := theme.Page, theme.Muted, a.st.Hollow
		if i == c.at {
			r, mark = theme.Strong, a.st.Dot
			if slot == 0 {
				g = theme.Selected
			}
		}
		l.put(a.hotPaint(spot{kind: spotWord, n: i}, a.st.On(g, r)), " "+mark+" "+s+" ")
	}
	return []string{l.String()}
}

// setControl is any of a few words: the state events.
type setControl struct {
	words  []string
	on     map[string]bool
	cursor int
}

func (c *setControl) slots() int     { return 1 }
func (c *setControl) slotOf(int) int { return 0 }

func (c *setControl) key(_ int, k tea.KeyMsg) (int, bool) {
	switch k.String() {
	case "left", "h":
		c.cursor = max(0, c.cursor-1)
	case "right", "l":
		c.cursor = min(len(c.words)-1, c.cursor+1)
	case " ", "x":
		c.on[c.words[c.cursor]] = !c.on[c.words[c.cursor]]
	default:
		return 0, false
	}
	return 0, true
}

func (c *setControl) draw(a *App, w, slot int, _ map[int]string) []string {
	l := a.line(w, theme.Paint{})
	for i, s := range c.words {
		g, r, mark := theme.Page, theme.Muted, "[ ]"
		if c.on[s] {
			r, mark = theme.Strong, "[x]"
		}
		if slot == 0 && i == c.cursor {
			g = theme.Selected
		}
		l.put(a.hotPaint(spot{kind: spotWord, n: i}, a.st.On(g, r)), " "+mark+" "+s+" ")
	}
	return []string{l.String()}
}

func (c *setControl) pick(i int) {
	c.cursor = i
	c.on[c.words[i]] = !c.on[c.words[i]]
}

func (c *setControl) read(r *model.ConnectRequest) error {
	r.CallStateEvents = nil
	for _, s := range c.words {
		if c.on[s] {
			r.CallStateEvents = append(r.CallStateEvents, s)
		}
	}
	return nil
}

func (c *setControl) write(r model.ConnectRequest) {
	c.on = make(map[string]bool)
	for _, s := range r.CallStateEvents {
		c.on[s] = true
	}
}
