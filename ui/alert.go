package ui

import (
	"io"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// Notify is how the console calls somebody who is not looking.
type Notify string

// The ways. The terminal's title tells how many calls ring in any case.
const (
	NotifyAuto Notify = "auto" // the desktop, while the terminal says that it has no focus
	NotifyOff  Notify = "off"
	NotifyBell Notify = "bell" // the terminal's bell
	NotifyOSC  Notify = "osc"  // like auto, also where the terminal is not known to show it
)

// Notifies lists the ways.
func Notifies() []string {
	return []string{string(NotifyAuto), string(NotifyOff), string(NotifyBell), string(NotifyOSC)}
}

// desktop reports whether the desktop is told of calls, which takes a terminal
// that says when it loses the focus.
func (o *Options) desktop() bool {
	return !o.ReadOnly && (o.Notify == NotifyOSC || o.Notify == NotifyAuto && sequenceFor(o.env) != "")
}

func (o *Options) env(name string) string {
	if o.Env != nil {
		return o.Env(name)
	}
	return os.Getenv(name)
}

// alert is what waits to be announced.
type alert struct {
	bells int      // calls that began to ring, and parked ones that wait for long
	names []string // of the parties, as far as they fit a notification
	away  bool     // the terminal has said that it has no focus
}

// ring asks for attention; announce gives it.
func (l *alert) ring(text string) {
	const most = 3
	l.bells++
	if len(l.names) < most {
		l.names = append(l.names, text)
	}
}

// announce tells the terminal: its title says what rings; its bell or the
// desktop say that something new does. Who only watches is not called.
func (a *App) announce() tea.Cmd {
	title := a.opt.Title
	if n := a.counts.Ringing; n > 0 {
		title = "(" + string(appendInt(nil, n)) + " ringing) " + title
	}
	var cmds []tea.Cmd
	if title != a.title {
		a.title = title
		cmds = append(cmds, tea.SetWindowTitle(title))
	}
	if n := a.alert.bells; n > 0 && !a.opt.ReadOnly {
		if a.opt.Bell || a.opt.Notify == NotifyBell {
			cmds = append(cmds, emit(a.opt.Output, "\a"))
		}
		if a.alert.away && a.opt.desktop() {
			text := strings.Join(a.alert.names, ", ")
			if more := n - len(a.alert.names); more > 0 {
				text += " and " + string(appendInt(nil, more)) + " more"
			}
			cmds = append(cmds, emit(a.opt.Output, notification(a.opt.env, a.opt.Title, text)))
		}
	}
	a.alert.bells, a.alert.names = 0, nil
	return tea.Batch(cmds...)
}

// emit writes a sequence to the terminal in one piece.
func emit(w io.Writer, sequence string) tea.Cmd {
	return func() tea.Msg {
		if w != nil {
			_, _ = io.WriteString(w, sequence)
		}
		return nil
	}
}

// sequenceFor is the number of the escape sequence that the terminal shows as a
// notification: 99 is kitty's, 777 that of urxvt and foot, 9 iTerm's, which
// WezTerm and Ghostty know too. Empty: none is known to be shown.
func sequenceFor(env func(string) string) string {
	name, program := env("TERM"), env("TERM_PROGRAM")
	switch {
	case strings.Contains(name, "kitty") || env("KITTY_WINDOW_ID") != "":
		return "99"
	case strings.HasPrefix(name, "rxvt"), strings.HasPrefix(name, "foot"):
		return "777"
	case program == "iTerm.app", program == "WezTerm", program == "ghostty", strings.Contains(name, "ghostty"), env("LC_TERMINAL") == "iTerm2":
		return "9"
	}
	return ""
}

// notification is the sequence for a title and a text; neither can end it.
func notification(env func(string) string, title, text string) string {
	plain := strings.NewReplacer(";", ",", "\x07", "", "\x1b", "", "\u009c", "")
	title, text = plain.Replace(model.Clean(title)), plain.Replace(model.Clean(text))
	s := "\x1b]9;" + title + ": " + text + "\x07"
	switch sequenceFor(env) {
	case "99":
		s = "\x1b]99;i=cordpair;" + title + ": " + text + "\x1b\\"
	case "777":
		s = "\x1b]777;notify;" + title + ";" + text + "\x1b\\"
	}
	if env("TMUX") != "" { // tmux hands it on where allow-passthrough is on
		s = "\x1bPtmux;" + strings.ReplaceAll(s, "\x1b", "\x1b\x1b") + "\x1b\\"
	}
	return s
}
