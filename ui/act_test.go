package ui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

// commands are all orders so far.
func (r *rig) commands() []model.Command {
	var out []model.Command
	for _, o := range r.desk.orders {
		out = append(out, o.Command)
	}
	return out
}

func (r *rig) gave(want ...model.Command) {
	r.t.Helper()
	if got := r.commands(); !reflect.DeepEqual(got, want) {
		r.t.Fatalf("orders\n %#v, want\n %#v\n%s", got, want, r.View())
	}
	r.clear()
}

func TestUndo(t *testing.T) {
	r := newRig(t, 120, 36, undo).several().clear().press("D", "D")
	r.none("a hang-up before its time")
	r.sees("hanging up in 2 s, u keeps")
	r.press("D")
	r.sees("it is about to be done: u keeps the call")
	r.press("u")
	r.wait(5 * time.Second)
	r.none("a hang-up that was taken back")
	r.press("u")
	r.sees("nothing waits that could be taken back")

	r.press("D", "enter").wait(time.Second)
	r.none("a hang-up after one second")
	r.sees("hanging up in 1 s")
	r.wait(time.Second)
	r.gave(model.Hangup{Call: "e1aa0003", Reason: "hangup"})

	r = newRig(t, 120, 36, undo).several().clear().press("d")
	r.none("a disconnect before its time")
	r.sees("disconnecting in 2 s, u keeps")
	r.wait(2 * time.Second)
	r.gave(model.Hangup{Call: "b0bb0001", Reason: "hangup"})

	r = newRig(t, 120, 36, undo).several().clear().press("g", "a")
	r.gave(model.Answer{Call: "e1aa0004"}) // an answer never waits
	r.press("j", "D", "D")
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	r.wait(3 * time.Second)
	r.none("a hang-up of a call that had ended")
	r = newRig(t, 120, 36, undo).several().clear().press("D", "D", "q")
	r.gave(model.Hangup{Call: "e1aa0003", Reason: "hangup"}) // who leaves has meant it
}

// A connect that is not through is cancelled at once.
func TestCancelDoesNotWait(t *testing.T) {
	r := newRig(t, 120, 36, undo).several()
	r.ringing("e1aa0002", "b0bb0002", bob)
	r.clear().choose("e1aa0002").press("esc")
	r.gave(model.Hangup{Call: "b0bb0002", Reason: "cancel"})
}

func TestReject(t *testing.T) {
	for key, want := range map[string]model.Command{
		"b": model.Hangup{Call: "e1aa0004", Reason: "busy"},
		"d": model.Hangup{Call: "e1aa0004", Reason: "decline"},
		"p": model.Pass{Call: "e1aa0004"},
	} {
		r := newRig(t, 120, 36, undo).several().clear().press("g", "X", key)
		r.none("before its time")
		r.wait(2 * time.Second)
		r.gave(want)
	}
	r := newRig(t, 120, 36).several().clear().press("X")
	r.sees("Reject #3: it does not ring.")
	r.press("g", "X")
	r.happen(call("e1aa0004", erin, model.Answered, 0.0)...) // somebody else was faster
	r.press("b")
	r.none("a call that rings no more")
}

func TestReasonPicker(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("g", "D", "r")
	r.sees("480 Temporarily Unavailable")
	r.press("down", "down", "down", "enter")
	r.gave(model.Hangup{Call: "e1aa0004", Reason: "noAnswer"})
	r.press("j", "D", "r", "e")
	r.gave(model.Hangup{Call: "e1aa0003", Reason: "error"})
}

func TestMarksActTogether(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("g", "space", "space", "D")
	r.sees("Hang up 2 calls?")
	r.press("D")
	r.gave(model.Hangup{Call: "e1aa0004", Reason: "decline"}, model.Hangup{Call: "e1aa0003", Reason: "hangup"})
	if len(r.marked) != 0 {
		t.Error("the marks stay")
	}
	r = newRig(t, 120, 36).several().clear().press("g", "space", "G", "V", "*")
	if len(r.rows) != 4 || len(r.marked) != 4 {
		t.Fatalf("%d rows, %d marked", len(r.rows), len(r.marked))
	}
	r.press("space", "esc")
	if len(r.marked) != 0 || r.onlyMarked || len(r.rows) != 4 {
		t.Errorf("esc left %v, %d rows", r.marked, len(r.rows))
	}
	r.press("*")
	r.sees("no call is marked: space marks one")
	r.press("g", "space", "j", "space", "d") // 4 has no peer, 2 has none
	r.sees("none of the marked calls has a peer")
}

