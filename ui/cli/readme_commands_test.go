package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cordpair/ui/cli/config"
)

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	readyBlock = regexp.MustCompile("```json\n(\\{\"event\":\"ready\".*)\n```")
)

// What the README's commands name, in place of which a test has its own.
const (
	readmeRelay = "ws://127.0.0.1:7070"
	readmeSpace = "--space example.signalwire.com"
)

// readmeLines are the command lines of the README, top to bottom, without
// comments; one that goes on behind a backslash is one line.
func readmeLines(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, block := range shellBlock.FindAllStringSubmatch(readme(t), -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				all = append(all, line)
			}
		}
	}
	return all
}

// ranElsewhere are the README's commands that another test runs: the beginning
// of the line, and the file that has it.
var ranElsewhere = []struct{ line, file, has string }{
	{"go test ./...", "../../.ci/run", "./...\n"},
	{"go test ./relay", "../../.ci/run", "./...\n"},
	{"go run . bench", "bench_command_test.go", "p.bench("},
	{"npm install ", "../../relay/exchange/conformance/readme_test.go", "connect.js"},
	{"node connect.js", "../../relay/exchange/conformance/readme_test.go", "connect.js"},
}

// TestReadmeCommands runs the README from top to bottom. The servers that it
// names are put in place: SignalWire is an exchange with the README's
// credentials.
func TestReadmeCommands(t *testing.T) {
	if err := os.Remove(configured(t, "")); err != nil { // the README begins one
		t.Fatal(err)
	}
	r := readmeRun{servers: map[string]string{}}
	lines := readmeLines(t)
	if len(lines) < 15 {
		t.Fatalf("found only %d commands", len(lines))
	}
	for _, line := range lines {
		if !r.elsewhere(t, line) {
			r.run(t, line)
		}
	}
	if r.exchanges == 0 {
		t.Error("the README starts no exchange")
	}
}

// readmeRun is one reading of the README.
type readmeRun struct {
	servers   map[string]string // what the README names, and what stands for it
	exchanges int
}

func (r *readmeRun) elsewhere(t *testing.T, line string) bool {
	t.Helper()
	for _, e := range ranElsewhere {
		if strings.HasPrefix(line, e.line) {
			data, err := os.ReadFile(filepath.FromSlash(e.file))
			if err != nil || !strings.Contains(string(data), e.has) {
				t.Errorf("%s is to be run by %s, which has no %q: %v", line, e.file, e.has, err)
			}
			return true
		}
	}
	return false
}

func (r *readmeRun) run(t *testing.T, line string) {
	t.Helper()
	if set, ok := strings.CutPrefix(line, "export "); ok {
		name, value, _ := strings.Cut(set, "=")
		t.Setenv(name, value)
		return
	}
	line, ours := strings.CutPrefix(line, "go run .")
	if !ours {
		t.Errorf("no test runs %q", line)
		return
	}
	line, background := strings.CutSuffix(line, " &")
	cmd, rest, err := rootCommand(&program{}).Find(strings.Fields(line))
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err != nil { // as it is written, before anything is put in place
		t.Errorf("cordpair%s: %v", line, err)
	}
	if strings.Contains(line, readmeSpace) && r.servers[readmeSpace] == "" {
		r.servers[readmeSpace] = "--relay " + r.signalWire(t)
	}
	if !background {
		for named, have := range r.servers {
			line = strings.ReplaceAll(line, named, have)
		}
	}
	args := strings.Fields(line)
	switch {
	case background:
		r.servers[readmeRelay] = r.exchange(t, args)
		return
	case len(args) == 0: // its ports may be taken by somebody else here
		args = []string{"--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0"}
	}
	// What would open the console reads this without a terminal and leaves.
	var out, errs bytes.Buffer
	if code := Main(args, strings.NewReader("quit now\n"), &out, &errs); code != ExitOK {
		t.Errorf("cordpair %s: exit %d: %s%s", strings.Join(args, " "), code, &out, &errs)
	}
}

// signalWire is an exchange that takes the credentials of the environment.
func (r *readmeRun) signalWire(t *testing.T) string {
	t.Helper()
	p := &program{cfg: config.Default()}
	f := localFlags{relayAddr: "127.0.0.1:0", sipAddr: "127.0.0.1:0", domain: "demo", people: peopleOff}
	l, err := startLocal(t.Context(), p, &f, false, &linkFlags{project: os.Getenv(envProject), token: os.Getenv(envToken)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l.x.RelayURL()
}

// exchange runs "cordpair exchange" until the test ends, on ports of its own,
// and returns where it is. What it prints has the form that the README shows.
func (r *readmeRun) exchange(t *testing.T, args []string) string {
	t.Helper()
	r.exchanges++
	out, in := io.Pipe()
	p := &program{stdout: in, stderr: io.Discard, closeLog: func() error { return nil }}
	root := rootCommand(p)
	root.SetArgs(append(args, "--relay-addr", "127.0.0.1:0", "--sip-addr", "127.0.0.1:0", "--drain", "0s"))
	ctx, signal := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { // ends with the command, which the cleanup ends and waits for
		err := root.ExecuteContext(ctx)
		_ = in.CloseWithError(io.ErrUnexpectedEOF)
		ended <- err
	}()
	t.Cleanup(func() {
		signal()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var have, shown map[string]string
	if err != nil || json.Unmarshal(line, &have) != nil {
		t.Fatalf("cordpair %s: %s: %v", strings.Join(args, " "), line, err)
	}
	block := readyBlock.FindStringSubmatch(readme(t))
	if block == nil || json.Unmarshal([]byte(block[1]), &shown) != nil || len(shown) != len(have) {
		t.Errorf("the README shows %s, the exchange prints %s", block, line)
	}
	for name := range shown {
		if have[name] == "" || name == "event" && have[name] != shown[name] {
			t.Errorf("the README shows %s, the exchange prints %s", block[1], line)
		}
	}
	return have["relay"]
}

// TestReadmeListsCommands: the README's table has each command, and no other.
func TestReadmeListsCommands(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "| command | does |")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, cmd := range rootCommand(&program{}).Commands() {
		if cmd.IsAvailableCommand() && cmd.Name() != "help" && !regexp.MustCompile("`(cordpair )?"+cmd.Name()+"\\b").MatchString(table) {
			t.Errorf("the README's table has no %s", cmd.Name())
		}
	}
	for _, m := range regexp.MustCompile("`cordpair ([a-z]+)").FindAllStringSubmatch(readme(t), -1) {
		if cmd, _, err := rootCommand(&program{}).Find(m[1:]); err != nil || !cmd.HasParent() {
			t.Errorf("the README names %q, which is no command: %v", m[0], err)
		}
	}
}
