package model

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var t0 = time.Date(2026, 1, 2, 14, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return t0.Add(time.Duration(seconds * float64(time.Second))) }

func seen(sec float64, id CallID, s CallState, more ...func(*CallInfo)) CallSeen {
	in := CallInfo{ID: id, State: s, Direction: Inbound, From: LooseAddress("sip:erin@demo"), To: LooseAddress("sip:support@demo")}
	for _, f := range more {
		f(&in)
	}
	return CallSeen{At: at(sec), Call: in}
}

func peerOf(parent CallID, tag Tag) func(*CallInfo) {
	return func(in *CallInfo) {
		in.Parent, in.Tag, in.Direction = parent, tag, Outbound
		in.From, in.To = LooseAddress("sip:support@demo"), LooseAddress("sip:bob@demo")
	}
}

func because(word string) func(*CallInfo) { return func(in *CallInfo) { in.EndReason = word } }

func connectEvent(sec float64, s ConnectState, tag Tag, reason string) ConnectChanged {
	return ConnectChanged{At: at(sec), Call: "A", State: s, Tag: tag, Reason: reason,
		Peer: CallInfo{ID: "B", Tag: tag, To: LooseAddress("sip:bob@demo")}}
}

// dialling returns a Book with call A answered and a connect to bob submitted.
func dialling(t *testing.T) *Book {
	t.Helper()
	b := NewBook()
	b.Apply(seen(0, "A", Created))
	b.Apply(seen(1, "A", Answered))
	effects, err := b.Connect("A", "T", ConnectRequest{From: "sip:support@demo", To: "sip:bob@demo"}, at(2))
	if err != nil || len(effects) != 1 || effects[0].Effect != SendDial {
		t.Fatalf("Connect: %v %v", effects, err)
	}
	return b
}

var ringingEvents = []Event{
	connectEvent(3, ConnectConnecting, "T", ""),
	seen(3, "B", Created, peerOf("A", "T")),
	seen(4, "B", Ringing, peerOf("A", "T")),
}

func joinedEvents() []Event {
	return append(append([]Event{}, ringingEvents...),
		seen(8, "B", Answered, peerOf("A", "T")),
		connectEvent(8, ConnectConnected, "T", ""))
}

func applyAll(b *Book, events ...Event) {
	for _, ev := range events {
		b.Apply(ev)
	}
}

