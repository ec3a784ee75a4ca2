package ui

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

// last is the newest order's command.
func (r *rig) last() model.Command {
	r.t.Helper()
	if len(r.desk.orders) == 0 {
		r.t.Fatal("no order was given")
	}
	return r.desk.orders[len(r.desk.orders)-1].Command
}

// clear forgets the orders of the scene.
func (r *rig) clear() *rig { r.desk.orders = nil; return r }

func (r *rig) none(why string) {
	r.t.Helper()
	if n := len(r.desk.orders); n != 0 {
		r.t.Fatalf("%s: %d orders were given, the last %#v", why, n, r.last())
	}
}

func (r *rig) sees(text string) {
	r.t.Helper()
	if !strings.Contains(r.View(), text) {
		r.t.Fatalf("the screen does not say %q:\n%s", text, r.View())
	}
}

// lacks fails when the screen says something.
func (r *rig) lacks(text string) {
	r.t.Helper()
	if strings.Contains(r.View(), text) {
		r.t.Fatalf("the screen says %q:\n%s", text, r.View())
	}
}

func TestAnswer(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("g", "a")
	if got, want := r.last(), (model.Answer{Call: "e1aa0004"}); got != want {
		t.Fatalf("order %#v, want %#v", got, want)
	}
	if o := r.desk.orders[0]; o.ID == 0 || o.Given != noon || o.Deadline != noon.Add(model.DefaultCommandDeadline) {
		t.Errorf("the order is %+v", o)
	}
}

func TestDisabledActionsSayWhy(t *testing.T) {
	cases := []struct {
		call model.CallID
		key  string
		want string
	}{
		{"e1aa0004", "c", "Connect #4: it is not answered: answer it first (a)."},
		{"e1aa0003", "c", "Connect #3: the call has a peer: disconnect it first."},
		{"e1aa0003", "a", "Answer #3: it does not ring."},
		{"e1aa0002", "d", "Disconnect peer #2: the call has no peer."},
		{"e1aa0002", ".", "Repeat #2: nothing was connected here yet: c connects."},
		{"e1aa0001", "D", "Hang up #1: the call has ended."},
		{"e1aa0001", "c", "Connect #1: the call has ended."},
	}
	for _, c := range cases {
		r := newRig(t, 120, 36).several().clear().choose(c.call).press(c.key)
		r.none(c.key)
		r.sees(c.want)
	}
	r := newRig(t, 120, 36).empty().press("a")
	r.sees("Answer: no call is selected")
}

func TestDisconnectAndCancel(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("d")
	if got, want := r.last(), (model.Hangup{Call: "b0bb0001", Reason: "hangup"}); got != want {
		t.Fatalf("disconnect gave %#v, want %#v", got, want)
	}
	r.sees("disconnecting")
	r.clear().press("d")
	r.none("a second d")

	for _, key := range []string{"esc", "d"} {
		r = newRig(t, 120, 36).several()
		r.ringing("e1aa0002", "b0bb0002", bob)
		r.clear().choose("e1aa0002").press(key)
		if got, want := r.last(), (model.Hangup{Call: "b0bb0002", Reason: "cancel"}); got != want {
			t.Fatalf("%s on a ringing connect gave %#v, want %#v", key, got, want)
		}
		r.sees("cancelling")
	}
	r = newRig(t, 120, 36).several()
	r.ask("e1aa0002", bob)
	r.clear().choose("e1aa0002").press("esc")
	if got, want := r.last(), (model.Disconnect{Call: "e1aa0002"}); got != want {
		t.Fatalf("esc on a dialing connect gave %#v, want %#v", got, want)
	}
}

