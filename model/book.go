package model

import "time"

// Linger is how long an ended call stays in a Book unless told otherwise. A
// peer leg stays as long as its caller.
const Linger = 2 * time.Minute

// Book is the fold of all events: what is known of every call, the link, the
// directory and the orders that wait for an answer. It is not safe for
// concurrent use; one goroutine owns it.
type Book struct {
	// Linger is how long ended calls stay, 0 for the default; negative: they
	// leave at once.
	Linger time.Duration

	calls     map[CallID]*Call
	order     []*Call // by sorted
	unsorted  bool
	byTag     map[Tag]CallID // A leg of each attempt that is not over
	numbers   int
	link      Link
	contacts  []Contact
	trunks    []Trunk
	orders    map[CommandID]Order
	orderIDs  CommandID
	misplaced int
	version   uint64
	effects   []Required
}

// Required is an effect that an event or an order calls for; Command is what
// to send. Whoever applies the event gives the orders.
type Required struct {
	Effect  Effect
	Attempt Tag
	Command Command
}

// NewBook returns an empty Book.
func NewBook() *Book {
	return &Book{
		calls:  make(map[CallID]*Call),
		byTag:  make(map[Tag]CallID),
		orders: make(map[CommandID]Order),
	}
}

// Apply folds one event and returns the effects that it calls for; the slice
// is valid until the next Apply. Applying one list of events in any
// partition gives the same Book.
func (b *Book) Apply(ev Event) []Required {
	b.effects = b.effects[:0]
	switch ev.(type) {
	case MediaSeen, LevelsSeen: // many, and nothing that is kept here
		return nil
	}
	b.version++
	switch ev := ev.(type) {
	case CallSeen:
		b.callSeen(ev.Call, ev.At)
	case ConnectChanged:
		b.connectChanged(ev)
	case DialChanged:
		b.dialChanged(ev)
	case LegReported:
		b.legReported(ev)
	case Snapshot:
		b.snapshot(ev)
	case DirectoryChanged:
		b.contacts = ev.Contacts
	case TrunksChanged:
		b.trunks = ev.Trunks
	case LinkChanged:
		b.linkChanged(ev)
	case OrderSettled:
		b.orderSettled(ev)
	case MonitorChanged:
		b.monitorChanged(ev)
	case ActionChanged, Notice, SIPSeen, MessageSettled, MessageReceived:
	}
	return b.effects
}

// Version grows with every order and every event but media figures and levels;
// the same version means that nothing changed.
func (b *Book) Version() uint64 { return b.version }

// Misplaced counts inputs that had no place in the state they met.
func (b *Book) Misplaced() int { return b.misplaced }

// Link is the state of the link.
func (b *Book) Link() Link { return b.link }

// Contacts is the directory. It must not be changed.
func (b *Book) Contacts() []Contact { return b.contacts }

// Trunks are the trunks, by name. They must not be changed.
func (b *Book) Trunks() []Trunk { return b.trunks }

// Call returns the leg with that id, or nil. It must not be changed.
func (b *Book) Call(id CallID) *Call { return b.calls[id] }

// Len counts the legs in the Book, live and lingering.
func (b *Book) Len() int { return len(b.calls) }

// Peer returns the peer leg of the last connect on a call, live or ended, or
// nil.
func (b *Book) Peer(c *Call) *Call {
	if c == nil || c.Attempt == nil || c.Attempt.Peer == "" {
		return nil
	}
	return b.calls[c.Attempt.Peer]
}

// OnCallersRow reports whether the leg is a peer that stands on the row of the
// call that it was made for: as long as the attempt that made it is the last
// one there and was not taken apart with the peer still up. A monitor always
// does.
func (b *Book) OnCallersRow(c *Call) bool {
	if c.IsMonitor() {
		return true
	}
	parent := b.calls[c.Parent]
	if c.Parent == "" || parent == nil {
		return false
	}
	if a := parent.Attempt; a != nil && a.Peer == c.ID {
		return !(a.State.Over() && c.Live()) || !parent.Live() && !c.Up()
	}
	return !c.Up()
}

// number gives a call its row number, once.
func (b *Book) number(c *Call) {
	if c.Number == 0 {
		b.numbers++
		c.Number = b.numbers
	}
}

// Forget drops a call, ended or not, with its peer leg if that has ended.
func (b *Book) Forget(id CallID) {
	c := b.calls[id]
	if c == nil {
		return
	}
	if p := b.Peer(c); p != nil && p.State == Ended {
		b.remove(p.ID)
	}
	if c.Attempt != nil {
		delete(b.byTag, c.Attempt.Tag)
	}
	b.remove(id)
	b.version++
}

// Sweep forgets calls that ended longer than Linger ago and returns how many.
func (b *Book) Sweep(now time.Time) int {
	linger := b.Linger
	if linger == 0 {
		linger = Linger
	}
	n := 0
	for id, c := range b.calls {
		if c.State == Ended && now.Sub(c.Ended) >= linger && b.calls[c.Parent] == nil {
			b.Forget(id)
			n++
		}
	}
	return n
}

// touch marks a call as changed and confirmed.
func (b *Book) touch(c *Call) {
	c.Version++
	c.Stale = false
	b.place(c)
}
