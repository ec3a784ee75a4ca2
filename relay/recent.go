package relay

import (
	"slices"

	"cordpair/model"
)

// recent remembers the last keys added to it.
type recent[K comparable] struct {
	set  map[K]int // the place in the ring
	ring []K
	next int
}

// maxRecent bounds how long echoes of an ended call, and legs of a dial that
// was given up, are recognised.
const maxRecent = 1024

func (r *recent[K]) add(key K) {
	if r.set == nil {
		r.set = make(map[K]int, maxRecent)
	}
	if r.has(key) {
		return
	}
	at := len(r.ring)
	if at < maxRecent {
		r.ring = append(r.ring, key)
	} else {
		at = r.next
		if old := r.ring[at]; r.set[old] == at { // otherwise it was dropped and added again since
			delete(r.set, old)
		}
		r.ring[at] = key
		r.next = (r.next + 1) % maxRecent
	}
	r.set[key] = at
}

func (r *recent[K]) drop(key K) { delete(r.set, key) }

func (r *recent[K]) has(key K) bool {
	_, ok := r.set[key]
	return ok
}

// offers are the calls offered and not yet taken by Incoming, oldest first.
type offers struct {
	set  map[model.CallID]struct{}
	list []model.CallID // may name calls that are no longer in the set
}

func (o *offers) add(id model.CallID) {
	if o.set == nil {
		o.set = make(map[model.CallID]struct{})
	}
	if _, twice := o.set[id]; twice {
		return
	}
	o.set[id] = struct{}{}
	if o.list = append(o.list, id); len(o.list) > 2*len(o.set)+64 {
		o.list = slices.DeleteFunc(o.list, func(id model.CallID) bool {
			_, there := o.set[id]
			return !there
		})
	}
}

func (o *offers) drop(id model.CallID) { delete(o.set, id) }

// take returns the oldest offer.
func (o *offers) take() (model.CallID, bool) {
	for len(o.list) > 0 {
		id := o.list[0]
		o.list = o.list[1:]
		if _, there := o.set[id]; there {
			delete(o.set, id)
			return id, true
		}
	}
	return "", false
}
