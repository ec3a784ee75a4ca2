package ui

import (
	"strings"

	"cordpair/model"
	"cordpair/theme"
)

// targetName names who a request calls: one party, or the first of several.
func targetName(r model.ConnectRequest) string {
	h := r.Hunt()
	n := 0
	for _, step := range h {
		n += len(step)
	}
	if n < 2 {
		return model.LooseAddress(r.To).Brief()
	}
	return model.LooseAddress(h[0][0]).Brief() + " and " + string(appendInt(nil, n-1)) + " more"
}

// huntLines draw a connect of several targets as a tree, each with the state of
// its leg.
func (a *App) huntLines(c *model.Call) []legLine {
	at := c.Attempt
	if !at.Request.Several() {
		return nil
	}
	legs := make(map[string]*model.Call) // the last leg to each target
	for _, leg := range a.book.Rows(true) {
		if leg.Parent == c.ID && (leg.Tag == at.Tag || leg.ID == at.Peer) {
			legs[strings.ToLower(leg.To.URI)] = leg
		}
	}
	var list []legLine
	steps := at.Request.Hunt()
	for i, step := range steps {
		for j, to := range step {
			name := ""
			if i == 0 && j == 0 {
				name = "hunt"
			}
			sign := string(appendInt(nil, i+1)) + " "
			if j > 0 {
				sign = "& "
			}
			word, role := a.branch(at, legs[strings.ToLower(to)])
			list = append(list, legLine{8, name, []span{{a.st.Of(theme.Muted), sign}, {a.st.Of(theme.Text), model.LooseAddress(to).Brief()},
				{a.st.Of(role), "  " + word}}})
		}
	}
	return list
}

// branch is the state of one target of a hunt.
func (a *App) branch(at *model.Attempt, leg *model.Call) (string, theme.Role) {
	switch {
	case leg == nil && at.State.Active() && at.State != model.Connected:
		return "waits", theme.Muted
	case leg == nil:
		return "not called", theme.Muted
	case leg.ID == at.Peer && at.State == model.Connected:
		return "connected " + brief(a.now.Sub(at.Joined)), theme.Good
	case leg.State >= model.Ending:
		short := leg.End.Word
		if r, known := remedies[short]; known {
			short = r.short
		}
		if code := leg.End.Code; code != 0 {
			short = string(appendInt(nil, code)) + " " + short
		}
		return short, theme.Bad
	case leg.State == model.Ringing:
		return "ringing " + brief(leg.Age(a.now)), theme.Warn
	}
	return "dialing " + brief(leg.Age(a.now)), theme.Info
}
