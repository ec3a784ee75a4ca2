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
	name := "hunt"
	for _, b := range a.huntTree(at.Request.Hunt()) {
		word, role := a.branch(at, legs[strings.ToLower(b.to)])
		list = append(list, legLine{8, name, []span{{a.st.Of(theme.Faint), b.trunk}, {a.st.Of(theme.Text), b.name}, {a.st.Of(role), " " + word}}})
		name = ""
	}
	return list
}

// limb is one target of a hunt: the tree up to it, who it is, and its name
// filled up so that what stands behind it is in a column.
type limb struct{ trunk, to, name string }

// huntTree draws steps that are tried one after the other, and the targets that
// ring together in each.
func (a *App) huntTree(steps [][]string) []limb {
	const widest = 24
	var list []limb
	for i, step := range steps {
		for j, to := range step {
			trunk, group := "   ", ""
			if j == 0 {
				trunk = fork(i, len(steps), a.st.TopLeft, a.st.TeeLeft, a.st.BottomLeft, a.st.Horizontal) + a.st.Horizontal + string(appendInt(nil, i+1))
			} else if i < len(steps)-1 {
				trunk = a.st.Vertical + "  "
			}
			if len(step) > 1 {
				group = fork(j, len(step), a.st.TopLeft, a.st.TeeLeft, a.st.BottomLeft, "")
			}
			name := model.LooseAddress(to).Brief()
			list = append(list, limb{trunk + group + " ", to, name})
		}
	}
	most := 0
	for _, b := range list {
		most = max(most, cells(b.trunk)+min(widest, cells(b.name)))
	}
	for i := range list {
		b := &list[i]
		text, n := fit(b.name, widest, a.st.Ellipsis)
		b.name = text + strings.Repeat(" ", max(0, most-cells(b.trunk)-n))
	}
	return list
}

// fork is the sign of the i-th of n branches.
func fork(i, n int, first, middle, last, only string) string {
	switch {
	case n == 1:
		return only
	case i == 0:
		return first
	case i == n-1:
		return last
	}
	return middle
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
	case leg.End.Word == model.WordCancel:
		return shortCause(model.Cause{Word: model.WordCancel}), theme.Muted
	case leg.State >= model.Ending:
		return shortCause(leg.End), theme.Bad
	case leg.Leg.EndedBy != "": // RELAY tells its end when that of the connect is known
		return firstWord(model.Cause{Code: leg.Leg.Code, Phrase: leg.Leg.Phrase}.SIP(), "has ended"), theme.Bad
	case leg.State == model.Answered && at.State.Over():
		return "apart", theme.Muted
	case leg.State == model.Answered:
		return "answered " + brief(leg.Talk(a.now)), theme.Info
	case leg.State == model.Ringing:
		return "ringing " + brief(leg.Age(a.now)), theme.Warn
	}
	return "dialing " + brief(leg.Age(a.now)), theme.Info
}
