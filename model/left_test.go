package model

import (
	"testing"
	"time"
)

// TestManyConnectsOnOneCall leave nothing behind but the last few tags.
func TestManyConnectsOnOneCall(t *testing.T) {
	at := time.Unix(1000, 0)
	b := NewBook()
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Answered}})
	for i := range 3 * maxPastTags {
		tag := Tag(rune('a' + i))
		b.Apply(ConnectChanged{At: at, Call: "a", State: ConnectConnecting, Tag: tag, Peer: CallInfo{ID: CallID("p" + tag)}})
		b.Apply(ConnectChanged{At: at, Call: "a", State: ConnectFailed, Tag: tag, Reason: WordBusy})
		b.Apply(CallSeen{At: at, Call: CallInfo{ID: CallID("p" + tag), State: Ended}})
	}
	if n := len(b.Call("a").pastTags); n != maxPastTags {
		t.Error(n, "tags are kept")
	}
	if len(b.byTag) > 1 || b.Len() > 2 {
		t.Errorf("%d tags, %d calls are kept", len(b.byTag), b.Len())
	}
}

// TestPeerLeavesWithItsCaller: RELAY says hangup of both legs, and the far end
// of the second did nothing.
func TestPeerLeavesWithItsCaller(t *testing.T) {
	at := time.Unix(1000, 0)
	joined := func() *Book {
		b := NewBook()
		b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Answered, Direction: Inbound}})
		b.Apply(ConnectChanged{At: at, Call: "a", State: ConnectConnected, Tag: "t", Peer: CallInfo{ID: "b"}})
		b.Apply(CallSeen{At: at, Call: CallInfo{ID: "b", State: Answered, Direction: Outbound, Tag: "t", Parent: "a"}})
		return b
	}
	end := func(b *Book, id CallID) {
		for _, s := range []CallState{Ending, Ended} {
			b.Apply(CallSeen{At: at, Call: CallInfo{ID: id, State: s, EndReason: WordHangup}})
		}
	}
	b := joined()
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Ending, EndReason: WordHangup}})
	b.Apply(ConnectChanged{At: at, Call: "a", State: ConnectDisconnected, Peer: CallInfo{ID: "b"}})
	end(b, "b")
	end(b, "a")
	if by := b.Call("b").End.By; by != Caller {
		t.Error("the caller hung up, told of the peer:", by)
	}
	b = joined()
	b.Give(Hangup{Call: "a"}, at)
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Ending, EndReason: WordHangup}})
	end(b, "b")
	if by := b.Call("b").End.By; by != Operator {
		t.Error("we hung the caller up, told of the peer:", by)
	}
	b = joined()
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "b", State: Ending, EndReason: WordHangup}})
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Ending, EndReason: WordHangup}})
	end(b, "b")
	if by := b.Call("b").End.By; by != Peer {
		t.Error("the peer hung up, told of it:", by)
	}
}
