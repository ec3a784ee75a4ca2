package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// prompt asks for one line about a call: a note, words to speak, a target.
type prompt struct {
	title, ghost, verb string
	call               model.CallID
	field              edit
	wrong              string
	suggest            bool // addresses to complete with tab
	hint               string
	choice             string // what tab turns on and off, empty: nothing
	chosen             bool
	done               func(a *App, c *model.Call, text string) (tea.Cmd, error)
}

func (f *prompt) about() []model.CallID {
	if f.call == "" {
		return nil
	}
	return []model.CallID{f.call}
}

func (f *prompt) typing() bool { return true }

func (f *prompt) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		a.close(f)
	case "tab":
		f.chosen = f.choice != "" && !f.chosen
		if list := f.offers(a); len(list) > 0 {
			f.field.set(list[0].Address.URI)
		}
	case "enter":
		if a.small() {
			a.refuse(f.title, errSmall)
			return nil
		}
		cmd, err := f.done(a, a.book.Call(f.call), f.field.text())
		if err != nil {
			f.wrong = capital(err.Error()) + "."
			return nil
		}
		a.close(f)
		return cmd
	default:
		if f.field.key(k) {
			f.wrong = ""
		}
	}
	return nil
}

// offers are who the text may mean.
func (f *prompt) offers(a *App) []model.Contact {
	if !f.suggest {
		return nil
	}
	return a.suggest(f.field.text(), nil)
}

func (f *prompt) draw(a *App, canvas []string) {
	w := min(a.w-4, 72)
	if w < 12 {
		return
	}
	c := a.book.Call(f.call)
	blank := a.line(w-4, theme.Paint{}).String()
	lines := []string{blank}
	if c != nil {
		lines = append(lines, a.line(w-4, theme.Paint{}).put(a.st.Of(theme.Strong), label(c)).
			put(a.st.Of(theme.Muted), "  "+a.leg(c)+"  "+stateWord(c)+" "+brief(a.shownAge(c))).String(), blank)
	}
	lines = append(lines, f.field.draw(a, w-4, true, f.ghost))
	under := span{a.st.Of(theme.Muted), f.hint}
	if f.wrong != "" {
		under = span{a.st.Of(theme.Bad), f.wrong}
	}
	for _, part := range wrap(under.s, w-4) {
		lines = append(lines, a.line(w-4, theme.Paint{}).put(under.p, part).String())
	}
	if f.choice != "" {
		sign := "[ ]"
		if f.chosen {
			sign = "[x]"
		}
		lines = append(lines, a.line(w-4, theme.Paint{}).put(a.st.Of(theme.Text), sign+" "+f.choice).String())
	}
	const most = 4
	if list := f.offers(a); f.suggest {
		for i := range most {
			l := a.line(w-4, theme.Paint{})
			if i < len(list) {
				l.gap(1).cell(a.st.Of(theme.Text), list[i].Address.URI, min(34, (w-6)/2)).put(a.st.Of(theme.Muted), list[i].About)
			}
			lines = append(lines, l.String())
		}
	}
	lines = append(lines, blank, a.line(w-4, theme.Paint{}).spans(a.keySpans(theme.Page, f.hints(a), true)...).String())
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), f.title}}}, w, len(lines)+2, lines)
}

func (f *prompt) hints(*App) []hint {
	list := []hint{{key: "enter", text: f.verb}}
	if f.suggest {
		list = append(list, hint{key: "tab", text: "complete"})
	}
	if f.choice != "" {
		list = append(list, hint{key: "tab", text: "mark"})
	}
	return append(list, hint{key: "esc", text: "cancel"})
}
