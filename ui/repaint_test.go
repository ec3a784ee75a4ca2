package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"cordpair/model"
)

// pieces keeps what was written piece by piece and says when a text came.
type pieces struct {
	mu   sync.Mutex
	list [][]byte
	want string
	seen chan struct{}
	done bool
}

func (p *pieces) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, bytes.Clone(b))
	if !p.done && bytes.Contains(b, []byte(p.want)) {
		p.done = true
		close(p.seen)
	}
	return len(b), nil
}

// after is what was written after the piece with the text, without escapes.
func (p *pieces) after() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out strings.Builder
	found := false
	for _, b := range p.list {
		if found {
			out.Write(b)
		}
		found = found || bytes.Contains(b, []byte(p.want))
	}
	return ansi.Strip(out.String())
}

// TestNothingIsSentWhenNothingChanges runs the program on a desk where nothing
// lives and holds that events which change nothing, and the mouse over nothing,
// send not one character to the terminal.
func TestNothingIsSentWhenNothingChanges(t *testing.T) {
	in, keys := io.Pipe()
	defer keys.Close()
	feed := &fakeFeed{batches: make(chan []model.Event)}
	screen := &pieces{want: "Erin Vale", seen: make(chan struct{})}
	done := make(chan error, 1)
	go func() { // ends with the program; the test waits for done
		done <- Run(context.Background(), Options{Feed: feed, Desk: &fakeDesk{}, Input: in, Output: screen,
			Clock: func() time.Time { return noon }}, tea.WithFilter(sized))
	}()
	feed.batches <- append([]model.Event{linkUp(noon)}, call("c1", erin, model.Created, 9.0, model.Answered, 8.0, model.Ended, 7.0)...)
	<-screen.seen
	for range 50 {
		feed.batches <- nil
		feed.batches <- []model.Event{linkUp(noon)}
	}
	if _, err := io.WriteString(keys, "\x1b[<35;3;1M\x1b[<35;4;1M\x1b[<0;1;1M\x1b[<0;1;1mq"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if text := strings.Trim(screen.after(), "\r\n"); text != "" {
		t.Errorf("sent although nothing changed: %q", text)
	}
}

func TestSlowLink(t *testing.T) {
	for fps, want := range map[int]struct {
		gap  time.Duration
		calm bool
	}{0: {frameTime, false}, 60: {time.Second / 60, false}, 120: {frameTime, false}, 10: {100 * time.Millisecond, false}, 2: {500 * time.Millisecond, true}} {
		r := newRig(t, 120, 36, func(o *Options) { o.FPS = fps })
		if r.pump.gap != want.gap || r.opt.Calm != want.calm {
			t.Errorf("at %d a second: a batch each %v, calm %v", fps, r.pump.gap, r.opt.Calm)
		}
	}
}
