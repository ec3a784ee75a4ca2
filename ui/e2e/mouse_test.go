//go:build thirdparty

package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// The buttons as a terminal reports them in SGR mode (xterm control sequences,
// mouse tracking).
const (
	leftButton = 0
	wheelUp    = 64
)

// at is what a terminal sends for a button pressed and let go where a text
// stands on the screen, empty when it is not there.
func at(screen string, button int, text string) string {
	for y, line := range strings.Split(screen, "\n") {
		if before, _, found := strings.Cut(line, text); found {
			x := len([]rune(before)) + 2
			return fmt.Sprintf("\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm", button, x, y+1, button, x, y+1)
		}
	}
	return ""
}

// click presses a button on a text until the screen matches. A click right after
// one that opened something does not count, so more than one may be needed; the
// next is made only where the screen shows twice in a row that none has come.
func (term *terminal) click(button int, text, pattern string) {
	term.t.Helper()
	term.clicks(1, button, text, pattern)
}

func (term *terminal) clicks(n, button int, text, pattern string) {
	term.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.Now().Add(program.Patience)
	next, before := time.Now(), ""
	for s := term.screen(); !re.MatchString(s); s = term.screen() {
		if time.Now().After(deadline) {
			term.t.Fatalf("clicking on %q never showed %s:\n%s", text, pattern, s)
		}
		if where := at(s, button, text); where != "" && s == before && time.Now().After(next) {
			term.text(strings.Repeat(where, n))
			next = time.Now().Add(time.Second)
		}
		before = s
		<-time.After(20 * time.Millisecond)
	}
}

// mouseFlag is whether the terminal was asked to report the mouse.
func (term *terminal) mouseFlag() string {
	term.t.Helper()
	out, err := exec.Command("tmux", "-S", term.socket, "display-message", "-p", "#{mouse_any_flag}").Output()
	if err != nil {
		term.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestMouseInATerminal does by mouse what the keys do, on two calls that do not
// move.
func TestMouseInATerminal(t *testing.T) {
	term := openTerminal(t, 120, 36, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--people", "answering")
	term.see(`(?i)no live calls|no calls`)
	for _, who := range []string{"alice", "bob"} {
		term.keys("C")
		term.see(`(?i)dial a first leg`)
		term.text("sip:" + who + "@demo")
		term.keys("C-g")
		term.see(`▌.*ANSWERED.*` + who)
	}
	if term.mouseFlag() != "1" {
		t.Error("the terminal was not asked for the mouse")
	}
	term.click(leftButton, "alice      ", `▌.*ANSWERED.*alice`)
	term.click(wheelUp, "▌", `▌.*ANSWERED.*bob`)
	term.click(leftButton, " 4 History", `─ History`)
	term.click(leftButton, " 1 Calls", `─ Calls`)
	term.click(leftButton, "D hang up", `Hang up bob`)
	term.click(leftButton, "[esc]", `q quit`)
	term.clicks(2, leftButton, "▌", `─ Ladder .*bob`)
	term.click(leftButton, " 1 Calls", `─ Calls`)
	term.quit()

	term = openTerminal(t, 80, 24, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--people", "answering", "--no-mouse")
	term.see(`(?i)no live calls|no calls`)
	if term.mouseFlag() != "0" {
		t.Error("with --no-mouse the terminal was asked for the mouse")
	}
	term.quit()
}
