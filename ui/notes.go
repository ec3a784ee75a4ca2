package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
	"cordpair/theme"
)

// noteOf is the note on a call: this run's, else the one that the history
// keeps.
func (a *App) noteOf(id model.CallID) string {
	if s, known := a.notes[id]; known {
		return s
	}
	e, _ := a.history.book.Entry(string(id))
	return e.Note
}

// write puts a note on a call, known or of the history, in the place of the
// last; an empty one takes it away.
func (a *App) write(id model.CallID, text string) {
	if a.notes == nil {
		a.notes = make(map[model.CallID]string)
	}
	a.notes[id] = strings.TrimSpace(text)
	a.dirty = true
	if c := a.book.Call(id); c != nil {
		a.keep(a.callEntry(c))
	} else if e, known := a.history.book.Entry(string(id)); known {
		e.Note = a.notes[id]
		a.keep(e)
	}
	if a.notes[id] == "" {
		delete(a.notes, id)
	}
}

// notePrompt asks for the note on a call.
func (a *App) notePrompt(id model.CallID) *prompt {
	f := &prompt{title: "Note", verb: "keeps it", call: id, ghost: "order 5521, refund",
		hint: "Shown when the same party calls again; empty takes it away.",
		done: func(a *App, _ *model.Call, text string) (tea.Cmd, error) {
			a.write(id, text)
			return nil, nil
		}}
	f.field.set(a.noteOf(id))
	return f
}

// doHistoryNote writes a note on the call of an entry.
func (a *App) doHistoryNote() tea.Cmd {
	e, _ := a.pastEntry()
	f := a.notePrompt(e.Call)
	f.call = "" // it stays open when the call is forgotten
	a.open(f)
	return nil
}

func (a *App) whyHistoryNote() error {
	e, ok := a.pastEntry()
	if !ok {
		return errNoEntry
	}
	if _, known := a.history.book.Entry(string(e.Call)); !known {
		return errForgotten
	}
	return nil
}

// note keeps track of the entries that carry a note, in the order of the book.
func (h *history) note(e *journal.Entry) {
	if e.Note == "" || e.Kind != journal.Call {
		return
	}
	if h.notes == nil {
		h.notes = make(map[string][]string)
	}
	key := strings.ToLower(e.From.URI)
	for _, id := range h.notes[key] {
		if id == e.ID {
			return
		}
	}
	h.notes[key] = append(h.notes[key], e.ID)
}

// noteSign says on a row that there is a note to read.
type noteSign uint8

const (
	noNote     noteSign = iota
	noted               // on the call itself
	notedAgain          // on an earlier call of the same party, which has not been answered yet
)

func (a *App) noteSign(c *model.Call) noteSign {
	switch {
	case a.noteOf(c.ID) != "":
		return noted
	case c.Live() && c.State < model.Answered && len(a.notesBefore(c, 1)) > 0:
		return notedAgain
	}
	return noNote
}

// putNote draws the sign in its cell.
func (a *App) putNote(l *line, n noteSign, g theme.Ground) {
	switch n {
	case noted:
		l.put(a.st.On(g, theme.Muted), a.st.Note)
	case notedAgain:
		l.put(a.st.On(g, theme.Warn), a.st.Note)
	default:
		l.gap(1)
	}
}

// notesBefore are the last entries with a note on earlier calls of the same
// party, newest first.
func (a *App) notesBefore(c *model.Call, most int) []journal.Entry {
	if c.Direction != model.Inbound || a.leg(c) == "B" {
		return nil
	}
	var list []journal.Entry
	for _, id := range slices.Backward(a.history.notes[strings.ToLower(c.From.URI)]) {
		if e, known := a.history.book.Entry(id); known && e.Note != "" && e.Call != c.ID {
			if list = append(list, e); len(list) == most {
				break
			}
		}
	}
	return list
}

// beforeLines are the last notes on earlier calls of the same party, so that
// they are read before the call is answered.
func (a *App) beforeLines(c *model.Call) []legLine {
	var list []legLine
	for i, e := range a.notesBefore(c, 2) {
		name := ""
		if i == 0 {
			name = "past"
		}
		list = append(list, legLine{9 - i, name, []span{{a.st.Of(theme.Warn), model.Clean(e.Note)},
			{a.st.Of(theme.Muted), "  " + since(a.now.Sub(e.Began)) + " ago"}}})
	}
	return list
}
