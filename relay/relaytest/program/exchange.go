package program

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packages are the Debian packages of the programs whose package has another
// name.
var packages = map[string]string{"sipp": "sip-tester", "baresip": "baresip-core", "node": "nodejs"}

// Need fails for programs that are not installed, with how to get them.
func Need(programs ...string) error {
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			pkg := packages[name]
			if pkg == "" {
				pkg = name
			}
			return fmt.Errorf("%s is missing: apt-get install %s", name, pkg)
		}
	}
	return nil
}

// Build builds cordpair into a folder, with the race detector in it, and
// returns its path.
func Build(dir string) (string, error) {
	path := filepath.Join(dir, "cordpair")
	if out, err := exec.Command("go", "build", "-race", "-o", path, "cordpair").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the binary: %w\n%s", err, out)
	}
	return path, nil
}

// Env is a clean environment with a home of its own: no configuration of
// whoever runs the tests. A data race ends the program.
func Env(t testing.TB) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8",
		"XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home, "GORACE=halt_on_error=1 atexit_sleep_ms=0"}
}

// Exchange is a running "cordpair exchange", of the project P with the token T.
type Exchange struct {
	*Process
	Relay string   // ws://host:port
	SIP   string   // host:port
	Env   []string // its environment
}

// StartExchange starts the exchange of a binary on free ports of loopback and
// waits until it can be used. It must leave without an error, a panic or a data
// race.
func StartExchange(t testing.TB, binary string, args ...string) *Exchange {
	t.Helper()
	return StartExchangeIn(t, Env(t), binary, args...)
}

// StartExchangeIn is StartExchange in an environment of the test's making.
func StartExchangeIn(t testing.TB, env []string, binary string, args ...string) *Exchange {
	t.Helper()
	x := &Exchange{Env: env}
	cmd := exec.Command(binary, append([]string{"exchange", "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--drain", "0s",
		"--project", "P", "--token", "T", "--context", "support"}, args...)...)
	cmd.Env = x.Env
	first := make(chan string, 1)
	x.Process = StartLines(t, cmd, func(line string) {
		select {
		case first <- line:
		default: // it says no more than one
		}
	})
	t.Cleanup(func() {
		x.End(t)
		if out := x.Output(); x.err != nil || strings.Contains(out, "DATA RACE") || strings.Contains(out, "panic") {
			t.Errorf("the exchange: %v\n%s", x.err, out)
		}
	})
	var line string
	x.Until(t, "the exchange is ready", func() bool {
		select {
		case line = <-first:
			return true
		default:
			return false
		}
	})
	var ready struct{ Event, Relay, SIP string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil || ready.Event != "ready" || !strings.HasPrefix(ready.Relay, "ws://127.0.0.1:") {
		t.Fatalf("ready line %q: %v\n%s", line, err, x.Output())
	}
	x.Relay, x.SIP = ready.Relay, ready.SIP
	return x
}

// At is an address of the exchange.
func (x *Exchange) At(user string) string { return "sip:" + user + "@" + x.SIP }
