//go:build thirdparty

package conformance

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordpair/relay/relaytest/program"
)

var (
	cordpair string // the binary, built with the race detector
	packages string // the folder with node_modules
)

// sideBySide is how many tests run at once, on any machine: they wait for
// phones and clocks more than they compute.
const sideBySide = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", sideBySide); err != nil {
		panic(err) // the testing package has that flag
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
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
	if err := leaks(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	return code
}

// leaks gives goroutines time to notice that the exchange they talked to has left.
func leaks() error {
	err := goleak.Find()
	for until := time.Now().Add(program.Patience); err != nil && time.Now().Before(until); {
		err = goleak.Find()
	}
	return err
}

// prepare builds the binary and installs the SDKs, at the same time.
func prepare(dir string) error {
	if err := program.Need("sipp", "baresip", "node", "npm", "espeak-ng", "lame"); err != nil {
		return err
	}
	packages = filepath.Join(dir, "sdk")
	installed := make(chan error, 1)
	go func() { installed <- install() }() // ends with npm; waited for below
	path, err := program.Build(dir)
	cordpair = path
	return errors.Join(err, <-installed)
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
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=5")
	cmd.Dir = packages
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}

// exchange is a running "cordpair exchange".
type exchange = program.Exchange

const domain = "domain.com" // of the SDK's example

// patient is the configuration of an exchange whose callers wait for a program
// for as long as a test does: 3.x does not tell when it takes calls.
func patient(t *testing.T) string {
	t.Helper()
	return file(t, "config.toml", fmt.Sprintf("[exchange.limits]\noffer_wait = %q\n", program.Patience))
}

// startExchange runs an exchange of the context support, without the scripted
// people unless asked for, and patient unless it has another configuration.
func startExchange(t *testing.T, more ...string) *exchange {
	t.Helper()
	if !slices.Contains(more, "--config") {
		more = append(more, "--config", patient(t))
	}
	return program.StartExchange(t, cordpair, append([]string{"--domain", domain, "--people", "off"}, more...)...)
}
