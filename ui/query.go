package ui

import (
	"strings"

	"cordpair/model"
)

// query is a filter as it is typed: words that must all fit; ! before a word
// inverts it, and state: party: hdr: reason: look in one place only.
type query []clause

type clause struct {
	not   bool
	where string // empty: anywhere
	word  string
}

// queryFields are the places that a word can be looked for.
var queryFields = []string{"state", "party", "hdr", "reason"}

func parseQuery(text string) query {
	var q query
	words, _ := splitWords(text) // a quote that is not closed yet is being typed
	for _, w := range words {
		var t clause
		t.word = strings.ToLower(w)
		t.word, t.not = strings.CutPrefix(t.word, "!")
		for _, f := range queryFields {
			if rest, found := strings.CutPrefix(t.word, f+":"); found {
				t.where, t.word = f, rest
			}
		}
		if t.word != "" {
			q = append(q, t)
		}
	}
	return q
}

// fits reports whether a call fits every word.
func (q query) fits(a *App, c *model.Call) bool {
	for _, t := range q {
		if t.fits(a, c) == t.not {
			return false
		}
	}
	return true
}

func (t clause) fits(a *App, c *model.Call) bool {
	has := func(list ...string) bool {
		for _, s := range list {
			if strings.Contains(strings.ToLower(s), t.word) {
				return true
			}
		}
		return false
	}
	in := func(field string) bool { return t.where == "" || t.where == field }
	peer := a.book.Peer(c)
	switch {
	case in("state") && has(stateWord(c), c.ConnectState().String()):
	case in("party") && has(c.From.String(), c.To.String(), "#"+string(appendInt(nil, c.Number))):
	case in("party") && c.Attempt != nil && has(c.Attempt.Request.To):
	case in("party") && peer != nil && has(peer.To.String()):
	case in("hdr") && headersFit(has, c.Headers, c.Leg.HeadersReceived, c.Leg.HeadersSent):
	case in("reason") && (causeFits(has, c.End) || c.Attempt != nil && causeFits(has, c.Attempt.Cause)):
	case t.where == "" && has(string(c.ID), c.Context, a.noteOf(c.ID)):
	default:
		return false
	}
	return true
}

func headersFit(has func(...string) bool, lists ...[]model.Header) bool {
	for _, list := range lists {
		for _, h := range list {
			if has(h.Name + ": " + h.Value) {
				return true
			}
		}
	}
	return false
}

func causeFits(has func(...string) bool, c model.Cause) bool {
	return !c.IsZero() && has(c.Word, c.SIP(), c.By.String(), remedies[c.Word].short)
}
