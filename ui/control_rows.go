package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// rowsControl is a field of rows with two cells each; rows are added and taken
// away. Headers and ringback are such fields.
type rowsControl struct {
	rows   []twoCells
	add    string // on the last slot
	kinds  []string
	sep    string
	ghosts func(kind int) (left, right string)
	put    func(rows []twoCells, r *model.ConnectRequest) error
	get    func(r model.ConnectRequest) []twoCells
	sum    func(rows []twoCells) string // says all rows in words; nil: they speak for themselves
}

// twoCells is one row: a kind or a text at the left, a text at the right.
type twoCells struct {
	kind        int
	left, right edit
}

// rowError is a problem of one row.
type rowError struct {
	index int
	err   error
}

func (e rowError) Error() string { return e.err.Error() }
func (e rowError) Unwrap() error { return e.err }

func (c *rowsControl) slots() int { return 2*len(c.rows) + 1 }
func (c *rowsControl) slotOf(i int) int {
	return max(0, min(2*i+len(c.kinds[:min(1, len(c.kinds))]), 2*len(c.rows)))
}
func (c *rowsControl) read(r *model.ConnectRequest) error { return c.put(c.rows, r) }
func (c *rowsControl) write(r model.ConnectRequest)       { c.rows = c.get(r) }

func (c *rowsControl) key(slot int, k tea.KeyMsg) (int, bool) {
	i, right := slot/2, slot%2 == 1
	onAdd := i >= len(c.rows)
	switch key := k.String(); {
	case key == "ctrl+n", onAdd && (key == "enter" || key == " " || key == "+"):
		return c.insert(i), true
	case onAdd:
		if k.Type == tea.KeyRunes && !k.Alt { // typing there begins a row
			at := c.insert(i)
			return c.key(at, k)
		}
		return slot, false
	case key == "ctrl+d", key == "backspace" && c.empty(i) && !right:
		c.rows = append(c.rows[:i:i], c.rows[i+1:]...)
		return min(2*i, 2*len(c.rows)), true
	case !right && len(c.kinds) > 0 && (key == "<" || key == "shift+up"):
		return c.shift(i, -1), true
	case !right && len(c.kinds) > 0 && (key == ">" || key == "shift+down"):
		return c.shift(i, 1), true
	case !right && len(c.kinds) > 0:
		return slot, c.turn(i, key)
	case right:
		return slot, c.rows[i].right.key(k)
	}
	return slot, c.rows[i].left.key(k)
}

// typing reports whether a slot is a text.
func (c *rowsControl) typing(slot int) bool {
	return slot < 2*len(c.rows) && (slot%2 == 1 || len(c.kinds) == 0)
}

func (c *rowsControl) empty(i int) bool {
	return c.rows[i].left.text() == "" && c.rows[i].right.text() == ""
}

// insert adds an empty row after row i and returns its first slot.
func (c *rowsControl) insert(i int) int {
	at := min(i+1, len(c.rows))
	row := twoCells{}
	if len(c.kinds) == 0 {
		row.left.set("X-")
	}
	rows := append([]twoCells(nil), c.rows[:at]...)
	c.rows = append(append(rows, row), c.rows[at:]...)
	return 2 * at
}

// shift moves row i up or down and returns its slot.
func (c *rowsControl) shift(i, n int) int {
	j := i + n
	if j < 0 || j >= len(c.rows) {
		return 2 * i
	}
	rows := append([]twoCells(nil), c.rows...)
	rows[i], rows[j] = rows[j], rows[i]
	c.rows = rows
	return 2 * j
}

// turn changes the kind of a row.
func (c *rowsControl) turn(i int, key string) bool {
	n := len(c.kinds)
	switch key {
	case "left", "h":
		c.rows[i].kind = (c.rows[i].kind + n - 1) % n
	case "right", "l", " ":
		c.rows[i].kind = (c.rows[i].kind + 1) % n
	default:
		return false
	}
	return true
}

