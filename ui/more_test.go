package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

func TestBrief(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00", 7 * time.Second: "0:07", 740 * time.Second: "12:20", 3723 * time.Second: "1:02:03", -time.Second: "0:00", 100 * time.Hour: "100:00:00",
	} {
		if got := brief(d); got != want {
			t.Errorf("brief(%v) = %q, want %q", d, got, want)
		}
	}
}

// TestFitIsExact holds fit to its word for any text.
func TestFitIsExact(t *testing.T) {
	for _, s := range []string{"", "plain", "株式会社日本", "e\u0301e\u0301", "👩‍👩‍👧‍👦x", "\u0301x", "\x1b[31mred", "a\u0e33", "\xff", " \u200d\ufe0f", strings.Repeat("é", 30)} {
		for w := range 12 {
			got, n := fit(s, w, "…")
			if n > w || ansi.StringWidth(got) != n {
				t.Errorf("fit(%q, %d) = %q of %d cells, said %d", s, w, got, ansi.StringWidth(got), n)
			}
		}
	}
}

func TestEditing(t *testing.T) {
	var e edit
	do := func(keys ...string) {
		for _, k := range keys {
			for _, msg := range keyMsgs(k) {
				e.key(msg)
			}
		}
	}
	do("sip:bobby@demo", "left", "left", "left", "left", "left", "backspace", "backspace")
	if e.text() != "sip:bob@demo" || e.at() != 7 {
		t.Fatalf("%q at %d", e.text(), e.at())
	}
	do("ctrl+a", "delete", "ctrl+e", "ctrl+w", "x")
	if e.text() != "ip:bob@x" {
		t.Fatalf("%q", e.text())
	}
	do("ctrl+u", "é", "👩‍👩‍👧‍👦", "left", "left", "right", "backspace")
	if e.text() != "👩‍👩‍👧‍👦" || e.at() != 0 {
		t.Fatalf("%q at %d", e.text(), e.at())
	}
	do("ctrl+k")
	e.insert("a\x1b[31mb\u202e\r\n")
	if e.text() != "a[31mb  " {
		t.Fatalf("a pasted escape sequence left %q", e.text())
	}
}

// everyKey are the keys that the fuzzing types.
var everyKey = func() []tea.KeyMsg {
	var out []tea.KeyMsg
	for _, row := range KeyTable() {
		for _, k := range row.Keys {
			out = append(out, keyMsgs(k)...)
		}
	}
	for _, s := range []string{"up", "down", "left", "right", "home", "end", "space", "backspace", "delete", "ctrl+n", "ctrl+k", "ctrl+w", "shift+up", "shift+down", "<", ">", "x", "w", "h", "é", "本", "\u0301", "🇩🇪"} {
		out = append(out, keyMsgs(s)...)
	}
	return append(out, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("sip:x@y\x1b[2J\n"), Paste: true})
}()

// drive plays a list of bytes as keys, events, sizes and time, and checks the
// screen after each.
func drive(t testing.TB, script []byte) {
	r := newRig(t, 80, 24, func(o *Options) { o.Carries = true }).several()
	for i, b := range script {
		switch {
		case b < 200:
			r.Update(everyKey[int(b)%len(everyKey)])
		case b < 230:
			id := model.CallID(fmt.Sprintf("e1aa000%d", b%6))
			r.happen(model.CallSeen{At: r.at, Call: model.CallInfo{ID: id, State: model.CallState(b % 6), From: erin, To: support, Direction: model.Direction(b % 3)}})
			r.happen(connect(id, model.Tag(fmt.Sprintf("tag-%d", b%4)), "p"+id, bob, model.ConnectState(b%5), r.at))
		case b < 240:
			r.wait(time.Duration(b-229) * 15 * time.Second)
		default:
			r.resize(20+int(b-240)*12, 5+int(b-240)*4)
		}
		if r.leaving.mode == gone {
			return
		}
		if i%4 == 0 || i == len(script)-1 {
			exact(t, r)
		}
		if t.Failed() {
			t.Fatalf("after byte %d of %v", i, script)
		}
	}
}

// FuzzKeys holds that no sequence of keys and events breaks the program or its
// screen.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("cDdaq"))
	f.Add([]byte{1, 2, 3, 200, 250, 230})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 200 {
			script = script[:200]
		}
		drive(t, script)
	})
}

func TestAnyKeys(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		script := make([]byte, 120)
		for i := range script {
			script[i] = byte(rnd.IntN(256))
		}
		drive(t, script)
	}
}

