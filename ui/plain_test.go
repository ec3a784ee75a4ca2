package ui

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/model"
)

// lockedBuffer is an output that a test may read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	b    bytes.Buffer
	more chan struct{} // holds a value after a write
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// lockedDesk is a desk that a test may read while orders are given.
type lockedDesk struct {
	fakeDesk
	given chan model.Order
}

func (d *lockedDesk) Do(o model.Order) { d.given <- o }

// spoke is a console in lines with fakes around it.
type spoke struct {
	t     *testing.T
	feed  *fakeFeed
	desk  *lockedDesk
	out   *lockedBuffer
	in    *io.PipeWriter
	ended chan error
}

func speaking(t *testing.T, change ...func(*Options)) *spoke {
	t.Helper()
	r := newRig(t, 80, 24) // for its theme
	in, keys := io.Pipe()
	s := &spoke{t: t, feed: &fakeFeed{batches: make(chan []model.Event, 16)}, desk: &lockedDesk{given: make(chan model.Order, 16)},
		out: &lockedBuffer{more: make(chan struct{}, 1)}, in: keys, ended: make(chan error, 1)}
	opt := Options{Feed: s.feed, Desk: s.desk, Theme: r.opt.Theme, Renderer: r.opt.Renderer, From: "sip:operator@demo",
		Relay: "ws://127.0.0.1:7070", Clock: func() time.Time { return noon }, Input: in, Output: s.out, NewTag: func() model.Tag { return "tag-1" }}
	for _, f := range change {
		f(&opt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { s.ended <- RunPlain(ctx, opt) }() // ends by quit or cancel; the cleanup waits for it
	t.Cleanup(func() {
		cancel()
		keys.Close()
		<-s.ended
	})
	return s
}

func (s *spoke) hears(text string) {
	s.t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for !strings.Contains(s.out.String(), text) {
		select {
		case <-s.out.more:
		case <-patience.C:
			s.t.Fatalf("%q was not said:\n%s", text, s.out.String())
		}
	}
}

func (s *spoke) types(line string) *spoke {
	s.t.Helper()
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Fatal(err)
	}
	return s
}

func (s *spoke) happen(events ...model.Event) *spoke {
	s.feed.batches <- events
	return s
}

func (s *spoke) order() model.Command {
	s.t.Helper()
	select {
	case o := <-s.desk.given:
		return o.Command
	case <-time.After(time.Minute):
		s.t.Fatalf("no order was given:\n%s", s.out.String())
		return nil
	}
}

func TestPlainSpeaksAndObeys(t *testing.T) {
	s := speaking(t)
	s.happen(linkUp(noon)).hears("Link up to ws://127.0.0.1:7070.")
	s.happen(call("c1", globex, model.Created, 9.0, model.Ringing, 9.0)...).hears("Call 1, Globex, for support, rings.")
	s.types("answer 1")
	if got := s.order(); got != (model.Answer{Call: "c1"}) {
		t.Fatalf("%#v", got)
	}
	s.happen(call("c1", globex, model.Answered, 5.0)...).hears("Call 1, Globex, is answered.")
	s.types("connect 1 sip:bob@demo timeout=20 X-Account=8841")
	c, ok := s.order().(model.Connect)
	if !ok || c.Request.To != "sip:bob@demo" || c.Request.Timeout != 20*time.Second || len(c.Request.Headers) != 1 {
		t.Fatalf("%#v", c)
	}
	s.happen(connect("c1", "tag-1", "p1", bob, model.ConnectConnecting, noon), peer("p1", "c1", "tag-1", bob, model.Ringing, noon)).hears("Call 1, Globex: Bob is ringing.")
	s.happen(peer("p1", "c1", "tag-1", bob, model.Answered, noon), connect("c1", "tag-1", "p1", bob, model.ConnectConnected, noon.Add(4*time.Second))).
		hears("Call 1, Globex, is connected to Bob, after 4 seconds.")
	s.types("calls").hears("Call 1, Globex, talking, 9 seconds; Bob: connected")
	s.types("disconnect 1")
	if got, ok := s.order().(model.Hangup); !ok || got.Call != "p1" {
		t.Fatalf("%#v", got)
	}
	s.happen(peer("p1", "c1", "tag-1", bob, model.Ended, noon), connect("c1", "tag-1", "p1", bob, model.ConnectDisconnected, noon)).hears("Globex is still on the line.")
	s.types("hangup 1 busy")
	if got := s.order(); got != (model.Hangup{Call: "c1", Reason: "busy"}) {
		t.Fatalf("%#v", got)
	}
	s.happen(call("c1", globex, model.Ended, 0.0)...).hears("Call 1, Globex, has ended.")
	s.types("dial sip:carol@demo")
	if got, ok := s.order().(model.Dial); !ok || got.To != "sip:carol@demo" {
		t.Fatalf("%#v", got)
	}
	s.types("quit")
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	s.ended <- nil
	for _, r := range s.out.String() {
		if r < 0x20 && r != '\n' {
			t.Fatalf("%q in the output", r)
		}
	}
}

func TestPlainRefusesInWords(t *testing.T) {
	s := speaking(t, func(o *Options) { o.Carries = true })
	s.happen(linkUp(noon))
	s.happen(call("c1", globex, model.Created, 9.0, model.Ringing, 9.0)...)
	s.happen(call("c2", erin, model.Created, 8.0, model.Ringing, 8.0)...).hears("Call 2")
	s.types("answer").hears("Say which call, such as answer 2.")
	s.types("connect 1 sip:bob@demo").hears("Not done: the call is not answered: answer it first.")
	s.types("connect 2").hears("Not done:")
	s.types("fly 1").hears("There is no command fly.")
	s.types(`dial "sip:x`).hears(`A " is not closed.`)
	s.types("answer 77").hears("Not done: there is no call 77.")
	s.types("help").hears("disconnect [CALL]: disconnect the peer, keep the caller.")
	s.types("phones").hears("Nobody is known.")
	s.types("quit").hears("2 calls run through this program. Type quit wait, quit hangup or quit now.")
	s.types("quit now")
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	s.ended <- nil
	if len(s.desk.given) != 0 {
		t.Error("an order was given")
	}
}

func TestPlainWatches(t *testing.T) {
	s := speaking(t, func(o *Options) { o.ReadOnly = true })
	s.happen(linkUp(noon))
	s.happen(call("c1", globex, model.Created, 9.0, model.Ringing, 9.0)...).hears("rings.")
	s.types("answer 1").hears("this console only watches")
}

// TestPlainOfHostileText: nothing that a phone sends moves the cursor.
func TestPlainOfHostileText(t *testing.T) {
	s := speaking(t)
	s.happen(call("c1", model.Address{Name: "\x1b[2J\r\nCall 9, Bob, is answered.", URI: "sip:\x07@x"}, model.Created, 1.0, model.Ringing, 1.0)...)
	s.happen(model.Notice{At: noon, Text: "done\x1b[31m"}).hears("done")
	for line := range strings.SplitSeq(s.out.String(), "\n") {
		if strings.ContainsAny(line, "\x1b\x07\r") || strings.HasPrefix(line, "Call 9") {
			t.Errorf("%q", line)
		}
	}
}

func TestPlainGoesOnWithoutInput(t *testing.T) {
	s := speaking(t)
	s.in.Close()
	s.hears("No more commands come")
	s.happen(linkUp(noon)).hears("Link up")
	close(s.feed.batches)
	err := <-s.ended
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	s.ended <- nil
	s.hears("No events can come any more")
}

func TestPlainEndsWhenNobodyListens(t *testing.T) {
	in, out := io.Pipe()
	s := speaking(t, func(o *Options) { o.Output = out })
	if _, err := bufio.NewReader(in).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	in.Close()
	s.happen(linkUp(noon))
	if err := <-s.ended; !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	s.ended <- nil
}

func TestSpokenTime(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 seconds", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds", time.Hour + 5*time.Minute: "1 hour 5 minutes"} {
		if got := spokenTime(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}