func (c *rowsControl) draw(a *App, w, slot int, wrong map[int]string) []string {
	lines := make([]string, 0, len(c.rows)+1)
	leftW := min(20, w/3)
	rightW := min(30, w-leftW-3)
	for i := range c.rows {
		row := &c.rows[i]
		l := a.line(w, theme.Paint{})
		leftGhost, rightGhost := c.ghosts(row.kind)
		if len(c.kinds) > 0 {
			g, r := theme.Field, theme.Text
			if slot == 2*i {
				g = theme.Focus
			}
			kind := a.line(leftW, a.st.On(g, r)).gap(1).cell(a.st.On(g, r), c.kinds[row.kind], leftW-5)
			if slot == 2*i {
				kind.put(a.st.On(g, theme.Title), "< >")
			}
			l.ready(a.hot(spot{kind: spotSlot, n: 2 * i}, kind.String()), leftW)
		} else {
			l.ready(a.hot(spot{kind: spotSlot, n: 2 * i}, row.left.draw(a, leftW, slot == 2*i, leftGhost)), leftW)
		}
		l.put(a.st.Of(theme.Muted), c.sep).ready(a.hot(spot{kind: spotSlot, n: 2*i + 1}, row.right.draw(a, rightW, slot == 2*i+1, rightGhost)), rightW)
		if text := wrong[i]; text != "" && l.left() < 16 {
			l.gap(1).put(a.st.Of(theme.Bad), a.st.Cross)
		} else if text != "" {
			l.gap(1).put(a.st.Of(theme.Bad), text)
		}
		lines = append(lines, l.String())
	}
	g, r := theme.Page, theme.Muted
	if slot == 2*len(c.rows) {
		g, r = theme.Selected, theme.Text
	}
	if c.sum != nil && len(c.rows) > 0 && len(wrong) == 0 {
		const most = 2
		for i, part := range wrap(c.sum(c.rows), w-1) {
			if i < most {
				lines = append(lines, a.line(w, theme.Paint{}).gap(1).put(a.st.Of(theme.Muted), part).String())
			}
		}
	}
	return append(lines, a.line(w, theme.Paint{}).put(a.hotPaint(spot{kind: spotSlot, n: 2 * len(c.rows)}, a.st.On(g, r)), " + "+c.add+" ").String())
}

// headersControl is the X- headers.
func headersControl() control {
	return &rowsControl{add: "add a header", sep: " : ",
		ghosts: func(int) (string, string) { return "X-Name", "value" },
		put: func(rows []twoCells, r *model.ConnectRequest) error {
			r.Headers = nil
			for i := range rows {
				if name := rows[i].left.text(); name != "" && name != "X-" || rows[i].right.text() != "" {
					r.Headers = append(r.Headers, model.Header{Name: name, Value: rows[i].right.text()})
				}
			}
			return nil
		},
		get: func(r model.ConnectRequest) []twoCells {
			rows := make([]twoCells, len(r.Headers))
			for i, h := range r.Headers {
				rows[i].left.set(h.Name)
				rows[i].right.set(h.Value)
			}
			return rows
		}}
}

// ringbackControl is the playlist that the caller hears while the peer rings.
func ringbackControl() control {
	kinds := make([]string, len(model.MediaKinds))
	for i, k := range model.MediaKinds {
		kinds[i] = k.String()
	}
	return &rowsControl{add: "add a ringback", sep: "   ", kinds: kinds,
		ghosts: func(kind int) (string, string) {
			return "", [...]string{"us, uk, de, or us:5", "https://...", "words to speak", "seconds"}[kind]
		},
		put: putRingback, sum: heard,
		get: func(r model.ConnectRequest) []twoCells {
			rows := make([]twoCells, len(r.Ringback))
			for i, m := range r.Ringback {
				rows[i].kind = int(m.Kind)
				rows[i].right.set(mediaValue(m))
			}
			return rows
		}}
}

// heard says what the caller hears of a playlist, from one item to the next.
func heard(rows []twoCells) string {
	var r model.ConnectRequest
	if putRingback(rows, &r) != nil {
		return ""
	}
	var parts []string
	for _, m := range r.Ringback {
		switch m.Kind {
		case model.Speech:
			parts = append(parts, "a voice: “"+m.Text+"”")
		case model.Silence:
			parts = append(parts, model.FormatSeconds(m.Duration)+" s of silence")
		case model.Audio:
			parts = append(parts, m.URL[strings.LastIndexByte(m.URL, '/')+1:])
		case model.Ringtone:
			s := strings.ToUpper(m.Country) + " ringback"
			if m.Duration > 0 {
				s += " for " + model.FormatSeconds(m.Duration) + " s"
			}
			parts = append(parts, s)
		}
	}
	return "The caller hears " + strings.Join(parts, ", then ") + ", until the peer answers."
}

// mediaPrefix is how ParseMedia knows the kinds.
var mediaPrefix = [...]string{"ringtone:", "audio:", "say:", "silence:"}

func putRingback(rows []twoCells, r *model.ConnectRequest) error {
	r.Ringback = nil
	var first error
	for i := range rows {
		m, err := model.ParseMedia(mediaPrefix[rows[i].kind] + rows[i].right.text())
		if err != nil && first == nil {
			first = rowError{i, err}
		}
		r.Ringback = append(r.Ringback, m)
	}
	return first
}

// mediaValue is what stands in the right cell for an item.
func mediaValue(m model.Media) string {
	switch m.Kind {
	case model.Audio:
		return m.URL
	case model.Speech:
		return m.Text
	case model.Silence:
		return model.FormatSeconds(m.Duration)
	}
	if m.Duration > 0 {
		return m.Country + ":" + model.FormatSeconds(m.Duration)
	}
	return m.Country
}

// asRow finds the row of an error.
func asRow(err error) int {
	var row rowError
	if errors.As(err, &row) {
		return row.index
	}
	return 0
}