func TestConnectOutcomes(t *testing.T) {
	report := func(by string, code int, phrase string) LegReported {
		return LegReported{At: at(9), Call: "B", Leg: LegReport{EndedBy: by, Code: code, Phrase: phrase}}
	}
	failed := func(reason string) ConnectChanged { return connectEvent(9, ConnectFailed, "T", reason) }
	ended := func(reason string) CallSeen { return seen(9, "B", Ended, peerOf("A", "T"), because(reason)) }
	left := connectEvent(9, ConnectDisconnected, "", "")
	for _, tc := range []struct {
		name   string
		joined bool
		events []Event
		state  AttemptState
		by     Party
		word   string
		code   int
	}{
		{"busy", false, []Event{report("remote", 486, "Busy Here"), failed("busy"), ended("busy")}, Failed, Peer, WordBusy, 486},
		{"busy without details", false, []Event{failed("busy"), ended("busy")}, Failed, Peer, WordBusy, 0},
		{"declined", false, []Event{report("remote", 603, "Decline"), failed("decline")}, Failed, Peer, WordDecline, 603},
		{"no answer", false, []Event{report("exchange", 487, "Request Terminated"), failed("noAnswer")}, Failed, Exchange, WordNoAnswer, 487},
		{"not found", false, []Event{report("remote", 404, "Not Found"), failed("notFound")}, Failed, Peer, WordNotFound, 404},
		{"unreachable", false, []Event{report("network", 0, ""), failed("error"), ended("error")}, Failed, Network, WordUnreachable, 0},
		{"codec refused", false, []Event{report("remote", 488, "Not Acceptable Here"), failed("error")}, Failed, Peer, WordError, 488},
		{"leg's end told before the connect's", false, []Event{report("remote", 486, "Busy Here"), ended("busy"), failed("busy")}, Failed, Peer, WordBusy, 486},
		{"caller gone while ringing", false, []Event{seen(9, "A", Ending, because("hangup")), failed("cancel"), ended("cancel"), seen(9, "A", Ended)}, Failed, Caller, WordCancel, 0},
		{"caller's end only", false, []Event{seen(9, "A", Ended, because("hangup"))}, Failed, Caller, WordCancel, 0},
		{"peer hangs up", true, []Event{report("remote", 200, "OK"), seen(9, "B", Ending, peerOf("A", "T"), because("hangup")), left, ended("hangup")}, Disconnected, Peer, WordHangup, 0},
		{"caller hangs up", true, []Event{seen(9, "A", Ending, because("hangup")), left, ended("hangup"), seen(9, "A", Ended)}, Disconnected, Caller, WordHangup, 0},
		{"taken apart by somebody", true, []Event{left}, Disconnected, Operator, WordDisconnect, 0},
		{"session lost", true, []Event{LinkChanged{At: at(9), Link: Link{State: LinkUp, Generation: 2}}}, Disconnected, Network, WordSessionLost, 0},
		{"refused", false, []Event{OrderSettled{At: at(9), Order: 1, Fault: &Fault{Kind: FaultRefused, Code: 409, Text: "busy"}}}, Failed, Exchange, WordRefused, 0},
		{"expired", false, []Event{OrderSettled{At: at(9), Order: 1, Fault: &Fault{Kind: FaultExpired}}}, Failed, Network, WordExpired, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := NewBook()
			b.Apply(LinkChanged{At: t0, Link: Link{State: LinkUp, Generation: 1}})
			applyAll(b, seen(0, "A", Created), seen(1, "A", Answered))
			effects, err := b.Connect("A", "T", ConnectRequest{From: "sip:support@demo", To: "sip:bob@demo"}, at(2))
			if err != nil {
				t.Fatal(err)
			}
			b.Give(effects[0].Command, at(2))
			switch {
			case tc.joined:
				applyAll(b, joinedEvents()...)
			case tc.word != WordRefused && tc.word != WordExpired:
				applyAll(b, ringingEvents...)
			}
			applyAll(b, tc.events...)
			a := b.Call("A").Attempt
			if a.State != tc.state || a.Cause.By != tc.by || a.Cause.Word != tc.word || a.Cause.Code != tc.code {
				t.Errorf("%s by %s: %q %d, want %s by %s: %q %d", a.State, a.Cause.By, a.Cause.Word, a.Cause.Code, tc.state, tc.by, tc.word, tc.code)
			}
			if a.Cause.Sentence("bob@demo") == "" || a.Cause.At.IsZero() {
				t.Errorf("no sentence or no time: %+v", a.Cause)
			}
		})
	}
}

func TestAnyOrderOfAConnectEndsConnected(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		b := dialling(t)
		events := joinedEvents()
		events = append(events, events[rng.IntN(len(events))]) // and one twice
		rng.Shuffle(len(events), reflect.Swapper(events))
		applyAll(b, events...)
		c, p := b.Call("A"), b.Peer(b.Call("A"))
		if c.ConnectState() != Connected || p == nil || p.ID != "B" || p.State != Answered || !b.OnCallersRow(p) {
			t.Fatalf("%s with peer %+v after %v", c.ConnectState(), p, events)
		}
	}
}

func TestAnyOrderOfAFailureEndsFailed(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		b := dialling(t)
		events := append(append([]Event{}, ringingEvents...),
			connectEvent(9, ConnectFailed, "T", "busy"),
			seen(9, "B", Ended, peerOf("A", "T"), because("busy")))
		rng.Shuffle(len(events), reflect.Swapper(events))
		applyAll(b, events...)
		a := b.Call("A").Attempt
		if a.State != Failed || a.Cause.Word != WordBusy || a.Cause.By != Peer {
			t.Fatalf("%s %+v after %v", a.State, a.Cause, events)
		}
		if !b.Call("A").Up() {
			t.Fatal("the caller must stay up")
		}
	}
}