func TestHangupAsksAndNamesTheLeg(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("D")
	r.none("the first D")
	r.sees("Hang up Erin Vale (A, 1:44)?")
	r.press("esc")
	r.none("esc")
	for _, keys := range [][]string{{"D", "D"}, {"D", "enter"}, {"f8", "f8"}} {
		r.clear().press(keys...)
		if got, want := r.last(), (model.Hangup{Call: "e1aa0003", Reason: "hangup"}); got != want {
			t.Fatalf("%v gave %#v, want %#v", keys, got, want)
		}
	}
	r.clear().press("tab", "tab", "D")
	r.sees("Hang up Bob (B, 1:30)?")
	r.press("D")
	if got, want := r.last(), (model.Hangup{Call: "b0bb0001", Reason: "hangup"}); got != want {
		t.Fatalf("D on the B pane gave %#v, want %#v", got, want)
	}
}

func TestHangupWordFitsTheState(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("g", "D", "D")
	if got, want := r.last(), (model.Hangup{Call: "e1aa0004", Reason: "decline"}); got != want {
		t.Fatalf("a ringing call: %#v, want %#v", got, want)
	}
	r = newRig(t, 120, 36).empty()
	r.happen(model.CallSeen{At: noon, Call: model.CallInfo{ID: "out", State: model.Ringing, Direction: model.Outbound, To: bob}})
	r.press("D", "D")
	if got, want := r.last(), (model.Hangup{Call: "out", Reason: "cancel"}); got != want {
		t.Fatalf("a call we dial: %#v, want %#v", got, want)
	}
}

// A question whose call has ended goes away, and its second key hits nothing.
func TestQuestionEndsWithItsCall(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("D")
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	if r.overlay() != nil {
		t.Fatal("the question is still open")
	}
	r.press("enter")
	r.none("enter after the call had ended")
	r.sees("Erin Vale needs no hang-up")
}

// The question is about the call that it names, whatever comes meanwhile.
func TestQuestionKeepsItsCall(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("D")
	r.happen(call("zz", carol, model.Created, 0.0, model.Ringing, 0.0)...)
	r.press("enter")
	if got, want := r.last(), (model.Hangup{Call: "e1aa0003", Reason: "hangup"}); got != want {
		t.Fatalf("%#v, want %#v", got, want)
	}
}

func TestFormConnects(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	advanced2 := []string{"j", "c", "esc", "sip:late5@demo", "tab", "ctrl+u", "sip:desk@demo", "tab",
		"space", "right", "right", "space", "<", // codecs: PCMU, then OPUS, moved before it
		"tab", "enter", "A", "tab", "1", "tab", "tab", "25", "tab", "enter", "tab", "uk",
		"ctrl+t", "tab", "tab", "0.0075", "tab", "right", "tab", "600", "tab", "https://a.example/cb", "tab", "space", "right", "right", "space", "ctrl+g"}
	r.press(advanced2...)
	got, ok := r.last().(model.Connect)
	if !ok {
		t.Fatalf("order %#v\n%s", r.last(), r.View())
	}
	want := model.Connect{Call: "e1aa0002", Tag: "tag-2", Request: model.ConnectRequest{
		From: "sip:desk@demo", To: "sip:late5@demo", Codecs: []string{"OPUS", "PCMU"}, Headers: []model.Header{{Name: "X-A", Value: "1"}},
		Timeout: 25 * time.Second, Ringback: model.Playlist{{Kind: model.Ringtone, Country: "uk"}},
		MaxPricePerMinute: 75, WebRTCMedia: model.On, SessionTimeout: 600 * time.Second,
		CallStateURL: "https://a.example/cb", CallStateEvents: []string{"created", "answered"}}}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("order\n %+v, want\n %+v", got, want)
	}
	if r.overlay() != nil {
		t.Error("the form is still open")
	}
	r.sees("dialing 0:00")
	if r.book.Call("e1aa0002").Attempt.State != model.Dialing {
		t.Error("the attempt is not dialing")
	}
}

