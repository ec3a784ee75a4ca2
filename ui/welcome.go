package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// welcome asks what the console is for. It stands under the calls and takes few
// keys: any other goes to the screen and takes the demo, which runs already.
type welcome struct{ at int }

// welcomeHeight is how many lines of the window it takes.
const welcomeHeight = 5

// welcomeChoices are the three uses: a word, what it means, what it opens.
var welcomeChoices = [...]struct {
	word, about string
	do          func(*App) tea.Cmd
}{
	{"Demo", "Scripted people call in and can be called: nothing to set up, nothing leaves this machine.", func(*App) tea.Cmd { return nil }},
	{"My own phones", "Register a softphone at this exchange: its settings and a QR code, then calls between real phones.", func(a *App) tea.Cmd { return a.act(a.named("phones.add")) }},
	{"SignalWire", "Work on the calls of a SignalWire project: the variables to set, or the lines of a configuration.", (*App).doSignalWire},
}

func (a *App) doWelcome() tea.Cmd {
	a.open(&welcome{})
	return nil
}

// askedMsg is what became of remembering that the question was asked.
type askedMsg struct{ err error }

// rememberAsked remembers that the question was asked, once its card has gone,
// however it went.
func (a *App) rememberAsked() tea.Cmd {
	if a.asking == nil || slices.Contains(a.over, overlay(a.asking)) {
		return nil
	}
	a.asking = nil
	remember := a.setup().Asked
	if remember == nil {
		return nil
	}
	return func() tea.Msg { return askedMsg{remember()} }
}

// seeThrough: a click on the screen counts there.
func (f *welcome) seeThrough() {}

// click takes a choice.
func (f *welcome) click(a *App, under []found, _ bool) tea.Cmd {
	if i := clickedLine(under); i >= 0 && i < len(welcomeChoices) {
		a.close(f)
		return welcomeChoices[i].do(a)
	}
	return nil
}

func (f *welcome) key(a *App, k tea.KeyMsg) tea.Cmd {
	n := len(welcomeChoices)
	switch k.String() {
	case "left":
		f.at = (f.at + n - 1) % n
	case "right":
		f.at = (f.at + 1) % n
	case "enter":
		a.close(f)
		return welcomeChoices[f.at].do(a)
	case "esc":
		a.close(f)
	default: // whoever works already has chosen
		a.close(f)
		return a.key(k)
	}
	return nil
}

func (f *welcome) draw(a *App, canvas []string) {
	w := a.w
	fr := frame{focused: true, title: []span{{a.st.Of(theme.Title), "Welcome"}, {a.st.Of(theme.Muted), "  what is this console for?"}}}
	fr.foot = a.keySpans(theme.Page, []hint{{key: "left/right", text: "choose"}, {key: "enter", text: "take it"}, {key: "esc", text: "demo"}}, false)
	l := a.line(w-4, theme.Paint{})
	for i, c := range welcomeChoices {
		g, r, sign := theme.Page, theme.Text, a.st.Hollow
		if i == f.at {
			g, r, sign = theme.Selected, theme.Strong, a.st.Dot
		}
		l.put(a.hotPaint(spot{kind: spotLine, n: i}, a.st.On(g, r)), " "+sign+" "+c.word+" ").gap(2)
	}
	about := make([]string, 0, 2)
	for _, part := range wrap(welcomeChoices[f.at].about, w-5) {
		if len(about) < 2 {
			about = append(about, a.line(w-4, theme.Paint{}).gap(1).put(a.st.Of(theme.Muted), part).String())
		}
	}
	a.paste(canvas, a.box(fr, w, welcomeHeight, append([]string{l.String()}, about...)), 0, len(canvas)-2-welcomeHeight)
}

// hints are those of the screen, whose keys work too; its own are on the card.
func (f *welcome) hints(a *App) []hint { return a.screenHints() }

// doSignalWire tells how to attach to a SignalWire project. Nothing secret is
// typed or shown.
func (a *App) doSignalWire() tea.Cmd {
	a.open(&signalWire{})
	return nil
}

// signalWire says which variables to set or what to write into the file.
type signalWire struct{}

// steps are the lines to type in a shell.
func (signalWire) steps() []string {
	return []string{
		"export SIGNALWIRE_PROJECT_ID=...",
		"read -rs SIGNALWIRE_API_TOKEN && export SIGNALWIRE_API_TOKEN",
		"cordpair --space example.signalwire.com",
	}
}

func (f *signalWire) key(a *App, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q", "enter":
		a.close(f)
	case "y":
		text := ""
		for _, s := range f.steps() {
			text += s + "\n"
		}
		return a.copyText("steps", text)
	}
	return nil
}

func (f *signalWire) draw(a *App, canvas []string) {
	w := min(a.w-4, 76)
	text, muted, strong := a.st.Of(theme.Text), a.st.Of(theme.Muted), a.st.Of(theme.Strong)
	var lines []string
	add := func(s ...span) { lines = append(lines, a.line(w-4, theme.Paint{}).spans(s...).String()) }
	add(span{text, "The same console works on the calls of a SignalWire project."})
	add(span{muted, "Type this in a shell; the token is read without being shown:"})
	for _, s := range f.steps() {
		add(span{strong, "  " + s})
	}
	for _, v := range a.setup().Variables {
		sign, role, word := a.st.Hollow, theme.Muted, "not set"
		if v.Set {
			sign, role, word = a.st.Check, theme.Good, "set, not shown"
		}
		add(span{a.st.Of(role), "  " + sign + " "}, span{text, v.Name}, span{a.st.Of(role), "  " + word})
	}
	add(span{muted, "Or keep it: "}, span{strong, "cordpair config init"}, span{muted, " writes a commented example, its"})
	add(span{muted, "[profiles.work] takes the token from a variable, a file or a keyring."})
	if file := a.setup().ConfigFile; file != "" {
		add(span{muted, "  " + file})
	}
	add(span{strong, "cordpair doctor"}, span{muted, " says what is still missing."})
	a.center(canvas, frame{focused: true, title: []span{{a.st.Of(theme.Title), "SignalWire"}}}, w, len(lines)+2, lines)
}

func (f *signalWire) hints(*App) []hint {
	return []hint{{key: "y", text: "copy the steps"}, {key: "esc", text: "close"}}
}

// phonesOnline are the phones that have registered.
func (a *App) phonesOnline() []model.Contact {
	var list []model.Contact
	for _, c := range a.book.Contacts() {
		if c.Kind == kindPhone && c.Online {
			list = append(list, c)
		}
	}
	return list
}

func (a *App) welcomed(msg askedMsg) {
	if msg.err != nil {
		a.log.note(logLine{at: a.now, level: logWarn, kind: "setup", text: "that you were asked could not be kept: " + msg.err.Error()})
	}
}
