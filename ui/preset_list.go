package ui

import (
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

var errFixedPreset = errors.New("it is written in the configuration: change it there")

// presetList chooses a preset for the form, takes one away and renames one.
type presetList struct {
	finder
	form  *form
	doubt string // the preset that the same key takes away if it is pressed again
}

// The keys of the list besides those of a finder.
const (
	keyRemovePreset = "ctrl+x"
	keyRenamePreset = "ctrl+r"
)

// openPreset chooses a preset for the form.
func (f *form) openPreset(a *App) {
	p := &presetList{form: f, finder: finder{title: "Presets", ghost: "type to search",
		empty: "No preset yet: " + a.keyOf("form.save") + " saves the form as one."}}
	p.all, p.say = p.entries, p.asking
	a.open(p)
}

func (p *presetList) entries(a *App) []entry {
	var list []entry
	for _, one := range a.presets {
		note := summary(one.Request)
		if one.Context != "" {
			note = strings.TrimSpace("for " + one.Context + "  " + note)
		}
		list = append(list, entry{text: one.Name, note: note, do: func(*App) tea.Cmd { p.form.usePreset(one); return nil }})
	}
	return list
}

// chosen is the preset under the bar, nil when none is.
func (p *presetList) chosen(a *App) *Preset {
	list := p.found(a)
	if p.at >= len(list) {
		return nil
	}
	i := slices.IndexFunc(a.presets, func(one Preset) bool { return one.Name == list[p.at].text })
	if i < 0 {
		return nil
	}
	return &a.presets[i]
}

func (p *presetList) key(a *App, k tea.KeyMsg) tea.Cmd {
	doubt := p.doubt
	p.doubt = ""
	one := p.chosen(a)
	name := k.String()
	switch {
	case name != keyRemovePreset && name != keyRenamePreset:
		return p.keyIn(a, k, p)
	case one == nil:
		return nil
	case one.Fixed:
		a.refuse("Preset "+one.Name, errFixedPreset)
		return nil
	case name == keyRenamePreset:
		p.rename(a, *one)
		return nil
	case doubt != one.Name:
		p.doubt = one.Name
		return nil
	}
	return p.remove(a, one.Name)
}

// asking is what stands in the foot while a preset is about to be taken away.
func (p *presetList) asking(a *App) []span {
	if p.doubt == "" {
		return nil
	}
	return []span{{a.st.Of(theme.Title), keyRemovePreset}, {a.st.Of(theme.Warn), " again takes preset " + p.doubt + " away for good"}}
}

func (p *presetList) remove(a *App, name string) tea.Cmd {
	if p.form.preset == name {
		p.form.preset = ""
	}
	store := a.opt.Presets
	return changePresets(store, "Preset "+name+" is taken away.", func() error { return store.Remove(name) })
}

// rename asks for another name.
func (p *presetList) rename(a *App, one Preset) {
	f := &prompt{title: "Rename preset " + one.Name, verb: "renames", ghost: one.Name,
		done: func(a *App, _ *model.Call, name string) (tea.Cmd, error) {
			switch name = strings.TrimSpace(name); {
			case name == "":
				return nil, errNoName
			case name == one.Name:
				return nil, nil
			case slices.ContainsFunc(a.presets, func(old Preset) bool { return old.Name == name }):
				return nil, errors.New("there is a preset of that name")
			}
			if p.form.preset == one.Name {
				p.form.preset = name
			}
			store, next := a.opt.Presets, one
			next.Name = name
			return changePresets(store, "Preset "+one.Name+" is now "+name+".", func() error {
				if err := store.Save(next); err != nil {
					return err
				}
				return store.Remove(one.Name)
			}), nil
		}}
	f.field.set(one.Name)
	a.open(f)
}

func (p *presetList) hints(a *App) []hint {
	one := p.chosen(a)
	off := one == nil || one.Fixed
	list := p.finder.hints(a)
	return slices.Insert(list, len(list)-1, hint{key: keyRemovePreset, text: "take away", off: off}, hint{key: keyRenamePreset, text: "rename", off: off})
}