// TestTheFirstKeyIsAboutWhoRings: until somebody works here the selection is on
// who has waited for the longest time.
func TestTheFirstKeyIsAboutWhoRings(t *testing.T) {
	r := newRig(t, 120, 36)
	r.touched = false
	r.empty().happen(call("e1aa0001", carol, model.Answered, 9.0)...)
	if r.selected != "e1aa0001" {
		t.Errorf("%q is selected while nobody rings", r.selected)
	}
	r.happen(call("e1aa0002", globex, model.Ringing, 8.0)...)
	r.happen(call("e1aa0003", erin, model.Ringing, 7.0)...)
	r.press("a").gave(model.Answer{Call: "e1aa0002"})
	r.happen(call("e1aa0002", globex, model.Answered, 1.0)...)
	if r.selected != "e1aa0002" {
		t.Errorf("%q is selected by itself", r.selected)
	}
}

func TestFormShowsWhatIsWrong(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("j", "c", "ctrl+g")
	r.none("an empty form")
	r.sees("✗ To: empty, type sip:user@host")
	r.press("nobody", "ctrl+g")
	r.none("no host, and nobody of that name")
	r.sees("✗ To: no @, type sip:user@host")
	r.press("ctrl+u", "bob@demo", "tab", "tab", "tab", "enter", "backspace", "backspace", "Queue", "ctrl+g")
	r.none("a header that is not X-")
	r.sees(`Headers: "Queue" does not begin with X-`)
	r.press("ctrl+d", "tab", "soon", "ctrl+g")
	r.none("a timeout that is no number")
	r.sees(`Timeout: "soon" is no number of seconds`)
	r.press("ctrl+u", "12.5", "ctrl+g")
	r.sees("Timeout: must be whole seconds")
	r.press("ctrl+u", "tab", "enter", "tab", "xx", "ctrl+g")
	r.sees(`Ringback: no ringtone "xx"`)
	r.press("ctrl+d", "ctrl+t", "tab", "0.00751", "ctrl+g")
	r.sees("more than four decimals")
	r.press("ctrl+t", "ctrl+g")
	r.none("a hidden field with a problem")
	r.sees("more than four decimals")
	r.press("ctrl+u", "ctrl+g")
	if _, ok := r.last().(model.Connect); !ok {
		t.Fatalf("order %#v", r.last())
	}
}

func TestFormSuggests(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("j", "c")
	r.sees("late5@demo")
	f := r.overlay().(*form)
	for _, keys := range [][]string{{"enter"}, {"tab"}} { // what is no address yet has its best suggestion chosen
		r.press("ctrl+u", "lt5").press(keys...)
		if got := f.request().To; got != "sip:late5@demo" || f.at != 0 {
			t.Fatalf("%v on the suggestion gave %q in field %d", keys, got, f.at)
		}
	}
	r.press("ctrl+u", "sip:bob@dem", "enter") // an address, though not one that is suggested
	if got := f.request().To; got != "sip:bob@dem" || f.at != 1 {
		t.Fatalf("a typed address became %q, field %d", got, f.at)
	}
	r.press("shift+tab", "ctrl+u", "lt5", "enter")
	r.press("ctrl+g")
	r.choose("e1aa0003").press("c") // has a peer: refused
	if r.overlay() != nil {
		t.Fatal("a form for a call with a peer")
	}
	if !slices.Contains(r.past, "sip:late5@demo") {
		t.Errorf("the target was not remembered: %v", r.past)
	}
}

// What the preview hides cannot be edited under it; ctrl+g still sends.
func TestPreviewHidesTheFields(t *testing.T) {
	r := newRig(t, 80, 24).several().clear().press("j", "c", "esc", "sip:bob@demo", "ctrl+x", "x", "backspace", "down", "end")
	r.sees("ctrl+x back to the fields")
	if got := r.overlay().(*form).request().To; got != "sip:bob@demo" {
		t.Errorf("the hidden field became %q", got)
	}
	r.press("ctrl+g")
	if _, ok := r.last().(model.Connect); !ok {
		t.Errorf("order %#v", r.last())
	}
}

