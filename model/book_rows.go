package model

import (
	"cmp"
	"slices"
)

// Rows lists the calls that have a row of their own, oldest first; with all,
// every leg.
func (b *Book) Rows(all bool) []*Call { return b.AppendRows(nil, all) }

// AppendRows is Rows into a slice that the caller keeps. The order is kept from
// call to call, so it costs a look at each leg, not a sort.
func (b *Book) AppendRows(rows []*Call, all bool) []*Call {
	for _, c := range b.sorted() {
		if all || !b.OnCallersRow(c) {
			b.number(c)
			rows = append(rows, c)
		}
	}
	return rows
}

// add takes a new leg in.
func (b *Book) add(c *Call) {
	b.calls[c.ID] = c
	b.order = append(b.order, c)
	b.unsorted = true
}

// remove drops a leg. The order is swept once in a while, so that a Book whose
// rows nobody asks for does not keep what it forgot.
func (b *Book) remove(id CallID) {
	c := b.calls[id]
	if c == nil {
		return
	}
	c.gone, b.unsorted = true, true
	delete(b.calls, id)
	if len(b.order) > 2*len(b.calls)+64 {
		b.dropGone()
	}
}

func (b *Book) dropGone() {
	b.order = slices.DeleteFunc(b.order, func(c *Call) bool { return c.gone })
}

// place notes that a leg's place among the others may have changed.
func (b *Book) place(c *Call) {
	if began := c.Began(); !began.Equal(c.began) {
		c.began, b.unsorted = began, true
	}
}

// sorted lists all legs by when they began.
func (b *Book) sorted() []*Call {
	if !b.unsorted {
		return b.order
	}
	b.dropGone()
	for _, c := range b.order {
		c.began = c.Began()
	}
	slices.SortFunc(b.order, func(x, y *Call) int {
		if n := x.began.Compare(y.began); n != 0 {
			return n
		}
		return cmp.Compare(x.ID, y.ID)
	})
	b.unsorted = false
	return b.order
}
