package ui

import (
	"slices"
	"strconv"
	"time"

	"cordpair/theme"
)

// setting is one row of the view menu. Its values are words, as they are kept
// between runs.
type setting struct {
	name, title string
	about       string
	words       func(a *App) []string // nil: any text
	value       func(a *App) string
	set         func(a *App, v string)
	shown       func(a *App) string // nil: the value
	open        func(a *App)        // a dialog of its own
}

// settingRows is the table of all view settings.
func settingRows() []setting {
	return slices.Concat(lookRows(), columnRows(), layoutRows(), behaviourRows())
}

// fixed are words that never change.
func fixed(words ...string) func(*App) []string { return func(*App) []string { return words } }

// either is a setting that is on or off, each with a word.
func either(name, title, about, on, off string, at func(a *App) *bool, after func(a *App)) setting {
	return setting{name: name, title: title, about: about, words: fixed(on, off),
		value: func(a *App) string {
			if *at(a) {
				return on
			}
			return off
		},
		set: func(a *App, v string) {
			*at(a) = v == on
			if after != nil {
				after(a)
			}
		}}
}

// lookRows are how things look.
func lookRows() []setting {
	return []setting{
		{name: "theme", title: "Theme", about: "auto follows the terminal's background", words: fixed(theme.Names()...),
			value: func(a *App) string { return a.th.Name }, set: func(a *App, v string) { a.setTheme(a.th.With(v)) }},
		{name: "borders", title: "Borders", about: "ASCII for terminals without line drawing", words: fixed("lines", "ASCII"),
			value: func(a *App) string { return verb(b2i(a.th.ASCII), "ASCII", "lines") },
			set: func(a *App, v string) {
				t := a.th
				t.ASCII = v == "ASCII"
				a.setTheme(t)
			}},
		either("density", "Density", "comfortable leaves a line between rows", "comfortable", "compact", func(a *App) *bool { return &a.look.airy }, nil),
		{name: "clock", title: "Clock", about: "the time on the first line", words: fixed(clockWords[:]...),
			value: func(a *App) string { return a.clock.String() },
			set:   func(a *App, v string) { a.clock = clockMode(slices.Index(clockWords[:], v)) }},
		{name: "times", title: "Times", about: "when things happened: by the clock, or how long ago", words: fixed(timeWords[:]...),
			value: func(a *App) string { return timeWords[a.look.times] },
			set:   func(a *App, v string) { a.look.times = timeMode(slices.Index(timeWords[:], v)) }},
	}
}

// layoutRows are what is where.
func layoutRows() []setting {
	return []setting{
		either("legs", "Rows", "whether peers have rows of their own (L)", "every leg", "callers, with their peers",
			func(a *App) *bool { return &a.allLegs }, (*App).list),
		{name: "split", title: "Legs", about: "how A and B of the selected call lie (v)", words: fixed(splitNames[:]...),
			value: func(a *App) string { return a.panes.split.String() },
			set:   func(a *App, v string) { a.splitLegs(splitMode(slices.Index(splitNames[:], v))) }},
	}
}

// behaviourRows are what the program does.
func behaviourRows() []setting {
	return []setting{
		either("mouse", "Mouse", "off: the terminal selects text; on: with shift held", "off", "on", func(a *App) *bool { return &a.opt.NoMouse }, nil),
		either("motion", "Motion", "reduced: times move every ten seconds, meters rest", "reduced", "full", func(a *App) *bool { return &a.opt.Calm }, nil),
		{name: "undo", title: "Undo", about: "how long what ends a call can be taken back", words: undoWords,
			value: func(a *App) string { return undoWord(a.opt.Undo) },
			set:   func(a *App, v string) { a.opt.Undo = undoOf(v) }},
		either("bell", "Bell", "the terminal's bell", "when a call rings", "off", func(a *App) *bool { return &a.opt.Bell }, nil),
		{name: "notify", title: "Notification", about: "by the desktop while the terminal has no focus; osc: any terminal", words: fixed(Notifies()...),
			value: func(a *App) string { return firstWord(string(a.opt.Notify), string(NotifyOff)) },
			set:   func(a *App, v string) { a.opt.Notify = Notify(v) }},
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// undoWords are the lengths to choose from, the one in force among them.
func undoWords(a *App) []string {
	list := []time.Duration{0, 1, 2, 3, 5, 10}
	var words []string
	for _, d := range list {
		words = append(words, undoWord(d*time.Second))
	}
	if now := undoWord(a.opt.Undo); !slices.Contains(words, now) {
		words = append(words, now)
	}
	return words
}

func undoWord(d time.Duration) string {
	if d <= 0 {
		return "off"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
}

// undoOf reads what undoWord wrote.
func undoOf(word string) time.Duration {
	n, err := strconv.ParseFloat(word[:max(0, len(word)-2)], 64)
	if err != nil {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}
