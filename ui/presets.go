package ui

import (
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// Preset is a connect request with a name. A preset without a target leaves the
// one that is typed. Context makes it what the form begins with on calls that
// came by that context.
type Preset struct {
	Name    string
	Context string
	Request model.ConnectRequest
	Fixed   bool `json:"-"` // written in the configuration: it cannot be taken away or renamed here
}

// Presets keeps presets beyond the program. Its methods are called off the
// screen's goroutine, possibly at the same time.
type Presets interface {
	Load() ([]Preset, error)
	// Save keeps a preset, in place of an earlier one of the same name.
	Save(Preset) error
	// Remove forgets a saved preset; one of that name in the configuration
	// shows again. An unknown name is no error.
	Remove(name string) error
}

var (
	errNoPresets = errors.New("presets are not kept here")
	errNoName    = errors.New("type a name")
)

// presetsMsg is what was loaded, or what became of a change.
type presetsMsg struct {
	list []Preset
	done string // what was changed, a sentence; empty: loaded
	err  error
}

// loadPresets asks for the presets.
func (a *App) loadPresets() tea.Cmd {
	if a.opt.Presets == nil {
		return nil
	}
	p := a.opt.Presets
	return func() tea.Msg {
		list, err := p.Load()
		return presetsMsg{list: list, err: err}
	}
}

func (a *App) presetsCame(msg presetsMsg) {
	switch {
	case msg.err != nil && msg.done != "":
		a.say(levelBad, "The presets were not changed: "+msg.err.Error()+".")
	case msg.err != nil:
		a.say(levelWarn, "The presets could not be read: "+msg.err.Error()+".")
	default:
		a.presets = msg.list
		if msg.done != "" {
			a.say(levelGood, msg.done)
		}
	}
	a.dirty = true
}

// savePreset keeps a request under a name and reads the presets again. The
// default of a context is one preset: an earlier one gives way.
func (a *App) savePreset(p Preset) tea.Cmd {
	store := a.opt.Presets
	change := []Preset{p}
	for _, old := range a.presets {
		if p.Context != "" && old.Context == p.Context && old.Name != p.Name {
			old.Context = ""
			change = append(change, old)
		}
	}
	return changePresets(store, "Saved as preset "+p.Name+".", func() error {
		for _, one := range change {
			if err := store.Save(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// changePresets makes a change and reads the presets again.
func changePresets(store Presets, done string, change func() error) tea.Cmd {
	return func() tea.Msg {
		if err := change(); err != nil {
			return presetsMsg{done: done, err: err}
		}
		list, err := store.Load()
		return presetsMsg{list: list, done: done, err: err}
	}
}

// presetFor is the preset that belongs to a call's context, nil when none does.
func (a *App) presetFor(c *model.Call) *Preset {
	i := slices.IndexFunc(a.presets, func(p Preset) bool { return p.Context != "" && p.Context == c.Context })
	if i < 0 {
		return nil
	}
	return &a.presets[i]
}

// usePreset fills the form; what the preset leaves out of the addresses stays.
func (f *form) usePreset(p Preset) {
	now, r := f.request(), p.Request
	if r.To == "" {
		r.To = now.To
	}
	if r.From == "" {
		r.From = now.From
	}
	f.fill(r)
	f.preset = p.Name
}

// fill loads a request and opens the advanced fields when it uses them.
func (f *form) fill(r model.ConnectRequest) {
	f.advanced = f.advanced || usesAdvanced(r)
	f.load(r)
	if !f.visible(f.at) || f.slot >= f.items[f.at].slots() {
		f.at, f.slot = 0, 0
	}
}

// savePreset asks for a name.
func (f *form) savePreset(a *App) {
	context := ""
	if c := a.book.Call(f.call); c != nil {
		context = c.Context
	}
	var p *prompt
	p = &prompt{title: "Save as preset", verb: "saves", ghost: "support to bob", hint: "A preset of the same name is replaced.",
		done: func(a *App, _ *model.Call, name string) (tea.Cmd, error) {
			if name = strings.TrimSpace(name); name == "" {
				return nil, errNoName
			}
			f.preset = name
			one := Preset{Name: name, Request: f.request()}
			if p.chosen {
				one.Context = context
			}
			return a.savePreset(one), nil
		}}
	if context != "" {
		p.choice = "the form begins with it on calls by " + context
		i := slices.IndexFunc(a.presets, func(p Preset) bool { return p.Name == f.preset })
		p.chosen = i >= 0 && a.presets[i].Context == context
	}
	p.field.set(f.preset)
	a.open(p)
}

// summary tells a request in a line: where to, and what differs from nothing.
func summary(r model.ConnectRequest) string {
	var parts []string
	add := func(there bool, s string) {
		if there {
			parts = append(parts, s)
		}
	}
	add(r.To != "", targetName(r))
	add(r.Timeout != 0, model.FormatSeconds(r.Timeout)+" s")
	add(len(r.Codecs) > 0, strings.Join(r.Codecs, ","))
	for _, h := range r.Headers {
		parts = append(parts, h.Name+"="+h.Value)
	}
	for _, m := range r.Ringback {
		parts = append(parts, m.String())
	}
	add(r.MaxPricePerMinute != 0, "$"+r.MaxPricePerMinute.String())
	add(r.WebRTCMedia != model.Default, "webrtc "+r.WebRTCMedia.String())
	return strings.Join(parts, "  ")
}
