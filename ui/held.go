package ui

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// Undo is how long an order that ends or changes somebody's call is held back
// by default, so that it can be taken back.
const Undo = 2 * time.Second

// held is an order that waits to be sent.
type held struct {
	batch uint64 // those given at once are taken back at once
	cmd   model.Command
	doing string // hanging up
	due   time.Time
}

// heldMsg says that the time of a held order may have come.
type heldMsg struct{}

// gate holds orders back for as long as they can be undone, or sends them at
// once when that is no time. It is for what ends or changes somebody's call,
// never for an answer. A model.Disconnect stands for parting a call from its
// peer, whatever that takes by then.
func (a *App) gate(doing string, cmds ...model.Command) tea.Cmd {
	a.dirty = true
	if a.opt.Undo <= 0 {
		for _, cmd := range cmds {
			a.send(cmd)
		}
		return nil
	}
	a.batches++
	for _, cmd := range cmds {
		a.held = append(a.held, held{batch: a.batches, cmd: cmd, doing: doing, due: a.now.Add(a.opt.Undo)})
	}
	return a.pump.later(a.opt.Undo, heldMsg{})
}

// send gives an order that was held, or one that needed no waiting.
func (a *App) send(cmd model.Command) {
	d, part := cmd.(model.Disconnect)
	if !part {
		a.order(cmd)
		a.changed()
		return
	}
	required, err := a.book.Release(d.Call, a.now)
	if err != nil {
		a.refuse("Disconnect", err)
		return
	}
	a.give(required)
	a.changed()
}

// flush sends the held orders whose time has come; with all, every one.
func (a *App) flush(all bool) {
	before := len(a.held)
	defer func() {
		if len(a.held) < before && len(a.held) == 0 && a.said == a.gated.said {
			a.say(levelInfo, a.gated.text+a.delayed())
		}
	}()
	for i := 0; i < len(a.held); {
		if h := a.held[i]; all || !a.now.Before(h.due) {
			a.held = slices.Delete(a.held, i, i+1)
			a.send(h.cmd)
			continue
		}
		i++
	}
}

// dropHeld forgets held orders about calls that have ended meanwhile.
func (a *App) dropHeld() {
	a.held = slices.DeleteFunc(a.held, func(h held) bool {
		c := a.book.Call(model.Target(h.cmd))
		return c == nil || c.State == model.Ended
	})
}

// heldOn is what waits to be done to a call, nil when nothing does.
func (a *App) heldOn(id model.CallID) *held {
	for i := range a.held {
		if model.Target(a.held[i].cmd) == id {
			return &a.held[i]
		}
	}
	return nil
}

// heldText says what is about to be done to a call or its peer: "hanging up in
// 2 s, u keeps".
func (a *App) heldText(c *model.Call) string {
	h := a.heldOn(c.ID)
	if peer := a.book.Peer(c); h == nil && peer != nil {
		h = a.heldOn(peer.ID)
	}
	if h == nil {
		return ""
	}
	return h.doing + " in " + string(appendInt(nil, secondsLeft(h.due.Sub(a.now)))) + " s, " + a.keyOf("call.undo") + " keeps"
}

// secondsLeft rounds up: what is left is never told as nothing.
func secondsLeft(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

// keyOf is the key to tell people for an action.
func (a *App) keyOf(name string) string {
	if act := a.named(name); act != nil {
		return act.shown()
	}
	return ""
}

func (a *App) whyUndo() error {
	if len(a.held) == 0 {
		return errNothingHeld
	}
	return nil
}

// doUndo takes back what was ordered last and not sent yet.
func (a *App) doUndo() tea.Cmd {
	last := a.held[len(a.held)-1].batch
	var names []string
	a.held = slices.DeleteFunc(a.held, func(h held) bool {
		if h.batch != last {
			return false
		}
		names = append(names, label(a.book.Call(model.Target(h.cmd))))
		return true
	})
	a.dirty = true
	a.cache.clear()
	a.say(levelGood, "Kept "+listed(names)+": nothing was sent.")
	return nil
}

// listed names a few and counts the rest.
func listed(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and " + string(appendInt(nil, len(names)-most)) + " more"
	}
	return strings.Join(names, ", ")
}

// tellGate says what was ordered and, while it can be, how to take it back.
func (a *App) tellGate(doing, who, more string) {
	if a.opt.Undo <= 0 {
		a.say(levelInfo, doing+" "+who+"."+more+a.delayed())
		return
	}
	a.toast = toast{} // how to take it back is told whatever else was said
	a.say(levelInfo, doing+" "+who+" in "+string(appendInt(nil, secondsLeft(a.opt.Undo)))+" s."+more,
		hint{key: a.keyOf("call.undo"), text: "keep"})
	a.gated = gated{said: a.said, text: doing + " " + who + "." + more}
}

// gated is the message about the newest held orders, and what it becomes when
// they are sent.
type gated struct {
	said uint64
	text string
}