func TestReleaseWhileDialingRingingConnected(t *testing.T) {
	for _, tc := range []struct {
		name   string
		events []Event
		want   Command
	}{
		{"dialing", nil, Disconnect{Call: "A"}},
		{"ringing", ringingEvents, Hangup{Call: "B", Reason: WordCancel}},
		{"connected", joinedEvents(), Hangup{Call: "B", Reason: WordHangup}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := dialling(t)
			applyAll(b, tc.events...)
			effects, err := b.Release("A", at(9))
			if err != nil || len(effects) != 1 || effects[0].Command != tc.want {
				t.Fatalf("%+v %v, want %+v", effects, err, tc.want)
			}
			if !b.Call("A").Attempt.Cancelling() {
				t.Error("not cancelling")
			}
			applyAll(b, connectEvent(10, ConnectFailed, "T", "cancel"))
			if by := b.Call("A").Attempt.Cause.By; by != Operator {
				t.Errorf("ended by %s", by)
			}
		})
	}
	b := NewBook()
	b.Apply(seen(0, "A", Answered))
	if _, err := b.Release("A", t0); !errors.Is(err, ErrNoPeer) {
		t.Errorf("release without a peer: %v", err)
	}
}

func TestForeignConnectIsWatchedAndCanBeReleased(t *testing.T) {
	b := NewBook()
	b.Apply(seen(0, "A", Answered))
	applyAll(b, joinedEvents()...)
	a := b.Call("A").Attempt
	if !a.Foreign || a.State != Connected || a.Request.To != "sip:bob@demo" {
		t.Fatalf("%+v", a)
	}
	effects, err := b.Release("A", at(9))
	if err != nil || effects[0].Command != (Hangup{Call: "B", Reason: WordHangup}) {
		t.Fatalf("%+v %v", effects, err)
	}
	applyAll(b, seen(10, "B", Ending, peerOf("A", "T"), because("hangup")), connectEvent(10, ConnectDisconnected, "", ""))
	if by := b.Call("A").Attempt.Cause.By; by != Operator {
		t.Errorf("ended by %s", by)
	}
	// The same client connects again under the same tag.
	again := connectEvent(12, ConnectConnecting, "T", "")
	again.Peer.ID = "C"
	b.Apply(again)
	if a := b.Call("A").Attempt; a.State != Dialing || a.Peer != "C" {
		t.Errorf("second connect: %+v", a)
	}
}

