package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"cordpair/model"
)

var refusal = &model.Fault{Kind: model.FaultRefused, Code: 501, Text: "this exchange has no method calling.hold"}

func TestHoldAndPark(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().choose("e1aa0002").press("o")
	r.settled(nil).gave(model.Hold{Call: "e1aa0002"})
	r.sees("on hold")
	r.press("o")
	r.settled(nil).gave(model.Unhold{Call: "e1aa0002"})
	if r.op("e1aa0002").held {
		t.Error("it is still on hold")
	}
	r.press("f7")
	r.settled(nil).gave(model.Hold{Call: "e1aa0002"})
	r.sees("parked 0:00")
	r.press("p")
	r.sees("it is parked: P picks it up")
	r.wait(DefaultRecall)
	r.sees("Globex is parked for 2:00.  [P] pick up")
	r.choose("e1aa0003").press("P")
	r.settled(nil).gave(model.Unhold{Call: "e1aa0002"})
	if r.selected != "e1aa0002" || len(r.parkedCalls()) != 0 {
		t.Errorf("selected %q, %d parked", r.selected, len(r.parkedCalls()))
	}
	r.press("P")
	r.sees("no call is parked")

	r.happen(model.ActionChanged{At: noon, Call: "e1aa0002", Kind: "hold", State: "hold"}) // by somebody else
	if !r.op("e1aa0002").held {
		t.Error("a hold by another client is not seen")
	}
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0002", Kind: "hold", State: "unhold"})
	r.press("p").settled(refusal)
	r.sees("Could not hold Globex: this exchange has no method calling.hold.")
	if len(r.parkedCalls()) != 0 {
		t.Error("a refused hold parks")
	}
}

func TestRecordAndPlay(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("R")
	r.settled(nil).gave(model.Record{Call: "e1aa0003", Control: "tag-2"})
	r.sees("recording")
	r.press("R")
	r.settled(nil).gave(model.StopRecord{Call: "e1aa0003", Control: "tag-2"})
	r.press("R").settled(nil)
	r.happen(model.ActionChanged{At: noon, Call: "e1aa0003", Control: "tag-3", Kind: "record", State: "finished"})
	if r.op("e1aa0003").recording != "" {
		t.Error("a recording that has ended goes on")
	}
	r.clear().press("A", "Please hold: a moment", "enter")
	r.gave(model.Play{Call: "e1aa0003", Control: "tag-4", Playlist: model.Playlist{{Kind: model.Speech, Text: "Please hold: a moment"}}})
	r.press("M")
	r.gave(model.StopPlay{Call: "e1aa0003", Control: "tag-4"})
	r.press("M")
	r.sees("nothing plays to it from here")
	r.press("tab", "tab", "A", "ringtone:us", "enter")
	r.gave(model.Play{Call: "b0bb0001", Control: "tag-5", Playlist: model.Playlist{{Kind: model.Ringtone, Country: "us"}}})
	r.press("A", "enter")
	r.sees("Type what to say.")
	r.press("esc", "tab", "tab", "g", "R")
	r.sees("Record #4: it is not answered: answer it first (a).")
}

func TestKeypad(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("#", "1", "#", "x", "a")
	r.gave(model.SendDigits{Call: "e1aa0003", Digits: "1"}, model.SendDigits{Call: "e1aa0003", Digits: "#"}, model.SendDigits{Call: "e1aa0003", Digits: "A"})
	r.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("+1 (555) 0100"), Paste: true})
	r.gave(model.SendDigits{Call: "e1aa0003", Digits: "15550100"})
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	if r.overlay() != nil {
		t.Error("the keypad outlives its call")
	}
}

func TestNote(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("n", "order 5521", "enter")
	r.sees("order 5521")
	r.press("/", "5521", "enter")
	if len(r.rows) != 1 {
		t.Error("a note cannot be found")
	}
	r.press("n", "ctrl+u", "enter")
	if len(r.notes) != 0 {
		t.Errorf("notes %v", r.notes)
	}
	r.none("a note")
}