func TestFormKnowsWhenItsCallEnds(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("j", "c", "sip:bob@demo")
	r.happen(call("e1aa0002", globex, model.Ended, 0.0)...)
	r.sees("The call has ended: esc closes the form.")
	r.press("ctrl+g")
	r.none("a call that has ended")
	r.press("esc", "esc")
	if r.overlay() != nil {
		t.Error("esc did not close the form")
	}
}

func TestRepeatAndEdit(t *testing.T) {
	r := newRig(t, 120, 36)
	r.ended("busy@demo", "busy", 486, "Busy Here", "remote")
	r.sees("busy@demo is busy (486 Busy Here).  [c] edit and retry  [.] retry")
	r.clear().press(".")
	got, ok := r.last().(model.Connect)
	if !ok || got.Request.To != "sip:busy@demo" || got.Tag != "tag-3" || len(got.Request.Headers) != 1 {
		t.Fatalf("repeat gave %#v", r.last())
	}
	r = newRig(t, 120, 36)
	r.ended("busy@demo", "busy", 486, "Busy Here", "remote")
	r.press("c")
	if f := r.overlay().(*form); f.request().To != "sip:busy@demo" || f.request().Timeout != 30*time.Second {
		t.Errorf("the form does not begin with the last request: %+v", f.request())
	}
}

func TestDial(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("C", "esc", "+1 (555) 0100", "tab", "ctrl+u", "+15550199", "enter")
	want := model.Dial{Tag: "tag-2", From: "+15550199", To: "+15550100", Timeout: 30 * time.Second}
	if got := r.last(); !reflect.DeepEqual(got, want) {
		t.Fatalf("order %+v, want %+v", got, want)
	}
	r.happen(model.CallSeen{At: noon, Call: model.CallInfo{ID: "new", State: model.Created, Direction: model.Outbound, Tag: "tag-2", To: globex}})
	if r.selected != "new" {
		t.Errorf("the dialled call is not selected but %q", r.selected)
	}
	r.clear().press("C", "esc", "nobody", "ctrl+g")
	r.none("a bad address")
	r.sees("no @, type sip:user@host")
}

func TestSelectionStaysOnItsCall(t *testing.T) {
	r := newRig(t, 120, 36).several()
	r.happen(call("n1", carol, model.Created, 0.0)...)
	if r.selected != "e1aa0003" {
		t.Fatal("a new call moved the selection")
	}
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	if r.selected != "e1aa0003" {
		t.Fatal("the end of the call moved the selection")
	}
	r.wait(model.Linger + time.Second)
	if r.selected == "e1aa0003" || r.selected == "" {
		t.Fatalf("the selection is %q after the call was forgotten", r.selected)
	}
	r.press("G", "j", "j", "g", "k", "pgdown", "ctrl+d", "ctrl+u")
	exact(t, r)
}

// Fast typing arrives in one message; a paste on the list is no command.
func TestKeysInOnePiece(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("DD")})
	if got, want := r.last(), (model.Hangup{Call: "e1aa0003", Reason: "hangup"}); got != want {
		t.Fatalf("%#v, want %#v", got, want)
	}
	r.clear()
	r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("DDda"), Paste: true})
	r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("D"), Paste: true})
	r.none("a paste on the list")
	r.choose("e1aa0002").press("c")
	r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("sip:bob@demo\r\n"), Paste: true})
	if got := r.overlay().(*form).request().To; got != "sip:bob@demo" {
		t.Errorf("a paste in a field gave %q", got)
	}
}

