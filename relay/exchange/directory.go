package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cordpair/relay/exchange/sip"
	"cordpair/relay/wire"
)

// Kinds of directory entry.
const (
	KindPhone  = "phone"
	KindPerson = "person"
)

// directory is who can be called: what is registered, and what was introduced.
// Safe for concurrent use.
type directory struct {
	list    func() []sip.Registration
	changed chan struct{} // capacity 1

	mu    sync.Mutex
	known []wire.DirectoryEntry
}

func newDirectory(list func() []sip.Registration) *directory {
	return &directory{list: list, changed: make(chan struct{}, 1)}
}

// Introduce describes addresses, such as scripted people, for the directory.
// They are listed whether they are registered or not; Online says which. An
// entry replaces an earlier one of the same address.
func (x *Exchange) Introduce(entries ...wire.DirectoryEntry) {
	d := x.directory
	d.mu.Lock()
	for _, e := range entries {
		d.known = slices.DeleteFunc(d.known, func(k wire.DirectoryEntry) bool {
			return strings.EqualFold(k.Address, e.Address)
		})
		d.known = append(d.known, e)
	}
	d.mu.Unlock()
	d.touch()
}

// touch says that something may have changed. It never waits.
func (d *directory) touch() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// entries lists people first, then phones, each by address.
func (d *directory) entries() []wire.DirectoryEntry {
	d.mu.Lock()
	list := slices.Clone(d.known)
	d.mu.Unlock()
	for i := range list {
		list[i].Online = false
	}
	for _, r := range d.list() {
		i := slices.IndexFunc(list, func(e wire.DirectoryEntry) bool { return strings.EqualFold(e.Address, r.AOR) })
		if i >= 0 {
			list[i].Online = true
			continue
		}
		user, _ := splitURI(r.AOR)
		list = append(list, wire.DirectoryEntry{Address: r.AOR, Name: user, Kind: KindPhone, About: r.UserAgent, Online: true})
	}
	slices.SortStableFunc(list, func(a, b wire.DirectoryEntry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Address, b.Address))
	})
	if list == nil {
		list = []wire.DirectoryEntry{}
	}
	return list
}

// tellDirectory sends the directory, when it has changed, to the sessions that
// asked for details. It is a goroutine; it ends when the exchange closes, which
// waits for it.
func (x *Exchange) tellDirectory() {
	var last []wire.DirectoryEntry
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-x.directory.changed:
			if now := x.directory.entries(); !slices.Equal(now, last) {
				last = now
				x.sendDirectory(now)
			}
		}
	}
}

func (x *Exchange) sendDirectory(entries []wire.DirectoryEntry) {
	defer func() {
		if p := recover(); p != nil {
			x.log.Error("directory panicked", "panic", fmt.Sprint(p))
		}
	}()
	b := x.event(wire.EventCordpairDirectory, "", wire.DirectoryEvent{Entries: entries})
	for _, s := range x.reg.allSessions() {
		if s.wantsDetails() {
			s.event(b)
		}
	}
}
