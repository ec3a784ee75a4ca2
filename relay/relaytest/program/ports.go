package program

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// Ports are handed out from here, below the range that systems give to whoever
// asks for any (32768 and up on Linux).
const firstPort, lastPort = 11000, 32000

// given counts the ports handed out. It begins anywhere, for two test programs
// that run at the same time.
var given atomic.Uint32

func init() { given.Store(rand.Uint32N((lastPort - firstPort) / 2)) }

// FreePorts returns the first of n ports in a row, an even one, that nobody has
// on this machine by UDP or TCP. No port is handed out twice by one program,
// before all were once.
func FreePorts(t testing.TB, n int) int {
	t.Helper()
	port, err := freePorts(n)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func freePorts(n int) (int, error) {
	taken, err := takenPorts()
	if err != nil {
		return 0, err
	}
	pairs := uint32(n+1) / 2
	for range (lastPort - firstPort) / 2 {
		i := (given.Add(pairs) - pairs) % ((lastPort - firstPort) / 2)
		first := firstPort + 2*int(i)
		free := first+n <= lastPort
		for port := first; port < first+n; port++ {
			free = free && !taken[port]
		}
		if free {
			return first, nil
		}
	}
	return 0, errors.New("program: no free ports")
}

// takenPorts are all ports that any socket of the machine has.
func takenPorts() (map[int]bool, error) {
	all := map[int]bool{}
	for _, name := range []string{"udp", "udp6", "tcp", "tcp6"} {
		sockets, err := sockets(name)
		if errors.Is(err, os.ErrNotExist) && strings.HasSuffix(name, "6") {
			continue // a system without IPv6
		}
		if err != nil {
			return nil, err
		}
		for _, s := range sockets {
			all[s.port] = true
		}
	}
	return all, nil
}

// Listening reports whether somebody can be reached at a port of 127.0.0.1;
// network is udp or tcp.
func Listening(t testing.TB, network string, port int) bool {
	t.Helper()
	found, err := listening(network, port)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func listening(network string, port int) (bool, error) {
	sockets, err := sockets(network)
	for _, s := range sockets {
		if s.port == port && (network == "udp" || s.listens) && (s.addr == "0100007F" || s.addr == "00000000") {
			return true, err
		}
	}
	return false, err
}

type socket struct {
	addr    string // hexadecimal, in the byte order of the machine
	port    int
	listens bool // TCP: it waits for connections
}

// sockets reads one of the kernel's tables of sockets, see proc(5).
func sockets(table string) ([]socket, error) {
	text, err := os.ReadFile("/proc/net/" + table)
	if err != nil {
		return nil, fmt.Errorf("program: who has which port: %w", err)
	}
	return parseSockets(string(text)), nil
}

func parseSockets(table string) []socket {
	var all []socket
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		addr, hex, ok := strings.Cut(f[1], ":")
		port, err := strconv.ParseUint(hex, 16, 16)
		if !ok || err != nil {
			continue // the heading
		}
		all = append(all, socket{addr: addr, port: int(port), listens: f[3] == "0A"})
	}
	return all
}