func TestTransferAndBridge(t *testing.T) {
	r := newRig(t, 120, 36).several().clear().press("t", "b", "late", "tab", "enter")
	r.gave(model.Refer{Call: "e1aa0003", To: "sip:late5@demo"})
	r.press("t", "b", "nobody", "enter")
	r.sees("No @, type sip:user@host.")
	r.press("esc", "t", "m")
	r.gave(model.Hangup{Call: "b0bb0001", Reason: "hangup"})
	if f, ok := r.overlay().(*form); !ok || f.call != "e1aa0003" {
		t.Fatalf("moving opened %#v", r.overlay())
	}
	r = newRig(t, 120, 36).several().clear().choose("e1aa0002").press("t", "m")
	r.sees("it has no peer: c connects it")
	r.press("esc", "B")
	r.sees("mark two calls that are answered")
	r.happen(call("e1aa0005", carol, model.Answered, 5.0)...)
	r.choose("e1aa0005").press("space").choose("e1aa0002").press("space", "B")
	before := r.counts.Talking
	r.gave(model.Join{Call: "e1aa0005", Conference: "bridge-tag-2"}, model.Join{Call: "e1aa0002", Conference: "bridge-tag-2"})
	for range 2 {
		r.settled(nil)
	}
	r.choose("e1aa0002").sees("bridged  with #5 Carol")
	r.choose("e1aa0005").sees("bridged  with #2 Globex")
	if got := r.counts.Talking - before; got != 2 {
		t.Errorf("%d calls of the bridge count as talking", got)
	}
	r.happen(call("e1aa0005", carol, model.Ended, 0.0)...)
	r.sees("Globex is alone: the other has left the bridge.")
	if r.counts.Talking != before {
		t.Error("who is left alone counts as talking")
	}
	if s := r.opText(r.book.Call("e1aa0002")); s != "" {
		t.Errorf("who is left alone is %q", s)
	}
	r.choose("e1aa0003").press("space").choose("e1aa0002").press("space", "B")
	r.sees("Erin Vale has a peer: disconnect it first")
}

// In an attended transfer each step waits for the server's word.
func TestAttendedTransfer(t *testing.T) {
	late := model.Address{URI: "sip:late5@demo"}
	begin := func() *rig {
		r := newRig(t, 120, 36).several().clear().press("t", "a", "late", "tab", "enter")
		r.gave(model.Disconnect{Call: "e1aa0003"}, model.Hold{Call: "e1aa0003"})
		r.happen(connect("e1aa0003", "tag-1", "b0bb0001", bob, model.ConnectDisconnected, noon))
		r.gave(model.Connect{Call: "b0bb0001", Tag: "tag-2", Request: model.ConnectRequest{From: "sip:operator@demo", To: "sip:late5@demo"}})
		r.press("t")
		r.sees("the target is not there yet")
		r.press("esc")
		r.happen(connect("b0bb0001", "tag-2", "c1", late, model.ConnectConnecting, noon), peer("c1", "b0bb0001", "tag-2", late, model.Answered, noon),
			connect("b0bb0001", "tag-2", "c1", late, model.ConnectConnected, noon))
		r.none("while they talk")
		return r.choose("e1aa0003")
	}
	r := begin()
	r.sees("Bob talks to late5@demo.")
	r.press("t", "c")
	r.gave(model.Disconnect{Call: "b0bb0001"})
	r.happen(connect("b0bb0001", "tag-2", "c1", late, model.ConnectDisconnected, noon))
	r.gave(model.Unhold{Call: "e1aa0003"}, model.Join{Call: "e1aa0003", Conference: "bridge-tag-3"}, model.Join{Call: "c1", Conference: "bridge-tag-3"},
		model.Hangup{Call: "b0bb0001", Reason: "hangup"})
	if r.consult != nil {
		t.Error("the transfer goes on")
	}

	r = begin()
	r.press("t", "b")
	r.gave(model.Hangup{Call: "c1", Reason: "hangup"})
	r.happen(connect("b0bb0001", "tag-2", "c1", late, model.ConnectDisconnected, noon))
	r.gave(model.Unhold{Call: "e1aa0003"}, model.Join{Call: "e1aa0003", Conference: "bridge-tag-3"}, model.Join{Call: "b0bb0001", Conference: "bridge-tag-3"})

	r = begin() // the target declines to stay
	r.happen(connect("b0bb0001", "tag-2", "c1", late, model.ConnectDisconnected, noon))
	r.gave(model.Unhold{Call: "e1aa0003"}, model.Join{Call: "e1aa0003", Conference: "bridge-tag-3"}, model.Join{Call: "b0bb0001", Conference: "bridge-tag-3"})

	r = begin() // the caller has had enough
	r.happen(call("e1aa0003", erin, model.Ended, 0.0)...)
	r.none("a transfer without its caller")
	r.sees("The caller has left before the transfer was complete.")

	r = newRig(t, 120, 36).several().clear().choose("e1aa0002").press("t", "a")
	r.none("a call without a peer")
	r.sees("it has no peer who could talk to the target first")
}

