//go:build thirdparty && linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"cordpair/relay/relaytest/program"
)

// TestReadmeCommands runs the comparison as README.md tells it, with few calls
// and events: all three clients take every call, count every event, and print
// their figures.
func TestReadmeCommands(t *testing.T) {
	if err := program.Need("node", "npm"); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("README.md has no commands")
	}
	port := program.FreePorts(t, 2)
	script := strings.NewReplacer(
		"mktemp -d", "echo "+t.TempDir(),
		"serve ", fmt.Sprintf("serve -addr 127.0.0.1:%d ", port),
		"client ", fmt.Sprintf("client -url ws://127.0.0.1:%d ", port),
		":7171", fmt.Sprintf(":%d", port),
		"100000", "200", "10000", "20",
	).Replace(string(block[1]))
	// The server ends with the script, however that ends.
	cmd := exec.Command("bash", "-c", "set -e\ntrap 'kill $(jobs -p)' EXIT\n"+script)
	cmd.Dir = "../.."
	// The packages come from the cache where they are there, and a registry that
	// is slow or away for a moment is asked again.
	cmd.Env = append(os.Environ(), "npm_config_audit=false", "npm_config_fund=false", "npm_config_prefer_offline=true",
		"npm_config_fetch_retries=5", "npm_config_fetch_retry_mintimeout=1000", "npm_config_fetch_retry_maxtimeout=20000")
	var told []figures
	p := program.StartLines(t, cmd, func(line string) {
		var f figures
		if json.Unmarshal([]byte(line), &f) == nil && f.SDK != "" {
			told = append(told, f)
		}
	})
	select {
	case <-p.Done():
	case <-time.After(5 * program.Patience):
		t.Fatal("the comparison goes on and on")
	}
	if len(told) != 3 {
		t.Fatalf("%d clients have told their figures", len(told))
	}
	for i, sdk := range []string{"cordpair/relay", "realtime-api-4", "realtime-api-3"} {
		if f := told[i]; f.SDK != sdk || f.Calls != 20 || f.EventsPerSec <= 0 || f.IdleMiB <= 0 || f.RoundTripUs <= 0 {
			t.Errorf("%s: %+v", sdk, f)
		}
	}
}
