package ui

import tea "github.com/charmbracelet/bubbletea"

// picks is a control with words to click on.
type picks interface{ pick(i int) }

// field is the text of a slot, nil when it has none.
func (c *rowsControl) field(slot int) *edit {
	switch {
	case !c.typing(slot):
		return nil
	case slot%2 == 1:
		return &c.rows[slot/2].right
	}
	return &c.rows[slot/2].left
}

// click puts the keyboard on a field and does what its keys would: a word is
// chosen, a row added, a suggestion taken, the cursor placed.
func (s *sheet) click(a *App, under []found) {
	field := -1
	for _, f := range under {
		switch f.kind {
		case spotOffer:
			s.menu.at = f.n
			s.menuKey(a, tea.KeyMsg{Type: tea.KeyEnter})
			return
		case spotField:
			field = f.n
			s.focusField(field)
		case spotSlot:
			s.focusSlot(a, f)
		case spotWord:
			if c, can := s.items[field].control.(picks); can {
				c.pick(f.n)
				s.items[field].touched = true
				s.review()
			}
		}
	}
	if c, isText := s.item().control.(*textControl); isText && field >= 0 {
		x := under[len(under)-1].dx - labelWidth
		if c.place(x); c.text() == "" {
			s.offer(a)
		}
	}
}

func (s *sheet) item() *item { return &s.items[s.at] }

// focusField moves the keyboard to a field.
func (s *sheet) focusField(i int) {
	if i == s.at {
		return
	}
	s.items[s.at].touched = s.items[s.at].touched || s.filled(s.at)
	s.menu = menu{}
	s.at, s.slot = i, 0
}

// focusSlot moves the keyboard within a field of rows; the last slot adds one.
func (s *sheet) focusSlot(a *App, f found) {
	again := s.slot == f.n
	s.slot = f.n
	if f.n == s.item().slots()-1 {
		s.key(a, tea.KeyMsg{Type: tea.KeyEnter})
		return
	}
	c, rows := s.item().control.(*rowsControl)
	if !rows {
		return
	}
	if e := c.field(f.n); e != nil {
		e.place(f.dx)
	} else if again {
		s.key(a, tea.KeyMsg{Type: tea.KeyRight})
	}
}

func (f *form) click(a *App, under []found, _ bool) tea.Cmd {
	if !f.preview {
		f.sheet.click(a, under)
	}
	return nil
}

func (d *dial) click(a *App, under []found, _ bool) tea.Cmd {
	d.sheet.click(a, under)
	return nil
}