func TestFilter(t *testing.T) {
	for text, want := range map[string]int{
		"": 4, "erin": 1, "bob": 1, "!erin": 3, "state:ringing": 1, "!state:ended": 3, "hdr:8841": 1, "hdr:x-queue": 1,
		"party:globex": 1, "reason:hangup": 1, "state:talking erin": 1, "state:talking globex": 0, `party:"erin v"`: 1, `"erin`: 1, "party:": 4,
	} {
		r := newRig(t, 120, 36).several().press("/", text, "enter")
		if len(r.rows) != want {
			t.Errorf("%q leaves %d rows, want %d", text, len(r.rows), want)
		}
		exact(t, r)
	}
	r := newRig(t, 120, 36).several().press("/", "zed")
	r.sees("None of 4 calls fits.")
	if r.selected != "" {
		t.Error("a call that is not seen is selected")
	}
	r.press("esc")
	if r.selected != "e1aa0003" || len(r.rows) != 4 {
		t.Errorf("esc left %q of %d rows", r.selected, len(r.rows))
	}
	r.press("/", "erin", "enter", "esc")
	if r.filter != "" || len(r.rows) != 4 {
		t.Error("esc on the list does not clear the filter")
	}
	if r := newRig(t, 120, 36, func(o *Options) { o.Filter = "erin" }).several(); len(r.rows) != 1 || r.filter != "erin" {
		t.Errorf("a filter from the start leaves %d rows", len(r.rows))
	}
	// What is filtered away is still told.
	r.ask("e1aa0002", bob)
	r.press("/", "erin", "enter")
	r.toast = toast{}
	r.wait(time.Second)
	r.sees("No outcome came in time.")
}

func TestSort(t *testing.T) {
	ids := func(r *rig) string {
		var out []string
		for _, c := range r.rows {
			out = append(out, string(c.ID[len(c.ID)-1:]))
		}
		return strings.Join(out, "")
	}
	r := newRig(t, 120, 36).several()
	for i, want := range []string{"4321", "4321", "4321", "3421", "3421", "4321", "4321"} {
		r.press("s")
		if got := ids(r); got != want {
			t.Errorf("after %d s (%s): %s, want %s", i+1, r.sort, got, want)
		}
	}
	r.press("S")
	if got := ids(r); got != "2341" {
		t.Errorf("reversed: %s", got)
	}
	r.sees("Sorted: oldest first.")
	if r.selected != "e1aa0003" {
		t.Error("sorting moved the selection")
	}
}

func TestPalette(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press(":", "disconnect p", "enter")
	r.gave(model.Hangup{Call: "b0bb0001", Reason: "hangup"})
	r = newRig(t, 120, 36).several().clear().press("ctrl+p", "answer a ring")
	r.sees("Not now: it does not ring.")
	r.press("enter")
	r.none("an action that cannot be done")
	r.press("esc", ":", "go to #4", "enter")
	if r.selected != "e1aa0004" {
		t.Errorf("selected %q", r.selected)
	}
	r.choose("e1aa0002").press(":", "to bob", "enter")
	if f, ok := r.overlay().(*form); !ok || f.request().To != "sip:bob@demo" {
		t.Errorf("the palette opened %#v", r.overlay())
	}
}

