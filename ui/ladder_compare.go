package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// whyCompare: a marked step comes before a marked call.
func (a *App) whyCompare() error {
	switch {
	case a.ladderCall() == nil:
		return errNoSelection
	case a.ladder.marked != nil:
		r, _, ok := a.ladder.rung(a)
		if !ok {
			return errNoSteps
		}
		return a.whyCompareStep(&r)
	case a.ladder.against == "" && a.compareWith() == "":
		return errNoCompare
	}
	return nil
}

// compareWith is the first marked call that is not the selected one.
func (a *App) compareWith() model.CallID {
	for _, c := range a.legs {
		if a.marked[c.ID] && c.ID != a.ladder.subject(a) {
			return c.ID
		}
	}
	return ""
}

func (a *App) doCompare() tea.Cmd {
	switch {
	case a.ladder.marked != nil:
		return a.doCompareStep()
	case a.ladder.against != "":
		a.ladder.against = ""
		return nil
	}
	a.ladder.against = a.compareWith()
	a.say(levelInfo, "Compared with "+a.numbered(a.book.Call(a.ladder.against))+": + only here, - only there.")
	return nil
}

// sameRung reports whether two steps are the same thing at another time.
func sameRung(x, y *rung) bool {
	return x.layer == y.layer && x.leg == y.leg && x.out == y.out && x.word == y.word
}

// compare lines two ladders up: the longest common run of steps stands once,
// with the times of the first.
func compare(own, other []rung) []rung {
	out := make([]rung, 0, len(own)+len(other))
	shift := time.Duration(0) // from there to here, so that what is only there has a time here
	if len(own) > 0 && len(other) > 0 {
		shift = own[0].at.Sub(other[0].at)
	}
	for _, p := range align(len(own), len(other), func(i, j int) bool { return sameRung(&own[i], &other[j]) }) {
		switch {
		case p.two == none:
			r := own[p.one]
			r.mark = '+'
			out = append(out, r)
		case p.one == none:
			r := other[p.two]
			r.mark, r.at, r.shift = '-', r.at.Add(shift), shift
			out = append(out, r)
		default:
			out = append(out, own[p.one])
		}
	}
	return out
}

// own is the step as it was, at its own time.
func (r *rung) own() step {
	s := r.step
	s.at = s.at.Add(-r.shift)
	return s
}

// pair is where something stands in two lists: in one of them it may be none.
type pair struct{ one, two int }

const none = -1

// align lines a list of n up with one of m by their longest common run. What is
// only in the first stands before what is only in the second.
func align(n, m int, same func(i, j int) bool) []pair {
	// common[i][j] is how many the lists from i and from j on have in common.
	common := make([][]int, n+1)
	for i := range common {
		common[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(i, j) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	out := make([]pair, 0, n+m)
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && same(i, j):
			out = append(out, pair{i, j})
			i++
			j++
		case j >= m || i < n && common[i+1][j] >= common[i][j+1]:
			out = append(out, pair{i, none})
			i++
		default:
			out = append(out, pair{none, j})
			j++
		}
	}
	return out
}
