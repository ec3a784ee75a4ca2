package model

import (
	"testing"
	"time"
)

func TestCancelOfWhatTheServerNeverHeardOf(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := NewBook()
	b.Apply(CallSeen{At: at, Call: CallInfo{ID: "a", State: Answered}})
	required, err := b.Connect("a", "tag", ConnectRequest{From: "sip:x@y", To: "sip:bob@y"}, at)
	if err != nil {
		t.Fatal(err)
	}
	dial := b.Give(required[0].Command, at)
	b.Apply(OrderSettled{At: at, Order: dial.ID, Fault: &Fault{Kind: FaultUnknown}})
	required, err = b.Release("a", at)
	if err != nil {
		t.Fatal(err)
	}
	cancel := b.Give(required[0].Command, at)
	b.Apply(OrderSettled{At: at, Order: cancel.ID, Fault: &Fault{Kind: FaultRefused, Code: 409, Text: "not connected"}})
	if a := b.Call("a").Attempt; a.State != Failed || a.Cause.By != Operator || a.Cause.Word != WordCancel {
		t.Fatalf("%+v", a)
	}
}
