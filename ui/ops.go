package ui

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
	"cordpair/theme"
)

// operation is what was done to a leg from here and the server has taken.
type operation struct {
	held      bool
	recording string    // control id, empty while nothing is recorded
	parked    time.Time // zero: not parked
	recalled  time.Time // last reminder that it is parked
	bridged   string    // conference that joins it with another
	joining   bool      // the other is not there yet
	referred  referral
}

// DefaultRecall is how long a parked call waits until the console reminds.
const DefaultRecall = 2 * time.Minute

// op is what is known of a leg; change makes it known.
func (a *App) op(id model.CallID) operation {
	if o := a.ops[id]; o != nil {
		return *o
	}
	return operation{}
}

func (a *App) change(id model.CallID) *operation {
	if a.ops == nil {
		a.ops = make(map[model.CallID]*operation)
	}
	if a.ops[id] == nil {
		a.ops[id] = &operation{}
	}
	a.cache.clear()
	a.dirty = true
	return a.ops[id]
}

// operated notes what the server has taken, and what it says has ended.
func (a *App) operated(ev model.Event, before witness) {
	switch ev := ev.(type) {
	case model.OrderSettled:
		if ev.Fault == nil && before.order.Command != nil {
			a.tookOrder(before.order.Command)
		} else if cmd, ok := before.order.Command.(model.Hold); ok {
			a.change(cmd.Call).parked = time.Time{} // refused: it is not parked
		}
	case model.ActionChanged:
		if o := a.ops[ev.Call]; o != nil && ev.Kind == "record" && o.recording == ev.Control && overAction(ev.State) {
			a.change(ev.Call).recording = ""
		}
		if ev.Kind == "hold" && (ev.State == "hold" || ev.State == "unhold") && a.op(ev.Call).held != (ev.State == "hold") {
			o := a.change(ev.Call) // by whoever ordered it
			o.held = ev.State == "hold"
			if !o.held {
				o.parked = time.Time{}
			}
		}
		if ev.Kind == "refer" {
			a.referSettled(ev)
		}
		if ev.Kind == "play" && a.plays[ev.Call] == ev.Control && overAction(ev.State) {
			delete(a.plays, ev.Call)
		}
	}
}

func overAction(state string) bool {
	return state == "finished" || state == "error" || state == "no_input"
}

func (a *App) tookOrder(cmd model.Command) {
	switch cmd := cmd.(type) {
	case model.Hold:
		a.change(cmd.Call).held = true
	case model.Unhold:
		o := a.change(cmd.Call)
		o.held, o.parked = false, time.Time{}
	case model.Record:
		a.change(cmd.Call).recording = cmd.Control
		a.say(levelGood, "Recording "+label(a.book.Call(cmd.Call))+".", hint{key: a.keyOf("call.record"), text: "stop"})
	case model.StopRecord:
		a.change(cmd.Call).recording = ""
	case model.Refer:
		a.change(cmd.Call).referred = referral{to: cmd.To, asked: a.now}
		a.say(levelInfo, "The phone of "+label(a.book.Call(cmd.Call))+" was asked to call "+model.LooseAddress(cmd.To).Brief()+".")
	case model.Join:
		a.change(cmd.Call).bridged = cmd.Conference
		for id, o := range a.ops { // the second makes it a bridge
			o.joining = o.joining && o.bridged != cmd.Conference || id == cmd.Call && !a.sharesRoom(id)
		}
	}
}

// sharesRoom reports whether another leg is in the same conference.
func (a *App) sharesRoom(id model.CallID) bool {
	for other, o := range a.ops {
		if other != id && o.bridged == a.ops[id].bridged {
			return true
		}
	}
	return false
}

