package cli

import (
	"slices"
	"strings"
)

// filterKeys are what a word of a filter can name.
var filterKeys = []string{"state", "party", "direction", "context", "connect", "id"}

// callFilter is what calls must match: every word of it. An empty one matches
// all.
type callFilter []filterWord

type filterWord struct {
	not  bool
	key  string // one of filterKeys; empty: anything
	text string // in lower case
}

// parseFilter reads words such as bob, !bob, state:ringing and party:+1555. It
// refuses a key that it does not know; sip: and sips: begin addresses.
func parseFilter(s string) (callFilter, error) {
	var f callFilter
	for _, word := range strings.Fields(strings.ToLower(s)) {
		var w filterWord
		w.text, w.not = strings.CutPrefix(word, "!")
		if key, text, ok := strings.Cut(w.text, ":"); ok && key != "sip" && key != "sips" {
			if !slices.Contains(filterKeys, key) {
				return nil, usagef("--filter: there is no %q, type one of %s", key+":", strings.Join(filterKeys, ":, ")+":")
			}
			w.key, w.text = key, text
		}
		f = append(f, w)
	}
	return f, nil
}

func (f callFilter) matches(r callRecord) bool {
	for _, w := range f {
		if slices.ContainsFunc(w.fields(r), func(s string) bool { return strings.Contains(strings.ToLower(s), w.text) }) == w.not {
			return false
		}
	}
	return true
}

func (w filterWord) fields(r callRecord) []string {
	switch w.key {
	case "state":
		return []string{r.State}
	case "party":
		return []string{r.From, r.To}
	case "direction":
		return []string{r.Direction}
	case "context":
		return []string{r.Context}
	case "connect":
		return []string{r.ConnectState}
	case "id":
		return []string{r.ID, r.PeerID}
	}
	return []string{r.ID, r.State, r.Direction, r.From, r.To, r.Context, r.PeerID, r.ConnectState}
}
