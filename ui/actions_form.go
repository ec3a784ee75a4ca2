package ui

import tea "github.com/charmbracelet/bubbletea"

// formActions are the keys of the form.
func formActions() []action {
	on := func(do func(f *form, a *App)) func(*App) tea.Cmd {
		return func(a *App) tea.Cmd {
			if f, ok := a.overlay().(*form); ok {
				do(f, a)
			}
			return nil
		}
	}
	presets := func(a *App) error {
		if a.opt.Presets == nil {
			return errNoPresets
		}
		return nil
	}
	return []action{
		{name: "form.connect", keys: []string{"ctrl+g"}, label: "connect", rank: 10, group: groupForm, where: inForm, acts: true,
			help: "connect now, from any field", do: on((*form).fire)},
		{name: "form.preview", keys: []string{"ctrl+x"}, label: "preview", rank: 7, group: groupForm, where: inForm,
			help: "show the checks and the frame that would be sent", do: on(func(f *form, _ *App) { f.preview = !f.preview; f.scroll.top() })},
		{name: "form.advanced", keys: []string{"ctrl+t"}, label: "advanced", rank: 8, group: groupForm, where: inForm,
			help: "show or hide the advanced fields", do: on(func(f *form, _ *App) { f.toggle() })},
		{name: "form.past", keys: []string{"ctrl+r"}, label: "past", rank: 5, group: groupForm, where: inForm,
			help: "search past connects", do: on((*form).openPast)},
		{name: "form.presets", keys: []string{"ctrl+o"}, label: "presets", rank: 4, group: groupForm, where: inForm,
			help: "open a preset", why: presets, do: on((*form).openPreset)},
		{name: "form.save", keys: []string{"ctrl+s"}, label: "save", rank: 2, group: groupForm, where: inForm,
			help: "save the form as a preset", why: presets, do: on((*form).savePreset)},
		{name: "form.copy", keys: []string{"ctrl+y"}, label: "copy", rank: 2, group: groupForm, where: inForm,
			help: "copy as Node v3, Node v4, Go, Python, JSON; pasted code fills the form", do: on((*form).copyCode)},
		{name: "form.next", keys: []string{"tab"}, label: "next", rank: 5, group: groupForm, where: inForm,
			help: "next field; down and enter too", do: on(func(f *form, _ *App) { f.next() })},
		{name: "form.previous", keys: []string{"shift+tab"}, group: groupForm, where: inForm,
			help: "previous field; up too", do: on(func(f *form, _ *App) { f.step(-1) })},
		{name: "form.help", keys: []string{"f1"}, label: "help", rank: 4, group: groupForm, where: inForm,
			help: "this help", do: func(a *App) tea.Cmd { return a.doHelp() }},
		{name: "form.cancel", keys: []string{"esc"}, label: "cancel", rank: 9, group: groupForm, where: inForm,
			help: "close the suggestions, then the form", do: on((*form).cancel)},
	}
}
