package program

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// Patience is how long a test waits for something that must come.
	Patience = time.Minute
	// grace is how long a child may take to leave when asked to.
	grace = Patience
	// look is how often something is looked at that nothing announces.
	look = 20 * time.Millisecond
)

// Process is a child of a test.
type Process struct {
	cmd    *exec.Cmd
	output output
	done   chan struct{}
	err    error // once done is closed
}

// Start starts a child, which is ended when the test ends. What it writes is
// kept, unless the command sends it elsewhere.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	return StartLines(t, cmd, nil)
}

// StartLines is Start with a function that gets each line of the standard
// output, one after another, the last one before the process counts as done.
func StartLines(t testing.TB, cmd *exec.Cmd, each func(line string)) *Process {
	t.Helper()
	p := &Process{cmd: cmd, done: make(chan struct{})}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.output
	}
	var rest *lines
	switch {
	case each != nil:
		rest = &lines{each: each, copy: &p.output}
		cmd.Stdout = rest
	case cmd.Stdout == nil:
		cmd.Stdout = &p.output
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", cmd.Path, err)
	}
	go func() { // ends with the process; End waits for it
		p.err = cmd.Wait()
		if rest != nil {
			rest.flush()
		}
		close(p.done)
	}()
	t.Cleanup(func() {
		p.End(t)
		if t.Failed() {
			t.Logf("%s\n%s", strings.Join(cmd.Args, " "), p.Output())
		}
	})
	return p
}

// Output is all that the process has written so far.
func (p *Process) Output() string { return p.output.String() }

// Done is closed when the process has left and all that it wrote is there.
func (p *Process) Done() <-chan struct{} { return p.done }

// Signal sends a signal to the process; one that has left is a failure.
func (p *Process) Signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%s: %v\n%s", p, err, p.Output())
	}
}

func (p *Process) String() string { return filepath.Base(p.cmd.Path) }

// End asks the process to leave, makes it when it does not, and waits for its
// end. Ending one that has left does nothing.
func (p *Process) End(t testing.TB) {
	t.Helper()
	if err := p.end(grace); err != nil {
		t.Errorf("%v\n%s", err, p.Output())
	}
}

func (p *Process) end(grace time.Duration) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may leave just now
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not leave on SIGTERM", p)
	}
}

// Wait waits for the process to leave by itself and returns its exit code.
func (p *Process) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(2 * Patience): // children have limits of their own
		t.Fatalf("%s goes on and on\n%s", p, p.Output())
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		t.Fatalf("%s: %v\n%s", p, p.err, p.Output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// Until waits for something that the process does. One that has left without
// it fails the test at once.
func (p *Process) Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := p.until(ctx, what, holds); err != nil {
		t.Fatalf("%v\n%s", err, p.Output())
	}
}

func (p *Process) until(ctx context.Context, what string, holds func() bool) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for gone := false; ; {
		switch {
		case holds():
			return nil
		case gone:
			return fmt.Errorf("%s has left before this: %s: %w", p, what, orExit(p.err))
		}
		select {
		case <-p.done: // what it did last counts
			gone = true
		case <-ctx.Done():
			return fmt.Errorf("%s: not in time: %s", p, what)
		case <-tick.C:
		}
	}
}

var errLeft = errors.New("exit status 0")

func orExit(err error) error {
	if err == nil {
		return errLeft
	}
	return err
}

// Until waits for a cause that nothing announces.
func Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			t.Fatalf("not in time: %s", what)
		case <-tick.C:
		}
	}
}