// bridgedWith is the call in the same conference, nil when there is none.
func (a *App) bridgedWith(c *model.Call) *model.Call {
	room := a.op(c.ID).bridged
	if room == "" {
		return nil
	}
	var first *model.Call
	for id, o := range a.ops {
		if other := a.book.Call(id); id != c.ID && o.bridged == room && other != nil && other.Live() && (first == nil || other.Number < first.Number) {
			first = other
		}
	}
	return first
}

// numbered names a call by its row.
func numbered(c *model.Call) string { return "#" + string(appendInt(nil, c.Number)) + " " + label(c) }

// bridges counts the live calls in each conference.
func (a *App) bridges() map[string]int {
	var rooms map[string]int
	for id, o := range a.ops {
		if c := a.book.Call(id); o.bridged != "" && c != nil && c.Live() {
			if rooms == nil {
				rooms = make(map[string]int)
			}
			rooms[o.bridged]++
		}
	}
	return rooms
}

// talkingByBridge counts the calls that talk with another one in a conference.
func (a *App) talkingByBridge() int {
	var talking int
	for _, n := range a.bridges() {
		if n > 1 {
			talking += n
		}
	}
	return talking
}

// leftAlone tells of a call that is up and whose bridge has lost the other one.
func (a *App) leftAlone(c *model.Call) {
	if c != nil && c.Up() {
		a.say(levelWarn, label(c)+" is alone: the other has left the bridge.", hint{key: a.keyOf("call.connect"), text: "connect"})
	}
}

// pruneOps forgets what was done to calls that are gone.
func (a *App) pruneOps() {
	rooms := a.bridges()
	for id, o := range a.ops {
		if o.bridged != "" && rooms[o.bridged] < 2 && !o.joining {
			a.change(id).bridged = ""
			a.leftAlone(a.book.Call(id))
		}
		if c := a.book.Call(id); c == nil || c.State == model.Ended {
			a.referLost(c, o)
			delete(a.ops, id)
		}
	}
	for id := range a.plays {
		if c := a.book.Call(id); c == nil || c.State == model.Ended {
			delete(a.plays, id)
		}
	}
	for id := range a.notes {
		if a.book.Call(id) == nil {
			delete(a.notes, id)
		}
	}
}

// opText says in a word how a leg waits, empty when it does not.
func (a *App) opText(c *model.Call) string {
	o := a.op(c.ID)
	switch {
	case !c.Live():
		return ""
	case !o.parked.IsZero():
		return "parked " + brief(a.now.Sub(o.parked))
	case o.held:
		return "on hold"
	case o.bridged != "":
		return "bridged"
	}
	return ""
}

// opRole is what opText says: a bridged call talks, the others wait.
func (a *App) opRole(c *model.Call) theme.Role {
	if o := a.op(c.ID); o.bridged != "" && !o.held {
		return theme.Good
	}
	return theme.Warn
}

// opLines are what a leg's pane says of it: the note, and what was done here.
func (a *App) opLines(c *model.Call) []legLine {
	var list []legLine
	if s := a.opText(c); s != "" {
		line := []span{{a.st.Of(a.opRole(c)), s}}
		if other := a.bridgedWith(c); other != nil {
			line = append(line, span{a.st.Of(theme.Muted), "  with "}, span{a.st.Of(theme.Text), numbered(other)})
		}
		if o := a.op(c.ID); !o.parked.IsZero() {
			line = append(line, span{a.st.Of(theme.Muted), "  reminds in " + brief(max(0, a.recallEvery()-a.now.Sub(o.recalled))) + "  " + a.keyOf("call.unpark") + " picks it up"})
		}
		list = append(list, legLine{9, "here", line})
	}
	if a.op(c.ID).recording != "" {
		list = append(list, legLine{9, "rec", []span{{a.st.Of(theme.Bad), a.st.Dot + " recording"}, {a.st.Of(theme.Muted), "  " + a.keyOf("call.record") + " stops"}}})
	}
	list = append(list, a.transferLines(c)...)
	if s := a.noteOf(c.ID); s != "" {
		list = append(list, legLine{9, "note", []span{{a.st.Of(theme.Strong), s}}})
	}
	return append(list, a.beforeLines(c)...)
}

