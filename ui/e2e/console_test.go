//go:build thirdparty

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// terminal is a tmux session of its own server with the console in it.
type terminal struct {
	t      *testing.T
	socket string
	exit   string // file that gets the exit code
	modes  string // file that gets the terminal's modes, before and after
}

func openTerminal(t *testing.T, width, height int, args ...string) *terminal {
	t.Helper()
	return openTerminalIn(t, env(t), width, height, args...)
}

// openTerminalIn is openTerminal for somebody with files of their own.
func openTerminalIn(t *testing.T, env []string, width, height int, args ...string) *terminal {
	t.Helper()
	dir := t.TempDir()
	term := &terminal{t: t, socket: filepath.Join(dir, "tmux"), exit: filepath.Join(dir, "exit"), modes: filepath.Join(dir, "modes")}
	modes := "stty -a | grep -v rows >> " + term.modes + "; "
	line := modes + shellWords(append([]string{cordpair}, args...)) + "; echo $? > " + term.exit + "; " + modes + "echo CONSOLE-ENDED; exec cat"
	cmd := exec.Command("tmux", "-S", term.socket, "-f", "/dev/null", "new-session", "-d", "-c", dir,
		"-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "sh", "-c", line)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	return term
}

func shellWords(words []string) string {
	for i, w := range words {
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

func (term *terminal) screen() string {
	term.t.Helper()
	out, err := exec.Command("tmux", "-S", term.socket, "capture-pane", "-p").Output()
	if err != nil {
		term.t.Fatalf("capture-pane: %v", err)
	}
	return string(out)
}

func (term *terminal) keys(keys ...string) {
	term.t.Helper()
	if out, err := exec.Command("tmux", append([]string{"-S", term.socket, "send-keys"}, keys...)...).CombinedOutput(); err != nil {
		term.t.Fatalf("send-keys: %v: %s", err, out)
	}
}

func (term *terminal) text(s string) {
	term.t.Helper()
	term.keys("-l", s)
}

// see waits until the screen matches.
func (term *terminal) see(pattern string) string {
	term.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.Now().Add(program.Patience)
	for {
		s := term.screen()
		if re.MatchString(s) {
			return s
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("never saw %s on:\n%s", pattern, s)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// quit leaves the console and checks that the terminal is as it was.
func (term *terminal) quit() {
	term.t.Helper()
	term.keys("q")
	term.see(`(?i)hang up|CONSOLE-ENDED`)
	if !strings.Contains(term.screen(), "CONSOLE-ENDED") {
		term.keys("h")
	}
	term.see("CONSOLE-ENDED")
	code, err := os.ReadFile(term.exit)
	if err != nil || strings.TrimSpace(string(code)) != "0" {
		term.t.Errorf("exit code %q %v:\n%s", code, err, term.screen())
	}
	modes, err := os.ReadFile(term.modes)
	if half := len(modes) / 2; err != nil || half == 0 || !bytes.Equal(modes[:half], modes[half:]) || !bytes.Contains(modes, []byte(" echo ")) {
		term.t.Errorf("the terminal's modes, before and after: %v\n%s", err, modes)
	}
	mode, err := exec.Command("tmux", "-S", term.socket, "display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}").Output()
	if err != nil || strings.TrimSpace(string(mode)) != "0 1 0" {
		term.t.Errorf("the terminal is not restored (alternate screen, cursor, mouse): %q %v", mode, err)
	}
}

// TestOperatorConnectsToLate10 is the main job from end to end, by keys. The
// peer rings for so long that its seconds are seen on a busy machine too.
func TestOperatorConnectsToLate10(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{120, 36}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			term := openTerminal(t, size.w, size.h, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--people", "answering")
			term.see(`(?i)no live calls|no calls`)
			term.keys("C") // a first leg of our own, so that the test knows it
			term.see(`(?i)dial`)
			term.text("sip:alice@demo")
			term.keys("C-g")
			term.see(`ANSWERED`)
			term.keys("c")
			term.see(`Connect SIP on`)
			term.text("sip:late10@demo")
			term.keys("C-g")
			term.see(`(?i)ringing 0:(0[1-9]|10)`)
			term.see(`(?i)connected`)
			term.keys("d")
			term.see(`(?i)disconnected`)
			term.see(`(?i)hung up`)
			term.quit()
		})
	}
}

// TestDemoIsAliveWithinSeconds is what a person sees who just starts it.
func TestDemoIsAliveWithinSeconds(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, 120, 36, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0")
	term.see(`(?i)ring`)
	term.see(`(?i)connected`)
	term.keys("a")
	term.quit()
}
