package ui

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// batch folds what the feed brought and asks for more.
func (a *App) batch(msg batchMsg) tea.Cmd {
	version := a.book.Version()
	for _, ev := range msg.events {
		a.apply(ev)
		a.advance()
	}
	if a.book.Version() != version {
		a.changed()
	}
	if msg.err != nil {
		if !errors.Is(msg.err, context.Canceled) {
			a.feedErr = msg.err
			a.log.note(logLine{at: a.now, level: logError, kind: "link", text: "no events any more: " + msg.err.Error()})
		}
		a.dirty = true
		return nil
	}
	return a.pump.pull()
}

// apply folds one event, carries out what it calls for and tells the operator
// what a person should know of it.
func (a *App) apply(ev model.Event) {
	before := a.witness(ev)
	trunks := a.book.Trunks()
	required := a.book.Apply(ev)
	a.follow(ev)
	a.record(ev, before)
	a.chronicle(ev, before.id)
	a.logEvent(ev, before)
	switch ev := ev.(type) {
	case model.MediaSeen:
		a.measure(ev)
	case model.LevelsSeen:
		a.levelled(ev)
	case model.MonitorChanged:
		a.monitored(ev, before.monitor)
	case model.MessageSettled:
		a.textSettled(ev)
	case model.MessageReceived:
		a.textCame(ev)
	case model.TrunksChanged:
		a.trunkTurned(ev, trunks)
	}
	a.operated(ev, before)
	a.greet(ev, before)
	a.report(ev, before)
	a.give(required)
}

// witness is what was so before an event, to tell what it changed.
type witness struct {
	id      model.CallID
	known   bool
	state   model.CallState
	code    int
	tag     model.Tag
	attempt model.AttemptState
	link    model.LinkState
	tries   int
	order   model.Order
	monitor *model.Monitor
}

func (a *App) witness(ev model.Event) witness {
	w := witness{link: a.book.Link().State, tries: a.book.Link().Tries}
	switch ev := ev.(type) {
	case model.CallSeen:
		w.id = ev.Call.ID
	case model.ConnectChanged:
		w.id = ev.Call
	case model.LegReported:
		w.id = ev.Call
	case model.MonitorChanged:
		w.id = ev.Call
		if c := a.book.Call(ev.Call); c != nil {
			w.monitor = c.Monitor
		}
	case model.OrderSettled:
		w.order, _ = a.book.Order(ev.Order)
		if w.order.Command != nil {
			w.id = model.Target(w.order.Command)
		}
	}
	c := a.book.Call(w.id)
	if c == nil {
		return w
	}
	w.known, w.state, w.code = true, c.State, c.Leg.Code
	if parent := a.book.Call(c.Parent); parent != nil {
		c = parent
	}
	if c.Attempt != nil {
		w.tag, w.attempt = c.Attempt.Tag, c.Attempt.State
	}
	return w
}

// give hands required effects to the desk.
func (a *App) give(required []model.Required) {
	for _, r := range required {
		a.order(r.Command)
	}
}

// order gives one command to the desk.
func (a *App) order(cmd model.Command) {
	o := a.book.Give(cmd, a.now)
	a.recordOrder(o)
	a.opt.Desk.Do(o)
	a.dirty = true
}

// follow selects the call that was dialled here, once it is there. No other
// call moves the selection by coming.
func (a *App) follow(ev model.Event) {
	if seen, ok := ev.(model.CallSeen); ok && a.dialled != "" && seen.Call.Tag == a.dialled {
		a.selected, a.dialled = seen.Call.ID, ""
	}
}

// changed brings what is derived from the book up to date.
func (a *App) changed() {
	if a.still {
		a.stand()
	} else {
		a.list()
	}
	a.dirty = true
	a.settle()
	if len(a.trails) > a.book.Len() {
		a.trails.prune(a.book)
	}
}

// settle closes what is open about calls that have all ended meanwhile, so that
// its answer cannot be taken for anything else.
func (a *App) settle() {
	a.dropHeld()
	a.pruneMarks()
	a.pruneOps()
	for _, o := range a.over {
		f, about := o.(bound)
		if !about || len(f.about()) == 0 || len((&confirm{calls: f.about()}).living(a)) > 0 {
			continue
		}
		a.close(o)
		if c := a.book.Call(f.about()[0]); c != nil {
			if _, asks := o.(*confirm); asks {
				a.say(levelInfo, label(c)+" needs no hang-up: "+endOf(c))
			}
		}
		return
	}
}

// onTick lets time pass: deadlines, durations, messages that grow old.
func (a *App) onTick(msg tickMsg) {
	if msg.n != a.tick {
		return
	}
	a.ticking = false
	version := a.book.Version()
	before := a.pending()
	required := a.book.Deadlines(a.now)
	a.give(required)
	a.flush(false)
	a.recall()
	a.fileTrails(false)
	a.reportDeadlines(before)
	if a.book.Version() != version {
		a.chronicleAll()
		a.changed()
	}
	if a.toast.old(a.now) {
		a.toast = toast{}
		a.dirty = true
	}
	if a.tickSlow || a.moving() && (!a.opt.Calm || a.now.Second()%10 == 0) {
		a.dirty = true
	}
}

// moving reports whether something on the screen changes with the second.
func (a *App) moving() bool {
	if t, can := a.here().(ticker); can && t.moving(a) {
		return true
	}
	return a.live > 0 || a.book.Link().State != model.LinkUp || len(a.book.Orders()) > 0 ||
		a.leaving.mode != staying || a.clock == clockSeconds || a.look.times == timesAgo
}

// nextTick asks for the next second while something needs it, for the next
// minute when only the clock moves.
func (a *App) nextTick() tea.Cmd {
	fast := a.moving() || a.book.Len() > 0 || !a.toast.at.IsZero()
	if a.ticking && (!a.tickSlow || !fast) {
		return nil
	}
	if !fast && a.clock == clockOff {
		return nil
	}
	a.ticking, a.tickSlow = true, !fast
	a.tick++
	unit := time.Second
	if !fast {
		unit = time.Minute
	}
	return a.pump.after(unit-a.now.Sub(a.now.Truncate(unit)), a.tick)
}
