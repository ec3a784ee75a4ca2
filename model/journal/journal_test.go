package journal

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

var began = time.Date(2026, 3, 14, 14, 2, 11, 250e6, time.UTC)

func sample(id string) Entry {
	return Entry{
		ID: id, Kind: Connect, Call: "e1aa0003", Number: 3, Direction: model.Outbound, Type: "sip", Context: "support",
		From: model.Address{Name: "Erin \"E\"\n", URI: "sip:erin@demo"}, To: model.Address{URI: "sip:株式@demo"},
		Began: began, Answered: began.Add(4 * time.Second), Ended: began.Add(64 * time.Second),
		End:  model.Cause{By: model.Peer, Word: model.WordHangup, Code: 200, Phrase: "OK", At: began.Add(64 * time.Second)},
		Note: "order 5521\nrefund",
		Request: model.ConnectRequest{From: "sip:operator@demo", To: "sip:bob@demo", Codecs: []string{"PCMU"}, Timeout: 30 * time.Second,
			Headers: []model.Header{{Name: "X-Account", Value: "8841"}}, Ringback: model.Playlist{{Kind: model.Ringtone, Country: "us"}}},
	}
}

func line(t testing.TB, e Entry) []byte {
	t.Helper()
	b, err := Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, e := range []Entry{sample("a"), {ID: "b", Kind: Call}, {ID: "c", Kind: Call, Began: began, End: model.Cause{Word: "busy"}}} {
		b := line(t, e)
		if n := bytes.Count(b, []byte("\n")); n != 1 {
			t.Fatalf("%d line feeds in %q", n, b)
		}
		got, err := Decode(b)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, e)
		}
	}
	e := sample("a")
	if e.Talk() != time.Minute || e.Waited() != 4*time.Second || !e.Over() {
		t.Errorf("talk %v, waited %v, over %v", e.Talk(), e.Waited(), e.Over())
	}
}

// TestDamage holds that no byte can change unseen and no line be cut unseen.
func TestDamage(t *testing.T) {
	b := line(t, sample("a"))
	for i := range len(b) - 1 {
		bad := bytes.Clone(b)
		bad[i] ^= 0x20
		if got, err := Decode(bad); err == nil && !reflect.DeepEqual(got, sample("a")) {
			t.Fatalf("byte %d changed unseen: %q", i, bad)
		}
		if _, err := Decode(b[:i]); i < len(b)-1 && !errors.Is(err, ErrDamaged) {
			t.Fatalf("a line cut at %d: %v", i, err)
		}
	}
}

func TestReadSurvivesAKill(t *testing.T) {
	var file bytes.Buffer
	first, second := sample("a"), sample("b")
	open := first
	open.Ended, open.End = time.Time{}, model.Cause{}
	file.Write(line(t, open))
	file.WriteString("garbage\n" + strings.Repeat("x", 3*LongestLine) + "\n\n")
	file.Write(line(t, second))
	file.Write(line(t, first))
	cut := line(t, sample("c"))
	file.Write(cut[:len(cut)-1])
	b := NewBook(10)
	lines, damaged, err := b.Read(&file)
	if err != nil || lines != 6 || damaged != 3 {
		t.Errorf("%d lines, %d damaged, %v", lines, damaged, err)
	}
	if got := b.Entries(); len(got) != 2 || !reflect.DeepEqual(got[0], first) || got[1].ID != "b" {
		t.Errorf("%+v", got)
	}
}

func TestBookForgetsTheOldest(t *testing.T) {
	b := NewBook(3)
	for i := range 10 {
		b.Put(Entry{ID: fmt.Sprint(i)})
	}
	b.Put(Entry{ID: "8", Number: 88})
	var ids []string
	for _, e := range b.Entries() {
		ids = append(ids, fmt.Sprint(e.ID, e.Number))
	}
	if want := []string{"70", "888", "90"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
	if _, known := b.Entry("6"); known {
		t.Error("6 is still known")
	}
}

func TestTooLong(t *testing.T) {
	e := sample("a")
	e.Context = strings.Repeat("x", LongestLine)
	if _, err := Encode(e); !errors.Is(err, ErrTooLong) {
		t.Errorf("%v", err)
	}
}

// FuzzDecode holds that whatever decodes encodes to the same again.
func FuzzDecode(f *testing.F) {
	b, _ := Encode(sample("a"))
	f.Add(b)
	f.Add([]byte("00000000 2 {}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := Decode(in)
		if err != nil {
			return
		}
		b, err := Encode(e)
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(b)
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Fatalf("%+v\n%+v\n%v", e, again, err)
		}
	})
}
