//go:build thirdparty

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
)

// patience is how long a test waits for something that must come.
const patience = 30 * time.Second

var cordpair string // the binary, built with the race detector

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cordpair-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	for _, tool := range []string{"sipp", "tmux", "baresip"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Fprintf(os.Stderr, "e2e: %s is missing: apt-get install sip-tester tmux baresip-core\n", tool)
			return 1
		}
	}
	cordpair = filepath.Join(dir, "cordpair")
	build := exec.Command("go", "build", "-race", "-o", cordpair, "cordpair")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: building the binary: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// env is a clean environment: no configuration of whoever runs the tests.
func env(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8",
		"XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home, "GORACE=halt_on_error=1"}
}

// process is a child that is ended and waited for when its test ends.
type process struct {
	cmd    *exec.Cmd
	stderr *safeBuffer
	done   chan struct{}
	err    error
}

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
	t.Cleanup(func() {
		p.end(t)
		if t.Failed() {
			t.Logf("%s: %s", cmd.Args, p.stderr)
		}
	})
	return p
}

// end asks the process to leave, then makes it.
func (p *process) end(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
		t.Errorf("%s did not leave on SIGTERM: %s", filepath.Base(p.cmd.Path), p.stderr)
	}
	if strings.Contains(p.stderr.String(), "DATA RACE") {
		t.Errorf("%s: %s", filepath.Base(p.cmd.Path), p.stderr)
	}
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience + 30*time.Second):
		t.Fatalf("%s goes on and on: %s", p.cmd.Args, p.stderr)
	}
	var exit *exec.ExitError
	if errors.As(p.err, &exit) {
		return exit.ExitCode()
	}
	if p.err != nil {
		t.Fatalf("%s: %v", p.cmd.Args, p.err)
	}
	return 0
}

// exchange is a running "cordpair exchange".
type exchange struct {
	*process
	Relay, SIP string
	env        []string
}

func startExchange(t *testing.T, more ...string) *exchange {
	t.Helper()
	x := &exchange{env: env(t)}
	args := append([]string{"exchange", "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--drain", "0s",
		"--project", "P", "--token", "T", "--context", "support"}, more...)
	cmd := exec.Command(cordpair, args...)
	cmd.Env = x.env
	out, w := io.Pipe()
	cmd.Stdout = w
	x.process = start(t, cmd)
	go func() { <-x.done; w.Close() }() // ends with the process
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line: %v: %s", err, x.stderr)
	}
	var ready struct{ Event, Relay, SIP string }
	if err := json.Unmarshal([]byte(line), &ready); err != nil || ready.Event != "ready" || !strings.HasPrefix(ready.Relay, "ws://127.0.0.1:") {
		t.Fatalf("ready line %q: %v", line, err)
	}
	x.Relay, x.SIP = ready.Relay, ready.SIP
	return x
}

// command is a cordpair command against the exchange.
func (x *exchange) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(cordpair, append([]string{name, "--relay", x.Relay, "--project", "P", "--token", "T"}, args...)...)
	cmd.Env = x.env
	return cmd
}

// record is one JSON line of connect.
type record struct {
	Event, State, Reason, By, Text, At string
	CallID                             string `json:"call_id"`
	PeerID                             string `json:"peer_id"`
	SIPCode                            int    `json:"sip_code"`
}

// connection is a running "cordpair connect".
type connection struct {
	*process
	records chan record
	all     []record
}

func (x *exchange) connect(t *testing.T, args ...string) *connection {
	t.Helper()
	cmd := x.command("connect", append(args, "--json")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &connection{records: make(chan record, 64)}
	read := make(chan struct{})
	p := &process{cmd: cmd, stderr: &safeBuffer{}, done: make(chan struct{})}
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends at the end of the output
		defer close(read)
		defer close(c.records)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var r record
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				r = record{Event: "garbage", Text: lines.Text()}
			}
			c.records <- r
		}
	}()
	go func() { // ends with the process
		<-read
		p.err = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() { p.end(t) })
	c.process = p
	return c
}

// await returns the first record of that event and state.
func (c *connection) await(t *testing.T, event, state string) record {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case r, ok := <-c.records:
			if !ok {
				t.Fatalf("ended without %s %s; got %+v; %s", event, state, c.all, c.stderr)
			}
			c.all = append(c.all, r)
			if r.Event == event && r.State == state {
				return r
			}
		case <-timeout:
			t.Fatalf("no %s %s in time; got %+v; %s", event, state, c.all, c.stderr)
		}
	}
}

// sipp starts a SIPp scenario of testdata for one call. It returns the process
// and the file with each message sent and received.
func sipp(t *testing.T, scenario string, port int, more ...string) (*process, string) {
	t.Helper()
	sheet, err := filepath.Abs(filepath.Join("testdata", scenario+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	messages := filepath.Join(dir, "messages.log")
	args := append([]string{"-sf", sheet, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", fmt.Sprint(port), "-m", "1", "-nostdin",
		"-mp", fmt.Sprint(freePort(t)), "-timeout", "60", "-timeout_error", "-trace_msg", "-message_file", messages}, more...)
	cmd := exec.Command("sipp", args...)
	cmd.Dir = dir
	return start(t, cmd), messages
}

// callee starts a SIPp that waits for one call and returns its address.
func callee(t *testing.T, scenario string) (p *process, address, messages string) {
	t.Helper()
	port := freePort(t)
	p, messages = sipp(t, scenario, port)
	until(t, "SIPp listens", func() bool { return listensUDP(t, port) })
	return p, fmt.Sprintf("sip:bob@127.0.0.1:%d", port), messages
}

// firstMessage is the text of the first message of that kind in a SIPp log.
func firstMessage(t *testing.T, file, begins string) string {
	t.Helper()
	var text string
	until(t, "SIPp logs "+begins, func() bool {
		data, _ := os.ReadFile(file)
		for _, part := range strings.Split(string(data), "-----------------------------------------------") {
			if _, msg, ok := strings.Cut(part, ":\n\n"); ok && strings.HasPrefix(msg, begins) {
				text = strings.ReplaceAll(msg, "\r\n", "\n")
				return true
			}
		}
		return false
	})
	return text
}

// liveCall waits for the one call that the exchange lists.
func (x *exchange) liveCall(t *testing.T) string {
	t.Helper()
	var id, last string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the exchange lists %s", last)
		}
	})
	until(t, "the exchange lists the call", func() bool {
		var calls []struct{ ID, Direction string }
		out, err := x.command("calls", "--json").Output()
		if err == nil {
			err = json.Unmarshal(out, &calls)
		}
		if err != nil {
			t.Fatalf("calls --json: %v: %s", err, out)
		}
		last = string(out)
		if len(calls) == 1 {
			id = calls[0].ID
		}
		return id != ""
	})
	return id
}

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

// ports is the last port handed out, below the range that systems give to
// whoever asks for any.
var ports atomic.Int32

const firstPort, lastPort = 13000, 31000

// freePort returns an even port that nobody has, nor its neighbour, by UDP or
// TCP. No port is given twice.
func freePort(t *testing.T) int {
	t.Helper()
	for range (lastPort - firstPort) / 2 {
		port := firstPort + int(ports.Add(2))%(lastPort-firstPort)
		if isFree(port) && isFree(port+1) {
			return port
		}
	}
	t.Fatal("no free port")
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

// listensUDP asks the system whether somebody has a port of 127.0.0.1. Trying
// to take it would get in the way of who is about to.
func listensUDP(t *testing.T, port int) bool {
	t.Helper()
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(table), fmt.Sprintf(" 0100007F:%04X ", port))
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