func TestLeaving(t *testing.T) {
	carries := func(o *Options) { o.Carries = true }
	if !newRig(t, 120, 36, carries).empty().press("q").quit {
		t.Error("q did not leave although nothing runs")
	}
	if !newRig(t, 120, 36).several().press("q").quit {
		t.Error("q did not leave although the calls run elsewhere")
	}
	r := newRig(t, 120, 36, carries).several().clear().press("q")
	if r.quit {
		t.Fatal("q cut calls off")
	}
	r.sees("3 calls run through this program.")
	r.press("esc")
	if r.overlay() != nil || r.quit {
		t.Fatal("esc did not stay")
	}
	r.press("q", "w")
	r.sees("Leaving when 3 calls have ended.")
	r.choose("e1aa0002").press("c")
	r.sees("the program waits for its last calls to end")
	for _, id := range []model.CallID{"e1aa0002", "e1aa0003", "b0bb0001", "e1aa0004"} {
		if r.leaving.mode == gone {
			t.Fatal("it left before the last call had ended")
		}
		r.happen(call(id, erin, model.Ended, 0.0)...)
	}
	if r.leaving.mode != gone {
		t.Error("the last call has ended and the program is still there")
	}

	r = newRig(t, 120, 36, carries).several().clear().press("q", "h")
	if len(r.desk.orders) != 3 || r.leaving.mode != hangingUp {
		t.Fatalf("%d orders, mode %v", len(r.desk.orders), r.leaving.mode)
	}
	r.wait(farewell)
	if r.leaving.mode != gone {
		t.Error("it waits for ever for calls that do not end")
	}
	if !newRig(t, 120, 36, carries).several().press("ctrl+c", "ctrl+c").quit {
		t.Error("ctrl+c twice does not force")
	}
	told := 0
	newRig(t, 120, 36, func(o *Options) { o.OnQuit = func() { told++ } }).press("q", "q")
	if told != 1 {
		t.Errorf("OnQuit was called %d times", told)
	}
}

func TestReadOnlyAndSmallWindowsChangeNothing(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.ReadOnly = true }).several().clear()
	for _, key := range []string{"a", "c", ".", "d", "D", "C", "f2", "f4", "f8"} {
		r.press(key, "enter", "esc")
	}
	r.none("a console that only watches")
	r.sees("watching only")

	r = newRig(t, 120, 36).several().clear()
	r.resize(59, 20)
	for _, key := range []string{"a", "c", ".", "d", "D", "C"} {
		r.press("g", key, "enter")
	}
	r.none("a window that is too small")

	r = newRig(t, 120, 36).several().clear().press("D")
	r.resize(40, 10)
	r.press("D")
	r.none("a question in a window that became too small")
}

func TestReconnect(t *testing.T) {
	r := newRig(t, 120, 36)
	linkLost(r)
	r.press("ctrl+r")
	if r.desk.reconnect != 1 {
		t.Errorf("ctrl+r asked %d times", r.desk.reconnect)
	}
	r = newRig(t, 120, 36).several().press("ctrl+r")
	if r.desk.reconnect != 0 || r.desk.reread != 1 {
		t.Errorf("with the link up ctrl+r reconnects %d times and reads %d times", r.desk.reconnect, r.desk.reread)
	}
	r = newRig(t, 120, 36).happen(cloudUp()).press("ctrl+r")
	r.sees("Reconnect: the link is up, and this server has no lists to read.")
}

func TestFeedThatEnds(t *testing.T) {
	r := newRig(t, 120, 36).several()
	r.Update(batchMsg{err: errors.New("mailbox closed")})
	r.sees("No events any more: mailbox closed")
}

func TestKeyTable(t *testing.T) {
	seen := make(map[string]string)
	names := make(map[string]bool)
	for _, row := range KeyTable() {
		if row.Name == "" || row.Help == "" || len(row.Keys) == 0 || names[row.Name] {
			t.Errorf("row %+v", row)
		}
		names[row.Name] = true
		for _, k := range row.Keys {
			at := row.Where + " " + k
			if other := seen[at]; other != "" {
				t.Errorf("%s is the key of %s and of %s", at, other, row.Name)
			}
			seen[at] = row.Name
		}
	}
	for word, r := range remedies {
		for _, c := range r.next {
			if !names[c.action] {
				t.Errorf("the remedy of %s names no action: %s", word, c.action)
			}
		}
	}
}
