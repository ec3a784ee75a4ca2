//go:build thirdparty

package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// app is a program of an official SDK, run piece by piece by driver.js.
type app struct {
	*program.Process
	t  *testing.T
	in io.Writer

	mu       sync.Mutex
	lines    []line
	sent     int
	news     chan struct{}
	mayThrow bool // rejections that the SDK leaves unhandled are expected
}

// line is one that the driver wrote.
type line struct {
	ID        int
	OK, Error json.RawMessage
	Trace     string
	Received  *jsCall
	Unhandled json.RawMessage
}

// jsCall is a call as the SDK shows it.
type jsCall struct {
	ID, NodeID, State, Direction, Tag, Type, From, To, Context string
	Headers                                                    []struct{ Name, Value string }
}

// The generations of the SDK: their packages, and how a program begins that
// takes calls of a context.
const (
	v3 = "realtime-api-3"
	v4 = "realtime-api-4"
)

var listening = map[string]string{
	v3: `
		const { Voice } = sdk;
		client = new Voice.Client({ host: %q, project: "P", token: "T", topics: ["support"] });
		client.on("call.received", received);`,
	v4: `
		const { SignalWire } = sdk;
		client = await SignalWire({ host: %q, project: "P", token: "T" });
		await client.voice.listen({ topics: ["support"], onCallReceived: received });`,
}

// newProgram starts a program that does nothing yet.
func newProgram(t *testing.T, sdk string) *app {
	t.Helper()
	cmd := exec.Command("node", "driver.js")
	cmd.Dir = packages
	cmd.Env = append(os.Environ(), "SDK="+sdk)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &app{t: t, in: in, news: make(chan struct{})}
	p.Process = program.StartLines(t, cmd, p.take)
	t.Cleanup(func() {
		p.End(t)
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, l := range p.lines {
			if l.Unhandled != nil && !p.mayThrow {
				t.Errorf("the SDK left a rejection unhandled: %s", l.Unhandled)
			}
		}
	})
	return p
}

// listen starts a program that takes the calls of the context support.
func listen(t *testing.T, sdk, host string) *app {
	t.Helper()
	p := newProgram(t, sdk)
	p.do(fmt.Sprintf(listening[sdk], host))
	return p
}

// take is told each line that the driver writes.
func (p *app) take(text string) {
	var l line
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		l = line{Trace: "not JSON: " + text}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, l)
	close(p.news)
	p.news = make(chan struct{})
}

// await waits for a line that fits, from the beginning of all.
func (p *app) await(what string, fits func(line) bool) line {
	p.t.Helper()
	deadline := time.After(program.Patience)
	for gone := false; ; {
		p.mu.Lock()
		for _, l := range p.lines {
			if fits(l) {
				p.mu.Unlock()
				return l
			}
		}
		news := p.news
		p.mu.Unlock()
		if gone {
			p.t.Fatalf("the program ended without %s: %s", what, p.Output())
		}
		select {
		case <-news:
		case <-p.Done():
			gone = true // what it said last counts
		case <-deadline:
			p.t.Fatalf("no %s: the program said %s\n%s", what, p.said(), p.Output())
		}
	}
}

func (p *app) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, l := range p.lines {
		fmt.Fprintf(&b, "\n\t%d ok=%s error=%s %s %+v unhandled=%s", l.ID, l.OK, l.Error, l.Trace, l.Received, l.Unhandled)
	}
	return b.String()
}

// trace waits for a step of a watched call.
func (p *app) trace(step string) line {
	p.t.Helper()
	return p.await(step, func(l line) bool { return l.Trace == step })
}

// reached reports whether a step has been traced. It asks the program first, so
// that all that it has said by now counts.
func (p *app) reached(step string) bool {
	p.t.Helper()
	p.do("")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lines {
		if l.Trace == step {
			return true
		}
	}
	return false
}

// piece is a piece of the program on its way.
type piece struct {
	p    *app
	id   int
	code string
}

// begin starts a piece.
func (p *app) begin(code string) *piece {
	p.t.Helper()
	p.mu.Lock()
	p.sent++
	id := p.sent
	p.mu.Unlock()
	text, err := json.Marshal(map[string]any{"id": id, "code": code})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.in, "%s\n", text); err != nil {
		p.t.Fatalf("%v: %s", err, p.Output())
	}
	return &piece{p, id, code}
}

// do runs a piece to its end; what it returned is put in into, if given.
func (p *app) do(code string, into ...any) {
	p.t.Helper()
	p.begin(code).ok(into...)
}

func (c *piece) line() line {
	c.p.t.Helper()
	return c.p.await("end of "+c.code, func(l line) bool { return l.ID == c.id })
}

// ok waits for the piece to succeed.
func (c *piece) ok(into ...any) {
	c.p.t.Helper()
	l := c.line()
	if l.Error != nil {
		c.p.t.Fatalf("%s\nfailed: %s", c.code, l.Error)
	}
	for _, v := range into {
		if err := json.Unmarshal(l.OK, v); err != nil {
			c.p.t.Fatalf("%s\nreturned %s: %v", c.code, l.OK, err)
		}
	}
}

// fails waits for the piece to throw.
func (c *piece) fails() map[string]any {
	c.p.t.Helper()
	l := c.line()
	var e map[string]any
	if l.Error == nil || json.Unmarshal(l.Error, &e) != nil {
		c.p.t.Fatalf("%s\nwas to fail: ok %s, error %s", c.code, l.OK, l.Error)
	}
	return e
}

// settled reports whether the piece has ended by now.
func (c *piece) settled() bool {
	c.p.t.Helper()
	c.p.do("")
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	for _, l := range c.p.lines {
		if l.ID == c.id {
			return true
		}
	}
	return false
}
