package ui

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/model/journal"
)

// pastConnects lists the connects of the journal, newest first, each request
// once.
func (a *App) pastConnects() []journal.Entry {
	var list []journal.Entry
	seen := make(map[string]bool)
	for _, e := range slices.Backward(a.history.book.Entries()) {
		if e.Kind != journal.Connect || e.Request.To == "" {
			continue
		}
		key := summary(e.Request) + " " + e.Request.From
		if !seen[key] {
			seen[key] = true
			list = append(list, e)
		}
	}
	return list
}

// openPast searches past connects for one to fill the form with.
func (f *form) openPast(a *App) {
	a.open(&finder{title: "Past connects", ghost: "type to search", empty: "Nothing was connected yet.",
		all: func(a *App) []entry {
			var list []entry
			for _, e := range a.pastConnects() {
				list = append(list, entry{text: summary(e.Request), note: a.outcomeOf(e), hay: e.Request.From + " " + e.To.String(),
					do: func(*App) tea.Cmd { f.fill(e.Request); return nil }})
			}
			return list
		}})
}

// outcomeOf says how a past connect went and how long ago.
func (a *App) outcomeOf(e journal.Entry) string {
	return outcomeWord(&e) + ", " + since(a.now.Sub(e.Began)) + " ago"
}

// outcomeWord says how a past connect went.
func outcomeWord(e *journal.Entry) string {
	switch {
	case !e.Answered.IsZero():
		return "answered after " + tenths(e.Waited()) + " s"
	case !e.Over():
		return "under way"
	}
	if sip := strings.TrimSpace(e.End.SIP()); sip != "" {
		return sip
	}
	return e.End.Word
}

// since writes how long ago something was, roughly.
func since(d time.Duration) string {
	switch {
	case d < time.Minute:
		return plural(int(max(0, d)/time.Second), "second")
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

// answerTimes are how long a target took to answer, the shortest first, and how
// the last connect to it went; nil when there was none.
func (a *App) answerTimes(to string) (waits []time.Duration, last *journal.Entry) {
	uri := model.LooseAddress(to).URI
	for _, e := range a.history.book.Entries() {
		if e.Kind != journal.Connect || !strings.EqualFold(model.LooseAddress(e.Request.To).URI, uri) {
			continue
		}
		if !e.Answered.IsZero() {
			waits = append(waits, e.Waited())
		}
		if e.Over() || !e.Answered.IsZero() {
			last = &e
		}
	}
	slices.Sort(waits)
	return waits, last
}

// percentile of sorted lengths.
func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, len(list)*p/100)]
}