// TestNothingChangesNothingIsDrawn holds the screen still while nothing
// happens.
func TestNothingChangesNothingIsDrawn(t *testing.T) {
	r := newRig(t, 120, 36).empty()
	r.View()
	r.Update(batchMsg{})
	r.Update(nil)
	if r.dirty {
		t.Error("an empty batch repaints")
	}
	r.several().View()
	r.Update(batchMsg{})
	if r.dirty {
		t.Error("an empty batch repaints a desk at work")
	}
	r.wait(time.Second)
	if !r.dirty {
		t.Error("durations stand still")
	}
	if _, cmd := r.Update(tickMsg{r.tick - 1}); cmd != nil && r.dirty && r.ticking == false {
		t.Error("a tick that was replaced counts")
	}
}

// The pull delivers what the feed has and ends with its context.
func TestPump(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	feed := &fakeFeed{batches: make(chan []model.Event, 2)}
	p := newPump(ctx, feed)
	feed.batches <- []model.Event{linkUp(noon)}
	if msg, ok := p.pull()().(batchMsg); !ok || len(msg.events) != 1 || msg.err != nil {
		t.Fatalf("the pull brought %+v", msg)
	}
	close(feed.batches)
	if msg := p.pull()().(batchMsg); !errors.Is(msg.err, io.ErrUnexpectedEOF) {
		t.Fatalf("the end of the feed brought %+v", msg)
	}
	cancel()
	if msg := p.pull()(); msg != nil {
		t.Fatalf("after its context the pull brought %+v", msg)
	}
	if msg := p.after(time.Hour, 1)(); msg != nil {
		t.Fatalf("after its context the tick brought %+v", msg)
	}
	p.join()
}

// The program runs on any reader and writer, takes events, orders and leaves.
func TestRun(t *testing.T) {
	in, keys := io.Pipe()
	defer keys.Close()
	feed := &fakeFeed{batches: make(chan []model.Event, 1)}
	desk := &fakeDesk{}
	screen := &watched{want: "Erin Vale", seen: make(chan struct{})}
	done := make(chan error, 1)
	go func() { // ends with the program; the test waits for done
		done <- Run(context.Background(), Options{Feed: feed, Desk: desk, Input: in, Output: screen},
			tea.WithFilter(sized))
	}()
	feed.batches <- append([]model.Event{linkUp(time.Now())}, call("c1", erin, model.Created, 1.0, model.Ringing, 1.0)...)
	<-screen.seen
	if _, err := io.WriteString(keys, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(keys, "q"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(desk.orders) != 1 || desk.orders[0].Command != (model.Answer{Call: "c1"}) {
		t.Errorf("orders %+v", desk.orders)
	}
}

// sized tells the program a size, as a terminal would.
func sized(m tea.Model, msg tea.Msg) tea.Msg {
	if a := m.(*App); a.w == 0 {
		a.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	}
	return msg
}

// A panic becomes an error and the terminal is restored.
func TestRunSurvivesPanics(t *testing.T) {
	in, keys := io.Pipe()
	defer keys.Close()
	screen := &watched{want: "\x1b[?1049l", seen: make(chan struct{})} // leaves the alternate screen
	err := Run(context.Background(), Options{Feed: panicFeed{}, Desk: &fakeDesk{}, Input: in, Output: screen})
	if !errors.Is(err, tea.ErrProgramPanic) {
		t.Fatalf("a panic in the feed gave %v", err)
	}
	<-screen.seen
}

type panicFeed struct{}

func (panicFeed) Take(context.Context) ([]model.Event, error) { panic("a defect") }
func (panicFeed) Depth() int                                  { return 0 }

func TestRunNeedsATerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	was := os.Stdin
	os.Stdin = null
	defer func() { os.Stdin = was }()
	err = Run(context.Background(), Options{Feed: &fakeFeed{}, Desk: &fakeDesk{}, Output: io.Discard})
	if !errors.Is(err, ErrNoTerminal) {
		t.Fatalf("without a terminal Run gave %v", err)
	}
}

// watched closes seen when what was written so far contains a text.
type watched struct {
	mu   sync.Mutex // a title is written beside a frame
	want string
	text []byte
	seen chan struct{}
	done bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if !w.done && bytes.Contains(w.text, []byte(w.want)) {
		w.done = true
		close(w.seen)
	}
	return len(p), nil
}
