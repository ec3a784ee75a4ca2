package ui

import (
	"context"
	"io"
	"time"

	"github.com/charmbracelet/lipgloss"

	"cordpair/model"
	"cordpair/theme"
)

// Feed is where events come from.
type Feed interface {
	// Take waits for at least one event and returns all that have come, in
	// their order. It returns an error when the context ends or no event can
	// ever come again.
	Take(ctx context.Context) ([]model.Event, error)
	// Depth is how many events wait.
	Depth() int
}

// Desk is where orders go. Its methods return at once.
type Desk interface {
	// Do carries an order out; the outcome comes as an OrderSettled event.
	Do(model.Order)
	// Preview is the frame that a command would send, for people to read.
	Preview(model.Command) string
	// Reconnect tries the link now instead of at its next time.
	Reconnect()
	// Reread asks again for what the server can list; it comes as events.
	Reread()
}

// Options is what a console needs. Feed, Desk and Theme are required; every
// other zero value has a meaning.
type Options struct {
	Feed  Feed
	Desk  Desk
	Theme theme.Theme

	// Frames tells RELAY frames for the log and the ladder; nil: they show what
	// events say.
	Frames Frames
	// Save writes a file where the operator finds it and returns its path; it is
	// called off the screen's goroutine. Nil: nothing is written.
	Save func(name string, data []byte) (path string, err error)
	// Journal keeps the history; nil: only this run's is known.
	Journal Journal
	// Ladders keeps what was said of each call; nil: only of those still known.
	Ladders Ladders

	Clock  func() time.Time // time.Now
	NewTag func() model.Tag // random

	Title string // shown first on the status line: cordpair
	Relay string // the server's URL, until the link tells it
	SIP   string // where phones reach the exchange, until the link tells it
	From  string // the operator's own address: who a dial and a connect come from
	Phone string // the operator's own phone, which is called to monitor
	// KeepPhone remembers the phone that the operator gave; it is called off the
	// screen's goroutine. Nil: it is forgotten with the console.
	KeepPhone func(phone string) error
	// Levels asks for the levels of some legs, four times a second, in place of
	// those before. It must return at once. Nil: meters move with the figures of
	// every second.
	Levels func(calls []model.CallID)

	// Carries says that live calls run through this program, so that leaving
	// it ends them: q asks first.
	Carries bool
	// ReadOnly shows everything and changes nothing (--watch).
	ReadOnly bool
	// Filter is what the list of calls is filtered by at the start, as / takes it.
	Filter string
	// Wall starts on the Wall screen.
	Wall bool
	// Calm moves durations every ten seconds instead of every second, for slow
	// lines and eyes that want rest.
	Calm bool
	// FPS is how often a second the screen is drawn at most; 0 means 60. Below 4
	// the console is calm too.
	FPS int
	// NoMouse leaves the mouse to the terminal, which then selects text.
	NoMouse bool
	// Bell rings the terminal's bell when a call begins to ring.
	Bell bool
	// Notify is how else the operator is called; empty is off.
	Notify Notify
	// Env looks up a variable of the environment; nil asks the process.
	Env func(name string) string
	// AllLegs shows peer legs as rows of their own from the start.
	AllLegs bool
	// Greeting is what a caller hears once an operator has answered: words to
	// speak, or what the form's ringback takes. Empty: nothing.
	Greeting string
	// Undo is how long an order that ends or changes somebody's call can be
	// taken back before it is sent; 0 sends at once. See the constant Undo.
	Undo time.Duration
	// Recall is how long a parked call waits until the console reminds of it;
	// 0 means DefaultRecall.
	Recall time.Duration
	// Copy puts a text into the clipboard and says how; it is called off the
	// screen's goroutine. Nil asks the terminal and the session's programs.
	Copy func(text string) (how string, err error)
	// View is what was chosen in the view menu in earlier runs, by the names of
	// the settings.
	View map[string]Choice
	// KeepView keeps what is chosen; it is called off the screen's goroutine, with
	// all choices. Nil: they hold for this run.
	KeepView func(map[string]Choice) error
	// Setup is how this console is set up; nil: it cannot tell.
	Setup *Setup
	// Presets keeps the form's presets; nil: there are none.
	Presets Presets
	// Keymap moves keys; Keymap.Check finds what does not fit together.
	Keymap Keymap
	// OnQuit is called once when the operator leaves, before the screen goes;
	// it must return at once.
	OnQuit func()

	// Input and Output are the terminal; nil means the process's own. Output is
	// written to by more than one goroutine.
	Input  io.Reader
	Output io.Writer
	// Renderer fixes the colour profile; nil asks Output.
	Renderer *lipgloss.Renderer
}
