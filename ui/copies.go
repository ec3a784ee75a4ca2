package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// copies is a screen of whose selected row something can be copied.
type copies interface {
	// pieces are what there is to copy; the first is the row as it is read. None
	// means that nothing is selected.
	pieces(a *App) []piece
}

// piece is a text to copy, with the letter that chooses it; a connect can be
// copied in several languages.
type piece struct {
	key, what, text string
	connect         *model.ConnectRequest
}

// copyActions are y and Y on the screens beside the calls, which have their own.
func copyActions() []action {
	var out []action
	for _, s := range []struct {
		prefix, group string
		where         place
	}{{"phones", groupPhones, inPhones}, {"ladder", groupLadder, inLadder}, {"history", groupHistory, inHistory}, {"log", groupLog, inLog}} {
		out = append(out,
			action{name: s.prefix + ".copy", keys: []string{"y"}, group: s.group, where: s.where,
				help: "copy a part of it", why: (*App).whyCopyRow, do: (*App).doCopyRow},
			action{name: s.prefix + ".copy.line", keys: []string{"Y"}, group: s.group, where: s.where,
				help: "copy the line", why: (*App).whyCopyRow, do: (*App).doCopyRowLine})
	}
	return out
}

func (a *App) rowPieces() []piece {
	if s, can := a.here().(copies); can {
		return s.pieces(a)
	}
	return nil
}

func (a *App) whyCopyRow() error {
	if len(a.rowPieces()) == 0 {
		return errNoRow
	}
	return nil
}

func (a *App) doCopyRowLine() tea.Cmd { return a.copyText("line", a.rowPieces()[0].text) }

// doCopyRow offers the pieces; those that are empty are left out.
func (a *App) doCopyRow() tea.Cmd {
	list := a.rowPieces()
	a.open(&chooser{title: "Copy", name: "copy", list: func(a *App) []choice {
		var out []choice
		for _, p := range list {
			if p.text == "" {
				continue
			}
			if p.connect != nil {
				out = append(out, choice{key: p.key, text: p.what, note: p.text, do: func(a *App) tea.Cmd { a.open(codeMenu(*p.connect)); return nil }})
				continue
			}
			note, _, _ := strings.Cut(strings.TrimSpace(p.text), "\n")
			out = append(out, choice{key: p.key, text: p.what, note: strings.TrimSpace(note),
				do: func(a *App) tea.Cmd { return a.copyText(p.what, p.text) }})
		}
		return out
	}})
	return nil
}

func (p *phones) pieces(a *App) []piece {
	c, ok := p.selected(a)
	if !ok {
		return nil
	}
	word, _ := a.presence(c)
	return []piece{{key: "l", what: "line", text: joined(contactName(&c), c.Address.URI, word, c.About)}, {key: "a", what: "address", text: c.Address.URI}, {key: "n", what: "name", text: c.Address.Name}}
}

func (h *history) pieces(a *App) []piece {
	e, ok := a.pastEntry()
	if !ok {
		return nil
	}
	_, what := a.entrySign(&e)
	result, _ := a.result(&e)
	words := []string{e.Began.In(a.now.Location()).Format("2006-01-02 15:04:05"), what, e.From.String(), e.To.String(), result}
	if by := e.End.By.String(); by != "" {
		words = append(words, "by "+by)
	}
	if _, talked := a.lasted(&e); talked > 0 {
		words = append(words, brief(talked))
	}
	list := []piece{{key: "l", what: "line", text: joined(words...)}, {key: "i", what: "id", text: string(e.Call)},
		{key: "f", what: "from", text: e.From.URI}, {key: "t", what: "to", text: e.To.URI}, {key: "n", what: "note", text: a.noteOf(e.Call)},
		{key: "j", what: "JSON", text: string(jsonLines([][]string{entryHeads, a.entryCells(&e)}))}}
	if e.Kind == journal.Connect && e.Request.To != "" {
		list = append(list, piece{key: "c", what: "code", text: codeNote, connect: &e.Request})
	}
	return list
}

func (s *logScreen) pieces(a *App) []piece {
	l, ok := s.line(a)
	if !ok {
		return nil
	}
	line := joined(l.at.In(a.now.Location()).Format("15:04:05.000"), l.level.String(), l.kind, l.text)
	return []piece{{key: "l", what: "line", text: line}, {key: "m", what: "message", text: l.more}}
}

func (v *ladder) pieces(a *App) []piece {
	r, list, ok := v.rung(a)
	if !ok {
		return nil
	}
	return []piece{{key: "s", what: "step", text: joined(r.at.In(a.now.Location()).Format("15:04:05.000"), string(r.leg), r.layer.String(), a.stepHead(&r.step))},
		{key: "i", what: "id", text: string(r.call)}, {key: "m", what: "message", text: a.stepText(&r.step)}, {key: "l", what: "ladder", text: string(a.ladderText(list))}}
}

// joined puts the words that there are beside each other.
func joined(words ...string) string {
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, "  ")
}
