package program

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func child(t *testing.T, r string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), role+"="+r, "GORACE=atexit_sleep_ms=0")
	return cmd
}

func TestOutputIsKept(t *testing.T) {
	p := Start(t, child(t, "speaks"))
	if code := p.Wait(t); code != 0 || !strings.Contains(p.Output(), "three") || !strings.Contains(p.Output(), "aside") {
		t.Errorf("exit code %d, output %q", code, p.Output())
	}
}

func TestLines(t *testing.T) {
	var got []string
	p := StartLines(t, child(t, "speaks"), func(line string) { got = append(got, line) })
	<-p.Done()
	if want := []string{"one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExitCode(t *testing.T) {
	if code := Start(t, child(t, "fails")).Wait(t); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
}

func TestOneThatHasLeftIsNotWaitedFor(t *testing.T) {
	p := Start(t, child(t, "fails"))
	err := p.until(t.Context(), "a miracle", func() bool { return false })
	if err == nil || !strings.Contains(err.Error(), "has left before this: a miracle: exit status 3") {
		t.Errorf("%v", err)
	}
	p.Until(t, "what it said last", func() bool { return strings.Contains(p.Output(), "luck") })
}

func TestWaitsAreBounded(t *testing.T) {
	p := Start(t, child(t, "waits"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := p.until(ctx, "a miracle", func() bool { return false }); err == nil || !strings.Contains(err.Error(), "not in time: a miracle") {
		t.Errorf("%v", err)
	}
}

func TestEnd(t *testing.T) {
	p := Start(t, child(t, "waits"))
	p.Until(t, "it waits", func() bool { return strings.Contains(p.Output(), "waiting") })
	if err := p.end(Patience); err != nil {
		t.Error(err)
	}
	p.End(t) // again
	q := Start(t, child(t, "deaf"))
	q.Until(t, "it waits", func() bool { return strings.Contains(q.Output(), "waiting") })
	q.Signal(t, syscall.SIGTERM)
	if err := q.end(time.Millisecond); err == nil || q.cmd.ProcessState == nil {
		t.Errorf("%v", err)
	}
}
