//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// unread runs the program with an output that nobody reads on after so many
// lines, as that of "| head".
func unread(t *testing.T, lines int, args ...string) (code int, stderr string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), envAsProgram+"=1")
	cmd.Stdout, cmd.Stderr = w, &errs
	if lines == 0 {
		_ = r.Close()
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	for from := bufio.NewReader(r); lines > 0; lines-- {
		if line, err := from.ReadString('\n'); err != nil {
			t.Fatalf("%q %v", line, err)
		}
	}
	_ = r.Close()
	_ = cmd.Wait() // the code tells
	return cmd.ProcessState.ExitCode(), errs.String()
}

// Whoever has read enough is not told of it, and no command dies of it.
func TestAReaderThatHasGone(t *testing.T) {
	configured(t, "")
	for _, line := range []string{"keys --dump", "man", "version", "schema calls", "--help", "config check --json"} {
		if code, errs := unread(t, 0, strings.Fields(line)...); code != ExitError || errs != "" {
			t.Errorf("cordpair %s: exit %d: %s", line, code, errs)
		}
	}
}

// A connect whose output nobody reads on still hangs up what it dialled.
func TestConnectEndsItsLegWithoutAReader(t *testing.T) {
	liveExchange(t)
	code, errs := unread(t, 1, "connect", "--json", "--dial", "sip:alice@demo", "--from", "sip:me@demo", "--to", "sip:busy@demo")
	if code != ExitFailed {
		t.Errorf("exit %d: %s", code, errs)
	}
	for deadline := time.Now().Add(30 * time.Second); ; { // the phone may be slow to confirm
		code, out, errs := runMain("calls", "--json")
		if code == ExitOK && out == "[]\n" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
	}
}