func (a *App) doHold() tea.Cmd {
	c := a.target()
	if a.op(c.ID).held {
		a.order(model.Unhold{Call: c.ID})
		a.say(levelInfo, "Resuming "+label(c)+"."+a.delayed())
		return nil
	}
	a.order(model.Hold{Call: c.ID})
	a.say(levelInfo, "Putting "+label(c)+" on hold."+a.delayed(), hint{key: a.keyOf("call.hold"), text: "resume"})
	return nil
}

func (a *App) doRecord() tea.Cmd {
	c := a.target()
	if id := a.op(c.ID).recording; id != "" {
		a.order(model.StopRecord{Call: c.ID, Control: id})
		a.say(levelInfo, "Stopping the recording of "+label(c)+".")
		return nil
	}
	a.order(model.Record{Call: c.ID, Control: string(a.opt.NewTag())})
	return nil
}

func (a *App) whyPark() error {
	if err := a.whyUp(); err != nil {
		return err
	}
	if !a.op(a.target().ID).parked.IsZero() {
		return errors.New("it is parked: P picks it up")
	}
	return nil
}

// doPark puts a leg on hold and reminds of it until somebody picks it up.
func (a *App) doPark() tea.Cmd {
	c := a.target()
	a.order(model.Hold{Call: c.ID})
	o := a.change(c.ID)
	o.parked, o.recalled = a.now, a.now
	a.say(levelInfo, "Parking "+label(c)+"."+a.delayed(), hint{key: a.keyOf("call.unpark"), text: "pick up"})
	return nil
}

// parkedCalls lists the parked calls, the one that waits longest first.
func (a *App) parkedCalls() []*model.Call {
	var list []*model.Call
	for _, c := range a.legs {
		if !a.op(c.ID).parked.IsZero() && c.Live() {
			list = append(list, c)
		}
	}
	return list
}

func (a *App) whyUnpark() error {
	if len(a.parkedCalls()) == 0 {
		return errors.New("no call is parked")
	}
	return nil
}

// doUnpark picks a parked call up: the only one, or one of a list.
func (a *App) doUnpark() tea.Cmd {
	list := a.parkedCalls()
	if len(list) == 1 {
		a.unpark(list[0].ID)
		return nil
	}
	a.open(&chooser{title: "Pick up", name: "unpark", list: func(a *App) []choice {
		var out []choice
		for i, c := range a.parkedCalls() {
			if i < 9 {
				out = append(out, choice{key: string(rune('1' + i)), text: label(c), note: a.opText(c), do: func(a *App) tea.Cmd { a.unpark(c.ID); return nil }})
			}
		}
		return append(out, choice{key: "0", text: "none", do: func(*App) tea.Cmd { return nil }})
	}})
	return nil
}

func (a *App) unpark(id model.CallID) {
	a.order(model.Unhold{Call: id})
	a.choose(id)
	a.say(levelInfo, "Picking up "+label(a.book.Call(id))+"."+a.delayed(), hint{key: a.keyOf("call.connect"), text: "connect"})
}

// recallEvery is how long a parked call waits until the console reminds of it.
func (a *App) recallEvery() time.Duration {
	if a.opt.Recall <= 0 {
		return DefaultRecall
	}
	return a.opt.Recall
}

// recall reminds of calls that have been parked for long.
func (a *App) recall() {
	every := a.recallEvery()
	for id, o := range a.ops {
		if c := a.book.Call(id); c != nil && !o.parked.IsZero() && a.now.Sub(o.recalled) >= every {
			o.recalled = a.now
			a.alert.ring(label(c) + " is parked for long")
			a.say(levelWarn, label(c)+" is parked for "+brief(a.now.Sub(o.parked))+".", hint{key: a.keyOf("call.unpark"), text: "pick up"})
		}
	}
}
