package ui

import (
	"errors"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
)

// fakeJournal is a journal in memory.
type fakeJournal struct {
	old  []journal.Entry
	kept []journal.Entry
	err  error
}

func (j *fakeJournal) Load() ([]journal.Entry, error) { return j.old, j.err }
func (j *fakeJournal) Append(e journal.Entry)         { j.kept = append(j.kept, e) }

// of returns the last state kept of an entry.
func (j *fakeJournal) of(id string) (e journal.Entry, times int) {
	for _, k := range j.kept {
		if k.ID == id {
			e = k
			times++
		}
	}
	return e, times
}

// earlier is what other runs left: a talk, a busy peer, a missed call and a
// call that was up when the program was killed.
func earlier() []journal.Entry {
	day := noon.Add(-22 * time.Hour)
	after := func(n time.Duration) time.Time { return day.Add(n * time.Second) }
	return []journal.Entry{
		{ID: "c1", Kind: journal.Call, Call: "c1", Number: 1, Direction: model.Inbound, Context: "support", From: globex, To: support,
			Began: after(0), Answered: after(4), Ended: after(300), End: model.Cause{By: model.Caller, Word: model.WordHangup}},
		{ID: "c1 t1", Kind: journal.Connect, Call: "c1", Number: 1, Direction: model.Outbound, From: globex, To: bob,
			Began: after(20), Ended: after(39), End: model.Cause{By: model.Peer, Word: model.WordBusy, Code: 486, Phrase: "Busy Here"},
			Request: model.ConnectRequest{From: "sip:operator@demo", To: "sip:bob@demo", Codecs: []string{"PCMU"}, Timeout: 20 * time.Second}},
		{ID: "c2", Kind: journal.Call, Call: "c2", Number: 2, Direction: model.Inbound, Context: "support", From: carol, To: support,
			Began: after(600), Ended: after(612), End: model.Cause{By: model.Caller, Word: model.WordCancel}},
		{ID: "c3", Kind: journal.Call, Call: "c3", Number: 3, Direction: model.Outbound, From: model.Address{URI: "sip:operator@demo"}, To: bob,
			Began: after(900)},
	}
}

func (r *rig) withHistory() *rig {
	r.Update(loadedMsg{entries: earlier()})
	r.several()
	r.failed("e1aa0002", "b0bb0002", model.Address{URI: "sip:busy@demo"}, "busy", 486, "Busy Here", "remote")
	return r.choose("e1aa0002")
}

func TestHistoryKeepsWhatHappens(t *testing.T) {
	j := &fakeJournal{old: earlier()}
	r := newRig(t, 120, 36, func(o *Options) { o.Journal = j })
	if msg, ok := r.load()().(loadedMsg); !ok || len(msg.entries) != 4 {
		t.Fatal("nothing was loaded")
	}
	r.withHistory()
	e, _ := j.of("e1aa0001")
	if !e.Over() || e.Kind != journal.Call || e.From != carol || e.Direction != model.Inbound {
		t.Errorf("a call that ended: %+v", e)
	}
	if e, n := j.of("e1aa0003"); e.Over() || n == 0 || e.Answered.IsZero() {
		t.Errorf("a call that lives, kept %d times: %+v", n, e)
	}
	tag := string(r.book.Call("e1aa0002").Attempt.Tag)
	e, n := j.of("e1aa0002 " + tag)
	if e.End.Code != 486 || e.End.By != model.Peer || e.Request.To != "sip:busy@demo" || e.From != globex || n < 2 {
		t.Errorf("a connect that failed, kept %d times: %+v", n, e)
	}
	before := len(j.kept)
	r.wait(3 * time.Second)
	if len(j.kept) != before {
		t.Errorf("time alone kept %d entries", len(j.kept)-before)
	}
}

func TestHistorySaysHowItEnded(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().press("4")
	for _, s := range []string{"486 busy", "missed  ", "end not seen", "under way"} {
		r.sees(s)
	}
	r.press("/", "by", "space", "peer", "tab").sees("busy@demo is busy (486 Busy Here).")
	r.press("esc", "/", "nothing like it").sees("Nothing fits.")
}

func TestHistoryRetriesAConnect(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().clear().press("4", "/", "486", "tab", "j")
	r.sees("repeats on #2 Globex")
	r.press(".")
	c, ok := r.last().(model.Connect)
	if !ok || c.Call != "e1aa0002" || c.Request.To != "sip:bob@demo" || c.Request.Timeout != 20*time.Second {
		t.Fatalf("%#v", r.last())
	}
	if r.App.at != atCalls || r.selected != "e1aa0002" {
		t.Errorf("screen %d, call %s", r.App.at+1, r.selected)
	}
}

func TestHistoryEditsAConnect(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().clear().press("4", "/", "486", "tab", "j", "c")
	r.none("the form asks first")
	r.sees("Connect SIP on #2 Globex")
	r.press("ctrl+g")
	if c, ok := r.last().(model.Connect); !ok || c.Request.To != "sip:bob@demo" || len(c.Request.Codecs) != 1 {
		t.Fatalf("%#v", r.last())
	}
}

func TestHistoryNeedsACallToRetryOn(t *testing.T) {
	r := newRig(t, 120, 36).empty().clear()
	r.Update(loadedMsg{entries: earlier()})
	r.press("4", "/", "486", "tab", ".").none("no call is up")
	r.sees("its call has ended: select one that is up on Calls first")
	r.press("c").none("no call is up")
}

func TestHistoryCallsBack(t *testing.T) {
	r := newRig(t, 120, 36).empty().clear()
	r.Update(loadedMsg{entries: earlier()})
	r.press("4", "/", "missed", "tab")
	r.sees("calls carol@demo")
	r.press(".")
	if d, ok := r.last().(model.Dial); !ok || d.To != carol.URI || d.From != support.URI {
		t.Fatalf("%#v", r.last())
	}
	r.press("4", "G", "enter").sees("the call is no longer known")
}

func TestHistoryOpensTheCall(t *testing.T) {
	r := newRig(t, 120, 36).withHistory().press("4", "/", "dana", "enter")
	r.press("enter")
	if r.App.at != atCalls || r.selected != "e1aa0004" {
		t.Errorf("screen %d, call %s", r.App.at+1, r.selected)
	}
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	r := newRig(t, 120, 36).empty()
	r.Update(loadedMsg{err: errors.New("permission denied")})
	r.sees("The history could not be read: permission denied.")
}

// TestHistoryIsBounded holds that a long life of the program keeps no more than
// the limit.
func TestHistoryIsBounded(t *testing.T) {
	r := newRig(t, 80, 24).empty()
	for i := range HistoryLimit + 500 {
		r.keep(journal.Entry{ID: string(appendInt(nil, i)), Kind: journal.Call, Began: noon})
	}
	if n := len(r.history.book.Entries()); n != HistoryLimit {
		t.Errorf("%d entries", n)
	}
	r.press("4", "G")
	exact(t, r)
}
