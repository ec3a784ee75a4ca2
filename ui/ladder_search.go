package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/theme"
)

func (v *ladder) search() *edit      { return &v.find }
func (v *ladder) enter(*App) tea.Cmd { return nil }

// fitting are the steps that have all words of the search, in what is drawn of
// them or in the message itself; the clock goes on from the first of all.
func (v *ladder) fitting(list []rung) []rung {
	if len(list) > 0 {
		v.first = list[0].at
	}
	words := strings.Fields(strings.ToLower(v.find.text()))
	if len(words) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(r rung) bool {
		return !hasAll(strings.Join([]string{r.layer.String(), string(r.leg), r.word, r.detail, r.raw}, " "), words)
	})
}

// searchLines is the field of the search while there is one.
func (v *ladder) searchLines(a *App, w int) []string {
	s, open := a.overlay().(*searching)
	if v.find.text() == "" && (!open || s.on != searcher(v)) {
		return nil
	}
	return []string{a.searchLine(&v.find, w, "search")}
}

// noneFits is the ladder when the search leaves no step.
func (v *ladder) noneFits(a *App, w, h int) []string {
	return append(v.searchLines(a, w), a.says(w, h-1, []span{{a.st.Of(theme.Text), "No step fits."}},
		[]span{{a.st.Of(theme.Title), "esc"}, {a.st.Of(theme.Text), " clears the search"}})...)
}
