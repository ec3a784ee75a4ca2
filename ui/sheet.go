package ui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// item is a field on a sheet.
type item struct {
	field
	control
	touched bool
	wrong   map[int]string // problems by row
}

// sheet is a set of fields with the keyboard on one of them: what the connect
// form and the dial dialog have in common.
type sheet struct {
	items    []item
	at, slot int
	advanced bool
	tried    bool // the operator wanted to send it: every problem is shown
	check    func(model.ConnectRequest) error
	menu     menu
	own      []model.Contact // offered first in From
	top      int             // first visible line
}

func newSheet(fields []field, check func(model.ConnectRequest) error, r model.ConnectRequest) sheet {
	s := sheet{check: check}
	for _, f := range fields {
		it := item{field: f, control: f.control()}
		it.write(r)
		s.items = append(s.items, it)
	}
	s.review()
	return s
}

// load fills the fields from a request.
func (s *sheet) load(r model.ConnectRequest) {
	for i := range s.items {
		s.items[i].write(r)
	}
	s.menu = menu{}
	s.review()
}

// visible reports whether a field is on the sheet now.
func (s *sheet) visible(i int) bool { return s.advanced || !s.items[i].advanced }

// request reads all fields; what cannot be read is left out, review tells it.
func (s *sheet) request() model.ConnectRequest {
	var r model.ConnectRequest
	for i := range s.items {
		_ = s.items[i].read(&r)
	}
	return r
}

// review finds what is wrong, field by field. It reports whether all is well.
func (s *sheet) review() bool {
	var r model.ConnectRequest
	good := true
	note := func(id model.Field, row int, text string) {
		for i := range s.items {
			if it := &s.items[i]; it.id == id {
				if it.wrong == nil {
					it.wrong = make(map[int]string)
				}
				if it.wrong[row] == "" {
					it.wrong[row] = plainReason(text)
				}
				good = false
			}
		}
	}
	for i := range s.items {
		s.items[i].wrong = nil
		if err := s.items[i].read(&r); err != nil {
			note(s.items[i].id, asRow(err), err.Error())
		}
	}
	var invalid *model.InvalidRequest
	if errors.As(s.check(r), &invalid) {
		for _, p := range invalid.Problems {
			note(p.Field, p.Index, p.Text)
		}
	}
	return good
}

// plainReason drops the words that name the kind of error: the field says it.
func plainReason(s string) string {
	for _, kind := range []error{model.ErrAddress, model.ErrMedia} {
		s = strings.TrimPrefix(s, kind.Error()+": ")
	}
	return s
}

// shown are the problems of a field that the operator should see now: not those
// of a field that has not been filled in yet.
func (s *sheet) shown(i int) map[int]string {
	if it := &s.items[i]; s.tried || it.touched {
		return it.wrong
	}
	return nil
}

// problem is the first shown problem of a field.
func (s *sheet) problem(i int) string {
	first, text := -1, ""
	for row, t := range s.shown(i) {
		if first < 0 || row < first {
			first, text = row, t
		}
	}
	return text
}

// focusWrong puts the keyboard on the first field with a problem.
func (s *sheet) focusWrong() {
	for i := range s.items {
		it := &s.items[i]
		if len(it.wrong) == 0 {
			continue
		}
		row := -1
		for n := range it.wrong {
			if row < 0 || n < row {
				row = n
			}
		}
		s.advanced = s.advanced || it.advanced
		s.at, s.slot = i, it.slotOf(row)
		s.menu = menu{}
		return
	}
}

// next takes the suggestion that is chosen, or goes to the next field.
func (s *sheet) next() {
	if !s.take() {
		s.step(1)
	}
}

// step moves the keyboard by one slot.
func (s *sheet) step(n int) {
	s.items[s.at].touched = s.items[s.at].touched || s.filled(s.at)
	s.menu = menu{}
	s.slot += n
	if s.slot >= 0 && s.slot < s.items[s.at].slots() {
		return
	}
	for range s.items {
		s.at = (s.at + n + len(s.items)) % len(s.items)
		if s.visible(s.at) {
			break
		}
	}
	s.slot = 0
	if n < 0 {
		s.slot = s.items[s.at].slots() - 1
	}
}

// filled reports whether a text field has a text, so that leaving it counts as
// having filled it in.
func (s *sheet) filled(i int) bool {
	t, ok := s.items[i].control.(*textControl)
	return !ok || t.text() != ""
}