func TestCopy(t *testing.T) {
	var got []string
	r := newRig(t, 120, 36, func(o *Options) {
		o.Copy = func(s string) (string, error) { got = append(got, s); return "wl-copy", nil }
	}).several()
	for _, keys := range [][]string{{"y", "i"}, {"y", "f"}, {"y", "t"}, {"y", "j"}, {"y", "l"}, {"y", "c", "3"}, {"y", "c", "p"}, {"Y"}} {
		r.pressed(keys...)
	}
	for i, want := range []string{"e1aa0003", "sip:erin@demo", "sip:support@cordpair.local", `"call_id": "e1aa0003"`, "calling.connect  sip:bob@demo",
		"call.connectSip({", `"to": "sip:bob@demo"`, "#3  talking  Erin Vale <sip:erin@demo>"} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Fatalf("copied %q, want %q in number %d", got, want, i)
		}
	}
	r.sees("Copied the line by wl-copy.")
	r.choose("e1aa0002").press("y", "c")
	r.sees("nothing was connected on this call")
	r.opt.Copy = func(string) (string, error) { return "", errors.New("no clipboard") }
	r.press("esc").pressed("Y")
	r.sees("Not copied: no clipboard.")
}

// pressed is press that carries out the last key's command, as the program does.
func (r *rig) pressed(keys ...string) *rig {
	for i, k := range keys {
		for _, msg := range keyMsgs(k) {
			cmd := r.keys(msg)
			if i == len(keys)-1 && cmd != nil {
				r.Update(cmd())
			}
		}
	}
	return r
}

func TestClipboard(t *testing.T) {
	var out bytes.Buffer
	env := map[string]string{}
	ran := ""
	c := &clipboard{out: &out, env: func(k string) string { return env[k] },
		find: func(p string) error {
			if p == "xclip" {
				return errors.New("not here")
			}
			return nil
		},
		run: func(_ context.Context, text, p string, args ...string) error {
			ran = p + " " + strings.Join(args, " ") + " < " + text
			return nil
		}}
	try := func(want, wantRan string) {
		t.Helper()
		ran = ""
		how, err := c.put(context.Background(), "hello")
		if err != nil || how != want || ran != wantRan {
			t.Errorf("%v: by %q, %v, ran %q", env, how, err, ran)
		}
	}
	try("the terminal", "")
	if out.String() != "\x1b]52;c;aGVsbG8=\x07" {
		t.Errorf("the terminal got %q", out.String())
	}
	env["DISPLAY"] = ":0"
	try("xsel", "xsel --clipboard --input < hello")
	env["WAYLAND_DISPLAY"] = "wayland-0"
	try("wl-copy", "wl-copy  < hello")
	env["SSH_CONNECTION"] = "a b"
	try("the terminal", "")
	env["TMUX"] = "socket,1,0"
	try("tmux", "tmux load-buffer -w - < hello")
	c.run = func(context.Context, string, string, ...string) error { return errors.New("no server") }
	try("the terminal", "")
	c.out = failing{}
	if _, err := c.put(context.Background(), "x"); err == nil {
		t.Error("nothing took the text and nobody says so")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestRecallRings(t *testing.T) {
	r := newRig(t, 120, 36, func(o *Options) { o.Recall = 10 * time.Second })
	parked(r)
	r.wait(9 * time.Second)
	r.sees("is parked for 0:10")
}
