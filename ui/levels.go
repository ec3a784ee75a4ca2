package ui

import (
	"slices"
	"time"

	"cordpair/model"
)

// levels are those of the meters on the screen.
type levels struct {
	of      map[model.CallID]model.LegLevel
	at      time.Time
	watched []model.CallID // whose were asked for
}

// metered are the legs whose meters are on the screen: those of the selected
// call, while they are up and their panes are there.
func (a *App) metered() []model.CallID {
	c := a.current()
	if c == nil || a.at != atCalls || a.small() || a.opt.Calm || a.areas(a.h-4).legs == 0 {
		return nil
	}
	var list []model.CallID
	for _, leg := range []*model.Call{c, a.book.Peer(c)} {
		if leg != nil && leg.Up() {
			list = append(list, leg.ID)
		}
	}
	return list
}

// watchLevels asks for the levels of what is on the screen, when that changed.
func (a *App) watchLevels() {
	if a.opt.Levels == nil {
		return
	}
	if list := a.metered(); !slices.Equal(list, a.levels.watched) {
		a.levels.watched = list
		a.opt.Levels(list)
	}
}

// levelLife is how long a level stands without a newer one.
const levelLife = time.Second

// levelled takes the levels of the meters. The screen is drawn again only where
// a bar grows or shrinks.
func (a *App) levelled(ev model.LevelsSeen) {
	was := a.levels.of
	a.levels.of, a.levels.at = make(map[model.CallID]model.LegLevel, len(ev.Legs)), a.now
	for _, l := range ev.Legs {
		a.levels.of[l.Call] = l
		old, known := was[l.Call]
		if slices.Contains(a.levels.watched, l.Call) && (!known || !alike(old.In, l.In) || !alike(old.Out, l.Out)) {
			a.dirty = true
		}
	}
}

// alike reports whether two levels look the same.
func alike(x, y float64) bool {
	return barCells(x, longestBar) == barCells(y, longestBar) && (x > loudest) == (y > loudest)
}

// levelOf is how loud a leg is: by its meter, or by the figures of the last
// second.
func (a *App) levelOf(m model.LegMedia) (in, out float64) {
	if l, known := a.levels.of[m.Call]; known && a.now.Sub(a.levels.at) < levelLife {
		return l.In, l.Out
	}
	return m.LevelIn, m.LevelOut
}