// toggle shows or hides the advanced fields.
func (s *sheet) toggle() {
	s.advanced = !s.advanced
	if !s.visible(s.at) {
		s.at, s.slot = 0, 0
	}
}

// key edits the field that has the keyboard.
func (s *sheet) key(a *App, k tea.KeyMsg) {
	it := &s.items[s.at]
	if it.suggest && s.menuKey(a, k) {
		return
	}
	next, used := it.key(s.slot, k)
	if used {
		s.slot = next
		it.touched = true
		s.review()
		if t, ok := it.control.(*textControl); ok && it.suggest {
			s.narrow(a, t)
		}
		return
	}
	switch k.String() {
	case "enter", "down":
		s.step(1)
	case "up":
		s.step(-1)
	}
}

// typing reports whether the keyboard is in a text field.
func (s *sheet) typing() bool {
	switch c := s.items[s.at].control.(type) {
	case *textControl:
		return true
	case *rowsControl:
		return c.typing(s.slot)
	}
	return false
}

// labelWidth is the column of the fields' names.
const labelWidth = 11

// lines draws the fields in w cells and says at which line the keyboard is.
// Where room allows, an empty line stands between the fields.
func (s *sheet) lines(a *App, w, room int) (out []string, at int) {
	var blocks [][]string
	focus, total := 0, 0
	for i := range s.items {
		if !s.visible(i) {
			continue
		}
		if i == s.at {
			focus = len(blocks)
		}
		blocks = append(blocks, s.block(a, i, w))
		total += len(blocks[len(blocks)-1])
	}
	airy := total+len(blocks) <= room
	for i, block := range blocks {
		if airy {
			out = append(out, a.blank(1, w)...)
		}
		if i == focus {
			at = len(out) + min(s.rowOf(), len(block)-1)
		}
		out = append(out, block...)
	}
	return out, at
}

// block draws one field.
func (s *sheet) block(a *App, i, w int) []string {
	it := &s.items[i]
	slot, label := -1, a.st.Of(theme.Muted)
	if i == s.at {
		slot, label = s.slot, a.st.Of(theme.Title)
	}
	width := w - labelWidth
	t, isText := it.control.(*textControl)
	switch {
	case isText && t.width > 0:
		width = t.width + 3
	case isText:
		width = min(width, max(30, w/2))
	}
	var out []string
	name := it.label
	for _, row := range it.draw(a, width, slot, s.shown(i)) {
		l := a.line(w, theme.Paint{}).cell(label, name, labelWidth).ready(row, width)
		if isText {
			s.remark(a, l, i)
		}
		out = append(out, a.hot(spot{kind: spotField, n: i}, l.String()))
		name = ""
	}
	return out
}

// remark writes what is wrong with a text field, or its hint. Of the field that
// has the keyboard counsel tells all, so nothing of it is cut here.
func (s *sheet) remark(a *App, l *line, i int) {
	l.gap(2)
	whole := func(s string) bool { return cells(s) <= l.left() }
	switch text := s.problem(i); {
	case text != "" && whole(a.st.Cross+" "+text), text != "" && i != s.at && l.left() >= 20:
		l.put(a.st.Of(s.tone(i)), a.st.Cross+" "+text)
	case text != "":
		l.put(a.st.Of(s.tone(i)), a.st.Cross)
	case i == s.at && whole(s.items[i].hint):
		l.put(a.st.Of(theme.Muted), s.items[i].hint)
	}
}

// tone is how loud a problem is said: quietly while the field is being typed.
func (s *sheet) tone(i int) theme.Role {
	if i == s.at && !s.tried {
		return theme.Muted
	}
	return theme.Bad
}

// counsel is the line about the field that has the keyboard: its problem in
// full, or its hint.
func (s *sheet) counsel() (text string, tone theme.Role) {
	it := &s.items[s.at]
	if wrong := s.shown(s.at)[s.rowOf()]; wrong != "" {
		return it.label + ": " + wrong, s.tone(s.at)
	}
	if text := s.problem(s.at); text != "" {
		return it.label + ": " + text, s.tone(s.at)
	}
	return it.label + ": " + it.hint, theme.Muted
}

func (s *sheet) rowOf() int {
	if _, rows := s.items[s.at].control.(*rowsControl); rows {
		return s.slot / 2
	}
	return 0
}