func TestConnectIsRefusedWithTheNextStep(t *testing.T) {
	b := dialling(t)
	b.Apply(seen(0, "R", Ringing))
	b.Apply(seen(0, "E", Ended))
	for id, want := range map[CallID]error{"A": ErrConnecting, "R": ErrNotUp, "E": ErrOver, "none": ErrNoCall} {
		if err := b.CanConnect(id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	applyAll(b, joinedEvents()...)
	if err := b.CanConnect("A"); !errors.Is(err, ErrAlreadyJoined) {
		t.Error(err)
	}
	b.Apply(seen(0, "F", Answered))
	if _, err := b.Connect("F", "X", ConnectRequest{From: "sip:a@b", To: "nonsense"}, t0); !errors.Is(err, ErrRequest) {
		t.Errorf("bad request: %v", err)
	}
}

func TestRowsPeersAndUnbridging(t *testing.T) {
	b := dialling(t)
	applyAll(b, joinedEvents()...)
	if rows := b.Rows(false); len(rows) != 1 || rows[0].ID != "A" || rows[0].Number != 1 {
		t.Fatalf("rows %+v", rows)
	}
	if rows := b.Rows(true); len(rows) != 2 {
		t.Fatalf("all legs: %d", len(rows))
	}
	b.Apply(connectEvent(9, ConnectDisconnected, "", "")) // both legs stay up
	if rows := b.Rows(false); len(rows) != 2 {
		t.Fatalf("after unbridging: %d rows", len(rows))
	}
	b.Apply(seen(10, "B", Ended, peerOf("A", "T")))
	if rows := b.Rows(false); len(rows) != 1 {
		t.Fatalf("after the peer ended: %d rows", len(rows))
	}
	if b.Peer(b.Call("A")) == nil {
		t.Error("the caller lost its last peer's end")
	}
}

func TestLocalDeadline(t *testing.T) {
	b := dialling(t)
	if got := b.Deadlines(at(2 + 39)); len(got) != 0 {
		t.Fatalf("too early: %+v", got)
	}
	got := b.Deadlines(at(2 + 40))
	if len(got) != 1 || got[0].Command != (Disconnect{Call: "A"}) {
		t.Fatalf("%+v", got)
	}
	if a := b.Call("A").Attempt; a.State != Failed || a.Cause.Word != WordTimeout {
		t.Errorf("%+v", a)
	}
}

func TestLinkLossMakesStaleAndSnapshotSettles(t *testing.T) {
	b := dialling(t)
	b.Apply(LinkChanged{At: at(3), Link: Link{State: LinkUp, Generation: 1}})
	applyAll(b, joinedEvents()...)
	b.Apply(seen(5, "G", Ringing))
	b.Apply(LinkChanged{At: at(20), Link: Link{State: LinkLost, Generation: 1}})
	if n := b.Counts(); n.Stale != 2 {
		t.Fatalf("%+v", n)
	}
	b.Apply(LinkChanged{At: at(24), Link: Link{State: LinkUp, Generation: 2, Resumed: true}})
	b.Apply(Snapshot{At: at(24), Calls: []SnapshotCall{
		{Call: CallInfo{ID: "A", State: Answered, Peer: "B"}, Connect: ConnectConnected, ConnectTag: "T"},
		{Call: CallInfo{ID: "B", State: Answered, Parent: "A", Tag: "T", Direction: Outbound}},
	}})
	if a := b.Call("A"); a.Stale || a.ConnectState() != Connected {
		t.Errorf("A: %+v", a)
	}
	if g := b.Call("G"); g.State != Ended || g.End.By != Network {
		t.Errorf("G: %+v", g)
	}
}

func TestSnapshotBringsACallWithItsTrueAge(t *testing.T) {
	b := NewBook()
	b.Apply(Snapshot{At: at(100), Calls: []SnapshotCall{
		{Call: CallInfo{ID: "A", State: Answered, Peer: "B", Created: at(10), Answered: at(12)}, Connect: ConnectConnected, ConnectTag: "X"},
		{Call: CallInfo{ID: "B", State: Answered, Parent: "A", Tag: "X", Direction: Outbound, To: LooseAddress("sip:bob@demo")}},
	}})
	c := b.Call("A")
	if c.Age(at(100)) != 90*time.Second || c.Talk(at(100)) != 88*time.Second {
		t.Errorf("age %s talk %s", c.Age(at(100)), c.Talk(at(100)))
	}
	if rows := b.Rows(false); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestOrders(t *testing.T) {
	b := dialling(t)
	o := b.Give(Hangup{Call: "A"}, at(3))
	if !b.Call("A").EndWanted || len(b.Orders()) != 1 {
		t.Fatal("the order is not noted")
	}
	b.Apply(OrderSettled{At: at(4), Order: o.ID, Fault: &Fault{Kind: FaultRefused, Code: 404}})
	if b.Call("A").EndWanted || len(b.Orders()) != 0 {
		t.Error("a refused hang-up leaves no trace")
	}
	b.Apply(OrderSettled{At: at(4), Order: 99})
	if b.Misplaced() != 1 {
		t.Errorf("misplaced %d", b.Misplaced())
	}
}

func TestSweepForgetsEverything(t *testing.T) {
	b := NewBook()
	for i := range 100 {
		a, p, tag := CallID(fmt.Sprint("a", i)), CallID(fmt.Sprint("p", i)), Tag(fmt.Sprint("t", i))
		b.Apply(seen(0, a, Answered))
		if _, err := b.Connect(a, tag, ConnectRequest{From: "sip:a@b", To: "sip:c@d"}, t0); err != nil {
			t.Fatal(err)
		}
		applyAll(b, seen(1, p, Ended, peerOf(a, tag)), seen(2, a, Ended))
	}
	b.Deadlines(at(500))
	if b.Len() != 0 || len(b.byTag) != 0 {
		t.Errorf("%d calls, %d tags left", b.Len(), len(b.byTag))
	}
}

func TestUnknownEventsDoNoHarm(t *testing.T) {
	b := NewBook()
	applyAll(b,
		CallSeen{}, ConnectChanged{}, ConnectChanged{Call: "Z", State: ConnectDisconnected}, DialChanged{State: DialFailed},
		LegReported{Call: "Z"}, ActionChanged{}, Snapshot{}, DirectoryChanged{}, LinkChanged{}, OrderSettled{}, Notice{})
	b.Rows(true)
	b.Counts()
}
