//go:build thirdparty

package e2e

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// crash kills the console as nothing can be caught, and waits for its end.
func (term *terminal) crash() {
	term.t.Helper()
	shell, err := exec.Command("tmux", "-S", term.socket, "display-message", "-p", "#{pane_pid}").Output()
	if err != nil {
		term.t.Fatal(err)
	}
	child, err := exec.Command("pgrep", "-P", strings.TrimSpace(string(shell))).Output()
	if err != nil {
		term.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(child)))
	if err != nil {
		term.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		term.t.Fatal(err)
	}
	term.see("CONSOLE-ENDED")
}

// TestCallsOutliveACrashOfTheConsole kills a console with a talk on it and
// starts it again: the talk is there, and is this console's to end.
func TestCallsOutliveACrashOfTheConsole(t *testing.T) {
	t.Parallel()
	x := startExchange(t, "--people", "answering")
	args := []string{"--relay", x.Relay, "--project", "P", "--token", "T", "--context", "support"}
	term := openTerminalIn(t, x.Env, 120, 36, args...)
	term.see(`(?i)no live calls|no calls`)
	term.keys("C")
	term.see(`(?i)dial`)
	term.text("sip:alice@demo")
	term.keys("C-g")
	term.see(`ANSWERED`)
	term.keys("c")
	term.see(`Connect SIP on`)
	term.text("sip:bob@demo")
	term.keys("C-g")
	term.see(`TALKING .* connected`)
	before := x.legs(t)
	if len(before) != 2 {
		t.Fatalf("%v", before)
	}
	term.crash()

	again := openTerminalIn(t, x.Env, 120, 36, args...)
	again.see(`(?i)back after \d+s?.*session was resumed`)
	again.see(`TALKING .* connected`)
	if after := x.legs(t); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Fatalf("before %v, after %v", before, after)
	}
	again.keys("d")
	again.see(` disconnected`)
	again.quit()
}

// legs lists the ids of all legs at the exchange.
func (x *exchange) legs(t *testing.T) []string {
	t.Helper()
	out, err := x.command("calls", "--json").Output()
	var calls []struct{ ID string }
	if err == nil {
		err = json.Unmarshal(out, &calls)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.ID
	}
	slices.Sort(ids)
	return ids
}
