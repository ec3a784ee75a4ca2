//go:build thirdparty

package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long a test waits for something that must come.
const patience = 30 * time.Second

var (
	cordpair string // the binary, built with the race detector
	packages string // the folder with node_modules
)

// sideBySide is how many tests run at once, on any machine: they wait for
// phones and clocks more than they compute.
const sideBySide = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", sideBySide); err != nil {
		panic(err) // the testing package has that flag
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ports.Store(rand.Int32N(lastPort-firstPort) &^ 1)
	dir, err := os.MkdirTemp("", "cordpair-conformance-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	return code
}

// prepare builds the binary and installs the SDKs, at the same time.
func prepare(dir string) error {
	for tool, pkg := range map[string]string{"sipp": "sip-tester", "baresip": "baresip-core", "node": "nodejs", "npm": "npm", "espeak-ng": "espeak-ng"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is missing: apt-get install %s", tool, pkg)
		}
	}
	cordpair, packages = filepath.Join(dir, "cordpair"), filepath.Join(dir, "sdk")
	installed := make(chan error, 1)
	go func() { installed <- install() }() // ends with npm; waited for below
	if out, err := exec.Command("go", "build", "-race", "-o", cordpair, "cordpair").CombinedOutput(); err != nil {
		return fmt.Errorf("building the binary: %w\n%s", err, out)
	}
	return <-installed
}

// install puts the SDKs of the lock file beside a copy of the driver.
func install() error {
	if err := os.Mkdir(packages, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json", "driver.js"} {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(packages, name), data, 0o600); err != nil {
			return err
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = packages
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}

// process is a child that is ended and waited for when its test ends.
type process struct {
	cmd    *exec.Cmd
	stderr *safeBuffer
	done   chan struct{}
	err    error
}

// start starts a child. Its standard output goes where its error output goes,
// unless the command says otherwise.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, stderr: &safeBuffer{}, done: make(chan struct{})}
	cmd.Stderr = p.stderr
	if cmd.Stdout == nil {
		cmd.Stdout = p.stderr
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", cmd.Path, err)
	}
	go func() { // ends with the process; end waits for it
		p.err = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() { p.end(t) })
	return p
}

// end asks the process to leave, then makes it.
func (p *process) end(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
		t.Errorf("%s did not leave on SIGTERM: %s", filepath.Base(p.cmd.Path), p.stderr)
	}
}

// runs fails the test if the process has left already.
func (p *process) runs(t *testing.T) bool {
	t.Helper()
	select {
	case <-p.done:
		t.Fatalf("%s has left: %v: %s", p.cmd.Args, p.err, p.stderr)
		return false
	default:
		return true
	}
}

// wait waits for the process to leave by itself; false: not with exit code 0.
func (p *process) wait(t *testing.T) bool {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("%s goes on and on: %s", p.cmd.Args, p.stderr)
	}
	return p.err == nil
}

// exchange is a running "cordpair exchange".
type exchange struct {
	*process
	relay, sip string
}

const domain = "domain.com" // of the SDK's example

// startExchange runs an exchange of the context support, without the scripted
// people unless asked for.
func startExchange(t *testing.T, more ...string) *exchange {
	t.Helper()
	home := t.TempDir()
	args := append([]string{"exchange", "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--drain", "0s",
		"--project", "P", "--token", "T", "--context", "support", "--domain", domain, "--people", "off"}, more...)
	cmd := exec.Command(cordpair, args...)
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home,
		"LANG=C.UTF-8", "GORACE=halt_on_error=1"}
	out, w := io.Pipe()
	cmd.Stdout = w
	x := &exchange{process: start(t, cmd)}
	t.Cleanup(func() {
		x.end(t)
		if x.err != nil || strings.Contains(x.stderr.String(), "DATA RACE") || strings.Contains(x.stderr.String(), "panic") {
			t.Errorf("the exchange: %v\n%s", x.err, x.stderr)
		}
	})
	go func() { <-x.done; w.Close() }() // ends with the process
	line, err := bufio.NewReader(out).ReadString('\n')
	var ready struct{ Event, Relay, SIP string }
	if err == nil {
		err = json.Unmarshal([]byte(line), &ready)
	}
	if err != nil || ready.Event != "ready" {
		t.Fatalf("ready line %q: %v: %s", line, err, x.stderr)
	}
	x.relay, x.sip = ready.Relay, ready.SIP
	return x
}

// at is an address of the exchange.
func (x *exchange) at(user string) string { return "sip:" + user + "@" + x.sip }

// until polls for a cause that nothing announces.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("not in time: %s", what)
		case <-tick.C:
		}
	}
}

// ports counts up below the range that the system takes free ports from, so
// that a port given here is not taken before its owner has it.
var ports atomic.Int32

const firstPort, lastPort = 11000, 32000

// freePorts returns the first of n ports in a row, an even one, that nobody has,
// by UDP or by TCP. No port is given twice.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first := int(ports.Add(int32(n)))
		first = firstPort + (first-n)%(lastPort-firstPort-n)&^1
		free := true
		for port := first; port < first+n; port++ {
			free = free && isFree(port)
		}
		if free {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}

func isFree(port int) bool {
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	u, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	defer u.Close()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// safeBuffer collects output of a child.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
