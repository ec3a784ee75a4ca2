//go:build thirdparty

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"cordpair/relay/relaytest/program"
)

var cordpair string // the binary, built with the race detector

// env is used all over.
var env = program.Env

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cordpair-e2e-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = program.Need("sipp", "tmux", "baresip")
	}
	if err == nil {
		cordpair, err = program.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return m.Run()
}

// exchange is a running "cordpair exchange".
type exchange struct {
	*program.Exchange
	calling *program.SIPp // the one that called last
}

// startExchange starts an exchange where a call waits for its connect command
// for as long as a test does.
func startExchange(t *testing.T, more ...string) *exchange {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	write(t, file, "[exchange.limits]\noffer_wait = \"5m\"\n")
	return &exchange{Exchange: program.StartExchange(t, cordpair, append([]string{"--config", file}, more...)...)}
}

// command is a cordpair command against the exchange.
func (x *exchange) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(cordpair, append([]string{name, "--relay", x.Relay, "--project", "P", "--token", "T"}, args...)...)
	cmd.Env = x.Env
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
	*program.Process
	mu      sync.Mutex
	records []record
	read    int // records that await has passed over
}

func (x *exchange) connect(t *testing.T, args ...string) *connection {
	t.Helper()
	c := &connection{}
	c.Process = program.StartLines(t, x.command("connect", append(args, "--json")...), c.take)
	return c
}

func (c *connection) take(line string) {
	var r record
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		r = record{Event: "garbage", Text: line}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = append(c.records, r)
}

// await returns the next record of that event and state, passing over others.
func (c *connection) await(t *testing.T, event, state string) record {
	t.Helper()
	var found record
	c.Until(t, event+" "+state, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for c.read < len(c.records) {
			found = c.records[c.read]
			c.read++
			if found.Event == event && found.State == state {
				return true
			}
		}
		return false
	})
	return found
}

// sheet is the absolute path of a SIPp scenario of testdata.
func sheet(t *testing.T, scenario string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", scenario+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// callee starts a SIPp that waits for one call.
func callee(t *testing.T, scenario string) *program.SIPp {
	t.Helper()
	return program.StartCallee(t, "-sf", sheet(t, scenario))
}

// caller starts a SIPp that calls the exchange's support context.
func (x *exchange) caller(t *testing.T, scenario string, more ...string) *program.SIPp {
	t.Helper()
	x.calling = program.StartSIPp(t, append([]string{"-sf", sheet(t, scenario), "-s", "support", x.SIP}, more...)...)
	return x.calling
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
	waiting := x.Process
	if x.calling != nil {
		waiting = x.calling.Process // a wait for one that has given up ends at once
	}
	waiting.Until(t, "the exchange lists the call", func() bool {
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

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
