//go:build linux

package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("serve or client?")
	}
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	addr := fs.String("addr", "127.0.0.1:7171", "serve: where")
	url := fs.String("url", "ws://127.0.0.1:7171", "client: the server")
	calls := fs.Int("calls", 1000, "live calls")
	events := fs.Int("events", 200_000, "state events")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		return serve(*addr, *calls, *events)
	case "client":
		return measure(*url, *calls, *events)
	}
	return fmt.Errorf("%q is neither serve nor client", args[0])
}

// resident is the memory of this process in KiB, from Linux's procfs.
func resident() (int, error) {
	runtime.GC()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
		}
	}
	return 0, fmt.Errorf("no VmRSS")
}
