package model

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestRowsStayInOrder holds the order that is kept from call to call against
// one made anew.
func TestRowsStayInOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b := NewBook()
	for i := range 2000 {
		at := begin.Add(time.Duration(rnd.IntN(500)) * time.Second)
		id := CallID(string(rune('a' + rnd.IntN(26))))
		switch rnd.IntN(8) {
		case 0:
			b.Forget(id)
		case 1:
			b.Apply(LegReported{At: at, Call: id})
		case 2:
			b.Apply(ConnectChanged{At: at, Call: id, State: ConnectConnecting, Peer: CallInfo{ID: id + "p"}})
		default:
			b.Apply(CallSeen{At: at, Call: CallInfo{ID: id, State: CallState(rnd.IntN(6))}})
		}
		if i%3 != 0 {
			continue
		}
		rows := b.Rows(true)
		if len(rows) != b.Len() {
			t.Fatalf("step %d: %d rows of %d legs", i, len(rows), b.Len())
		}
		if !slices.IsSortedFunc(rows, func(x, y *Call) int { return x.Began().Compare(y.Began()) }) {
			t.Fatalf("step %d: rows out of order", i)
		}
		for _, c := range rows {
			if b.Call(c.ID) != c || c.Number == 0 {
				t.Fatalf("step %d: row of %s is not the call, or has no number", i, c.ID)
			}
		}
	}
}