func TestTypedCommands(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	r.press(":", `:connect 2 sip:bob@demo timeout=20 X-Account=8841 "X-Note=two words" codecs=pcmu,PCMA ringback=us webrtc=off`, "enter")
	r.gave(model.Connect{Call: "e1aa0002", Tag: "tag-2", Request: model.ConnectRequest{From: "sip:operator@demo", To: "sip:bob@demo",
		Timeout: 20 * time.Second, Codecs: []string{"PCMU", "PCMA"}, WebRTCMedia: model.Off, Ringback: model.Playlist{{Kind: model.Ringtone, Country: "us"}},
		Headers: []model.Header{{Name: "X-Account", Value: "8841"}, {Name: "X-Note", Value: "two words"}}}})
	r.press(":", "dial +15550199 from=+15550100 timeout=12", "enter")
	r.gave(model.Dial{Tag: "tag-3", From: "+15550100", To: "+15550199", Timeout: 12 * time.Second})
	r.press(":", "hangup #4 busy", "enter")
	r.gave(model.Hangup{Call: "e1aa0004", Reason: "busy"})
	r.press(":", "disconnect 3", "enter")
	r.gave(model.Hangup{Call: "b0bb0001", Reason: "hangup"})
	r.press(":", "theme light", "enter")
	if r.th.Name != "light" {
		t.Errorf("theme %s", r.th.Name)
	}
	r.press(":", "con", "tab")
	if f := r.overlay().(*palette); f.find.text() != "connect " {
		t.Errorf("tab made %q", f.find.text())
	}
	r.press("2", "tab", "la", "tab", "ti", "tab", "9", "enter")
	r.none("#2, which has a connect under way")
	r.sees("A connect is under way: cancel it first.")
}

func TestTypedCommandsSayWhatIsWrong(t *testing.T) {
	r := newRig(t, 120, 36).several().clear()
	for line, want := range map[string]string{
		"":                             "type a command",
		"fly 3":                        `there is no command "fly"`,
		"connect":                      "no address",
		"connect 77 sip:bob@demo":      "there is no call 77",
		"connect 2 bob":                "no @",
		"connect 2 sip:b@c d@e":        `"d@e": type name=value`,
		"connect 2 sip:b@c Account=1":  "headers begin with X-",
		"connect 2 sip:b@c timeout=x":  "no number of seconds",
		"connect 2 sip:b@c webrtc=yes": "webrtc is on or off",
		`connect 2 "sip:b@c`:           `a " is not closed`,
		"connect 3 sip:b@c":            "the call has a peer",
		"dial nobody":                  "no @",
		"hangup 1":                     "the call has ended",
		"hangup 3 gently":              "a reason is one of",
		"hangup 3 busy now":            `"now" is too much`,
		"answer 3":                     "it does not ring",
		"answer 4 now":                 `"now" is too much`,
		"theme pink":                   "choose one of",
	} {
		_, err := r.command(line)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
	r.none("commands that are wrong")
	r.opt.ReadOnly = true
	if _, err := r.command("hangup 3"); err == nil {
		t.Error("a console that only watches hangs up")
	}
}

func TestKeymap(t *testing.T) {
	for _, name := range KeymapNames() {
		m, err := KeymapPreset(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := KeymapPreset("emacs"); err == nil {
		t.Error("there are keys of emacs")
	}
	err := Keymap{"call.answer": {"D"}, "call.fly": {"z"}, "call.dial": {""}}.Check()
	for _, want := range []string{"D is the key of call.answer and of call.hangup", "there is no action call.fly", "call.dial has a key without a name"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if err := (Keymap{"call.answer": {"?"}}).Check(); err == nil || !strings.Contains(err.Error(), "? is the key of call.answer and of help") {
		t.Errorf("a hidden key: %v", err)
	}
	r := newRig(t, 120, 36, func(o *Options) { o.Keymap = Keymap{"call.hangup": {"ctrl+k"}, "list.mark": {}} }).several().clear()
	r.press("D")
	r.none("a key that was moved away")
	r.press("ctrl+k")
	r.sees("[ctrl+k or enter] hangs up")
	r.press("ctrl+k")
	r.gave(model.Hangup{Call: "e1aa0003", Reason: "hangup"})
	r.press("space")
	if len(r.marked) != 0 {
		t.Error("an action without keys has one")
	}
}
