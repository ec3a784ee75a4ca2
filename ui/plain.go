package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"

	"cordpair/model"
)

// plain is the console as lines: what changes is said once, in words, and
// commands are typed. It has no screen, repaints nothing and needs no terminal,
// so it suits screen readers, pipes and terminals that can do nothing else.
// The App inside is the same as the screen's; only nobody draws it.
type plain struct {
	*App
	out *bufio.Writer
	err error // of the output
	tty bool  // the end of the input means quit
}

// RunPlain is Run without a screen: one line for each change, commands typed
// in on lines of their own. Input and Output need be no terminal; nil means the
// process's own. It returns nil when the operator leaves or the context ends,
// and an error when no event can come any more or the output fails. The end of
// the input leaves when it is a terminal (ctrl+d); else it only ends the
// commands. A read of the input that is under way when RunPlain returns ends
// with the input.
func RunPlain(ctx context.Context, opt Options) error {
	if opt.Output == nil {
		opt.Output = os.Stdout
	}
	if opt.Input == nil {
		opt.Input = os.Stdin
	}
	opt.Setup = nil // it asks nothing
	opt.Undo = 0    // a line once read cannot be taken back in time
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &plain{App: New(ctx, opt), out: bufio.NewWriter(opt.Output)}
	if f, is := opt.Input.(*os.File); is {
		p.tty = term.IsTerminal(f.Fd())
	}
	p.w, p.h = 120, 36 // nothing is too small to be said
	batches := make(chan batchMsg)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { pullAll(ctx, opt.Feed, batches) }) // ends with ctx or the feed; RunPlain waits for it
	lines := make(chan string)
	go readLines(ctx, opt.Input, lines) // ends with the input, or with ctx once it has a line
	if opt.Journal != nil {
		msg, _ := p.load()().(loadedMsg)
		p.loaded(msg)
		p.sayToast()
	}
	return p.loop(ctx, batches, lines)
}

// pullAll hands batches over until the feed or the context ends.
func pullAll(ctx context.Context, feed Feed, to chan<- batchMsg) {
	var msg batchMsg
	defer func() {
		if r := recover(); r != nil {
			msg = batchMsg{err: fmt.Errorf("a defect: %v\n%s", r, debug.Stack())}
			select {
			case to <- msg:
			case <-ctx.Done():
			}
		}
	}()
	for msg.err == nil {
		msg.events, msg.err = feed.Take(ctx)
		select {
		case to <- msg:
		case <-ctx.Done():
			return
		}
	}
}

// readLines hands lines over; the channel is closed at the end of the input.
func readLines(ctx context.Context, in io.Reader, to chan<- string) {
	defer close(to)
	defer func() { _ = recover() }() // an input that panics has ended
	for s := bufio.NewScanner(in); s.Scan(); {
		select {
		case to <- s.Text():
		case <-ctx.Done():
			return
		}
	}
}

// loop does one thing at a time: it owns the App.
func (p *plain) loop(ctx context.Context, batches <-chan batchMsg, lines <-chan string) error {
	clock := time.NewTicker(time.Second)
	defer clock.Stop()
	p.tell("cordpair in plain lines. Type help for the commands.")
	for p.leaving.mode != gone {
		if err := p.out.Flush(); err != nil || p.err != nil {
			return fmt.Errorf("console: %w", errors.Join(p.err, err))
		}
		select {
		case <-ctx.Done():
			return nil
		case msg := <-batches:
			p.now = p.opt.Clock()
			if err := p.take(msg); err != nil {
				return err
			}
		case line, open := <-lines:
			p.now = p.opt.Clock()
			switch {
			case open:
				p.do(line)
			case p.tty:
				p.do("quit")
				lines = nil
			default: // a pipe, or none at all: what happens is still said
				p.tell("No more commands come; ctrl+c or SIGTERM leaves.")
				lines = nil
			}
		case <-clock.C:
			p.now = p.opt.Clock()
			p.second()
		}
		p.departure()
	}
	return p.out.Flush()
}

// take folds a batch and says what it changed.
func (p *plain) take(msg batchMsg) error {
	for _, ev := range msg.events {
		before := p.witness(ev)
		attempt := p.attemptOf(before.id)
		p.toast = toast{}
		p.apply(ev)
		p.speak(ev, before, attempt)
	}
	p.changed()
	p.toast = toast{} // spoken already
	if msg.err != nil && !errors.Is(msg.err, context.Canceled) {
		p.tell("No events can come any more: " + msg.err.Error() + ".")
		_ = p.out.Flush() // the error below tells more
		return fmt.Errorf("console: %w", msg.err)
	}
	return nil
}

// second lets time pass.
func (p *plain) second() {
	before := p.pending()
	p.toast = toast{}
	p.onTick(tickMsg{p.tick})
	for id, tag := range before {
		if c := p.book.Call(id); c != nil && c.Attempt != nil && c.Attempt.Tag == tag && c.Attempt.State.Over() {
			p.speakAttempt(c)
			p.toast = toast{}
		}
	}
	p.sayToast()
}

// tell writes one line.
func (p *plain) tell(text string) {
	if _, err := p.out.WriteString(strings.TrimSpace(model.Clean(text)) + "\n"); err != nil && p.err == nil {
		p.err = err
	}
}

// sayToast says the message that the screen would show.
func (p *plain) sayToast() {
	if p.toast.text != "" {
		p.tell(p.toast.text)
	}
	p.toast = toast{}
}
